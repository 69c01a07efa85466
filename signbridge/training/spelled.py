"""Handshapes of many hands -> made-up finger-spelling: letters held, changed and moved.

No continuous finger-spelling corpus is at hand, so words are composed from still letters, with
smooth changes between them, the movements of J and Z, double letters that bounce or slide, hands
that come up and go down, and the noise of a detector.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

FPS = 20.0
# Paths of the whole hand in palm lengths; x to the right of the picture, y down.
J_PATH = np.array([(0, 0), (0, 0.35), (-0.1, 0.6), (-0.45, 0.65), (-0.6, 0.4)], dtype=np.float32)
Z_PATH = np.array([(0, 0), (0.7, 0), (0.05, 0.6), (0.75, 0.6)], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Hand:
    """One person's right hand: shapes (N, 21, 3) by letter, wrist at 0, in palm lengths."""

    name: str
    shapes: Mapping[str, Array]

    def can_spell(self, word: str) -> bool:
        """Say whether every letter of the word is there; J is drawn with I and Z with D."""
        return all(STILL.get(letter, letter) in self.shapes for letter in word)


STILL = {"J": "I", "Z": "D"}
PATHS = {"J": J_PATH, "Z": Z_PATH}


@dataclass(frozen=True, slots=True)
class SpellingStyle:
    """How fast and how roughly words are spelled; ranges are uniform, shares are probabilities."""

    hold_s: tuple[float, float] = (0.04, 0.45)
    change_s: tuple[float, float] = (0.08, 0.26)
    path_s: tuple[float, float] = (0.3, 0.7)
    rise_s: tuple[float, float] = (0.0, 0.4)
    jitter: float = 0.025  # palm lengths
    tilt: float = 0.35  # radians
    lost: float = 0.04  # share of frames in which the detector loses the hand


def spelled(
    word: str, hand: Hand, rng: np.random.Generator, style: SpellingStyle = SpellingStyle()
) -> Array:
    """Return (T, 21, 3) at FPS in palm lengths: this hand spells a word, from rest to rest."""
    pace = rng.uniform(0, 1)  # one speller is fast, another slow
    shapes = [_shape(letter, hand, rng) for letter in word]
    frames = [_risen(shapes[0], rng, style)]
    for index, (letter, shape) in enumerate(zip(word, shapes, strict=True)):
        if index:
            frames.append(
                _changed(frames[-1][-1], shape, word[index] == word[index - 1], pace, rng, style)
            )
        if letter in PATHS:
            frames.append(_moved(shape, letter, _within(style.path_s, pace, rng)))
        else:
            frames.append(np.repeat(shape[None], _count(_within(style.hold_s, pace, rng)), axis=0))
    frames.append(_risen(shapes[-1], rng, style)[::-1])
    return _as_seen(np.concatenate(frames), rng, style)


def _shape(letter: str, hand: Hand, rng: np.random.Generator) -> Array:
    choices = hand.shapes[STILL.get(letter, letter)]
    return np.asarray(choices[rng.integers(len(choices))], dtype=np.float32)


def _within(limits: tuple[float, float], pace: float, rng: np.random.Generator) -> float:
    share = np.clip(pace + rng.normal(0, 0.15), 0, 1)
    return float(limits[0] + share**1.5 * (limits[1] - limits[0]))


def _count(seconds: float) -> int:
    return max(1, round(seconds * FPS))


def _eased(count: int) -> Array:
    share = np.linspace(0, 1, count + 2, dtype=np.float32)[1:-1]
    return np.asarray((share * share * (3 - 2 * share))[:, None, None], dtype=np.float32)


def _changed(
    before: Array,
    shape: Array,
    repeated: bool,
    pace: float,
    rng: np.random.Generator,
    style: SpellingStyle,
) -> Array:
    """Return the fingers' way to the next letter; a letter said twice opens a little, or slides."""
    count = _count(_within(style.change_s, pace, rng))
    share = _eased(count)
    if not repeated:
        return np.asarray((1 - share) * before + share * shape, dtype=np.float32)
    count = max(3, count)
    share = _eased(count)
    away = np.sin(np.pi * share)
    slide = np.array([rng.uniform(-0.6, 0.6), rng.uniform(-0.25, 0.1), 0], dtype=np.float32)
    opened = _opened(shape, rng.uniform(0.05, 0.3))
    way = (1 - away) * shape + away * opened
    return np.asarray(way + (slide * away if rng.random() < 0.5 else 0), dtype=np.float32)


def _opened(shape: Array, share: float) -> Array:
    """Return the shape with its finger tips moved away from the palm."""
    return (shape * np.float32(1 + share)).astype(np.float32)


def _moved(shape: Array, letter: str, seconds: float) -> Array:
    path = PATHS[letter]
    count = max(4, _count(seconds))
    at = np.linspace(0, len(path) - 1, count)
    places = np.stack([np.interp(at, range(len(path)), path[:, axis]) for axis in (0, 1)], axis=1)
    moved = np.repeat(shape[None], count, axis=0)
    moved[..., :2] += places[:, None]
    if letter == "J":  # the wrist turns the little finger inwards
        turned = [_turned(one, turn) for one, turn in zip(moved, at / at[-1], strict=True)]
        moved = np.stack(turned)
    return moved


def _turned(shape: Array, share: float) -> Array:
    wrist = shape[:1]
    return (_rotation(0.9 * share, 1) @ (shape - wrist).T).T.astype(np.float32) + wrist


def _rotation(angle: float, axis: int) -> Array:
    turn = np.eye(3, dtype=np.float32)
    first, second = [i for i in range(3) if i != axis]
    turn[first, first] = turn[second, second] = np.cos(angle)
    turn[first, second], turn[second, first] = -np.sin(angle), np.sin(angle)
    return turn


def _risen(shape: Array, rng: np.random.Generator, style: SpellingStyle) -> Array:
    """Return the hand coming up from rest, half closed, into its first letter."""
    count = round(rng.uniform(*style.rise_s) * FPS)
    share = _eased(count)
    low = np.array([rng.uniform(-0.4, 0.4), rng.uniform(0.5, 2.5), 0], dtype=np.float32)
    slack = (0.8 * shape + rng.normal(0, 0.08, shape.shape)).astype(np.float32) + low
    return np.asarray((1 - share) * slack + share * shape, dtype=np.float32)


def _as_seen(frames: Array, rng: np.random.Generator, style: SpellingStyle) -> Array:
    """Return frames as a detector gives them: tilted, drifting, noisy, now and then lost."""
    for axis in range(3):
        frames = frames @ _rotation(rng.normal(0, style.tilt / (1 if axis < 2 else 2)), axis).T
    frames[..., 2] *= rng.uniform(0.4, 1.3)
    drift = rng.normal(0, 0.25, 2) * np.linspace(-0.5, 0.5, len(frames))[:, None]
    frames[..., :2] += drift[:, None]
    frames = frames + rng.normal(0, style.jitter * rng.uniform(0, 1.5), frames.shape)
    lost = rng.random(len(frames)) < style.lost * rng.uniform(0, 2)
    for index in np.flatnonzero(lost[1:]) + 1:
        frames[index] = frames[index - 1]
    if rng.random() < 0.3:  # a camera of 10 frames a second
        frames = frames[np.arange(len(frames)) // 2 * 2]
    return np.ascontiguousarray(frames, dtype=np.float32)
