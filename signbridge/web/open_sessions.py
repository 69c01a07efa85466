"""One visitor's live sessions: one is open while pictures come, others are coming to their end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.capture.stream import WebcamStream
from signbridge.live.latency import Latencies
from signbridge.live.session import LiveSession
from signbridge.pipeline import Engine
from signbridge.session import Session
from signbridge.types import Leads

RETRY_S = 5.0
"""A session that broke off is not opened again before this."""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session, and when it began in the conversation."""

    session: LiveSession
    offset_s: float


class OpenSessions:
    """Opens a session with the first picture, and another with the first one after its end.

    clock: of the pictures' arrival. Whoever holds it guards it with a lock.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float]) -> None:
        self._engine = engine
        self._clock = clock
        self._camera = self._new_camera()
        self._ending: list[OpenSession] = []
        self._began_s: float | None = None
        self._retry_s = float("-inf")
        self.now: OpenSession | None = None
        """The one that takes pictures."""
        self.size = (1, 1)
        """Of the last picture, width and height in pixels."""
        self.latencies: Latencies | None = None
        """The times of the session that is open, or was last."""

    @property
    def all(self) -> tuple[OpenSession, ...]:
        """Those that are not done, the earliest first."""
        return (*self._ending, *(() if self.now is None else (self.now,)))

    @property
    def ending(self) -> bool:
        """Whether one still names or says what it was shown."""
        return bool(self._ending)

    def push(
        self, pixels: NDArray[np.uint8], arrived_s: float, speaks: Engine, leads: Leads
    ) -> bool:
        """Take one webcam picture (H, W, 3) uint8 RGB; return whether it opened a session.

        speaks, leads: the voice and the leading hand of a session that is opened.
        """
        frame = self._camera.tick(pixels, arrived_s) if arrived_s >= self._retry_s else None
        if frame is None:
            return False
        opens = self.now is None
        if self.now is None:
            self.now = self._opened(arrived_s, speaks, leads)
        self.size = (frame.pixels.shape[1], frame.pixels.shape[0])
        self.now.session.push(frame, arrived_s)
        return opens

    def finish(self) -> bool:
        """Let the open one come to its end; return whether there was one."""
        was = self.now
        if was is not None:
            was.session.finish()
            self._ending.append(was)
        self.now, self._camera = None, self._new_camera()
        return was is not None

    def let_go(self, each: OpenSession, now_s: float) -> bool:
        """Forget one that is done; return whether it broke off, as it was still open."""
        if each is not self.now:
            self._ending.remove(each)
            return False
        self.now, self._camera = None, self._new_camera()
        self._retry_s = now_s + RETRY_S
        return True

    def drop(self) -> None:
        """Close all; what was not finished is dropped, and the times count from the next one."""
        for each in self.all:
            each.session.close()
        self.now, self._ending, self._camera = None, [], self._new_camera()
        self._began_s = None

    def _opened(self, arrived_s: float, speaks: Engine, leads: Leads) -> OpenSession:
        self._began_s = arrived_s if self._began_s is None else self._began_s
        session = LiveSession(lambda: Session(self._engine), self._clock)
        session.use(speaks, leads)
        self.latencies = session.latencies
        return OpenSession(session, arrived_s - self._began_s)

    def _new_camera(self) -> WebcamStream:
        settings = self._engine.settings
        return WebcamStream(settings.max_fps, settings.max_side_px)
