"""Webcam recordings of common words (MediaPipe Holistic, 75 points a frame) -> samples."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.data.copies import hand_prints
from signbridge.data.manifest import LICENCES, split_of
from signbridge.data.samples import Sample
from signbridge.landmarks import topology
from signbridge.landmarks.body import in_body_frame
from signbridge.types import Landmarks

FPS = 15.0  # not recorded; webcam loops of this kind run at 10 to 30
WIDTH_PX, HEIGHT_PX = 640, 480
POSE = slice(0, 33)
LEFT_HAND = slice(33, 54)
RIGHT_HAND = slice(54, 75)
HANDS = slice(33, 75)


def read_rows(folder: Path) -> list[dict[str, str]]:
    """Return the lines of `folder`/words.csv in file order."""
    with (folder / "words.csv").open(newline="") as lines:
        return list(csv.DictReader(lines))


def read_points(folder: Path) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return points (N, 75, 3) and offsets (sequences + 1,)."""
    with np.load(folder / "words.npz") as stored:
        return stored["points"].astype(np.float32), stored["offsets"]


def read_samples(folder: Path) -> list[Sample]:
    """Return every sequence of `folder` in body units."""
    points, offsets = read_points(folder)
    return [
        Sample(
            dataset="words",
            clip=row["index"],
            gloss=row["gloss"],
            signer=f"words-{row['signer']}",
            source="words",
            split=split_of(f"words-{row['signer']}"),
            licence=LICENCES["words"] if row["licence"] == "none" else "MIT",
            recording=f"{row['repo']}/{row['note'].split('; ')[-1].removeprefix('src=')}",
            hands=in_body_frame(as_landmarks(points[start:end])),
            prints=hand_prints(points[start:end, HANDS].reshape(-1, topology.HAND_POINTS, 3)),
        )
        for row, start, end in zip(read_rows(folder), offsets[:-1], offsets[1:], strict=True)
    ]


def as_landmarks(points: NDArray[np.float32]) -> Landmarks:
    """Return points (T, 75, 3) in the full layout; the face is NaN."""
    full = np.full((len(points), topology.N_POINTS, 3), np.nan, dtype=np.float32)
    full[:, topology.POSE] = points[:, POSE]
    full[:, topology.LEFT_HAND] = points[:, LEFT_HAND]
    full[:, topology.RIGHT_HAND] = points[:, RIGHT_HAND]
    return Landmarks(full, FPS, width_px=WIDTH_PX, height_px=HEIGHT_PX)


def labelled_hands(folder: Path) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return all left and all right hands (N, 21, 3) with x, y, z in units of the height."""
    points, _ = read_points(folder)
    points[..., [0, 2]] *= WIDTH_PX / HEIGHT_PX
    left, right = points[:, LEFT_HAND], points[:, RIGHT_HAND]
    return left[~np.isnan(left[:, 0, 0])], right[~np.isnan(right[:, 0, 0])]
