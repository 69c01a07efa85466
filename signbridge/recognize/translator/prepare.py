"""Hands of a sentence -> what the network reads: its rate, idle hands gone, leading hand first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks.activity import active_hands, fill_gaps, leads_left, mirrored
from signbridge.landmarks.body import Hands
from signbridge.landmarks.features import GAP_S


@dataclass(frozen=True, slots=True)
class Prepared:
    """hands (T, 2, 21, 3) float32 at `fps`; the first was seen `start_s` after the stretch began.

    raised: (N, 2, 21, 3), the same at the camera's own rate `seen_fps`, for a closer look.
    turned: whether the hands are mirrored, for the left one leads.
    """

    hands: NDArray[np.float32]
    fps: float
    start_s: float
    raised: NDArray[np.float32]
    seen_fps: float
    turned: bool


def prepared(hands: Hands, fps: float) -> Prepared | None:
    """Return hands in body units as the network reads them; None if no hand is seen.

    Cut to where a hand is up. Training and serving both come through here.
    """
    points = fill_gaps(hands.points, max(1, round(GAP_S * hands.fps)))
    active = active_hands(points, hands.fps)
    if not active.any():  # signed low, or the body is misjudged: take what is seen
        active = ~np.isnan(points[:, :, 0, 0])
    frames = np.flatnonzero(active.any(axis=1))
    if len(frames) == 0:
        return None
    points = np.where(active[..., None, None], points, np.float32("nan"))
    points = points[frames[0] : frames[-1] + 1]
    turned = leads_left(points)
    if turned:
        points = mirrored(points)
    at_rate = at_fps(points, hands.fps, fps)
    return Prepared(at_rate, fps, float(frames[0] / hands.fps), points, hands.fps, turned)


def at_fps(points: NDArray[np.float32], have: float, want: float) -> NDArray[np.float32]:
    """Return points (T, ...) at `have` frames a second as they would be at `want`.

    Along lines; where one neighbour is NaN the nearer frame is taken.
    """
    at = np.arange(int((len(points) - 1) / have * want + 1e-6) + 1) / want * have
    before = np.minimum(at.astype(int), len(points) - 1)
    after = np.minimum(before + 1, len(points) - 1)
    share = (at - before).astype(np.float32).reshape(-1, *[1] * (points.ndim - 1))
    first, second = points[before], points[after]
    mixed = first + share * (second - first)
    return np.where(np.isnan(mixed), np.where(share < 0.5, first, second), mixed)
