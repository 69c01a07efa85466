"""Live visitors: one session each, closed when they leave or go quiet."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from signbridge.errors import SignBridgeError


class Closable(Protocol):
    """Something that holds memory until it is closed."""

    def close(self) -> None:
        """Free it."""
        ...


S = TypeVar("S", bound=Closable)
LOG = logging.getLogger("signbridge.web")


class PlacesTakenError(SignBridgeError):
    """As many visitors are live as this machine can serve."""


class _Place(Generic[S]):
    """One visitor's session and the lock that keeps its frames in single file."""

    def __init__(self, now_s: float) -> None:
        self.lock = threading.Lock()
        self.used_at_s = now_s
        self.session: S | None = None
        self.closed = False

    def close(self) -> None:
        with self.lock:
            self.closed = True
            if self.session is not None:
                self.session.close()
                self.session = None


class SessionRegistry(Generic[S]):
    """Gives each visitor a session of their own and nobody else's."""

    def __init__(
        self,
        open_session: Callable[[], S],
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

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, visitor: str) -> bool:
        return visitor in self._places

    @contextmanager
    def visit(self, visitor: str) -> Iterator[S | None]:
        """Yield the visitor's session, or None while an earlier call still holds it.

        None means: drop this frame. Raises `PlacesTakenError` when no place is free.
        """
        place = self._place(visitor)
        if not place.lock.acquire(blocking=False):
            yield None
            return
        try:
            place.used_at_s = self._clock()
            yield self._session(visitor, place)
        finally:
            place.lock.release()

    def close(self, visitor: str) -> None:
        """Forget the visitor: their session is closed and their place is free."""
        with self._lock:
            place = self._places.pop(visitor, None)
        if place is not None:
            place.close()

    def close_idle(self) -> None:
        """Close the sessions that had no frame for longer than the limit."""
        now_s = self._clock()
        with self._lock:
            idle = [v for v, p in self._places.items() if now_s - p.used_at_s > self._idle_s]
        for visitor in idle:
            self.close(visitor)

    def close_all(self) -> None:
        """Close every session."""
        for visitor in list(self._places):
            self.close(visitor)

    def sweep(self, every_s: float = 5.0) -> None:
        """Start a background thread that closes idle sessions for as long as the program runs."""

        def run() -> None:
            while True:
                time.sleep(every_s)
                try:
                    self.close_idle()
                except Exception:  # one session that can't be closed must not keep the others open
                    LOG.exception("a live session could not be closed")

        threading.Thread(target=run, name="live-sweep", daemon=True).start()

    def _place(self, visitor: str) -> _Place[S]:
        if len(self._places) >= self._max_sessions:
            self.close_idle()
        with self._lock:
            if visitor not in self._places and len(self._places) >= self._max_sessions:
                raise PlacesTakenError(
                    f"All {self._max_sessions} live places are taken. Try again in a minute, "
                    "or record a clip and use the Upload tab."
                )
            return self._places.setdefault(visitor, _Place(self._clock()))

    def _session(self, visitor: str, place: _Place[S]) -> S | None:
        """Return the place's session, opened at its first frame; None if it was just closed."""
        if place.closed:
            return None
        if place.session is None:
            try:
                place.session = self._open()
            except SignBridgeError:
                # Held lock: drop the place directly, `close` would wait for it.
                with self._lock:
                    self._places.pop(visitor, None)
                raise
        return place.session
