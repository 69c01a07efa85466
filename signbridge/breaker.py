"""Spares a server that is down, and everyone who waits for it (circuit breaker, Nygard 2007)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from signbridge.errors import BackendUnavailableError, QuestionRefusedError

FAILURES = 3
"""So many in a row, and nobody asks for a while."""
PAUSE_S = 30.0


class Breaker:
    """Counts failures in a row; after too many lets one try through each pause."""

    def __init__(
        self,
        failures: int = FAILURES,
        pause_s: float = PAUSE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = failures
        self._pause_s = pause_s
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._closed_until_s = float("-inf")

    @contextmanager
    def guarding(self, name: str) -> Iterator[None]:
        """Run the block unless the server failed too often; raise `BackendUnavailableError`."""
        with self._lock:
            now_s = self._clock()
            if now_s < self._closed_until_s:
                left_s = self._closed_until_s - now_s
                raise BackendUnavailableError(
                    f"the endpoint {name} failed {self._failed} times in a row; it is asked again "
                    f"in {left_s:.0f} s"
                )
            if self._failed >= self._most:  # this call is the one try; the others wait for it
                self._closed_until_s = now_s + self._pause_s
        try:
            yield
        except QuestionRefusedError:
            raise  # says nothing of what others ask
        except BackendUnavailableError:
            with self._lock:
                self._failed += 1
                if self._failed >= self._most:
                    self._closed_until_s = self._clock() + self._pause_s
            raise
        with self._lock:
            self._failed, self._closed_until_s = 0, float("-inf")
