"""Who stands before a camera to teach a sign: one lesson a visitor, freed when the camera stops."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from signbridge.errors import BackendUnavailableError
from signbridge.pipeline import Engine
from signbridge.web.lesson import Lesson, Look, Sign
from signbridge.web.persons import Persons

QUIET_S = 2.0
"""No picture for this long: the camera was stopped."""


@dataclass(slots=True)
class Place:
    """One visitor's lesson; a picture that comes while the last is looked at is dropped.

    state: what the page last said of it.
    """

    lesson: Lesson
    gloss: str
    used_at_s: float
    state: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


class Lessons:
    """The lessons that are going on.

    most: so many cameras at once. persons: knows who has just left.
    """

    def __init__(self, most: int, persons: Persons, clock: Callable[[], float]) -> None:
        self._most = most
        self._persons = persons
        self._clock = clock
        self._lock = threading.Lock()
        self._places: dict[str, Place] = {}

    def __contains__(self, visitor: str) -> bool:
        return visitor in self._places

    def place(
        self, visitor: str, gloss: str, now_s: float, engine: Callable[[], Engine]
    ) -> Place | None:
        """Return the visitor's lesson in this sign, begun where there is none; None if they have
        just left.

        engine: asked for where one begins.
        """
        place = self._places.get(visitor)
        if place is None:
            models = engine()
            with self._lock:
                place = self._places.get(visitor)
                if place is None:
                    if self._persons.has_left(visitor):
                        return None
                    if len(self._places) >= self._most:
                        raise BackendUnavailableError(
                            f"All {self._most} cameras for teaching are taken; try again in a "
                            "minute, or upload clips"
                        )
                    place = self._places[visitor] = Place(Lesson(models), gloss, now_s)
        place.gloss = gloss
        return place

    def push(
        self, visitor: str, place: Place, picture: NDArray[np.uint8], now_s: float
    ) -> Look | None:
        """Look at one picture (H, W, 3) uint8 RGB; None where it came too soon, or too late."""
        if not place.lock.acquire(blocking=False):
            return None
        try:
            if self._places.get(visitor) is not place:  # ended since it was found
                return None
            place.used_at_s = now_s
            return place.lesson.push(picture, now_s)
        finally:
            place.lock.release()

    def goes_on(self, visitor: str) -> bool:
        """Whether this visitor's camera was on a moment ago."""
        place = self._places.get(visitor)
        return place is not None and self._clock() - place.used_at_s <= QUIET_S

    def end(self, visitor: str) -> tuple[str, tuple[Sign, ...]]:
        """End a visitor's lesson; return its gloss, and the example that was still going on."""
        with self._lock:
            place = self._places.pop(visitor, None)
        if place is None:
            return "", ()
        with place.lock:
            return place.gloss, place.lesson.finish()

    def close_quiet(self) -> None:
        """Free the cameras that were stopped and not asked about again."""
        now_s = self._clock()
        quiet = [v for v, p in list(self._places.items()) if now_s - p.used_at_s > 2 * QUIET_S]
        for visitor in quiet:
            self.end(visitor)
