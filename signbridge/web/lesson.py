"""Someone shows a sign, by camera or clip -> examples of it, as the Live tab would see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.capture.stream import WebcamStream
from signbridge.clips import extract
from signbridge.errors import BadInputError
from signbridge.landmarks.features import sign_features
from signbridge.landmarks.segmenter import Segmenter
from signbridge.pipeline import Engine
from signbridge.types import Landmarks

Sign = NDArray[np.float32]
"""One example (STEPS, 2, 21, 3), as `landmarks.features` gives it."""
LONGEST_CLIP_S = 20.0


@dataclass(frozen=True, slots=True)
class Look:
    """What one picture led to: the signer's points (543, 3), whether they sign, and examples."""

    points: NDArray[np.float32]
    width_px: int
    height_px: int
    signing: bool
    signs: tuple[Sign, ...]


class Lesson:
    """One visitor before the camera; hands that are lowered end an example."""

    def __init__(self, engine: Engine) -> None:
        settings = engine.settings
        self._stream = engine.extractor.open()
        self._camera = WebcamStream(settings.max_fps, settings.max_side_px)
        self._segmenter: Segmenter | None = None
        self._size = (0, 0)

    def push(self, pixels: NDArray[np.uint8], arrived_s: float) -> Look | None:
        """Look at one picture (H, W, 3) uint8 RGB; None where it came too soon."""
        frame = self._camera.tick(pixels, arrived_s)
        if frame is None:
            return None
        size = (frame.pixels.shape[1], frame.pixels.shape[0])
        if self._segmenter is None or size != self._size:
            self._size, self._segmenter = size, Segmenter(*size)
        points = self._stream.push(frame)
        found = self._segmenter.push(points, frame.at_s)
        return Look(points, *size, self._segmenter.signing, tuple(_examples(found)))

    def finish(self) -> tuple[Sign, ...]:
        """Return the example that was still going on, and free the camera."""
        try:
            found = self._segmenter.finish() if self._segmenter else []
        finally:
            self.close()
        return tuple(_examples(found))

    def close(self) -> None:
        """Free the landmark stream."""
        self._stream.close()


def examples_of_clip(engine: Engine, path: Path) -> tuple[Sign, ...]:
    """Return the examples in a clip, each time the hands are raised and lowered; none where no
    hand is found."""
    landmarks = extract(engine, path)
    if landmarks.duration_s > LONGEST_CLIP_S:
        raise BadInputError(
            f"{path.name} lasts {landmarks.duration_s:.0f} s; cut it to the one sign, at most "
            f"{LONGEST_CLIP_S:.0f} s"
        )
    segmenter = Segmenter(landmarks.width_px, landmarks.height_px)
    found: list[Landmarks] = []
    for number, points in enumerate(landmarks.points):
        found += segmenter.push(points, number / landmarks.fps)
    # A clip cut tightly around its sign shows no hand being raised: then it is one example whole.
    return tuple(_examples([*found, *segmenter.finish()]) or _examples([landmarks]))


def _examples(stretches: Iterable[Landmarks]) -> list[Sign]:
    """Return each stretch's sign; one in which no hand is seen has none."""
    found = []
    for landmarks in stretches:
        signs = sign_features(landmarks)
        if len(signs):
            found.append(signs[len(signs) // 2])
    return found
