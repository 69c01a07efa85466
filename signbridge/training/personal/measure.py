"""Tasks -> how often the network is right before and after a signer's examples, and what they cost.

Everything is asked of `Adapter` as the app asks it, one stretch a recording.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from signbridge.evaluation.metrics import Interval, bootstrap
from signbridge.recognize.landmark.adapt import Adapter, Weighing
from signbridge.recognize.landmark.checkpoint import EPSILON, Calibration
from signbridge.training.calibrate import fit_odds
from signbridge.training.personal.tasks import OTHERS, Task

Array = NDArray[np.float32]
Truths = NDArray[np.bool_]
NO_WEIGHT = Weighing(gain=0.0, floor=-1000.0)


@dataclass(frozen=True, slots=True)
class Network:
    """What a network says of every recording that any task needs.

    logits: by row of the collection. vocabulary names the first outputs.
    """

    logits: Mapping[int, Array]
    vocabulary: tuple[str, ...]
    glosses: Sequence[str]
    labels: NDArray[np.int64]
    calibration: Calibration

    def of(self, rows: Sequence[int] | NDArray[np.int64]) -> Array:
        """Return (n, outputs) logits."""
        found = [self.logits[int(row)] for row in rows]
        return np.stack(found).astype(np.float32) if found else np.zeros((0, 2), np.float32)

    def without_signs_of(self, task: Task) -> Network:
        """Return a network with no output for the signs that a task shows, for its recordings."""
        glosses = {self.glosses[label] for label in self.labels[task.shown]}
        kept = np.array([gloss not in glosses for gloss in self.vocabulary])
        width = len(next(iter(self.logits.values())))
        outputs = np.concatenate([np.flatnonzero(kept), np.arange(len(kept), width)])
        return replace(
            self,
            logits={int(row): self.logits[int(row)][outputs] for row in task.rows},
            vocabulary=tuple(gloss for gloss in self.vocabulary if gloss not in glosses),
        )


@dataclass(frozen=True, slots=True)
class Answers:
    """Each (n,): the recording's signer and sign; was it shown, is it of the vocabulary, was the
    best guess right, was it a sign shown, at which log-odds, and was it sure enough to be given."""

    units: NDArray[np.str_]
    shown: Truths
    inside: Truths
    right: Truths
    own: Truths
    odds: NDArray[np.float64]
    answered: Truths


def answers(network: Network, task: Task, weighing: Weighing, *, judged: bool = True) -> Answers:
    """Return what is answered to a task's questions, asked and outside, after its examples.

    judged: also whether each answer would be given; without it none is, in a fraction of the time.
    """
    name = np.array(network.glosses, dtype=object)
    shown = name[network.labels[task.shown]]
    adapter = Adapter(network.vocabulary, shown, network.of(task.shown), weighing)
    rows = np.concatenate([task.asked, task.outside])
    readings = adapter.probabilities(network.of(rows), network.calibration.temperature)
    judges = network.of(rows) if judged else ()
    scores = [adapter.scores(one[None], network.calibration).max() for one in judges]
    said = np.array(adapter.glosses, dtype=object)[readings.argmax(axis=1)]
    truth = name[network.labels[rows]]
    best = readings.max(axis=1).clip(EPSILON, 1 - EPSILON).astype(np.float64)
    return Answers(
        units=np.array([f"{task.signer} {gloss}" for gloss in truth]),
        shown=np.isin(truth, shown),
        inside=np.arange(len(rows)) < len(task.asked),
        right=np.asarray(said == truth, dtype=bool),
        own=np.isin(said, shown),
        odds=logit(best),
        answered=np.array(scores or np.zeros(len(rows))) >= network.calibration.threshold,
    )


def before(network: Network, task: Task) -> Answers:
    """Return what is answered to the same questions without the examples."""
    blank = answers(network, task, NO_WEIGHT, judged=False)
    rows = np.concatenate([task.asked, task.outside])
    calibration, offered = network.calibration, len(network.vocabulary)
    scores = calibration.scores(calibration.probabilities(network.of(rows), offered))
    return replace(blank, answered=calibration.sure(scores))


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95% interval; n of what is counted, a signer's sign or a recording."""

    value: float
    interval: Interval
    n: int


def rate(found: Sequence[tuple[Answers, Truths, Truths]]) -> Rate:
    """Return the share of hits among the wanted; each signer's sign counts once.

    found: for each task its answers, which of them are wanted (n,) and which are hits (n,).
    """
    names = np.concatenate([one.units[wanted] for one, wanted, _ in found])
    hits = np.concatenate([hit[wanted] for _, wanted, hit in found]).astype(float)
    units = np.unique(names)
    means = np.array([hits[names == unit].mean() for unit in units])
    value = float(means.mean()) if len(means) else float("nan")
    return Rate(value, bootstrap(means, np.ones(len(means))), len(units))


def fitted(
    network: Network, tasks: Sequence[Task], grid: Sequence[Weighing]
) -> dict[str, Weighing]:
    """Return for each signer the weighing chosen on all the others, and under "" on everybody.

    A task is asked twice: of the network, and with the signs shown taken out of it, to be taught.
    """
    found: dict[Weighing, list[_Trial]] = {weighing: [] for weighing in grid}
    for task in tasks:
        without = network.without_signs_of(task)
        for weighing in grid:
            found[weighing].append(_tried(network, without, task, weighing))
    signers = np.array([task.signer for task in tasks])
    chosen = {}
    for signer in ("", *np.unique(signers)):
        others = np.flatnonzero(signers != signer)
        worth = {one: np.mean([found[one][i].worth for i in others]) for one in grid}
        best = max(grid, key=lambda one: worth[one])
        chosen[str(signer)] = _with_odds(best, [found[best][i] for i in others])
    return chosen


@dataclass(frozen=True, slots=True)
class _Trial:
    """What a weighing gives in one task: the share of right decisions, each kind of recording
    counting alike; and the answers where the signs shown were known, and where they were new."""

    worth: float
    known: tuple[Answers, ...]
    new: tuple[Answers, ...]


def _tried(network: Network, without: Network, task: Task, weighing: Weighing) -> _Trial:
    new = answers(without, task, weighing, judged=False)
    known: tuple[Answers, ...] = ()
    if task.kind != OTHERS:
        known = (answers(network, task, weighing, judged=False),)
    worth = []
    for one in (*known, new):
        for wanted, good in (
            (one.inside & one.shown, one.right),
            (one.inside & ~one.shown, one.right),
            (~one.inside, ~one.own),
        ):
            if wanted.any():
                worth.append(good[wanted].mean())
    return _Trial(float(np.mean(worth)), known, (new,))


def _with_odds(weighing: Weighing, found: Sequence[_Trial]) -> Weighing:
    """Return the weighing with the slopes and offsets that make its odds honest (Platt 1999)."""
    slope, offset = _odds([one for trial in found for one in trial.known])
    new_slope, new_offset = _odds([one for trial in found for one in trial.new])
    return replace(weighing, slope=slope, offset=offset, new_slope=new_slope, new_offset=new_offset)


def _odds(found: Sequence[Answers]) -> tuple[float, float]:
    """Return slope and offset of the answers that were a sign shown."""
    own = np.concatenate([one.own for one in found])
    odds = np.concatenate([one.odds for one in found])[own]
    right = np.concatenate([one.right & one.inside for one in found])[own]
    units = np.concatenate([one.units for one in found])[own]
    _, index, counts = np.unique(units, return_inverse=True, return_counts=True)
    scores = 1 / (1 + np.exp(-odds))
    return fit_odds(scores.astype(np.float32), right, 1 / counts[index])
