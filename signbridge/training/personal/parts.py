"""Tasks and networks -> the parts of the report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from signbridge.data.collection import Collection
from signbridge.recognize.landmark.adapt import Weighing
from signbridge.recognize.landmark.checkpoint import load_checkpoint
from signbridge.recognize.landmark.recognizer import DEFAULT_FOLDER
from signbridge.training.personal.measure import Network
from signbridge.training.personal.page import Part
from signbridge.training.personal.probe import Probe
from signbridge.training.personal.study import (
    TOGETHER,
    Row,
    chosen,
    compared,
    from_others,
    settings,
)
from signbridge.training.personal.tasks import DICTIONARY, Task
from signbridge.training.score import probabilities

Tasks = dict[tuple[str, int, int], tuple[Task, ...]]


def own_parts(network: Network, found: Tasks, weighing: dict[str, Weighing]) -> Iterable[Part]:
    """Yield what a signer's own examples do, to signs known and to signs taken out."""
    yield Part(
        "Calibrating: the signer shows signs of the vocabulary",
        "People left out of training. Webcam: examples come from the first half of a row of "
        "repeats, questions from the second half, all recorded in one go; most show hello, thank "
        "you and I love you. Dictionary: one recording shown, all others asked; few signs were "
        "recorded twice. No recording asked about is a copy of one shown.",
        tuple(_rows(network, found, weighing, taught=False)),
        taught=False,
    )
    yield Part(
        "Teaching: the same signs, taken out of the network first",
        "The network's outputs for the signs shown are removed, so that only the examples name "
        "them. It was trained on these signs by other people, which flatters.",
        tuple(_rows(network, found, weighing, taught=True)),
        taught=True,
    )


def _rows(
    network: Network, found: Tasks, weighing: dict[str, Weighing], taught: bool
) -> Iterable[Row]:
    for (kind, signs, examples), made in found.items():
        if not (taught and kind == DICTIONARY):
            times = "once" if examples == 1 else f"{examples} times"
            yield compared(f"{kind}, {signs} signs {times}", network, made, weighing, taught)


def foreign_part(
    network: Network, taught: dict[int, list[Task]], weighing: dict[str, Weighing]
) -> Part:
    """Return what signs that some people taught give others; the network was trained on them."""
    return Part(
        f"Teaching a community's signs: {TOGETHER} signs outside the vocabulary at once",
        "Shown by people in training, asked of people left out, a recording of a different person "
        f"each. Chance is 1 in {len(network.vocabulary) + TOGETHER}. The network was trained on "
        "these signs without offering them, on some of these very recordings, which flatters.",
        tuple(
            compared(f"{n} people, once each", network, made, weighing, taught=True)
            for n, made in taught.items()
        ),
        taught=True,
    )


def probe_parts(
    collection: Collection,
    trained: Probe,
    besides: tuple[NDArray[np.int64], NDArray[np.int64]],
    fitting: Sequence[Task],
) -> list[Part]:
    """Return the same for the probe: signs it has never seen, and more webcams.

    fitting: tasks of other people, to choose its weighing on: a network's own sureness decides how
    much likeness may count.
    """
    found = settings(collection, trained.webcams)
    taught = {n: from_others(collection, trained.signs, besides, n) for n in (3, 5)}
    asked = [
        *fitting,
        *(t for ts in taught.values() for t in ts),
        *(t for ts in found.values() for t in ts),
    ]
    rows = np.unique(np.concatenate([task.rows for task in asked]))
    logits = probabilities(trained.network, collection.signs[rows], logits=True)
    network = Network(
        dict(zip(map(int, rows), logits, strict=True)),
        collection.glosses[: collection.offered],
        collection.glosses,
        collection.labels,
        load_checkpoint(DEFAULT_FOLDER).calibration,
    )
    everybody = {"": chosen(network, fitting)[""]}
    text = (
        f"One network of the shipped shape, {trained.epochs} epochs, that saw neither "
        f"{len(trained.signs)} of the signs outside the vocabulary nor {len(trained.webcams)} "
        "webcams; far weaker than the shipped pair and read with its threshold, so only the "
        "differences count. Its weighing was chosen on the people above: gain "
        f"{everybody[''].gain:g}, floor {everybody[''].floor:g}."
    )
    own = Part("Calibrating on more webcams", text,
               tuple(_rows(network, found, everybody, taught=False)), taught=False)  # fmt: skip
    new = tuple(
        compared(f"{n} people, once each", network, made, everybody, taught=True)
        for n, made in taught.items()
    )
    other = (
        f"The same network. {TOGETHER} signs at once, shown by some people, asked of others, who "
        f"train with other signs. Chance is 1 in {len(network.vocabulary) + TOGETHER}."
    )
    return [own, Part("Teaching signs that the network has never seen", other, new, taught=True)]
