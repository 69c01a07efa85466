"""Measures calibrating and teaching on held-out signers; writes docs/reports/personal.

`python -m signbridge.training.personal --data ../shared/data`, some minutes. With `--probe FILE` a
network that never saw some of the signs is asked too; it is trained first, about an hour.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from signbridge.data.collection import CALIBRATION_SIGNERS, IDLE, Collection, collect
from signbridge.data.manifest import STRANGERS, TRAIN
from signbridge.recognize.landmark.checkpoint import load_checkpoint
from signbridge.recognize.landmark.personal import Personal, to_bytes
from signbridge.recognize.landmark.recognizer import DEFAULT_FOLDER, LandmarkRecognizer
from signbridge.training.personal.measure import Network
from signbridge.training.personal.page import Cost, write
from signbridge.training.personal.parts import foreign_part, own_parts, probe_parts
from signbridge.training.personal.probe import Probe, probe
from signbridge.training.personal.study import (
    chosen,
    from_others,
    settings,
    shipped_weighing,
)
from signbridge.training.personal.tasks import from_teachers

BATCH = 64
EXAMPLES = 30
TAUGHT_BY_OTHERS = (5, 3, 2)  # signs, people who show each, draws; to choose the weighing on
LOG = logging.getLogger("signbridge.training")


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds wlasl, words, letters")
    parser.add_argument("--out", type=Path, default=Path("docs/reports/personal"))
    parser.add_argument("--probe", type=Path, help="training state of the probe, kept there")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    collection = collect(options.data)
    trained = probe(collection, options.probe) if options.probe else None
    measure(collection, options.out, trained)


def measure(collection: Collection, out: Path, trained: Probe | None) -> None:
    """Write the report on the shipped network, and on the probe where there is one."""
    recognizer = LandmarkRecognizer()
    strangers = collection.of_signers(CALIBRATION_SIGNERS)
    besides = _besides(collection, strangers)
    found = settings(collection, CALIBRATION_SIGNERS)
    rest = _recorded_by_strangers(collection)
    taught = {n: from_others(collection, rest, besides, n, CALIBRATION_SIGNERS) for n in (3, 5)}
    others = from_teachers(collection, CALIBRATION_SIGNERS, *TAUGHT_BY_OTHERS)
    shown = [task.shown for made in (*taught.values(), others) for task in made]
    rows = np.unique(np.concatenate([strangers, *shown]))
    LOG.info("asking the network about %d recordings", len(rows))
    network = shipped(collection, recognizer, rows)
    fitting = [*(task for made in found.values() for task in made), *others]
    weighing = chosen(network, fitting)
    LOG.info("weighing: %s", weighing[""])
    parts = [*own_parts(network, found, weighing), foreign_part(network, taught, weighing)]
    if trained is not None:
        parts += probe_parts(collection, trained, besides, fitting)
    write(parts, shipped_weighing(weighing), cost(collection, recognizer, strangers), out)


def shipped(
    collection: Collection, recognizer: LandmarkRecognizer, rows: NDArray[np.int64]
) -> Network:
    """Return the shipped network's logits of these rows."""
    logits = [
        recognizer.logits_of(collection.signs[rows[start : start + BATCH]].astype(np.float32))
        for start in range(0, len(rows), BATCH)
    ]
    checkpoint = load_checkpoint(DEFAULT_FOLDER)
    return Network(
        dict(zip(map(int, rows), np.concatenate(logits), strict=True)),
        checkpoint.vocabulary.glosses,
        collection.glosses,
        collection.labels,
        checkpoint.calibration,
    )


def _besides(
    collection: Collection, strangers: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return some recordings of each stranger's signs, in the vocabulary and outside it."""
    kept, seen = [], set()
    for row in strangers:
        key = (collection.samples[row].signer, int(collection.labels[row]))
        if key not in seen:
            seen.add(key)
            kept.append(int(row))
    rows = np.array(kept, dtype=np.int64)
    inside = collection.labels[rows] < collection.offered
    return rows[inside], rows[~inside]


def _recorded_by_strangers(collection: Collection) -> Sequence[int]:
    """Return the signs outside the vocabulary of strangers that five people in training show."""
    people: dict[int, set[str]] = {}
    for label, sample in zip(collection.labels, collection.samples, strict=True):
        if sample.split == TRAIN:
            people.setdefault(int(label), set()).add(sample.signer)
    asked = {
        int(label)
        for label, sample in zip(collection.labels, collection.samples, strict=True)
        if sample.split == STRANGERS
        and label >= collection.offered
        and collection.glosses[label] != IDLE
    }
    return sorted(one for one in asked if len(people.get(one, ())) >= 5)


def cost(collection: Collection, recognizer: LandmarkRecognizer, rows: NDArray[np.int64]) -> Cost:
    """Return what a signer's examples cost, on the first strangers' recordings."""
    personal = Personal()
    for row in rows[:EXAMPLES]:
        name = collection.glosses[collection.labels[row]]
        personal = personal.adding(name, collection.signs[row])
    started = time.perf_counter()
    own = recognizer.taught(personal)
    learned = time.perf_counter()
    signs = [collection.signs[row][None].astype(np.float32) for row in rows[:EXAMPLES]]
    spent = []
    for one in (recognizer, own):
        times = []
        for sign in signs:
            begun = time.perf_counter()
            one.scores_of(sign)
            times.append(time.perf_counter() - begun)
        spent.append(1000 * float(np.median(times)))
    before_ms, after_ms = spent
    learn_ms, file_kb = 1000 * (learned - started), len(to_bytes(personal)) / 1000
    return Cost(before_ms, after_ms, learn_ms, EXAMPLES, file_kb)


if __name__ == "__main__":
    main()
