"""Hands seen at any times -> what the boundary network reads, 25 times a second."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks import topology

Array = NDArray[np.float32]
Times = NDArray[np.float64]

RATE = 25.0  # steps a second, whatever the camera's
POINTS = (
    topology.WRIST, topology.THUMB_TIP, topology.INDEX_TIP, topology.MIDDLE_MCP, topology.PINKY_TIP,
)  # fmt: skip
FEATURES = 2 * (4 * len(POINTS) + 1)
# Hands lost between two frames further apart than this are lost; a longer pause starts anew.
MAX_GAP_S, ANEW_S = 0.25, 1.0
PALM = 0.3  # shoulder widths, so that a hand's shape is about as large as its place
SPEED = 5.0  # shoulder widths a second: a quick movement
REST = np.array([(-0.35, 1.4), (0.35, 1.4)], dtype=np.float32)  # of hands not seen yet
_FAR = 3.0  # a broken detection must not shout


def chosen(hands: Array) -> Array:
    """Return (..., 2, 5, 2): the points that are read, of hands (..., 2, 21, 2 or more)."""
    return np.asarray(hands[..., POINTS, :2], dtype=np.float32)


def between(first: Array, last: Array, share: NDArray[np.float32]) -> Array:
    """Return (N, 2, 5, 2) at `share` (N,) of the way; a hand seen at one end alone as it is there.

    That end must be the nearer one; else the hand is NaN.
    """
    part = share[:, None, None, None]
    nearer = np.where(part < 0.5, first, last)
    mixed = first + part * (last - first)
    return np.asarray(np.where(np.isnan(mixed), nearer, mixed), dtype=np.float32)


def steady(points: Array, times: Times) -> Array:
    """Return (N, 2, 5, 2) at RATE of points (T, 2, 5, 2) seen at rising `times` (T,), T > 1."""
    wanted = times[0] + np.arange(int((times[-1] - times[0]) * RATE + 1e-6) + 1) / RATE
    after = np.clip(np.searchsorted(times, wanted, side="right"), 1, len(times) - 1)
    gap_s = times[after] - times[after - 1]
    share = ((wanted - times[after - 1]) / gap_s).astype(np.float32)
    found = between(points[after - 1], points[after], share)
    found[(gap_s > MAX_GAP_S) & (share > 0) & (share < 1)] = np.nan
    return found


def carried(points: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Return points (N, 2, 5, 2) with lost hands where they were last, and (N, 2): what is seen."""
    seen = np.isfinite(points[..., 0, 0])
    start = np.broadcast_to(REST[:, None], points.shape[1:]).astype(np.float32)
    whole = np.concatenate([start[None], points])
    row = np.where(seen, np.arange(1, len(points) + 1)[:, None], 0)
    last = np.maximum.accumulate(row, axis=0)
    carried_on: Array = whole[last, np.arange(2)]
    return carried_on, seen


def features(now: Array, before: Array, seen: NDArray[np.bool_]) -> Array:
    """Return (N, FEATURES): place, shape and speed of hands (N, 2, 5, 2).

    before: the hands a step earlier; seen: (N, 2), whether each is seen now or carried on.
    """
    shape, shape_before = ((hand[..., 1:, :] - hand[..., :1, :]) / PALM for hand in (now, before))
    step = (now[..., 0, :] - before[..., 0, :]) * (RATE / SPEED)
    turn = (shape - shape_before) * (RATE * PALM / SPEED * 2)
    parts = (now[..., 0, :], step, _flat(shape), _flat(turn), seen[..., None].astype(np.float32))
    together = np.concatenate(parts, axis=-1).reshape(len(now), -1)
    return np.asarray(np.clip(together, -_FAR, _FAR), dtype=np.float32)


def motion(points: Array, times: Times) -> Array:
    """Return (N, FEATURES) of points (T, 2, 5, 2), all at once; `Motion` gives the same."""
    whole, seen = carried(steady(points, times))
    return features(whole, np.concatenate([whole[:1], whole[:-1]]), seen)


class Motion:
    """Gives the features of one signer's hands as the frames come."""

    def __init__(self) -> None:
        self._last: tuple[float, Array] | None = None
        self._next_s = 0.0
        self._hands: Array | None = None

    def push(self, points: Array, at_s: float) -> Iterator[tuple[float, Array]]:
        """Yield (seconds, (FEATURES,)) of each step up to this frame's points (2, 5, 2)."""
        if self._last is None or at_s - self._last[0] > ANEW_S:
            self._hands, self._next_s = None, at_s
            self._last = (at_s, points)
        before_s, before = self._last
        gap_s = at_s - before_s
        while self._next_s <= at_s + 1e-6:
            share = min(1.0, (self._next_s - before_s) / gap_s) if gap_s > 0 else 1.0
            here = between(before[None], points[None], np.array([share], dtype=np.float32))
            if gap_s > MAX_GAP_S and 0 < share < 1:
                here[:] = np.nan
            yield self._next_s, self._step(here)
            self._next_s += 1 / RATE
        self._last = (at_s, points)

    def _step(self, here: Array) -> Array:
        if self._hands is None:
            now, seen = carried(here)
            self._hands = now
        else:
            seen = np.isfinite(here[..., 0, 0])
            now = np.where(seen[..., None, None], here, self._hands)
        found: Array = features(now, self._hands, seen)[0]
        self._hands = now
        return found


def _flat(points: Array) -> Array:
    return points.reshape(*points.shape[:-2], -1)
