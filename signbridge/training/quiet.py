"""The threshold at which clips in which nobody signs are seldom answered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.build import build
from signbridge.data.collection import Collection
from signbridge.landmarks.body import RIGHT
from signbridge.settings import Settings
from signbridge.training.cases import idling_rows
from signbridge.training.nonsigns import made
from signbridge.training.refusals import heard, lowest_quiet_threshold

CLIPS = 400  # of each kind; a twentieth of them is 20
# The report on strangers makes its clips with seed 0: none of these is among them.
SEED = 1
HAND_SHAPES = 3000


def quiet_threshold(folder: Path, collection: Collection) -> float:
    """Return the lowest threshold at which each kind of made-up clip is seldom answered live.

    0 where the collection has nobody who idles: the clips are made of their hands.
    """
    if not len(idling_rows(collection)):
        return 0.0
    engine = build(Settings(recognizers=("landmark",), speaker="none", landmark_model=str(folder)))
    clips = made(CLIPS, hand_shapes(collection), SEED)
    return lowest_quiet_threshold({kind: heard(engine, some) for kind, some in clips.items()})


def hand_shapes(collection: Collection) -> NDArray[np.float32]:
    """Return (N, 21, 3) right hands about their wrists, in body units, of people who idle.

    Signers' hands would not do: a letter's handshape held still is that letter.
    """
    samples = [collection.samples[row] for row in idling_rows(collection)]
    hands = np.concatenate([sample.hands.points[:, RIGHT] for sample in samples])
    hands = hands[~np.isnan(hands).any(axis=(1, 2))]
    chosen = np.random.default_rng(0).permutation(len(hands))[:HAND_SHAPES]
    return np.asarray(hands[chosen] - hands[chosen][:, :1], dtype=np.float32)
