"""Fits temperature and threshold on signers the network never saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp, softmax

from signbridge.recognize.landmark.checkpoint import Calibration

WANTED_ACCURACY = 0.90  # when it answers


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """What the threshold gave on the held-out signers it was chosen on."""

    n: int
    n_outside: int
    coverage: float
    accuracy_when_answered: float
    false_accepts: float
    error_before: float
    error_after: float


def fit_calibration(
    logits: NDArray[np.float32], labels: NDArray[np.int64], offered: int
) -> tuple[Calibration, CalibrationReport]:
    """Return temperature and threshold from logits (N, classes) of held-out signers.

    The temperature minimises the negative log-likelihood (Guo et al. 2017). The threshold is the
    lowest at which at least WANTED_ACCURACY of the answers to signs of the vocabulary are right.
    labels >= offered are signs outside the vocabulary and idling: answering them is a false accept.
    """
    inside = labels < offered
    temperature = float(
        minimize_scalar(
            lambda log_t: _negative_log_likelihood(logits[inside] / np.exp(log_t), labels[inside]),
            bounds=(-1.5, 1.5),
            method="bounded",
        ).x
    )
    temperature = float(np.exp(temperature))
    scores = softmax(logits / temperature, axis=1)[:, :offered]
    best, right = scores.max(axis=1), scores.argmax(axis=1) == labels
    threshold = _lowest_threshold(best[inside], right[inside])
    answered = best >= threshold
    plain = softmax(logits[inside], axis=1)[:, :offered]
    report = CalibrationReport(
        n=int(inside.sum()),
        n_outside=int((~inside).sum()),
        coverage=float(answered[inside].mean()),
        accuracy_when_answered=_mean(right[inside & answered]),
        false_accepts=_mean(answered[~inside]),
        error_before=calibration_error(plain.max(axis=1), plain.argmax(axis=1) == labels[inside]),
        error_after=calibration_error(best[inside], right[inside]),
    )
    return Calibration(temperature=temperature, threshold=threshold), report


def _mean(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _negative_log_likelihood(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    chosen = logits[np.arange(len(labels)), labels]
    return float(np.mean(logsumexp(logits, axis=1) - chosen))


def _lowest_threshold(best: NDArray[np.float32], right: NDArray[np.bool_]) -> float:
    order = np.argsort(-best)
    accuracy = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(accuracy >= WANTED_ACCURACY)
    return float(best[order[good[-1]]]) if len(good) else 1.0


def calibration_error(
    confidence: NDArray[np.float32], right: NDArray[np.bool_], bins: int = 10
) -> float:
    """Return the expected calibration error over equal-width bins of confidence in [0, 1]."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    error = 0.0
    for bin_ in range(bins):
        chosen = place == bin_
        if chosen.any():
            error += chosen.mean() * abs(confidence[chosen].mean() - right[chosen].mean())
    return float(error)
