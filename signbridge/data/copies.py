"""Finds recordings that are in the data twice: by exactly equal hands, and by distance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

TWIN_DISTANCE = 0.02  # body units a point: the same recording filed under two glosses


def hand_prints(hands: NDArray[np.float16] | NDArray[np.float32]) -> NDArray[np.uint64]:
    """Return a hash of each seen hand (..., 21, 3), as its set stores it, each hash once.

    63 numbers are only ever equal in two hands if both were read off one picture: a single shared
    hash tells a recording that was filed twice, also if it was cut elsewhere. Handed in as float16.
    """
    flat = np.ascontiguousarray(hands.reshape(-1, 63).astype(np.float16))
    seen = flat[~np.isnan(flat).any(axis=1)].view(np.uint16).astype(np.uint64)
    factors = np.random.default_rng(0).integers(1, 2**63, 63, dtype=np.uint64) | np.uint64(1)
    sums = (seen * factors).sum(axis=1, dtype=np.uint64)
    return np.asarray(np.unique(sums ^ (sums >> np.uint64(29))), dtype=np.uint64)


def sharing(
    first: Sequence[NDArray[np.uint64]], second: Sequence[NDArray[np.uint64]]
) -> NDArray[np.int64]:
    """Return for each of `first` one of `second` that has a hand with the same print, else -1."""
    owner = {int(one): i for i, prints in enumerate(second) for one in prints}
    found = np.full(len(first), -1)
    for i, prints in enumerate(first):
        found[i] = next((owner[int(one)] for one in prints if int(one) in owner), -1)
    return found


def nearest(
    first: NDArray[np.float16], second: NDArray[np.float16], block: int = 512
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return for each sign (STEPS, 2, 21, 3) of `first` the nearest of `second`, and how far it is.

    The distance is the root mean square over thinned frames and points, in body units; -1 and
    infinity where `second` is empty.
    """
    index, distance = np.full(len(first), -1), np.full(len(first), np.inf)
    if not len(first) or not len(second):
        return index, distance
    a, b = _thinned(first), _thinned(second)
    squares = (b**2).sum(axis=1)
    for start in range(0, len(a), block):
        part = a[start : start + block]
        apart = (part**2).sum(axis=1)[:, None] + squares - 2 * part @ b.T
        best = apart.argmin(axis=1)
        index[start : start + block] = best
        distance[start : start + block] = np.sqrt(
            np.maximum(apart[np.arange(len(part)), best], 0) / a.shape[1]
        )
    return index, distance


def twins(first: NDArray[np.float16], second: NDArray[np.float16]) -> NDArray[np.int64]:
    """Return for each sign of `first` the nearest of `second` within TWIN_DISTANCE, else -1."""
    index, distance = nearest(first, second)
    return np.where(distance < TWIN_DISTANCE, index, -1)


def _thinned(signs: NDArray[np.float16]) -> NDArray[np.float32]:
    points = signs[:, ::4, :, ::4, :2].astype(np.float32)
    return np.nan_to_num(points).reshape(len(signs), np.prod(points.shape[1:], dtype=int))
