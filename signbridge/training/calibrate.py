"""Fits temperature and threshold on signers the network never saw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp, softmax

from signbridge.recognize.landmark.checkpoint import Calibration

# When it answers. WLASL files some recordings under two glosses and one gloss for two signs, so
# strangers' labels themselves allow little more than 0.9.
WANTED_ACCURACY = 0.85


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """What the threshold gave on the held-out signers it was chosen on.

    n counts clips; the shares count each signer's sign once, however often it was recorded.
    """

    n: int
    n_outside: int
    coverage: float
    accuracy_when_answered: float
    false_accepts: float
    error_before: float
    error_after: float


def fit_calibration(
    logits: NDArray[np.float32],
    labels: NDArray[np.int64],
    offered: int,
    signers: Sequence[str],
) -> tuple[Calibration, CalibrationReport]:
    """Return temperature and threshold from logits (N, classes) of held-out signers.

    The temperature minimises the negative log-likelihood (Guo et al. 2017). The threshold is the
    lowest at which at least WANTED_ACCURACY of the answers to signs of the vocabulary are right.
    labels >= offered are signs outside the vocabulary and idling: answering them is a false accept.
    """
    weights = _weights(signers, labels)
    inside = labels < offered
    known, truth, weight = logits[inside], labels[inside], weights[inside]

    def loss(log_temperature: float) -> float:
        scaled = known / np.exp(log_temperature)
        chosen = scaled[np.arange(len(truth)), truth]
        return float(np.average(logsumexp(scaled, axis=1) - chosen, weights=weight))

    temperature = float(np.exp(minimize_scalar(loss, bounds=(-1.5, 1.5), method="bounded").x))
    scores = softmax(logits / temperature, axis=1)[:, :offered]
    best, right = scores.max(axis=1), scores.argmax(axis=1) == labels
    threshold = _lowest_threshold(best[inside], right[inside], weight)
    answered = best >= threshold
    plain = softmax(known, axis=1)[:, :offered]
    report = CalibrationReport(
        n=int(inside.sum()),
        n_outside=int((~inside).sum()),
        coverage=_share(answered[inside], weight),
        accuracy_when_answered=_share(right[inside & answered], weights[inside & answered]),
        false_accepts=_share(answered[~inside], weights[~inside]),
        error_before=calibration_error(plain.max(axis=1), plain.argmax(axis=1) == truth, weight),
        error_after=calibration_error(best[inside], right[inside], weight),
    )
    return Calibration(temperature=temperature, threshold=threshold), report


def _weights(signers: Sequence[str], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """One for each signer's sign: a webcam folder repeats one sign thirty times."""
    keys = list(zip(signers, labels.tolist(), strict=True))
    counts = Counter(keys)
    return np.array([1 / counts[key] for key in keys])


def _share(hits: NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    return float(np.average(hits, weights=weights)) if len(hits) else float("nan")


def _lowest_threshold(
    best: NDArray[np.float32], right: NDArray[np.bool_], weights: NDArray[np.float64]
) -> float:
    order = np.argsort(-best)
    sorted_best = best[order]
    accuracy = np.cumsum((right * weights)[order]) / np.cumsum(weights[order])
    ends_tie = np.append(sorted_best[1:] < sorted_best[:-1], True)
    good = np.flatnonzero((accuracy >= WANTED_ACCURACY) & ends_tie)
    return float(sorted_best[good[-1]]) if len(good) else 1.0


def calibration_error(
    confidence: NDArray[np.float32],
    right: NDArray[np.bool_],
    weights: NDArray[np.float64],
    bins: int = 10,
) -> float:
    """Return the expected calibration error over equal-width bins of confidence in [0, 1]."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    error = 0.0
    for bin_ in range(bins):
        chosen = place == bin_
        if chosen.any():
            gap = _share(confidence[chosen] - right[chosen], weights[chosen])
            error += weights[chosen].sum() / weights.sum() * abs(gap)
    return float(error)
