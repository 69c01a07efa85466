"""Fits how scores are read, and the threshold, on signers the network never saw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import logit, logsumexp, softmax

from signbridge.recognize.landmark.checkpoint import EPSILON, Calibration

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
    error_after: float  # each signer's scores as read by slope and offset of the other signers


def fit_calibration(
    logits: NDArray[np.float32],
    labels: NDArray[np.int64],
    offered: int,
    signers: Sequence[str],
    at_least: float = 0.0,
) -> tuple[Calibration, CalibrationReport]:
    """Return what turns logits (N, classes) into scores, from held-out signers.

    The temperature minimises the negative log-likelihood of the labels (Guo et al. 2017); slope and
    offset that of the best guess being right (Platt 1999): temperature alone leaves it too modest,
    since signs that are not offered keep their share. The threshold is the lowest at which at least
    WANTED_ACCURACY of the answers to signs of the vocabulary are right, and no lower than at_least.
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
    probabilities = Calibration(temperature).probabilities(logits, offered)
    right = probabilities.argmax(axis=1) == labels
    slope, offset = fit_odds(probabilities.max(axis=1)[inside], right[inside], weight)
    calibration = Calibration(temperature, slope=slope, offset=offset)
    best = calibration.scores(probabilities).max(axis=1)
    threshold = max(at_least, _lowest_threshold(best[inside], right[inside], weight))
    answered = best >= threshold
    plain = softmax(known, axis=1)[:, :offered]
    people = np.array(signers)[inside]
    unseen = _read_by_others(probabilities[inside], right[inside], weight, people)
    report = CalibrationReport(
        n=int(inside.sum()),
        n_outside=int((~inside).sum()),
        coverage=_share(answered[inside], weight),
        accuracy_when_answered=_share(right[inside & answered], weights[inside & answered]),
        false_accepts=_share(answered[~inside], weights[~inside]),
        error_before=calibration_error(plain.max(axis=1), plain.argmax(axis=1) == truth, weight),
        error_after=calibration_error(unseen, right[inside], weight),
    )
    return replace(calibration, threshold=threshold), report


def fit_odds(
    scores: NDArray[np.float32], right: NDArray[np.bool_], weights: NDArray[np.float64]
) -> tuple[float, float]:
    """Return slope and offset that make log-odds of scores (N,) those of being right (Platt 1999).

    His targets a little inside 0 and 1 keep both finite where every answer is right.
    """
    odds = logit(scores.astype(np.float64).clip(EPSILON, 1 - EPSILON))
    hits, misses = weights[right].sum(), weights[~right].sum()
    target = np.where(right, (hits + 1) / (hits + 2), 1 / (misses + 2))

    def loss(parameters: NDArray[np.float64]) -> float:
        scaled = parameters[0] * odds + parameters[1]
        return float(np.average(np.logaddexp(0, scaled) - target * scaled, weights=weights))

    slope, offset = minimize(loss, (1.0, 0.0), bounds=((0.05, 20.0), (-20.0, 20.0))).x
    return float(slope), float(offset)


def _read_by_others(
    probabilities: NDArray[np.float32],
    right: NDArray[np.bool_],
    weights: NDArray[np.float64],
    signers: NDArray[np.str_],
) -> NDArray[np.float32]:
    """Return (N,) best scores, each with slope and offset fitted without its signer.

    The one temperature is everybody's.
    """
    best = np.asarray(probabilities.max(axis=1), dtype=np.float32)
    scores = np.zeros_like(best)
    for signer in np.unique(signers):
        own = signers == signer
        others = ~own if not own.all() else own
        slope, offset = fit_odds(best[others], right[others], weights[others])
        read = Calibration(slope=slope, offset=offset).scores(probabilities[own])
        scores[own] = read.max(axis=1)
    return scores


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
