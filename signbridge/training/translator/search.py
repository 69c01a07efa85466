"""Fits what the search believes, and how sure it is, on sentences of signers held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from signbridge.recognize.landmark.checkpoint import EPSILON, Calibration
from signbridge.recognize.translator.lattice import Found, read_lattice
from signbridge.recognize.translator.prior import Prior
from signbridge.recognize.translator.reader import Heard, Reader, times_of
from signbridge.recognize.translator.segmental import Weights
from signbridge.training.calibrate import WANTED_ACCURACY
from signbridge.training.translator.composed import Example
from signbridge.training.translator.score import pairs, wer

# What is tried for one weight while the others stay, in this order.
TRIED: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("turns", (0.0, 0.5, 1.0)),
    ("gloss", (0.0, 1.0, 2.0, 3.0, 4.0)),
    ("made", (0.0, 0.1, 0.3)),
    ("read", (0.0, 0.05, 0.2, 0.4)),
    ("pause", (-3.0, -2.0, -1.0)),
    ("prior", (0.0, 0.15, 0.3, 0.5, 0.8)),
    ("moment", (0.25, 0.5, 1.0)),
    ("isolated", (0.7, 1.0, 1.4)),
    ("turns", (0.75, 1.25, 1.5)),
    ("gloss", (-1.0, 0.5, 1.5, 2.5, 3.5, 5.0)),
)
GAIN = 0.01  # of the rate: less is luck with a few signers


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence after the network, and the stretches that may be signs, each seen alone."""

    example: Example
    heard: Heard
    stretches: list[tuple[int, int]]
    alone: NDArray[np.float32] | None

    def found(self, prior: Prior, weights: Weights, *, sure: bool = False) -> list[Found]:
        """Return the signs; their shares only where `sure`, since they take the longest."""
        heard = self.heard
        return read_lattice(
            heard.logs, self.stretches, self.alone, prior, weights, turns=heard.turns, shares=sure
        )


Sets = Mapping[tuple[str, str], Sequence[Case]]
"""Sentences by (site, kind); see `streams.test_sets`."""


def cases(reader: Reader, examples: Sequence[Example]) -> list[Case]:
    """Run the network and the recognizer of isolated signs over sentences, once for all fits."""
    made = []
    for example in examples:
        heard = reader.hear_prepared(example.prepared, example.hands)
        stretches = reader.stretches(heard)
        alone = None
        if reader.isolated is not None and stretches:
            alone = reader.isolated(heard.ready, [times_of(s, heard.moment_s) for s in stretches])
        made.append(Case(example, heard, stretches, alone))
    return made


def rate(
    sets: Sequence[Sequence[Case]], names: Sequence[str], prior: Prior, weights: Weights
) -> float:
    """Return the mean word error rate of sets, each counted once, whatever its size."""
    rates = []
    for own in sets:
        read = [[names[one.gloss] for one in case.found(prior, weights)] for case in own]
        rates.append(wer([case.example.glosses for case in own], read).rate)
    return float(np.mean(rates))


def fit_weights(
    sets: Sequence[Sequence[Case]], names: Sequence[str], prior: Prior, start: Weights
) -> Weights:
    """Return the weights with the lowest mean rate, one weight after the other."""
    known = {each.name for each in fields(Weights)}
    best, lowest = start, rate(sets, names, prior, start)
    for name, values in TRIED:
        assert name in known
        for value in values:
            other = replace(best, **{name: value})  # type: ignore[arg-type]
            reached = rate(sets, names, prior, other) if other != best else lowest
            if reached < lowest - GAIN:
                best, lowest = other, reached
    return best


def judged(
    own: Sequence[Case], names: Sequence[str], prior: Prior, weights: Weights
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the share of each sign read, and whether it was signed there."""
    shares, right = [], []
    for case in own:
        found = case.found(prior, weights, sure=True)
        read = [names[one.gloss] for one in found]
        for truth, place in pairs(case.example.glosses, read):
            if place is not None:
                total = max(1.0, float(found[place].shares.sum()))
                shares.append(float(found[place].shares[found[place].gloss]) / total)
                right.append(truth == read[place])
    return np.array(shares), np.array(right, dtype=bool)


def fit_sureness(shares: NDArray[np.float64], right: NDArray[np.bool_]) -> Calibration:
    """Return what turns shares into the probability of being right (Platt 1999).

    The threshold is the lowest at which WANTED_ACCURACY of the signs answered are right.
    """
    odds = logit(np.clip(shares, EPSILON, 1 - EPSILON))

    def loss(values: NDArray[np.float64]) -> float:
        chance = np.clip(expit(values[0] * odds + values[1]), EPSILON, 1 - EPSILON)
        return float(-np.mean(np.where(right, np.log(chance), np.log1p(-chance))))

    slope, offset = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    scores = expit(slope * odds + offset)
    order = np.argsort(-scores)
    accuracy = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(accuracy >= WANTED_ACCURACY)
    threshold = float(scores[order][enough[-1]]) if len(enough) else 1.0
    return Calibration(1.0, threshold, float(slope), float(offset))


def kept(
    shares: NDArray[np.float64], right: NDArray[np.bool_], calibration: Calibration
) -> tuple[float, float]:
    """Return the share of signs read that are answered, and of those the share that are right."""
    odds = logit(np.clip(shares, EPSILON, 1 - EPSILON))
    sure = expit(calibration.slope * odds + calibration.offset) >= calibration.threshold
    return float(sure.mean()), float(right[sure].mean()) if sure.any() else float("nan")
