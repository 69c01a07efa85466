"""An evaluation -> the figures a report gives, for all clips and for each source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signbridge.evaluation.calibration import Calibration, calibration
from signbridge.evaluation.metrics import NAN, Rates, rates
from signbridge.evaluation.predictions import Evaluation, Prediction
from signbridge.evaluation.text import TextScores, text_scores


@dataclass(frozen=True, slots=True)
class GuessScores:
    """Rates of signs or letters. chance: of a blind guess among the vocabulary; NaN if open."""

    all: Rates
    by_source: dict[str, Rates]
    chance_top1: float
    chance_top5: float
    calibration: Calibration


@dataclass(frozen=True, slots=True)
class Scores:
    """Every figure of a report."""

    sign: GuessScores
    letter: GuessScores
    sentence: TextScores


def scores_of(evaluation: Evaluation) -> Scores:
    """Return the figures of every kind of row."""
    sentences = evaluation.of("sentence")
    return Scores(
        _guess_scores(evaluation, "sign"),
        _guess_scores(evaluation, "letter"),
        text_scores([p.text for p in sentences], [p.clip.label for p in sentences]),
    )


def _guess_scores(evaluation: Evaluation, kind: str) -> GuessScores:
    predictions = evaluation.of(kind)
    answers = evaluation.answers(predictions)
    return GuessScores(
        all=rates(answers),
        by_source={
            source: rates(evaluation.answers(rows))
            for source, rows in _by_source(predictions).items()
        },
        chance_top1=_chance(evaluation.vocabulary, 1),
        chance_top5=_chance(evaluation.vocabulary, 5),
        calibration=calibration(answers),
    )


def _by_source(predictions: Sequence[Prediction]) -> dict[str, list[Prediction]]:
    groups: dict[str, list[Prediction]] = {}
    for prediction in sorted(predictions, key=lambda p: p.clip.source):
        groups.setdefault(prediction.clip.source, []).append(prediction)
    return groups


def _chance(vocabulary: tuple[str, ...] | None, guesses: int) -> float:
    return min(1.0, guesses / len(vocabulary)) if vocabulary else NAN
