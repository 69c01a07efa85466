"""Sentences beside references -> every score of them, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from signbridge.evaluation.measure import Measure, Table, Unit
from signbridge.evaluation.measures import measures
from signbridge.evaluation.metrics import NAN, RESAMPLES, SEED, Interval


@dataclass(frozen=True, slots=True)
class TextScore:
    """A score of all sentences. interval: NaN ends where none can be drawn.

    by_sentence: the score of each sentence alone; empty where that says nothing.
    """

    key: str
    title: str
    score: float
    interval: Interval
    unit: Unit
    signature: str
    by_sentence: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class TextScores:
    """Every score of n sentences; none where n is 0."""

    n: int
    n_references: int
    scores: tuple[TextScore, ...]

    def __getitem__(self, key: str) -> TextScore:
        """Return one score by its key, such as `bleu_4`."""
        return next(score for score in self.scores if score.key == key)


def text_scores(
    hypotheses: Sequence[str],
    *references: Sequence[str],
    seed: int = SEED,
    resamples: int = RESAMPLES,
) -> TextScores:
    """Return the scores of sentences beside one or more sequences of references to them."""
    if not hypotheses:
        return TextScores(0, len(references), ())
    of_each = list(zip(*references, strict=True))
    found = list(measures(hypotheses, of_each))
    statistics = np.concatenate([measure.rows for measure in found], axis=1)
    sums = drawn_sums(statistics, seed, resamples)
    scores, start = [], 0
    for measure in found:
        end = start + measure.rows.shape[1]
        scores.append(_text_score(measure, sums[:, start:end]))
        start = end
    return TextScores(len(hypotheses), len(references), tuple(scores))


def drawn_sums(rows: Table, seed: int, resamples: int) -> Table:
    """Return (resamples, k): the sums of (n, k) rows over sentences drawn again, all alike."""
    random = np.random.default_rng(seed)
    alike = np.full(len(rows), 1 / len(rows))
    # One draw at a time: all draws of a large file at once would need gigabytes.
    draws = [random.multinomial(len(rows), alike) @ rows for _ in range(resamples)]
    return np.reshape(draws, (resamples, rows.shape[1]))


def _text_score(measure: Measure, sums: Table) -> TextScore:
    interval = Interval(NAN, NAN)
    if measure.sums:
        drawn = np.array([measure.score(row) for row in sums])
        drawn = drawn[np.isfinite(drawn)]
        if len(drawn):
            low, high = np.percentile(drawn, (2.5, 97.5))
            interval = Interval(float(low), float(high))
    return TextScore(
        measure.key,
        measure.title,
        measure.score(measure.rows.sum(axis=0)),
        interval,
        measure.unit,
        measure.signature,
        tuple(measure.score(row) for row in measure.rows) if measure.alone else (),
    )
