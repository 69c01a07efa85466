"""Landmarks of a clip -> the one rectangle around the signer that the model looks at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from signbridge.landmarks import topology
from signbridge.types import Landmarks

ALIGN_PX = 32
"""Patch of 16 by a merge of 2: the model takes no side that is not a multiple of this."""
PADDING = 0.25
EVERY_NTH = 4
# Head, shoulders, elbows, wrists and the pose's own finger points; no hips and legs.
UPPER_BODY = slice(topology.POSE.start, topology.POSE.start + 23)


@dataclass(frozen=True, slots=True)
class Box:
    """Whole pixels of a picture, right and bottom not included."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.bottom - self.top


def signer_box(landmarks: Landmarks, width_px: int, height_px: int) -> Box | None:
    """Return the box around all the places a signer's upper body was at; None if at none.

    The model was trained with points of visibility 0.5 and more. `Landmarks` keep no visibility:
    a point counts here if it was seen (is no NaN) and lies in the picture, as it had to there too.
    A limb that MediaPipe guesses behind the body can so make the box larger, never smaller.
    """
    frames = landmarks.points[_looked_at(len(landmarks.points)), UPPER_BODY, :2]
    points = frames.reshape(-1, 2).astype(np.float64)
    points = points[np.all((points >= 0.0) & (points <= 1.0), axis=1)]  # False for NaN
    if not len(points):
        return None
    size = np.array([width_px, height_px])
    low, high = points.min(axis=0) * size, points.max(axis=0) * size
    padding = PADDING * (high - low)
    left, top = (int(side) for side in np.maximum(0, low - padding).round())
    right, bottom = (int(side) for side in np.minimum(size, high + padding).round())
    return Box(left, top, right, bottom) if right > left and bottom > top else None


def crop_window(box: Box | None, picture_px: tuple[int, int], resized_px: tuple[int, int]) -> Box:
    """Return what to cut out of a resized picture: sides multiples of 32, at least 32.

    box: in the pixels of the picture before resizing; sizes are (width, height). Without a box, or
    with one smaller than 32 pixels, the whole picture is kept.
    """
    width_px, height_px = resized_px
    left, top, right, bottom = 0, 0, width_px, height_px
    if box is not None:
        x, y = width_px / picture_px[0], height_px / picture_px[1]
        near = max(0, round(box.left * x)), max(0, round(box.top * y))
        far = min(width_px, round(box.right * x)), min(height_px, round(box.bottom * y))
        if far[0] - near[0] >= ALIGN_PX and far[1] - near[1] >= ALIGN_PX:
            (left, top), (right, bottom) = near, far
    left, right = _snapped(left, right)
    top, bottom = _snapped(top, bottom)
    return Box(left, top, right, bottom)


def _looked_at(n_frames: int) -> list[int]:
    """Return every 4th frame and the last."""
    return sorted({*range(0, n_frames, EVERY_NTH), *([n_frames - 1] if n_frames else [])})


def _snapped(low: int, high: int) -> tuple[int, int]:
    """Return the middle of [low, high) with a length that is a multiple of 32."""
    trim = (high - low) % ALIGN_PX if high - low > ALIGN_PX else 0
    return low + trim // 2, high - (trim - trim // 2)
