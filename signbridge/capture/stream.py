"""Webcam pictures with their arrival times -> evenly paced `Frame`s."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from signbridge.capture.pace import Pace
from signbridge.errors import BadInputError
from signbridge.types import Frame


class WebcamStream:
    """Makes frames of one visitor's webcam; times count from the first picture."""

    def __init__(self, max_fps: float, max_side_px: int) -> None:
        self._pace = Pace(max_fps)
        self._max_side_px = max_side_px
        self._first_s: float | None = None

    def tick(self, pixels: NDArray[np.uint8], arrived_s: float) -> Frame | None:
        """Return a frame of pixels (H, W, 3) uint8 RGB; None if it came too soon after the last."""
        is_rgb = pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.dtype == np.uint8
        if not is_rgb or not pixels.size:
            raise BadInputError(
                f"a webcam picture has shape {pixels.shape} and type {pixels.dtype}; "
                "expected (height, width, 3) of uint8 in RGB order"
            )
        if self._first_s is None:
            self._first_s = arrived_s
        at_s = arrived_s - self._first_s
        if not self._pace.keep(at_s):
            return None
        return Frame(shrink(pixels, self._max_side_px), at_s)


def shrink(pixels: NDArray[np.uint8], max_side_px: int) -> NDArray[np.uint8]:
    """Return the picture with its long side at most `max_side_px`; never enlarged."""
    height_px, width_px = pixels.shape[:2]
    scale = max_side_px / max(height_px, width_px)
    if scale >= 1:
        return pixels
    import cv2

    size = (max(1, round(width_px * scale)), max(1, round(height_px * scale)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
