"""Live visitors: one session each, closed when they leave or go quiet."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from signbridge.errors import SignBridgeError
from signbridge.web.sweeping import sweep


class Closable(Protocol):
    """Something that holds memory until it is closed; threads may share it."""

    def close(self) -> None:
        """Free it; calls that come later do nothing."""
        ...


S = TypeVar("S", bound=Closable)
GONE_S = 5.0
"""Pictures that come so late after their visitor left were on their way: they open nothing."""
SWEEP_EVERY_S = 1.0


class PlacesTakenError(SignBridgeError):
    """As many visitors are live as this machine can serve."""


class _Place(Generic[S]):
    """One visitor's session, and when they last gave a sign of life."""

    def __init__(self, session: S, now_s: float) -> None:
        self.session = session
        self.used_at_s = now_s


class SessionRegistry(Generic[S]):
    """Gives each visitor a session of their own and nobody else's; opened with their id."""

    def __init__(
        self,
        open_session: Callable[[str], S],
        *,
        max_sessions: int,
        idle_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open = open_session
        self._max_sessions = max_sessions
        self._idle_s = idle_s
        self._clock = clock
        self._lock = threading.Lock()
        self._places: dict[str, _Place[S]] = {}
        self._gone: dict[str, float] = {}
        self._calls: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, visitor: str) -> bool:
        return visitor in self._places

    def open(self, visitor: str) -> S | None:
        """Return the visitor's session, opened where there is none; None if they have just left.

        Raises `PlacesTakenError` when no place is free.
        """
        if visitor not in self._places and len(self._places) >= self._max_sessions:
            self.close_idle()
        with self._lock:
            now_s = self._clock()
            if now_s - self._gone.get(visitor, float("-inf")) < GONE_S:
                return None
            if visitor not in self._places:
                if len(self._places) >= self._max_sessions:
                    raise PlacesTakenError(
                        f"All {self._max_sessions} live places are taken. Try again in a minute, "
                        "or record a clip and use the Upload tab."
                    )
                self._places[visitor] = _Place(self._open(visitor), now_s)
            return self._used(visitor, now_s)

    def find(self, visitor: str) -> S | None:
        """Return the visitor's session, None where they have none."""
        with self._lock:
            return self._used(visitor, self._clock())

    @contextmanager
    def serving(self, visitor: str) -> Iterator[None]:
        """Hold the visitor's place while a call of theirs is answered, however long that takes."""
        with self._lock:
            self._calls[visitor] += 1
        try:
            yield
        finally:
            with self._lock:
                self._calls[visitor] -= 1
                if not self._calls[visitor]:
                    del self._calls[visitor]
                self._used(visitor, self._clock())

    def close(self, visitor: str) -> None:
        """Forget the visitor, who has left: their session is closed and their place is free."""
        with self._lock:
            now_s = self._clock()
            self._gone = {v: at_s for v, at_s in self._gone.items() if now_s - at_s < GONE_S}
            self._gone[visitor] = now_s
        self._close(visitor)

    def close_idle(self) -> None:
        """Close the sessions that had no sign of life for longer than the limit."""
        now_s = self._clock()
        with self._lock:
            idle = [
                visitor
                for visitor, place in self._places.items()
                if now_s - place.used_at_s > self._idle_s and visitor not in self._calls
            ]
        for visitor in idle:
            self._close(visitor)

    def close_all(self) -> None:
        """Close every session."""
        for visitor in list(self._places):
            self._close(visitor)

    def sweep(self, every_s: float = SWEEP_EVERY_S) -> None:
        """Close idle sessions in the background for as long as the program runs."""
        sweep("live-sweep", every_s, self.close_idle)

    def _used(self, visitor: str, now_s: float) -> S | None:
        place = self._places.get(visitor)
        if place is None:
            return None
        place.used_at_s = now_s
        return place.session

    def _close(self, visitor: str) -> None:
        with self._lock:
            place = self._places.pop(visitor, None)
        if place is not None:
            place.session.close()
