"""Real videos beside WLASL's rows: which of them are one recording.

WLASL's hands stand in the frame of a signer box, those of a video in that of its shoulders, so one
recording comes out at two places and sizes in body units. In the picture both are where they were
filmed: frame by frame, as shares of its width and height, they are compared there as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.data import wlasl
from signbridge.data.copies import nearest
from signbridge.landmarks import topology
from signbridge.landmarks.features import sign_features
from signbridge.types import Landmarks

# Median distance of the points, in pictures: one recording read by two detectors is up to 0.019
# apart, the next nearest is another sign at 0.028.
PICTURE_DISTANCE = 0.02
FRAMES_APART = 1  # a container may count one frame more
LEAST_SEEN = 0.1  # of the frames must have a hand on both sides
FARTHEST = 10.0  # pictures: nothing was there to compare


@dataclass(frozen=True, slots=True)
class Match:
    """The row nearest to a video in the picture, and the one nearest in body units; -1 for none."""

    row: int
    picture_distance: float
    feature_row: int
    feature_distance: float


def read_tracks(folder: Path) -> list[NDArray[np.float32]]:
    """Return hands (T, 2, 21, 2) of each row of WLASL as shares of the picture; NaN = no hand."""
    with np.load(folder / "hands.npz") as stored:
        hands, offsets = stored["hands"][..., :2].astype(np.float32), stored["offsets"]
    assert len(offsets) == len(wlasl.read_rows(folder)) + 1
    return np.split(hands, offsets[1:-1])


def match(
    landmarks: Landmarks,
    tracks: Sequence[NDArray[np.float32]],
    signs: NDArray[np.float16],
) -> Match:
    """Return what of WLASL is nearest to a video.

    tracks: see `read_tracks`; signs: (N, STEPS, 2, 21, 3) of the collection's rows, in body units.
    """
    row, far = _nearest_in_picture(landmarks, tracks)
    features = sign_features(landmarks).astype(np.float16)
    index, distance = nearest(features, signs)
    best = int(distance.argmin()) if len(distance) else -1
    return Match(
        row, far, int(index[best]) if best >= 0 else -1, float(distance[best]) if best >= 0 else far
    )


def _nearest_in_picture(
    landmarks: Landmarks, tracks: Sequence[NDArray[np.float32]]
) -> tuple[int, float]:
    points = landmarks.points[..., :2]
    hands = np.stack([points[:, topology.RIGHT_HAND], points[:, topology.LEFT_HAND]], axis=1)
    best = (-1, FARTHEST)
    for row, track in enumerate(tracks):
        if abs(len(track) - len(hands)) <= FRAMES_APART:
            far = picture_distance(hands, track)
            if far < best[1]:
                best = (row, far)
    return best


def picture_distance(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Return how far the nearest two hands (T, 2, 21, 2) of each frame are apart, as a median.

    The slots of one need not be those of the other. FARTHEST where few frames have both.
    """
    count = min(len(first), len(second))
    first, second = first[:count, :, None], second[:count, None]
    apart = np.linalg.norm(first - second, axis=-1).mean(axis=-1).reshape(count, 4)
    apart = np.fmin.reduce(apart, axis=1)
    seen = apart[~np.isnan(apart)]
    return float(np.median(seen)) if len(seen) > LEAST_SEEN * count else FARTHEST
