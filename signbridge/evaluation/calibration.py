"""Scores and whether they were right -> how far the scores can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from signbridge.evaluation.metrics import NAN, Answer

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Clips whose score fell into one stretch: how many, their mean score, the share right."""

    n: int
    score: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Reliability of the best guess, on clips whose label is in the vocabulary.

    error: expected calibration error, the mean distance of score and share right. curve: at each
    threshold a clip's score could be, (coverage, accuracy when answered), strictest first.
    """

    error: float
    bins: tuple[Bin, ...]
    curve: tuple[tuple[float, float], ...]


def calibration(answers: Sequence[Answer]) -> Calibration:
    """Return how well the scores of the best guesses match how often they are right."""
    known = [answer for answer in answers if answer.in_vocabulary]
    if not known:
        return Calibration(NAN, (), ())
    score = np.array([answer.score for answer in known])
    right = np.array([answer.rank == 0 for answer in known], dtype=float)
    place = np.minimum((score * BINS).astype(int), BINS - 1)
    bins = tuple(
        Bin(int(inside.sum()), float(score[inside].mean()), float(right[inside].mean()))
        for inside in (place == k for k in np.unique(place))
    )
    error = sum(b.n * abs(b.score - b.right) for b in bins) / len(known)
    order = np.argsort(-score, kind="stable")
    answered = np.arange(1, len(known) + 1)
    # Clips of one score are answered together, whatever order they came in.
    last = np.flatnonzero(np.diff(score[order], append=-1.0))
    accuracy = np.cumsum(right[order]) / answered
    curve = tuple((float(answered[k] / len(known)), float(accuracy[k])) for k in last)
    return Calibration(float(error), bins, curve)
