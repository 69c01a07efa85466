"""How many frames of a clip the model sees, and how large."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from signbridge.errors import BadInputError
from signbridge.recognize.video.box import ALIGN_PX

FRAMES_PER_S = 20.0
FRAMES_PER_PATCH = 2
"""The model looks at frames in pairs, so there is an even number of them."""
MIN_FRAMES = 4
MAX_FRAMES = 768
MIN_FRAME_PX = 4 * 1024
MAX_FRAME_PX = 180 * 1024
MAX_CLIP_PX = 20_480 * 1024
"""Of the clip as the model counts it: two frames, one patch. It binds from 228 frames on."""
MAX_ASPECT = 200


def sampled_frames(n_frames: int, fps: float) -> tuple[int, ...]:
    """Return the frames to look at: 20 a second, all where there are fewer, the last included.

    A clip of one frame gives it twice: the model takes pairs.
    """
    if n_frames < FRAMES_PER_PATCH:
        return (0,) * FRAMES_PER_PATCH if n_frames else ()
    wanted = max(n_frames / fps * FRAMES_PER_S, MIN_FRAMES)
    count = int(min(wanted, MAX_FRAMES, n_frames)) // FRAMES_PER_PATCH * FRAMES_PER_PATCH
    return tuple(np.linspace(0, n_frames - 1, count).round().astype(int).tolist())


def resized(width_px: int, height_px: int, n_frames: int) -> tuple[int, int]:
    """Return the (width, height) within the budget, multiples of 32, nearest to the same shape."""
    if max(width_px, height_px) > MAX_ASPECT * min(width_px, height_px):
        raise BadInputError(
            f"a picture of {width_px} x {height_px} pixels is too narrow to look at; "
            f"no side may be over {MAX_ASPECT} times the other"
        )
    share_px = MAX_CLIP_PX / n_frames * FRAMES_PER_PATCH
    max_px = max(min(MAX_FRAME_PX, share_px), int(1.05 * MIN_FRAME_PX))
    width, height = (max(ALIGN_PX, _aligned(side, round)) for side in (width_px, height_px))
    if width * height > max_px:
        shrink = math.sqrt(width_px * height_px / max_px)
        width, height = (_aligned(side / shrink, math.floor) for side in (width_px, height_px))
    elif width * height < MIN_FRAME_PX:
        grow = math.sqrt(MIN_FRAME_PX / (width_px * height_px))
        width, height = (_aligned(side * grow, math.ceil) for side in (width_px, height_px))
    return _within(max(ALIGN_PX, width), max(ALIGN_PX, height), max_px)


def _within(width: int, height: int, max_px: float) -> tuple[int, int]:
    """Shorten the long side of a picture so narrow that its short side had to be made 32."""
    if width * height > max_px:
        longest = _aligned(max_px / min(width, height), math.floor)
        width, height = min(width, longest), min(height, longest)
    return width, height


def _aligned(length: float, whole: Callable[[float], int]) -> int:
    return whole(length / ALIGN_PX) * ALIGN_PX
