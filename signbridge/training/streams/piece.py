"""An isolated recording -> a piece of a stream: where the sign is, apart from rise and fall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks import topology
from signbridge.landmarks.activity import leads_left, mirrored
from signbridge.landmarks.body import LEFT, RIGHT, Hands
from signbridge.landmarks.features import raised_stretches

Array = NDArray[np.float32]

SEEN = 0.6  # of the frames of a hand that takes part
SHORTEST_S = 0.2  # of what is left of a sign
RISE = 0.25  # shoulder widths: a hand that starts this much lower than it signs is still rising
ARRIVED = 0.3  # of the rise's highest speed: slower than this, the hand is where it signs
MOST_CUT = 0.35  # of a recording, at either end
SWING = 0.08  # shoulder widths between two turning points of a movement that is repeated


@dataclass(frozen=True, slots=True)
class Piece:
    """A sign as one signer made it once, the leading hand turned into a right hand.

    points: (T, 2, 21, 3) float32 in body units from the moment the hands are up until they are
    down; the left hand is NaN all along, or seen all along. first, last: the frames between which
    the sign itself is made. early: a frame at which a sign that repeats its movement may end too.
    """

    points: Array
    fps: float
    first: int
    last: int
    early: int
    gloss: str
    signer: str

    @property
    def two_handed(self) -> bool:
        """Whether the other hand takes part."""
        return bool(np.isfinite(self.points[0, LEFT, 0, 0]))

    @property
    def duration_s(self) -> float:
        """How long the sign itself takes."""
        return (self.last - self.first) / self.fps


def piece_of(hands: Hands, gloss: str, signer: str) -> Piece | None:
    """Return a recording as a piece; None where its hands are hardly seen or it is too short."""
    points = max(raised_stretches(hands), key=len, default=hands.points[:0])
    if len(points) < SHORTEST_S * hands.fps + 2:
        return None
    if leads_left(points):
        points = mirrored(points)
    share = np.isfinite(points[:, :, 0, 0]).mean(axis=0)
    if share[RIGHT] < SEEN:
        return None
    whole = np.full_like(points, np.nan)
    whole[:, RIGHT] = _without_holes(points[:, RIGHT])
    if share[LEFT] >= SEEN:
        whole[:, LEFT] = _without_holes(points[:, LEFT])
    first, last = core(whole[:, RIGHT], hands.fps)
    return Piece(whole, hands.fps, first, last, _early(whole, first, last), gloss, signer)


def core(hand: Array, fps: float) -> tuple[int, int]:
    """Return the first and last frame of a sign by its leading hand (T, 21, 3), T > 2.

    Cut off is the way up from rest, until the hand slows down, and the way back from when it sets
    off; a hand that starts where it signs has no such way.
    """
    height = _smooth(-hand[:, topology.MIDDLE_MCP, 1])
    first = _arrival(height)
    last = len(hand) - 1 - _arrival(height[::-1])
    missing = int(np.ceil(SHORTEST_S * fps)) - (last - first)
    if missing > 0:
        first = max(0, first - missing)
        last = min(len(hand) - 1, last + missing)
    return first, last


def _arrival(height: Array) -> int:
    """Return the frame at which a hand on its way up, seen from the start, has arrived."""
    middle = height[len(height) // 4 : len(height) - len(height) // 4]
    if np.median(middle) - height[0] < RISE:
        return 0
    limit = max(1, int(MOST_CUT * len(height)))
    speed = np.diff(height[: limit + 2])
    fastest = int(speed[:limit].argmax())
    slow = np.flatnonzero(speed[fastest:] < ARRIVED * speed[fastest])
    return min(limit, fastest + int(slow[0])) if len(slow) else limit


def _smooth(values: Array) -> Array:
    padded = np.concatenate([values[:1], values, values[-1:]])
    return np.asarray((padded[:-2] + padded[1:-1] + padded[2:]) / 3, dtype=np.float32)


def _early(points: Array, first: int, last: int) -> int:
    """Return the third turning point of a movement with four or more, else `last`."""
    tip = points[first : last + 1, RIGHT, topology.INDEX_TIP, :2]
    away = tip - tip.mean(axis=0)
    _, directions = np.linalg.eigh(away.T @ away)
    along = _smooth(away @ directions[:, -1])
    turns = np.flatnonzero(np.diff(np.sign(np.diff(along))) != 0) + 1
    swings = np.abs(np.diff(along[turns])) > SWING
    if swings.sum() < 3:
        return last
    wide = turns[1:][swings]
    return first + int(wide[min(2, len(wide) - 1)])


def _without_holes(hand: Array) -> Array:
    """Return a hand (T, 21, 3) with every missing frame on a line between its neighbours."""
    seen = np.flatnonzero(np.isfinite(hand[:, 0, 0]))
    if len(seen) == len(hand):
        return hand
    at = np.interp(np.arange(len(hand)), seen, np.arange(len(seen)))
    before = at.astype(int)
    after = np.minimum(before + 1, len(seen) - 1)
    share = (at - before).astype(np.float32)[:, None, None]
    whole = hand[seen]
    return np.asarray((1 - share) * whole[before] + share * whole[after], dtype=np.float32)
