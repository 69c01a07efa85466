"""Webcam signers left out: `python -m signbridge.training.left_out --data ../shared/data`.

A network of the shipped kind learns from the dictionary alone. From there it is trained again for
each fold of webcam signers on all the others, and asked about the fold it never saw: about the
words that at least four signers recorded, among the whole vocabulary. Every person is a stranger
once. The folds, not the shipped weights, are measured; half an hour on one core, resumed where it
stopped.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from signbridge.data.collection import CALIBRATION_SIGNERS, LETTER_PREFIX, Collection, collect
from signbridge.errors import SignBridgeError
from signbridge.recognize.landmark.model import ModelConfig, SignNet
from signbridge.training.compare import of_vocabulary
from signbridge.training.fit import TrainConfig, fit
from signbridge.training.left_out_report import SignerResult, write
from signbridge.training.score import probabilities, top_k

LOG = logging.getLogger("signbridge.training")
FEWEST_SIGNERS = 4
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Budget:
    """dictionary: what the network learns before any webcam; fold: how it then goes on."""

    dictionary: TrainConfig
    fold: TrainConfig


_DICTIONARY = TrainConfig(epochs=20, batch=64, other_share=0.0, per_letter=6)
BUDGET = Budget(_DICTIONARY, replace(_DICTIONARY, epochs=6, rate=1e-3))


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the folds, score them and write the report, from the command line."""
    parser = argparse.ArgumentParser(prog="python -m signbridge.training.left_out")
    parser.add_argument("--data", type=Path, required=True, help="holds wlasl, words, letters")
    parser.add_argument("--out", type=Path, default=Path("docs/reports/webcam-left-out"))
    parser.add_argument("--state", type=Path, default=Path("runs/left-out"), help="for resuming")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", force=True)
    torch.set_num_threads(1)  # one thread is faster than two for a network this small
    collection = of_vocabulary(collect(options.data))
    results = leave_out(collection, BUDGET, options.state)
    write(results, asdict(BUDGET), len(collection.glosses), options.out)


def leave_out(collection: Collection, budget: Budget, state: Path) -> list[SignerResult]:
    """Return what each webcam signer is taken for by a network that never saw the person."""
    webcam = webcam_rows(collection)
    asked = asked_rows(collection)
    rest = np.setdiff1d(np.arange(len(collection.labels)), webcam)
    config = ModelConfig(classes=len(collection.glosses), dropout=budget.dictionary.dropout)
    start = fit(
        collection.only(rest), budget.dictionary, state / "dictionary.pt", lambda: SignNet(config)
    )

    def from_start() -> SignNet:
        network = SignNet(config)
        network.load_state_dict(start.state_dict())
        return network

    results: list[SignerResult] = []
    for number, signers in enumerate(folds(collection, asked)):
        LOG.info("fold %d: %s", number + 1, ", ".join(signers))
        seen = np.setdiff1d(np.arange(len(collection.labels)), collection.of_signers(signers))
        network = fit(collection.only(seen), budget.fold, state / f"fold-{number}.pt", from_start)
        results += [result_of(network, collection, asked, signer) for signer in signers]
    return results


def webcam_rows(collection: Collection) -> NDArray[np.int64]:
    """Return the rows of webcam signers."""
    return collection.where(lambda sample: sample.source == "words")


def asked_rows(collection: Collection) -> NDArray[np.int64]:
    """Return the webcam rows of words, not letters, that at least `FEWEST_SIGNERS` recorded."""
    signers: dict[str, set[str]] = {}
    rows = webcam_rows(collection)
    for row in rows:
        gloss = collection.glosses[collection.labels[row]]
        signers.setdefault(gloss, set()).add(collection.samples[row].signer)
    known = {
        gloss
        for gloss, people in signers.items()
        if len(people) >= FEWEST_SIGNERS and not gloss.startswith(LETTER_PREFIX)
    }
    return np.array([row for row in rows if collection.glosses[collection.labels[row]] in known])


def folds(collection: Collection, asked: NDArray[np.int64]) -> list[tuple[str, ...]]:
    """Return the signers in `FOLDS` groups of about as many recordings.

    The signers that calibrate the shipped weights are in no training at all; they are dealt out
    with the others so that each is asked once.
    """
    count: dict[str, int] = {}
    for row in asked:
        signer = collection.samples[row].signer
        count[signer] = count.get(signer, 0) + 1
    ordered = sorted(
        count, key=lambda signer: (signer in CALIBRATION_SIGNERS, -count[signer], signer)
    )
    return [tuple(ordered[first::FOLDS]) for first in range(FOLDS)]


def result_of(
    network: SignNet, collection: Collection, asked: NDArray[np.int64], signer: str
) -> SignerResult:
    """Return one signer's answers, word by word."""
    rows = np.array([row for row in asked if collection.samples[row].signer == signer])
    labels = collection.labels[rows]
    scores = probabilities(network, collection.signs[rows])
    first, five = top_k(scores, labels, 1), top_k(scores, labels, 5)
    words = {
        collection.glosses[label]: (
            int((labels == label).sum()),
            float(first[labels == label].mean()),
        )
        for label in np.unique(labels)
    }
    LOG.info("%s: %.3f", signer, first.mean())
    return SignerResult(signer, len(rows), float(first.mean()), float(five.mean()), words)


if __name__ == "__main__":
    try:
        main()
    except SignBridgeError as error:
        sys.exit(f"{error}")
