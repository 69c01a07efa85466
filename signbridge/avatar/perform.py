"""Averaged signs -> one signer's landmarks: hands raised from rest, signs, hands lowered again."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from signbridge.avatar.barycentre import PALM, Performance
from signbridge.avatar.body import STANDARD, completed
from signbridge.landmarks import topology
from signbridge.landmarks.body import LEFT, RIGHT
from signbridge.types import Landmarks

Array = NDArray[np.float32]

FPS = 25.0
WIDTH_PX, HEIGHT_PX = 640, 480
SHOULDER_WIDTH = 0.40  # of the picture's height
SHOULDER_Y = 0.475  # of the picture's height
REST = ((-0.5, 1.95), (0.5, 1.95))  # right and left wrist, out of the picture
RAISE_S, REST_S, PAUSE_S = 0.45, 0.35, 0.30
SPELL_S, CHANGE_S = 0.60, 0.24  # a letter is held, then the fingers change
SPELLING_WRIST = (-0.52, 0.42)
_SIDES = ((RIGHT, topology.RIGHT_HAND), (LEFT, topology.LEFT_HAND))


def sentence(signs: Sequence[Performance]) -> Landmarks:
    """Return the signs one after the other, the hands lowered for a moment between them."""
    stretches = [_resting(REST_S)]
    for number, sign in enumerate(signs):
        last = number == len(signs) - 1
        stretches += [_raised_and_lowered(sign), _resting(REST_S if last else PAUSE_S)]
    return _on_body(np.concatenate(stretches))


def spelled(letters: Sequence[Performance], hold_s: float = SPELL_S) -> Landmarks:
    """Return a finger-spelled word: each letter's middle moment held still, hand up throughout."""
    shapes = [_posed(letter, np.array(SPELLING_WRIST)) for letter in letters]
    hands = [np.repeat(shapes[0][None], _frames(hold_s), axis=0)]
    for before, after in itertools.pairwise(shapes):
        share = _eased(_frames(CHANGE_S))[:, None, None, None]
        hands += [(1 - share) * before + share * after]
        hands += [np.repeat(after[None], _frames(hold_s), axis=0)]
    held = np.concatenate(hands)
    up, down = _transition(held[0], rising=True), _transition(held[-1], rising=False)
    return _on_body(np.concatenate([_resting(REST_S), up, held, down, _resting(REST_S)]))


def _posed(letter: Performance, wrist: Array) -> Array:
    """Return the hands (2, 21, 3) of a letter's steadiest moment at a place of our choosing."""
    middle = slice(len(letter.shapes) // 3, 2 * len(letter.shapes) // 3)
    hands = PALM * np.median(letter.shapes[middle], axis=0)
    hands[RIGHT, :, :2] += wrist
    hands[LEFT] = np.nan
    return np.asarray(hands, dtype=np.float32)


def _raised_and_lowered(sign: Performance) -> Array:
    hands = _placed(sign)
    return np.concatenate(
        [_transition(hands[0], rising=True), hands, _transition(hands[-1], rising=False)]
    )


def _placed(sign: Performance) -> Array:
    """Return (T, 2, 21, 3) hands of a sign in shoulder widths at FPS, smoothed."""
    hands = PALM * sign.shapes
    hands[..., :2] += sign.wrists[:, :, None]
    at = np.linspace(0, len(hands) - 1, _frames(sign.seconds))
    before = np.minimum(at.astype(int), len(hands) - 2)
    share = (at - before)[:, None, None, None]
    return _smoothed((1 - share) * hands[before] + share * hands[before + 1])


def _smoothed(hands: Array) -> Array:
    padded = np.concatenate([hands[:1], hands[:1], hands, hands[-1:], hands[-1:]])
    weights = np.array([1, 4, 6, 4, 1]) / 16
    steps = [weight * padded[i : i + len(hands)] for i, weight in enumerate(weights)]
    return np.asarray(sum(steps), dtype=np.float32)


def _transition(hands: Array, *, rising: bool) -> Array:
    """Return the way of hands (2, 21, 3) up from rest, or back down to it."""
    lowered = hands.copy()
    lowered[..., :2] += (np.array(REST) - hands[:, topology.WRIST, :2])[:, None]
    share = _eased(_frames(RAISE_S))[:, None, None, None]
    way = (1 - share) * lowered + share * hands
    return np.asarray(way if rising else way[::-1], dtype=np.float32)


def _eased(n_frames: int) -> Array:
    """Return shares from 0 to 1, both ends left out, that start and stop gently."""
    share = np.linspace(0, 1, n_frames + 2)[1:-1]
    return np.asarray(share * share * (3 - 2 * share), dtype=np.float32)


def _resting(seconds: float) -> Array:
    return np.full((_frames(seconds), 2, topology.HAND_POINTS, 3), np.nan, dtype=np.float32)


def _frames(seconds: float) -> int:
    return max(1, round(seconds * FPS))


def _on_body(hands: Array) -> Landmarks:
    """Return hands (T, 2, 21, 3) in shoulder widths as the landmarks of a standard signer."""
    points = np.full((len(hands), topology.N_POINTS, 3), np.nan, dtype=np.float32)
    for index, place in STANDARD.items():
        points[:, index] = (*place, 0.0)
    for hand, part in _SIDES:
        points[:, part] = hands[:, hand]
    points = completed(points)
    points *= SHOULDER_WIDTH
    aspect = WIDTH_PX / HEIGHT_PX
    points[..., :2] += (aspect / 2, SHOULDER_Y)
    points[..., [0, 2]] /= aspect
    return Landmarks(points, FPS, width_px=WIDTH_PX, height_px=HEIGHT_PX)
