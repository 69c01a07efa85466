"""Dynamic time warping: which moment of one performance answers to which of another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def warping_path(first: Array, second: Array) -> tuple[list[tuple[int, int]], float]:
    """Return the cheapest monotonous pairing of two sequences (T, F), and its mean cost a pair."""
    cost = np.linalg.norm(first[:, None] - second[None], axis=-1)
    total = _accumulated(cost)
    i, j = len(first), len(second)
    path = []
    while i > 0 and j > 0:
        path.append((i - 1, j - 1))
        steps = {
            (i - 1, j - 1): total[i - 1, j - 1],
            (i - 1, j): total[i - 1, j],
            (i, j - 1): total[i, j - 1],
        }
        i, j = min(steps, key=lambda step: steps[step])
    return path[::-1], float(total[-1, -1]) / len(path)


def _accumulated(cost: NDArray[np.float32]) -> NDArray[np.float64]:
    total = np.full((cost.shape[0] + 1, cost.shape[1] + 1), np.inf)
    total[0, 0] = 0.0
    for i in range(cost.shape[0]):
        for j in range(cost.shape[1]):
            total[i + 1, j + 1] = cost[i, j] + min(total[i, j], total[i, j + 1], total[i + 1, j])
    return total


def distances(sequences: list[Array]) -> NDArray[np.float64]:
    """Return (n, n) mean warping costs between all pairs."""
    result = np.zeros((len(sequences), len(sequences)))
    for i, first in enumerate(sequences):
        for j in range(i):
            result[i, j] = result[j, i] = warping_path(first, sequences[j])[1]
    return result


def matched(average: Array, sequence: Array) -> list[list[int]]:
    """Return for each frame of `average` the frames of `sequence` paired with it."""
    frames: list[list[int]] = [[] for _ in average]
    for i, j in warping_path(average, sequence)[0]:
        frames[i].append(j)
    return frames
