"""Landmarks -> a translation: a landmark file goes through the same session as a clip."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from signbridge.clips import gather
from signbridge.events import Event
from signbridge.pipeline import Engine
from signbridge.session import Session
from signbridge.types import Frame, Landmarks, Translation


@dataclass
class Replay:
    """Stands in for an extractor: gives back known points, one row a frame."""

    landmarks: Landmarks
    next_row: int = 0
    people: int = 0

    def open(self) -> Replay:
        """Return a stream from the first row."""
        return Replay(self.landmarks)

    def push(self, frame: Frame) -> NDArray[np.float32]:
        """Return (543, 3) points of the next row; the frame is not looked at."""
        points: NDArray[np.float32] = self.landmarks.points[self.next_row]
        self.next_row += 1
        return points

    def close(self) -> None:
        """Hold nothing, so free nothing."""


def translate_landmarks(engine: Engine, landmarks: Landmarks) -> Translation:
    """Return what landmarks say, without sound; recognizers that need pixels can't answer."""
    engine = replace(engine.without_pictures(), extractor=Replay(landmarks), speaker=None)
    unseen = np.zeros((landmarks.height_px, landmarks.width_px, 3), np.uint8)
    session = Session(engine)
    events: list[Event] = []
    for row in range(len(landmarks.points)):
        events += session.push(Frame(unseen, landmarks.start_s + row / landmarks.fps))
    events += session.finish()
    return gather(events, engine, landmarks.fps, session.timings)
