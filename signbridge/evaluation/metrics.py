"""Answers beside labels -> rates with their uncertainty. No model, file or picture in here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEED = 0
RESAMPLES = 2000
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Answer:
    """How one labelled clip was answered, reduced to what the rates need.

    rank: 0 where the label is the best guess, 1 where it is the second, -1 where it is not among
    the guesses. score: of the best guess, 0 where there is none. in_vocabulary: the recognizer
    could have known the label.
    """

    rank: int
    score: float
    abstained: bool
    in_vocabulary: bool


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95% interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates over the clips whose label is in the vocabulary; NaN where there is none.

    top1, top5: every clip counts, answered or not. coverage: share that was answered.
    accuracy_when_answered: of those. outside_answered: of the clips whose label is not in the
    vocabulary, the share that was answered all the same (0 is right).
    """

    n: int
    n_in_vocabulary: int
    top1: float
    top5: float
    coverage: float
    accuracy_when_answered: float
    outside_answered: float
    intervals: dict[str, Interval]


def rates(answers: Sequence[Answer], *, seed: int = SEED) -> Rates:
    """Return the rates of `answers`, with bootstrap intervals over clips."""
    known = [answer for answer in answers if answer.in_vocabulary]
    outside = [not answer.abstained for answer in answers if not answer.in_vocabulary]
    hit1 = np.array([answer.rank == 0 for answer in known], dtype=float)
    hit5 = np.array([0 <= answer.rank < 5 for answer in known], dtype=float)
    answered = np.array([not answer.abstained for answer in known], dtype=float)
    samples = {
        "top1": (hit1, np.ones_like(hit1)),
        "top5": (hit5, np.ones_like(hit1)),
        "coverage": (answered, np.ones_like(hit1)),
        "accuracy_when_answered": (hit1 * answered, answered),
    }
    values = {name: ratio(hits, of) for name, (hits, of) in samples.items()}
    return Rates(
        n=len(answers),
        n_in_vocabulary=len(known),
        **values,
        outside_answered=ratio(np.array(outside, dtype=float), np.ones(len(outside))),
        intervals={name: bootstrap(hits, of, seed=seed) for name, (hits, of) in samples.items()},
    )


def ratio(hits: NDArray[np.float64], of: NDArray[np.float64]) -> float:
    """Return sum(hits) / sum(of); NaN where `of` sums to 0."""
    total = float(of.sum())
    return float(hits.sum()) / total if total else NAN


def bootstrap(
    hits: NDArray[np.float64],
    of: NDArray[np.float64],
    *,
    seed: int = SEED,
    resamples: int = RESAMPLES,
) -> Interval:
    """Return the percentile interval of sum(hits) / sum(of) over clips drawn again, (n,) each.

    Clips are drawn whole, so that a rate whose divisor varies (accuracy when answered) keeps its
    own uncertainty. Draws in which nothing was answered are left out.
    """
    if not of.sum():
        return Interval(NAN, NAN)
    drawn = np.random.default_rng(seed).integers(len(hits), size=(resamples, len(hits)))
    divisor = of[drawn].sum(axis=1)
    values = hits[drawn].sum(axis=1)[divisor > 0] / divisor[divisor > 0]
    low, high = np.percentile(values, (2.5, 97.5))
    return Interval(float(low), float(high))


def rank_of(label: str, guesses: Sequence[str], matches: Callable[[str, str], bool]) -> int:
    """Return the place of the first guess that matches `label`, -1 where none does."""
    return next((rank for rank, guess in enumerate(guesses) if matches(label, guess)), -1)
