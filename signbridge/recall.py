"""The pictures and landmarks of the sentence that is being signed, kept until it has ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks.segmenter import LONGEST_S as LONGEST_STRETCH_S
from signbridge.landmarks.timing import uniform
from signbridge.types import Clip, Frame, Segment

PICTURES_PER_S = 20.0
LONGEST_S = 60.0
"""A picture of 640 x 360 takes 0.7 MB: 14 MB a second of signing, 830 MB at this limit."""
BEFORE_S, AFTER_S = 0.5, 0.8
"""Kept before the first sign and after hands were last raised: who reads sentences learned them
from rest to rest. What is read before the pause is over has as much of it as has passed."""
PICTURES_MARGIN_S = 0.25
"""Of the pictures less is kept: each costs who sees them more than a hand at rest tells."""
REST_S = LONGEST_STRETCH_S + BEFORE_S + AFTER_S
"""Kept at rest: a stretch is told only when it has ended."""
# A camera that fills this share of the 20 places a second is taken for one that fills all.
_FILLED = 0.9


@dataclass(frozen=True, slots=True)
class _Kept:
    at_s: float
    points: NDArray[np.float32]
    pixels: NDArray[np.uint8] | None


class Recall:
    """Remembers one signer's sentence; at rest the last moments alone.

    pictures: whether somebody sees them; else only the landmarks are kept.
    """

    def __init__(self, pictures: bool = True) -> None:
        self._pictures = pictures
        self._size = (0, 0)
        self._frames: list[_Kept] = []
        self._began_s: float | None = None
        self._ended_s = 0.0
        self._raised_s = 0.0

    def push(self, frame: Frame, points: NDArray[np.float32]) -> None:
        """Take one frame and its points (543, 3); of pictures, the 20 a second nearest in time."""
        pixels: NDArray[np.uint8] | None = frame.pixels if self._pictures else None
        self._size = (frame.pixels.shape[1], frame.pixels.shape[0])
        shown = self._last_shown() if self._pictures else None
        if shown is not None and _place(self._frames[shown].at_s) == _place(frame.at_s):
            other = self._frames[shown]
            if _off(frame.at_s) < _off(other.at_s):
                self._frames[shown] = _Kept(other.at_s, other.points, None)
            else:
                pixels = None
        self._frames.append(_Kept(frame.at_s, points, pixels))
        self._forget(frame.at_s)

    def signed(self, start_s: float, end_s: float) -> None:
        """Note a stretch of signing; the sentence lasts from the first to the last."""
        self._began_s = start_s if self._began_s is None else self._began_s
        self._ended_s = end_s
        self.raised(end_s)

    def raised(self, at_s: float) -> None:
        """Note that a hand was up then: what was not given as a sign may still be one."""
        self._raised_s = max(self._raised_s, at_s)

    def take(self) -> Segment | None:
        """Return the sentence, with pictures where they are kept, and forget it; None for none."""
        segment = self.peek()
        if self._began_s is not None:
            # The rest after this sentence is the rest before the next.
            self._frames = [frame for frame in self._frames if frame.at_s > self._raised_s]
            self._began_s = None
        return segment

    def peek(self) -> Segment | None:
        """Return the sentence as `take` does, but go on remembering it."""
        if self._began_s is None or not self._frames:
            return None
        # Of a passage longer than what is kept, the end alone can be read.
        start_s, end_s = max(self._began_s, self._frames[0].at_s), self._ended_s
        low, high = start_s - BEFORE_S, self._raised_s + AFTER_S
        frames = [frame for frame in self._frames if low <= frame.at_s <= high]
        if not frames:
            return None
        landmarks = uniform(
            [frame.points for frame in frames],
            [frame.at_s for frame in frames],
            width_px=self._size[0],
            height_px=self._size[1],
        )
        low, high = start_s - PICTURES_MARGIN_S, end_s + PICTURES_MARGIN_S
        shown = [
            (f.at_s, f.pixels) for f in frames if f.pixels is not None and low <= f.at_s <= high
        ]
        if self._pictures and not shown:
            return None
        clip = _clip([at_s for at_s, _ in shown], [each for _, each in shown]) if shown else None
        return Segment(landmarks, start_s, end_s, clip)

    def clear(self) -> None:
        """Forget everything: the camera turned."""
        self._frames, self._began_s = [], None

    def _last_shown(self) -> int | None:
        rows = reversed(range(len(self._frames)))
        return next((row for row in rows if self._frames[row].pixels is not None), None)

    def _forget(self, now_s: float) -> None:
        oldest_s = now_s - LONGEST_S if self._began_s is not None else now_s - REST_S
        keep = next((i for i, f in enumerate(self._frames) if f.at_s >= oldest_s), 0)
        del self._frames[:keep]


def _place(at_s: float) -> int:
    """Return which of the 20 places a second a time is nearest to."""
    return round(at_s * PICTURES_PER_S)


def _off(at_s: float) -> float:
    return abs(at_s - _place(at_s) / PICTURES_PER_S)


def _clip(at_s: list[float], pictures: list[NDArray[np.uint8]]) -> Clip:
    """Return the pictures at 20 a second, or at the camera's own rate where that is lower.

    An even number of them, as models take pairs; where one is missing, the nearest stands in.
    """
    times = np.array(at_s)
    span_s = times[-1] - times[0]
    rate = (len(times) - 1) / span_s if span_s > 0 else PICTURES_PER_S
    start_s = times[0]
    if rate >= _FILLED * PICTURES_PER_S:
        rate, start_s = PICTURES_PER_S, _place(times[0]) / PICTURES_PER_S
    count = max(1, round((times[-1] - start_s) * rate) + 1)
    count -= count % 2 if count > 1 else 0
    wanted = start_s + np.arange(count) / rate
    nearest = np.abs(wanted[:, None] - times[None, :]).argmin(axis=1)
    return Clip(np.stack([pictures[i] for i in nearest]), float(rate), float(start_s))
