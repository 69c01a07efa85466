"""Landmarks -> what the recognizers read; the one function that training and live use share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks.activity import (
    active_hands,
    fill_gaps,
    is_left_handed,
    mirrored,
    stretches_of,
)
from signbridge.landmarks.body import Hands, in_body_frame
from signbridge.types import Landmarks, Leads

STEPS = 64  # a sign's time axis, whatever its length or the camera's frame rate
GAP_S = 0.2  # a hand lost for less is interpolated
# A single sign lasts 0.4 to 2.5 s; more is several, read through overlapping windows.
LONGEST_S = 4.0
WINDOW_S = 2.4
HOP_S = 0.8


def sign_features(landmarks: Landmarks) -> NDArray[np.float32]:
    """Return (N, STEPS, 2, 21, 3) float32: each stretch with raised hands, read as one sign.

    In body units (see `body`), idle hands as NaN, the leading hand first and turned into a right
    hand. N is 0 where no hand is seen, 1 for most signs, more for repeated or long signing.
    """
    return stretch_features(in_body_frame(landmarks))


def stretch_features(hands: Hands, to_end: bool = True) -> NDArray[np.float32]:
    """Return (N, STEPS, 2, 21, 3) from hands in body units; see `sign_features`, `windows`."""
    signs = [canonical(window, hands.leads) for window in stretches(hands, to_end)]
    return np.stack(signs) if signs else np.zeros((0, STEPS, *hands.points.shape[1:]), np.float32)


def stretches(hands: Hands, to_end: bool = True) -> list[NDArray[np.float32]]:
    """Return each raised stretch (T, 2, 21, 3) as signs: one too long for a sign in windows."""
    return [
        stretch[first:last]
        for stretch in raised_stretches(hands)
        for first, last in windows(len(stretch), hands.fps, to_end)
    ]


def raised_stretches(hands: Hands) -> list[NDArray[np.float32]]:
    """Return each stretch (T, 2, 21, 3) in which hands are raised, idle hands as NaN."""
    points = fill_gaps(hands.points, max(1, round(GAP_S * hands.fps)))
    active = active_hands(points, hands.fps)
    if not active.any():  # signed low, or the body is misjudged: take what is seen
        active = ~np.isnan(points[:, :, 0, 0])
    points = np.where(active[..., None, None], points, np.float32("nan"))
    return [points[start:end] for start, end in stretches_of(active.any(axis=1), hands.fps)]


def canonical(points: NDArray[np.float32], leads: Leads = "found") -> NDArray[np.float32]:
    """Return (STEPS, 2, 21, 3): one stretch (T, 2, 21, 3), T > 0, with its leading hand first."""
    if is_left_handed(points, leads):
        points = mirrored(points)
    return resampled(points, STEPS)


def windows(count: int, fps: float, to_end: bool = True) -> list[tuple[int, int]]:
    """Return from and to of the frames that are read as one sign each.

    to_end: the last window ends at `count`, even where less than a hop is left for it.
    """
    if count <= LONGEST_S * fps:
        return [(0, count)]
    width, hop = round(WINDOW_S * fps), max(1, round(HOP_S * fps))
    starts = list(range(0, count - width + 1, hop))
    if to_end and starts[-1] < count - width:
        starts.append(count - width)
    return [(first, first + width) for first in starts]


def resampled(points: NDArray[np.float32], steps: int) -> NDArray[np.float32]:
    """Return (steps, ...) samples of points (T, ...) evenly spread over its time, along lines.

    Where one neighbour is NaN the other is taken, so that a hand keeps its first and last frame.
    """
    at = np.linspace(0, len(points) - 1, steps)
    before = np.floor(at).astype(int)
    after = np.minimum(before + 1, len(points) - 1)
    share = (at - before).astype(np.float32).reshape(-1, *[1] * (points.ndim - 1))
    first, second = points[before], points[after]
    mixed = (1 - share) * first + share * second
    nearest = np.where(share < 0.5, first, second)
    return np.where(np.isnan(mixed), nearest, mixed).astype(np.float32)
