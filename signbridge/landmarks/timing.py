"""Points seen at irregular times -> `Landmarks` at a constant rate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from signbridge.types import Landmarks

# Interpolating over more than this would invent motion: a hand travels a third of a metre in it.
MAX_GAP_S = 0.15
# Faster than any camera in use here: a crowd of frames in one moment sets no rate.
MAX_RATE = 120.0


def uniform(
    points: Sequence[NDArray[np.float32]],
    at_s: Sequence[float],
    fps: float | None = None,
    *,
    width_px: int = 640,
    height_px: int = 480,
    max_gap_s: float = MAX_GAP_S,
) -> Landmarks:
    """Return the points (each (543, 3), times rising) at `fps`, or at their own median rate.

    A point between two frames lies on the line between them. It is NaN where either frame lacks
    it, except that the nearer frame's place is kept while that is under half a frame away, and
    where the frames are further apart than `max_gap_s`.
    """
    if not points:
        raise ValueError("no points to bring to a constant rate")
    times = np.asarray(at_s, dtype=np.float64)
    steps = np.diff(times)
    if np.any(steps <= 0):
        raise ValueError("times must rise from frame to frame")
    rate = fps if fps is not None else median_rate(times)
    count = 1 + int(np.floor((times[-1] - times[0]) * rate + 1e-6))
    wanted = times[0] + np.arange(count) / rate
    frames = np.stack(points).astype(np.float32, copy=False)
    resampled = _interpolate(frames, times, np.minimum(wanted, times[-1]), 0.5 / rate, max_gap_s)
    return Landmarks(resampled, float(rate), float(times[0]), width_px, height_px)


def median_rate(times: NDArray[np.float64]) -> float:
    """Return the frames per second of the median step, 30 for fewer than two frames."""
    return min(MAX_RATE, float(1.0 / np.median(np.diff(times)))) if len(times) > 1 else 30.0


def _interpolate(
    frames: NDArray[np.float32],
    times: NDArray[np.float64],
    wanted: NDArray[np.float64],
    near_s: float,
    max_gap_s: float,
) -> NDArray[np.float32]:
    """Return (len(wanted), 543, 3): each wanted time between its two neighbours in `times`."""
    if len(times) == 1:
        return np.repeat(frames, len(wanted), axis=0)
    after = np.clip(np.searchsorted(times, wanted, side="right"), 1, len(times) - 1)
    before = after - 1
    gap_s = times[after] - times[before]
    weight = ((wanted - times[before]) / gap_s).astype(np.float32)[:, None, None]
    between = (1 - weight) * frames[before] + weight * frames[after]
    between[gap_s > max_gap_s] = np.nan
    # Where one neighbour is missing, or the gap too wide, the nearer one counts if it is near.
    nearest = np.where(weight[:, 0, 0] < 0.5, before, after)
    is_near = np.abs(times[nearest] - wanted) <= near_s
    use = np.isnan(between) & is_near[:, None, None]
    return np.where(use, frames[nearest], between).astype(np.float32)
