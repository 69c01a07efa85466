"""Measures a model on strangers: `python -m signbridge.training.robustness --data ../shared/data`.

Asks the recognizer of signs that the app serves about people it was not trained on and about the
same clips changed, and plays clips in which nobody signs to a session as the app opens it; writes
report.json, report.md and plots. Twenty minutes on one core.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from signbridge.build import build
from signbridge.data.collection import CALIBRATION_SIGNERS, Collection, collect
from signbridge.errors import SignBridgeError
from signbridge.evaluation.metrics import SEED, Answer, Rates, rates
from signbridge.recognize.landmark.recognizer import DEFAULT_FOLDER, LandmarkRecognizer
from signbridge.settings import Settings
from signbridge.training.cases import (
    Case,
    asked,
    few,
    filmed,
    idling,
    official,
    official_rows,
    strangers,
)
from signbridge.training.changes import changes
from signbridge.training.nonsigns import made
from signbridge.training.people import people
from signbridge.training.quiet import hand_shapes
from signbridge.training.refusals import (
    Heard,
    Refusal,
    heard,
    refusal,
    together,
)
from signbridge.training.steadiness import steadiness
from signbridge.training.strangers import Findings, Trees, write
from signbridge.training.trees import tree_scores
from signbridge.types import Landmarks

LOG = logging.getLogger("signbridge.training")
SHIPPED = Settings().landmark_model
MADE_UP = 200  # clips of each kind in which nobody signs
REPEATS = 5  # of a signer's sign are changed: a webcam signer recorded each thirty times
BASELINE_CLASSES, OFFICIAL_CLASSES, ALL_CLASSES = 100, 300, 2000  # WLASL-100, -300, -2000
OUTSIDE = "strangers' signs outside the vocabulary", "official test signs outside it"
See = Callable[[], Landmarks]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure from the command line; return 0, or 2 with one line on standard error."""
    parser = argparse.ArgumentParser(
        prog="python -m signbridge.training.robustness",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="holds wlasl, words, letters")
    parser.add_argument("--out", type=Path, default=Path("docs/reports/strangers"))
    parser.add_argument("--model", default=SHIPPED, metavar="FOLDER", help="another model's folder")
    parser.add_argument("--clips", type=Path, metavar="LABELS.csv", help="real videos as well")
    parser.add_argument("--cache", type=Path, help="keeps the videos' landmarks between runs")
    options = parser.parse_args(arguments)
    try:
        run(options.data, options.out, options.model, options.clips, options.cache)
    except SignBridgeError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def run(data: Path, out: Path, model: str, clips: Path | None, cache: Path | None) -> None:
    """Measure everything and write the report."""
    torch.set_num_threads(1)
    engine = build(Settings(speaker="none", landmark_model=model))
    recognizer = next(one for one in engine.recognizers if isinstance(one, LandmarkRecognizer))
    videos = filmed(engine, clips, cache) if clips else ()
    LOG.info("reading the collection")
    collection = collect(data)
    unknown, test = strangers(collection), official(collection, OFFICIAL_CLASSES)
    asked_of = {"strangers": unknown, "official": test} | ({"clips": videos} if videos else {})
    LOG.info("asking about %s", ", ".join(f"{len(c)} {name}" for name, c in asked_of.items()))
    answers = {name: asked(recognizer, found, data) for name, found in asked_of.items()}
    LOG.info("changing them")
    steady = {
        name: steadiness(recognizer, few(asked_of[name], REPEATS), changes(framed=name == "clips"))
        for name in asked_of
        if name != "official"
    }
    LOG.info("asking about clips without signs")
    shapes = hand_shapes(collection)
    silent = without_signs(
        collection, recognizer.vocabulary, made(MADE_UP, shapes, SEED), idling(data)
    )
    found = {kind: heard(engine, clips_of) for kind, clips_of in silent.items()}
    LOG.info("growing extra-trees")
    findings = Findings(
        model=DEFAULT_FOLDER if model == SHIPPED else Path(model),
        vocabulary_size=len(recognizer.vocabulary),
        threshold=recognizer.threshold,
        answers=answers,
        people=people(answers["strangers"], unknown),
        known_people=known_people(collection, test),
        trees=(beside_trees(recognizer, collection),),
        steadiness=steady,
        refusals=_refusals(found, recognizer.threshold),
    )
    write(findings, out)


def known_people(collection: Collection, test: Sequence[Case]) -> tuple[int, int]:
    """Return how many of the test clips show somebody who is in training, and of how many."""
    trained = {
        sample.signer
        for sample in collection.samples
        if sample.official_split != "test" and sample.signer not in CALIBRATION_SIGNERS
    }
    return sum(case.signer in trained for case in test), len(test)


def without_signs(
    collection: Collection,
    vocabulary: Sequence[str],
    made_up: Mapping[str, Sequence[See]],
    idle: Sequence[See],
) -> dict[str, Sequence[See]]:
    """Return every kind of clip that must not be answered."""
    others = strangers(collection), official(collection, ALL_CLASSES)
    outside = {
        kind: [case.see for case in cases if case.clip.label not in vocabulary]
        for kind, cases in zip(OUTSIDE, others, strict=True)
    }
    return {**made_up, "idling recordings, seen in training": idle, **outside}


def beside_trees(recognizer: LandmarkRecognizer, collection: Collection) -> Trees:
    """Return the network's and the trees' rates on WLASL-100's test, among its own glosses."""
    rows = official_rows(collection, BASELINE_CLASSES)
    among = (collection.wlasl_class >= 0) & (collection.wlasl_class < BASELINE_CLASSES)
    allowed = np.unique(collection.labels[among])
    places = [recognizer.vocabulary.index(collection.glosses[label]) for label in allowed]
    blank = np.zeros(len(recognizer.vocabulary), dtype=np.float32)
    seen = [recognizer.scores(case.see()) for case in official(collection, BASELINE_CLASSES)]
    network = np.stack([blank if scores is None else scores for scores in seen])[:, places]
    grown = tree_scores(collection, rows, allowed)[:, allowed]
    truth = np.searchsorted(allowed, collection.labels[rows])
    return Trees(
        data=f"WLASL-{BASELINE_CLASSES} test",
        n=len(rows),
        glosses=len(allowed),
        network=_rates(network, truth),
        trees=_rates(grown, truth),
    )


def _rates(scores: NDArray[np.float32], truth: NDArray[np.int64]) -> Rates:
    order = np.argsort(-scores, axis=1, kind="stable")
    ranks = (order == truth[:, None]).argmax(axis=1)
    best = scores.max(axis=1)
    return rates(
        [
            Answer(int(rank), float(score), False, True)
            for rank, score in zip(ranks, best, strict=True)
        ]
    )


def _refusals(found: Mapping[str, Heard], threshold: float) -> tuple[Refusal, ...]:
    silent = {kind: one for kind, one in found.items() if kind not in OUTSIDE}
    kinds = {**silent, "all in which nobody signs": together(list(silent.values())), **found}
    return tuple(refusal(kind, one, threshold) for kind, one in kinds.items())


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    sys.exit(main())
