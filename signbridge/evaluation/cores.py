"""How long this process and all that it started have worked, and how busy others were beside."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

import psutil

EVERY_S = 0.25
"""A process counts as it was last seen: of each that ends, so much may be lost."""


class Cores:
    """Counts while it is open; what was worked before does not count."""

    def __init__(self) -> None:
        self._began_s = self._ended_s = self._busy_s = 0.0
        self._first_s: dict[psutil.Process, float] = {}
        self._last_s: dict[psutil.Process, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="cores", daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._first_s = dict(self._last_s)
        self._busy_s, self._began_s = -busy_s(), time.monotonic()
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
        self._busy_s, self._ended_s = self._busy_s + busy_s(), time.monotonic()

    @property
    def own_s(self) -> float:
        """Processor seconds of this process and those it started, those that ended included."""
        return sum(self._last_s.values()) - sum(self._first_s.values())

    @property
    def others(self) -> float:
        """How many cores were busy for others in the mean, once this is closed.

        For other programs, or for other machines of the same host, where it tells.
        """
        return max(0.0, self._busy_s - self.own_s) / (self._ended_s - self._began_s)

    def _watch(self) -> None:
        while not self._over.wait(EVERY_S):
            self._look()

    def _look(self) -> None:
        for each in (psutil.Process(), *started()):
            with suppress(psutil.Error):  # it has ended meanwhile
                times = each.cpu_times()
                self._last_s[each] = times.user + times.system


def busy_s() -> float:
    """Return the seconds for which this machine's cores have worked, together."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - _counted_twice(times))


def started() -> list[psutil.Process]:
    """Return the processes that this one has started, and those started by them."""
    return list(psutil.Process().children(recursive=True))


def _counted_twice(times: object) -> float:
    # Linux counts the time of guests as the user's too.
    return float(getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0))
