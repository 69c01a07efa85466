"""A signing hand without any data: an open hand that waves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from signbridge.avatar.barycentre import FRAMES, PALM, Performance
from signbridge.landmarks import topology
from signbridge.landmarks.body import LEFT, RIGHT, Hands

_SPREAD = (-0.75, -0.28, -0.02, 0.22, 0.45)  # directions of thumb to little finger, x for one up
_KNUCKLE = (0.45, 1.02, 1.0, 0.93, 0.86)
_BONE = (0.32, 0.30, 0.32, 0.29, 0.22)


def open_hand() -> NDArray[np.float32]:
    """Return a right hand (21, 3) seen from the palm, fingers up, from the wrist in palms."""
    points = np.zeros((topology.HAND_POINTS, 3), dtype=np.float32)
    for finger, spread, knuckle, bone in zip(
        topology.FINGERS, _SPREAD, _KNUCKLE, _BONE, strict=True
    ):
        along = np.array([spread, -1.0, -0.05]) / np.hypot(spread, 1.0)
        for step, point in enumerate(finger):
            points[point] = (knuckle + step * bone) * along
    return points


def wave(seconds: float = 0.8, reach: float = 0.2, lag: float = 0.0) -> Performance:
    """Return a right hand that waves beside the head; `lag` bends its time."""
    share = np.linspace(0, 1, FRAMES)
    share = share + lag * share * (1 - share)
    wrists = np.full((FRAMES, 2, 2), np.nan, dtype=np.float32)
    wrists[:, RIGHT, 0] = -0.55 + reach * np.sin(2 * np.pi * share)
    wrists[:, RIGHT, 1] = 0.25
    shapes = np.full((FRAMES, 2, topology.HAND_POINTS, 3), np.nan, dtype=np.float32)
    shapes[:, RIGHT] = open_hand()
    assert np.isnan(wrists[:, LEFT]).all()
    return Performance(wrists, shapes, seconds)


def as_hands(performance: Performance) -> Hands:
    """Return a performance as the landmark stage would see it."""
    points = PALM * performance.shapes
    points[..., :2] += performance.wrists[:, :, None]
    return Hands(points.astype(np.float32), len(points) / performance.seconds)
