"""Made-up clips in which nobody signs: hands at rest, scratching, wandering about, pure noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks import topology
from signbridge.landmarks.activity import mirrored
from signbridge.landmarks.body import LEFT, RIGHT, Hands
from signbridge.training.cases import standing
from signbridge.types import Landmarks

Array = NDArray[np.float32]
Maker = Callable[[Array, np.random.Generator], Landmarks]

FPS = 25.0
LAP = (-0.35, 1.45)  # a right hand at rest, in body units
TREMBLE = 0.006  # the detector's, in body units


def makers() -> Mapping[str, Maker]:
    """Return what makes a clip of each kind from right hands (N, 21, 3) and a seeded generator."""
    return {
        "hands at rest": resting,
        "scratching": scratching,
        "hands wandering": wandering,
        "noise for landmarks": noise,
    }


def made(count: int, shapes: Array, seed: int) -> dict[str, list[Callable[[], Landmarks]]]:
    """Return `count` clips of each kind, each made when it is called for.

    shapes: (N, 21, 3) right hands in body units, wrist at 0, as people hold them.
    """
    return {
        name: [partial(_make, maker, shapes, (seed, kind, number)) for number in range(count)]
        for kind, (name, maker) in enumerate(makers().items())
    }


def _make(maker: Maker, shapes: Array, seed: tuple[int, ...]) -> Landmarks:
    return maker(shapes, np.random.default_rng(seed))


def resting(shapes: Array, rng: np.random.Generator) -> Landmarks:
    """Return hands that lie still: in the lap, on a table, or folded before the chest."""
    frames = _frames(rng.uniform(2, 5))
    place = np.array([rng.uniform(-0.5, -0.1), rng.choice([1.45, 0.9, 0.5])])
    hands = [_hand(shapes, rng, frames, place + _drift(rng, frames, 0.01))]
    other = np.array([rng.uniform(-0.5, -0.1), place[1] + rng.normal(0, 0.05)])
    hands.append(_hand(shapes, rng, frames, other + _drift(rng, frames, 0.01)))
    return _clip(hands, rng, both=rng.random() < 0.7)


def scratching(shapes: Array, rng: np.random.Generator) -> Landmarks:
    """Return a hand that goes to the head, neck or other arm, rubs there and comes back."""
    up, rub, down = (_frames(rng.uniform(*span)) for span in ((0.3, 0.7), (0.5, 2.0), (0.3, 0.7)))
    itch = np.array([rng.uniform(-0.4, 0.5), rng.uniform(-0.9, 0.5)])
    turns = rng.uniform(2, 5) * np.arange(rub) / FPS + rng.random()
    rubbing = itch + np.sin(2 * np.pi * turns)[:, None] * rng.normal(0, 0.06, 2)
    path = _there_and_back(rubbing, up, down, rng)
    hands = [_hand(shapes, rng, len(path), path)]
    hands.append(_hand(shapes, rng, len(path), np.tile(LAP, (len(path), 1))))
    return _clip(hands, rng, both=rng.random() < 0.5)


def wandering(shapes: Array, rng: np.random.Generator) -> Landmarks:
    """Return hands that move smoothly and aimlessly through signing space, fingers changing."""
    up, stay, down = (_frames(rng.uniform(*span)) for span in ((0.3, 0.7), (1.0, 3.0), (0.3, 0.7)))
    hands = []
    for _ in range(2):
        middle = np.array([rng.uniform(-0.6, 0.1), rng.uniform(-0.3, 0.6)])
        path = _there_and_back(middle + _drift(rng, stay, 0.2), up, down, rng)
        hands.append(_hand(shapes, rng, len(path), path))
    return _clip(hands, rng, both=rng.random() < 0.5)


def noise(shapes: Array, rng: np.random.Generator) -> Landmarks:
    """Return hands that flicker up anywhere, half of them without a hand's shape or a body."""
    frames = _frames(rng.uniform(1, 4))
    places = rng.uniform((-1.5, -1.0), (1.5, 1.5), (2, frames, 2))
    hands = [shapes[rng.integers(len(shapes), size=frames)].copy() for _ in range(2)]
    if rng.random() < 0.5:
        hands = [rng.normal(0, 0.2, hand.shape).astype(np.float32) for hand in hands]
    for hand, place in zip(hands, places, strict=True):
        hand[..., :2] += place[:, None]
        hand[rng.random(frames) > 0.6] = np.nan
    clip = standing(Hands(np.stack(hands, axis=1).astype(np.float32), FPS))
    if rng.random() < 0.5:
        clip.points[:, topology.POSE] = np.nan
    return clip


def _frames(seconds: float) -> int:
    return max(2, round(seconds * FPS))


def _drift(rng: np.random.Generator, frames: int, reach: float) -> NDArray[np.float64]:
    """Return (frames, 2): a smooth aimless path, waves of 0.2 to 1.2 a second added up."""
    at_s = np.arange(frames)[:, None] / FPS
    waves = rng.uniform(0.2, 1.2, 4), rng.uniform(0, 2 * np.pi, 4), rng.normal(0, reach, (4, 2))
    speed, phase, size = waves
    return np.asarray(np.sin(2 * np.pi * speed * at_s + phase) @ size / np.sqrt(2))


def _there_and_back(
    path: NDArray[np.float64], up: int, down: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the path with the hand's way from the lap to its start, and back from its end."""
    lap = np.array(LAP) + rng.normal(0, 0.1, 2)
    rise = lap + _eased(up) * (path[0] - lap)
    fall = path[-1] + _eased(down) * (lap - path[-1])
    still = np.tile(lap, (_frames(0.3), 1))
    return np.concatenate([still, rise, path, fall, still])


def _eased(frames: int) -> NDArray[np.float64]:
    """Return (frames, 1) from 0 to 1, slow at both ends."""
    return np.asarray(0.5 - 0.5 * np.cos(np.linspace(0, np.pi, frames)))[:, None]


def _hand(shapes: Array, rng: np.random.Generator, frames: int, path: NDArray[np.float64]) -> Array:
    """Return a right hand (frames, 21, 3) whose wrist follows `path`, one shape into another."""
    first, last = shapes[rng.integers(len(shapes), size=2)]
    hand = first + _eased(frames)[..., None] * (last - first)
    hand[..., :2] += path[:, None]
    return np.asarray(hand + rng.normal(0, TREMBLE, hand.shape), dtype=np.float32)


def _clip(hands: list[Array], rng: np.random.Generator, both: bool) -> Landmarks:
    """A signer's right hand and, if `both`, a left one made as a right one; either may lead."""
    points = np.full((len(hands[0]), 2, topology.HAND_POINTS, 3), np.nan, dtype=np.float32)
    points[:, RIGHT] = hands[0]
    if both:
        points[:, LEFT] = hands[1] * np.array([-1, 1, 1], dtype=np.float32)
    return standing(Hands(mirrored(points) if rng.random() < 0.3 else points, FPS))
