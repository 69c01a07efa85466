"""How many people stand in the picture: Holistic follows one and says nothing of the others."""

from __future__ import annotations

import statistics
from collections import deque

from signbridge.landmarks.quiet import quiet_stderr
from signbridge.types import Frame

LOOK_EVERY_S = 0.5
LOOKS_KEPT = 7
LOOKS_NEEDED = 3  # a face on a poster or a moment's mistake is not yet a second person
_FULL_RANGE = 1  # of MediaPipe's two face detectors, the one for faces up to 5 m away


class PeopleCounter:
    """Counts faces twice a second; the model is MediaPipe's BlazeFace (Bazarevsky et al. 2019)."""

    def __init__(self) -> None:
        from mediapipe.python.solutions.face_detection import FaceDetection

        with quiet_stderr():
            self._graph = FaceDetection(model_selection=_FULL_RANGE)
        self._counts: deque[int] = deque(maxlen=LOOKS_KEPT)
        self._next_look_s = float("-inf")

    @property
    def people(self) -> int:
        """Return how many people most of the last looks saw; 0 before there were enough looks."""
        if len(self._counts) < LOOKS_NEEDED:
            return 0
        return statistics.median_low(self._counts)

    def push(self, frame: Frame) -> None:
        """Look at this frame if the last look is long enough ago."""
        if frame.at_s < self._next_look_s:
            return
        self._next_look_s = frame.at_s + LOOK_EVERY_S
        with quiet_stderr():
            found = self._graph.process(frame.pixels)
        self._counts.append(len(found.detections or ()))

    def close(self) -> None:
        """Free the graph."""
        self._graph.close()
