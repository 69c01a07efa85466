"""Work that is done every so often for as long as the program runs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

LOG = logging.getLogger("signbridge.web")


def sweep(name: str, every_s: float, work: Callable[[], None]) -> None:
    """Start a background thread that does the work; one failure does not keep it from the next."""

    def run() -> None:
        while True:
            time.sleep(every_s)
            try:
                work()
            except Exception:  # what can't be freed now must not keep all else for ever
                LOG.exception("%s failed", name)

    threading.Thread(target=run, name=name, daemon=True).start()
