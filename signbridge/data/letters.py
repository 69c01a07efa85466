"""Still A-Z handshapes of several hands -> letter signs held in front of the shoulder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.data.handedness import Handedness
from signbridge.landmarks import body

MOVING = ("J", "Z")  # drawn in the air: a still picture does not show them
# Where right-handed signers hold the palm when they spell, in body units.
PLACE_X, PLACE_Y = -0.45, 0.15


@dataclass(frozen=True, slots=True)
class Handshapes:
    """Right hands in body units, wrist-centred: points (N, 21, 3) float32, letter and source."""

    points: NDArray[np.float32]
    letters: tuple[str, ...]
    sources: tuple[str, ...]


def read_handshapes(folder: Path, handedness: Handedness, per_letter: int = 150) -> Handshapes:
    """Return at most `per_letter` shapes of each letter and source, all turned into right hands."""
    with np.load(folder / "letters.npz") as stored:
        points = stored["points"].astype(np.float32)
        letters = np.char.upper(stored["label"].astype(str))
        sources = stored["source"].astype(str)
    chosen = _chosen(points, letters, sources, per_letter)
    points, letters, sources = points[chosen], letters[chosen], sources[chosen]
    points = points - points[:, :1]
    left = handedness.right_logit(points) < 0
    points[left, :, 0] *= -1
    size = np.median(np.linalg.norm(points[:, 9, :2], axis=-1))
    own = np.linalg.norm(points[:, 9, :2], axis=-1)
    points *= (body.PALM_OVER_SHOULDERS / np.maximum(own, 0.2 * size))[:, None, None]
    return Handshapes(points.astype(np.float32), tuple(letters), tuple(sources))


def _chosen(
    points: NDArray[np.float32], letters: NDArray[np.str_], sources: NDArray[np.str_], most: int
) -> NDArray[np.int64]:
    usable = ~np.isnan(points).any(axis=(1, 2)) & ~np.isin(letters, MOVING)
    rng = np.random.default_rng(0)
    kept = []
    for source in np.unique(sources):
        for letter in np.unique(letters):
            rows = np.flatnonzero(usable & (sources == source) & (letters == letter))
            kept.append(rng.permutation(rows)[:most])
    return np.sort(np.concatenate(kept))


def held(shapes: NDArray[np.float32], steps: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return (N, steps, 2, 21, 3): each right hand (N, 21, 3) held still at the spelling place."""
    count = len(shapes)
    signs = np.full((count, steps, 2, *shapes.shape[1:]), np.nan, dtype=np.float32)
    place = np.array([PLACE_X, PLACE_Y, 0.0]) + rng.normal(0, [0.15, 0.2, 0.0], (count, 3))
    time = np.linspace(-0.5, 0.5, steps)[None, :, None]
    drift = rng.normal(0, [0.06, 0.05, 0.0], (count, 1, 3)) * time
    path = (place[:, None] + drift)[:, :, None]
    signs[:, :, 0] = shapes[:, None] + path
    return signs
