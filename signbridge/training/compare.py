"""Trains every architecture alike: `python -m signbridge.training.compare --data ../shared/data`.

Each configuration gets the same short budget and is scored on the same clips; a finished one
leaves a json row in the state folder, an unfinished one goes on after its last whole epoch when
the command is given again. Then the report is written. About an hour on one core.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from signbridge.data.collection import CALIBRATION_SIGNERS, LETTER_PREFIX, Collection, collect
from signbridge.errors import SignBridgeError
from signbridge.recognize.landmark.checkpoint import count_parameters
from signbridge.recognize.landmark.model import SignModel
from signbridge.training.architectures.build import build
from signbridge.training.architectures.clustered import alike
from signbridge.training.architectures.config import CONFIGURATIONS, ArchitectureConfig
from signbridge.training.architectures.report import write
from signbridge.training.architectures.rows import Hits, Row, read_row, write_row
from signbridge.training.fit import TrainConfig, fit, training_rows
from signbridge.training.score import among, probabilities, top_k
from signbridge.training.trees import tree_features

LOG = logging.getLogger("signbridge.training")
# Only the vocabulary's own signs, ten times: enough to tell networks apart, an hour for them all.
BUDGET = TrainConfig(epochs=10, batch=64, other_share=0.0, per_letter=6)
PAPER_GLOSSES = 300
GLOSSES_A_CLUSTER = 24  # about the root of the vocabulary: as many clusters as glosses in each


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, score and report from the command line."""
    parser = argparse.ArgumentParser(prog="python -m signbridge.training.compare")
    parser.add_argument("--data", type=Path, required=True, help="holds wlasl, words, letters")
    parser.add_argument("--out", type=Path, default=Path("docs/reports/architectures"))
    parser.add_argument("--state", type=Path, default=Path("runs/compare"), help="for resuming")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", force=True)
    torch.set_num_threads(1)  # one thread is faster than two for networks this small
    rows = compare(options.data, CONFIGURATIONS, BUDGET, options.state)
    write(rows, options.out)


def compare(
    data: Path, configs: dict[str, ArchitectureConfig], budget: TrainConfig, state: Path
) -> list[Row]:
    """Return a row for each configuration, training those that have none yet."""
    found = {name: read_row(_file(state, name), config, budget) for name, config in configs.items()}
    if any(row is None for row in found.values()):
        collection = of_vocabulary(collect(data))
        clusters = gloss_clusters(collection)
    for name, config in configs.items():
        if found[name] is None:
            LOG.info("%s", name)
            row = train_one(name, config, collection, clusters, budget, _file(state, name))
            write_row(_file(state, name), row)
            found[name] = row
    return [row for row in found.values() if row is not None]


def _file(state: Path, name: str) -> Path:
    return state / f"{name.replace(', ', '-').replace('+ ', 'plus-')}.json"


def _weights(path: Path, config: ArchitectureConfig, budget: TrainConfig) -> Path:
    """The training state beside a row; another configuration or budget has another file."""
    made_from = hashlib.sha256(f"{config} {budget}".encode()).hexdigest()
    return path.with_suffix(f".{made_from[:8]}.pt")


def train_one(
    name: str,
    config: ArchitectureConfig,
    collection: Collection,
    clusters: Sequence[int],
    budget: TrainConfig,
    path: Path,
) -> Row:
    """Return the row of one configuration, trained now; its state lies beside `path`."""
    started = time.monotonic()
    classes = len(collection.glosses)
    network = fit(
        collection, budget, _weights(path, config, budget), lambda: build(config, classes, clusters)
    )
    return Row(
        name=name,
        config=config,
        budget=budget,
        classes=classes,
        parameters=count_parameters(network),
        seconds=time.monotonic() - started,
        hits=measured(network, collection),
    )


def of_vocabulary(collection: Collection) -> Collection:
    """Return the collection without the signs that are never offered as an answer."""
    rows = np.flatnonzero(collection.labels < collection.offered)
    return replace(collection.only(rows), glosses=collection.glosses[: collection.offered])


def gloss_clusters(collection: Collection) -> list[int]:
    """Return the cluster of each gloss: signs that look alike on average, letters by themselves.

    Only training rows are looked at. A gloss without any joins the nearest of the mean sign.
    """
    rows = training_rows(collection, ())
    features, labels = tree_features(collection.signs[rows]), collection.labels[rows]
    means = np.tile(features.mean(axis=0), (len(collection.glosses), 1))
    for label in np.unique(labels):
        means[label] = features[labels == label].mean(axis=0)
    letters = np.array([gloss.startswith(LETTER_PREFIX) for gloss in collection.glosses])
    count = max(1, round((~letters).sum() / GLOSSES_A_CLUSTER))
    clusters = np.zeros(len(letters), dtype=np.int64)
    clusters[~letters] = alike(means[~letters], count)
    clusters[letters] = clusters[~letters].max(initial=-1) + 1
    return [int(cluster) for cluster in clusters]


def measured(network: SignModel, collection: Collection) -> dict[str, Hits]:
    """Return which clips of each set are right at the first and within five tries."""
    samples = collection.samples
    paper = (collection.wlasl_class >= 0) & (collection.wlasl_class < PAPER_GLOSSES)
    test = np.array([sample.official_split == "test" for sample in samples])
    whole = np.arange(collection.offered)
    found = {
        "official": _hits(
            network,
            collection,
            np.flatnonzero(paper & test),
            np.unique(collection.labels[paper]),
        )
    }
    for name, prefix in (("dictionary", "wlasl-"), ("webcam", "words-")):
        signers = {signer for signer in CALIBRATION_SIGNERS if signer.startswith(prefix)}
        found[name] = _hits(network, collection, collection.of_signers(signers), whole)
    return found


def _hits(
    network: SignModel,
    collection: Collection,
    rows: NDArray[np.int64],
    allowed: NDArray[np.int64],
) -> Hits:
    scores = among(probabilities(network, collection.signs[rows]), allowed)
    labels = collection.labels[rows]
    return Hits(
        glosses=len(allowed),
        top1=tuple(top_k(scores, labels, 1).tolist()),
        top5=tuple(top_k(scores, labels, 5).tolist()),
        signers=tuple(collection.samples[row].signer for row in rows),
    )


if __name__ == "__main__":
    try:
        main()
    except SignBridgeError as error:
        sys.exit(f"{error}")
