"""The shipped weights: were their rows checked for leaks, and what do leaks do to their scores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.data.collection import Collection
from signbridge.data.leaks import DISTANCE, HASH, PERSON, Comparison
from signbridge.data.manifest import STRANGERS
from signbridge.recognize.landmark.checkpoint import load_checkpoint
from signbridge.recognize.landmark.recognizer import DEFAULT_FOLDER
from signbridge.training.card import CARD, LEAK_CHECK
from signbridge.training.score import Score, probabilities, score


@dataclass(frozen=True, slots=True)
class Effect:
    """Scores on the same clips with and without what leaked; among the whole vocabulary."""

    data: str
    every: Score
    clean: Score


def is_checked(folder: Path = DEFAULT_FOLDER) -> bool:
    """Say whether a model's card states that its training rows passed the leak check."""
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    return LEAK_CHECK in card["split"]


def scores_without(
    collection: Collection, shipped: Sequence[Comparison], folder: Path = DEFAULT_FOLDER
) -> tuple[Effect, ...]:
    """Return the shipped weights' scores on each held-out side, with and without its leaks."""
    network = load_checkpoint(folder).network
    place = {(s.dataset, s.clip): i for i, s in enumerate(collection.samples)}
    offered = np.arange(collection.offered)
    effects = []
    for one in shipped:
        rows = np.array([place[e.dataset, e.clip] for e in one.second.entries], dtype=np.int64)
        leaked = _leaked(one)
        for name, kept in _groups(collection, one, rows):
            asked = kept[collection.labels[kept] < collection.offered]
            samples = [collection.samples[i] for i in asked]
            clean = np.array([(s.dataset, s.clip) not in leaked for s in samples], dtype=bool)
            scores = probabilities(network, collection.signs[asked])
            labels = collection.labels[asked]
            effects.append(
                Effect(
                    name,
                    score(scores, labels, offered),
                    score(scores[clean], labels[clean], offered),
                )
            )
    return tuple(effects)


def _leaked(one: Comparison) -> set[tuple[str, str]]:
    """Every clip of the second side that is a copy or shows a person of the first side."""
    found = {
        (leak.second.dataset, leak.second.clip)
        for kind in (HASH, DISTANCE)
        for leak in one.found[kind]
    }
    people = {leak.second.signer for leak in one.found[PERSON]}
    if PERSON not in one.accepted:
        found |= {(e.dataset, e.clip) for e in one.second.entries if e.signer in people}
    return found


def _groups(
    collection: Collection, one: Comparison, rows: NDArray[np.int64]
) -> list[tuple[str, NDArray[np.int64]]]:
    if one.second.name != STRANGERS:
        classes = collection.wlasl_class[rows]
        return [
            (f"WLASL-{size} official test, people in training", rows[classes < size])
            for size in (100, 300)
        ]
    webcam = np.array([collection.samples[i].dataset == "words" for i in rows], dtype=bool)
    return [("dictionary strangers", rows[~webcam]), ("webcam strangers", rows[webcam])]
