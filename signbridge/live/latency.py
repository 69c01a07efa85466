"""How long each stage of one live session takes, and how long its signer waits."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

STAGES = ("landmarks", "recognize", "compose", "speak", "sign", "sound")
"""The first four are work; `sign`: from the end of a sign to its word; `sound`: from the end of a
sentence to its first sound, the pause that ends it included."""
KEPT = 600
"""A minute of frames at 10 a second: what the panel shows is what the signer feels at the time."""
RATE_FRAMES = 30


class Latencies:
    """The last times of each stage, and the frames a second."""

    def __init__(self) -> None:
        self._samples_s: dict[str, deque[float]] = {stage: deque(maxlen=KEPT) for stage in STAGES}
        self._frames_s: deque[float] = deque(maxlen=RATE_FRAMES)
        self.frames = 0
        self.dropped = 0

    def add(self, stage: str, taken_s: float) -> None:
        """Count one time."""
        self._samples_s[stage].append(taken_s)

    def frame(self, at_s: float) -> None:
        """Count a frame that was looked at."""
        self.frames += 1
        self._frames_s.append(at_s)

    def percentile_s(self, stage: str, percent: float) -> float:
        """Return the seconds that this share of the stage's times stays under; NaN for none."""
        samples = self.samples_s(stage)
        return float(np.percentile(samples, percent)) if samples else math.nan

    def samples_s(self, stage: str) -> tuple[float, ...]:
        """Return the times of a stage that are kept, the oldest first."""
        return tuple(self._samples_s[stage])

    def count(self, stage: str) -> int:
        """Return how many times of a stage are kept."""
        return len(self._samples_s[stage])

    @property
    def fps(self) -> float:
        """Frames looked at a second, of late; NaN before the second."""
        times = tuple(self._frames_s)
        return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else math.nan
