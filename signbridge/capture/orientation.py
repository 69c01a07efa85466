"""How a stored picture must be turned and flipped to stand upright (phones store it as taken)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.sidedata.sidedata import SideData
from av.video.stream import VideoStream
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Orientation:
    """Upright = stored, axes swapped if `swapped`, then mirrored across x and y as said.

    pixel_aspect: width of one stored pixel over its height.
    """

    swapped: bool = False
    flip_x: bool = False
    flip_y: bool = False
    pixel_aspect: float = 1.0

    @classmethod
    def of(cls, picture: av.VideoFrame, stream: VideoStream) -> Orientation:
        """Read a decoded picture's display matrix; turns that are not square are ignored."""
        data = picture.side_data.get("DISPLAYMATRIX")
        aspect = _pixel_aspect(stream)
        if not isinstance(data, SideData):
            return cls(pixel_aspect=aspect)
        # Stored (p, q) goes to x = a p + c q, y = b p + d q; 16.16 fixed point.
        (a, b, _), (c, d, _) = np.frombuffer(bytes(data), np.int32).reshape(3, 3)[:2].tolist()
        if abs(a) >= abs(b):
            return cls(False, a < 0, d < 0, aspect)
        return cls(True, c < 0, b < 0, aspect)

    def upright_size(self, width_px: int, height_px: int) -> tuple[float, float]:
        """Return the upright width and height of a stored picture, in square pixels."""
        square_px = (
            width_px * max(1.0, self.pixel_aspect),
            height_px / min(1.0, self.pixel_aspect),
        )
        return square_px[::-1] if self.swapped else square_px

    def stored_size(self, width_px: int, height_px: int) -> tuple[int, int]:
        """Return the size before turning of a picture with this upright size."""
        return (height_px, width_px) if self.swapped else (width_px, height_px)

    def apply(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return stored pixels (H, W, 3) upright and contiguous."""
        upright = pixels.swapaxes(0, 1) if self.swapped else pixels
        upright = upright[:, ::-1] if self.flip_x else upright
        upright = upright[::-1] if self.flip_y else upright
        return np.ascontiguousarray(upright)


def _pixel_aspect(stream: VideoStream) -> float:
    """Return the width of a pixel over its height; 1 where the file states none or nonsense."""
    aspect: Fraction | None = stream.sample_aspect_ratio
    return float(aspect) if aspect and 0.25 <= aspect <= 4 else 1.0
