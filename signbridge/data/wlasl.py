"""WLASL hand landmarks (hands only, a signer box a clip) -> samples in body units.

WLASL: Li et al., "Word-level Deep Sign Language Recognition from Video", WACV 2020; C-UDA terms,
academic and computational use only.
"""

from __future__ import annotations

import csv
import itertools
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.data.copies import hand_prints
from signbridge.data.handedness import Handedness, assign_sides
from signbridge.data.manifest import LICENCES, split_of
from signbridge.data.samples import Sample
from signbridge.landmarks import body
from signbridge.landmarks.body import Hands

# The pictures themselves are not at hand: their sizes, which the signer boxes refer to, smallest
# first, as read off the boxes' own limits.
PICTURE_SIZES: dict[str, tuple[tuple[int, int], ...]] = {
    "signingsavvy": ((288, 192),),
    "signschool": ((640, 360), (640, 480), (854, 480), (1280, 720), (1920, 1080)),
    "aslsearch": ((720, 400),),
    "asldeafined": ((640, 480), (720, 480), (960, 540)),
    "spreadthesign": ((320, 240),),
    "aslsignbank": ((320, 180), (658, 370), (1280, 720), (1920, 1080)),
    "startasl": ((736, 414), (1280, 720)),
    "aslbrick": ((640, 480), (854, 480), (1280, 720), (1920, 1080)),
    "elementalasl": ((320, 180),),
}
# Top of the signer box (the hair) to the shoulder line, in shoulder widths: measured on clips of
# the same signers where the shoulders are seen.
SHOULDERS_BELOW_TOP = 1.15


@dataclass(frozen=True, slots=True)
class Row:
    """One line of sequences.csv; box is (left, top, right, bottom) in units of picture height."""

    video_id: str
    gloss: str
    class_id: int
    signer: str
    split: str
    source: str
    fps: float
    aspect: float
    box: tuple[float, float, float, float]


def read_rows(folder: Path) -> list[Row]:
    """Return the rows of `folder`/sequences.csv in file order."""
    with (folder / "sequences.csv").open(newline="") as lines:
        return [_row(line) for line in csv.DictReader(lines)]


def _row(line: dict[str, str]) -> Row:
    left, top, right, bottom = (float(edge) for edge in line["bbox"].split())
    width, height = _picture_size(line["source"], right, bottom)
    return Row(
        video_id=line["video_id"],
        gloss=line["gloss"],
        class_id=int(line["class"]),
        signer=line["signer_id"],
        split=line["split"],
        source=line["source"],
        fps=float(line["fps"]),
        aspect=width / height,
        box=(left / height, top / height, right / height, bottom / height),
    )


def _picture_size(source: str, right: float, bottom: float) -> tuple[int, int]:
    sizes = PICTURE_SIZES[source]
    return next((s for s in sizes if right <= s[0] + 1 and bottom <= s[1] + 1), sizes[-1])


def read_samples(folder: Path, handedness: Handedness) -> list[Sample]:
    """Return every sequence of `folder` (hands.npz, sequences.csv) in body units."""
    rows = read_rows(folder)
    with np.load(folder / "hands.npz") as stored:
        hands, offsets = stored["hands"].astype(np.float32), stored["offsets"]
    cuts = list(itertools.pairwise(offsets))
    prints = [hand_prints(hands[start:end]) for start, end in cuts]
    for row, (start, end) in zip(rows, cuts, strict=True):
        hands[start:end, ..., [0, 2]] *= row.aspect
    logits = _logits(hands, handedness)
    palms = [body.palm_size(hands[start:end]) for start, end in cuts]
    widths = _shoulder_widths(rows, palms)
    samples = []
    for row, (start, end), width, seen in zip(rows, cuts, widths, prints, strict=True):
        centre_x = (row.box[0] + row.box[2]) / 2
        sided = assign_sides(hands[start:end], logits[start:end], centre_x)
        centre = np.array([centre_x, row.box[1] + SHOULDERS_BELOW_TOP * width], dtype=np.float32)
        points = body.normalised(sided, centre, width)
        samples.append(
            Sample(
                dataset="wlasl",
                clip=row.video_id,
                gloss=row.gloss,
                signer=f"wlasl-{row.signer}",
                source=row.source,
                split=split_of(f"wlasl-{row.signer}", row.split),
                licence=LICENCES["wlasl"],
                official_split=row.split,
                recording=row.video_id,
                hands=Hands(points, row.fps),
                prints=seen,
            )
        )
    return samples


def _logits(hands: NDArray[np.float32], handedness: Handedness) -> NDArray[np.float32]:
    seen = ~np.isnan(hands[:, :, 0, 0])
    logits = np.full(seen.shape, np.nan, dtype=np.float32)
    logits[seen] = handedness.right_logit(hands[seen])
    return logits


def _shoulder_widths(rows: list[Row], palms: list[float]) -> list[float]:
    """Shoulder widths in picture heights, from the palm: a signer's framing is constant."""
    by_framing: dict[tuple[str, str, float], list[float]] = defaultdict(list)
    for row, palm in zip(rows, palms, strict=True):
        by_framing[row.source, row.signer, row.aspect].append(palm)
    typical = {key: float(np.nanmedian(values)) for key, values in by_framing.items()}
    return [typical[row.source, row.signer, row.aspect] / body.PALM_OVER_SHOULDERS for row in rows]
