"""MediaPipe Holistic: one frame in, (543, 3) points out, NaN where nothing was seen."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from signbridge.errors import BackendUnavailableError
from signbridge.landmarks.memory import give_back_memory
from signbridge.landmarks.people import PeopleCounter
from signbridge.landmarks.quiet import quiet_stderr
from signbridge.landmarks.topology import FACE, LEFT_HAND, N_POINTS, POSE, RIGHT_HAND
from signbridge.types import Frame

# 0 and 2 would download their models; 1 is inside the wheel.
_MODEL_COMPLEXITY = 1
# The parts of Holistic's answer and where they go. It takes the picture as it is (its hands come
# from the pose's wrists), so "left" is the signer's left in a picture that is not mirrored.
_PARTS = (
    ("face_landmarks", FACE),
    ("left_hand_landmarks", LEFT_HAND),
    ("pose_landmarks", POSE),
    ("right_hand_landmarks", RIGHT_HAND),
)


class _Point(Protocol):
    x: float
    y: float
    z: float


class HolisticStream:
    """One signer's graph: it follows the person from frame to frame, so one per session."""

    def __init__(self) -> None:
        try:
            from mediapipe.python.solutions.holistic import Holistic
        except ImportError as error:
            raise BackendUnavailableError(
                f"MediaPipe can't be loaded ({error}); run `pip install -r requirements.txt` "
                "and install the system packages of packages.txt"
            ) from error
        with quiet_stderr():
            self._graph = Holistic(model_complexity=_MODEL_COMPLEXITY, refine_face_landmarks=False)
            # An empty picture loads the models here, not in the signer's first frame.
            self._graph.process(np.zeros((48, 64, 3), np.uint8))
        self._met_someone = False
        self._counter = PeopleCounter()

    @property
    def people(self) -> int:
        """How many people the last seconds showed; 0 while that is not known."""
        return self._counter.people

    def push(self, frame: Frame) -> NDArray[np.float32]:
        """Return (543, 3) points of this frame; NaN where not seen."""
        self._counter.push(frame)
        points = np.full((N_POINTS, 3), np.nan, np.float32)
        with nullcontext() if self._met_someone else quiet_stderr():
            found = self._graph.process(frame.pixels)
        self._met_someone = self._met_someone or found.pose_landmarks is not None
        for name, place in _PARTS:
            part = getattr(found, name)
            if part is not None:
                points[place] = _coordinates(part.landmark[: place.stop - place.start])
        return points

    def close(self) -> None:
        """Free the graphs and their memory."""
        self._graph.close()
        self._counter.close()
        give_back_memory()


class HolisticExtractor:
    """Opens MediaPipe Holistic streams; the library is loaded with the first."""

    def open(self) -> HolisticStream:
        """Return a fresh stream for one signer."""
        return HolisticStream()


def _coordinates(points: list[_Point]) -> NDArray[np.float32]:
    return np.array([(point.x, point.y, point.z) for point in points], np.float32)
