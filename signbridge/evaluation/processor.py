"""How long this process and all that it started have used the processor, those gone included."""

from __future__ import annotations

import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

import psutil

EVERY_S = 0.25
"""A process counts as it was last seen: of each that ends, so much may be lost."""


class Spent:
    """Counts processor time while it is open; what was used before does not count."""

    def __init__(self) -> None:
        self._first_s: dict[psutil.Process, float] = {}
        self._last_s: dict[psutil.Process, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="processor", daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._first_s = dict(self._last_s)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self._look()

    @property
    def seconds(self) -> float:
        """Processor seconds, of all cores together, until it was last looked."""
        return sum(self._last_s.values()) - sum(self._first_s.values())

    def _watch(self) -> None:
        while not self._over.wait(EVERY_S):
            self._look()

    def _look(self) -> None:
        me = psutil.Process()
        for each in (me, *me.children(recursive=True)):
            with suppress(psutil.Error):  # it has ended meanwhile
                times = each.cpu_times()
                self._last_s[each] = times.user + times.system
