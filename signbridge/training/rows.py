"""Which rows of the collection are trained on, and the proof that none of them leaks."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from signbridge.data.collection import Collection
from signbridge.data.copies import sharing, twins
from signbridge.data.leaks import SIGNER, Comparison, Side, compare, refuse_leaks
from signbridge.data.manifest import KNOWN, STRANGERS, TRAIN

LOG = logging.getLogger("signbridge.training")
Rows = NDArray[np.int64]


def training_rows(collection: Collection, without: Sequence[str]) -> Rows:
    """Return the rows to train on; raise `LeakError` if anything of them is measured on."""
    rows = chosen_rows(collection, without)
    refuse_leaks(comparisons(collection, rows))
    return rows


def comparisons(collection: Collection, rows: Rows) -> tuple[Comparison, ...]:
    """Return what `rows` share with strangers and with the official test clips of people known.

    That those people train with other clips is what the official split is; nothing else may.
    """
    trained = side(collection, TRAIN, rows)
    return (
        compare(trained, side(collection, STRANGERS, of_split(collection, STRANGERS))),
        compare(trained, side(collection, KNOWN, of_split(collection, KNOWN)), (SIGNER,)),
    )


def chosen_rows(collection: Collection, without: Sequence[str], *, by_hash: bool = True) -> Rows:
    """Return the rows of people in training, but no copy of a clip that is measured on.

    A copy is a twin by distance or shares a hand exactly; whoever is in one recording with a
    stranger is that stranger under another number, and goes with all clips. by_hash=False looks
    at the distance to test clips alone: so were the rows of cards without `leak_check` chosen.
    WLASL files some recordings under two glosses: a copy outside the vocabulary of one inside it
    would teach that the sign is another, and goes as well.
    """
    rows = collection.where(lambda s: s.split == TRAIN and s.source not in without)
    tested = collection.where(lambda s: s.official_split == "test")
    held_out = np.union1d(tested, of_split(collection, STRANGERS)) if by_hash else tested
    copied = _twins(collection, rows, held_out) >= 0
    if by_hash:
        copied |= _sharing(collection, rows, held_out) >= 0
        copied |= _other_ids(collection, rows)
    rows = rows[~copied]
    inside = collection.labels[rows] < collection.offered
    dictionary = np.array([bool(collection.samples[i].official_split) for i in rows], dtype=bool)
    others = rows[~inside & dictionary]
    doubled = others[_twins(collection, others, rows[inside]) >= 0]
    LOG.info("left out %d rows of clips held out, %d twins", copied.sum(), len(doubled))
    return np.setdiff1d(rows, doubled)


def of_split(collection: Collection, split: str) -> Rows:
    """Return the indices of the samples on one side."""
    return collection.where(lambda sample: sample.split == split)


def side(collection: Collection, name: str, rows: Rows) -> Side:
    """Return these rows as one side of a comparison."""
    return Side.of(name, [collection.samples[i] for i in rows], collection.signs[rows])


def _twins(collection: Collection, first: Rows, second: Rows) -> Rows:
    return twins(collection.signs[first], collection.signs[second])


def _sharing(collection: Collection, first: Rows, second: Rows) -> Rows:
    prints = [sample.prints for sample in collection.samples]
    return sharing([prints[i] for i in first], [prints[i] for i in second])


def _other_ids(collection: Collection, rows: Rows) -> NDArray[np.bool_]:
    """Return (len(rows),): the signer is in one recording with a stranger."""
    found = _sharing(collection, rows, of_split(collection, STRANGERS)) >= 0
    same = {collection.samples[i].signer for i in rows[found]}
    return np.array([collection.samples[i].signer in same for i in rows], dtype=bool)
