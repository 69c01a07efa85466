"""An evaluation -> the figures a report gives: all clips, each source, each signer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from signbridge.evaluation.calibration import Calibration, calibration
from signbridge.evaluation.efficiency import Efficiency, efficiency
from signbridge.evaluation.metrics import NAN, RESAMPLES, Rates, rates
from signbridge.evaluation.predictions import Evaluation, Prediction
from signbridge.evaluation.sentences import TextScores, text_scores


@dataclass(frozen=True, slots=True)
class BesideScores:
    """Rates of a simple recognizer on the same clips; see `Beside`.

    A clip whose label is in the evaluated recognizer's vocabulary and not in its own is wrong.
    """

    recognizer: str
    learned: str
    vocabulary_size: int
    all: Rates
    by_source: dict[str, Rates]


@dataclass(frozen=True, slots=True)
class GuessScores:
    """Rates of signs or letters. chance: of a blind guess among the vocabulary; NaN if open.

    by_signer: only of clips whose signer is known. beside: None where no one else was asked.
    """

    all: Rates
    by_source: dict[str, Rates]
    by_signer: dict[str, Rates]
    chance_top1: float
    chance_top5: float
    calibration: Calibration
    beside: BesideScores | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """Every figure of a report."""

    sign: GuessScores
    letter: GuessScores
    sentence: TextScores
    sentence_by_signer: dict[str, TextScores]
    efficiency: Efficiency | None


def scores_of(evaluation: Evaluation) -> Scores:
    """Return the figures of every kind of row."""
    sentences, sign = evaluation.of("sentence"), _guess_scores(evaluation, "sign")
    return Scores(
        sign,
        _guess_scores(evaluation, "letter"),
        _text_scores(sentences),
        {
            signer: _text_scores(rows, resamples=0)
            for signer, rows in _grouped(sentences, lambda p: p.clip.signer).items()
            if signer
        },
        efficiency(sign.all.top1, evaluation.size) if evaluation.size and sign.all.n else None,
    )


def worst_signer(rates: Mapping[str, Rates]) -> str | None:
    """Return who was recognized least often at the first guess; None of fewer than two signers."""
    known = {signer: of.top1 for signer, of in rates.items() if of.n_in_vocabulary}
    return min(known, key=lambda signer: known[signer]) if len(known) > 1 else None


def worst_signer_of_sentences(scores: Mapping[str, TextScores]) -> str | None:
    """Return who has the highest normalised word error rate; None of fewer than two signers."""
    known = {signer: of["wer_normalised"].score for signer, of in scores.items()}
    known = {signer: rate for signer, rate in known.items() if not math.isnan(rate)}
    return max(known, key=lambda signer: known[signer]) if len(known) > 1 else None


def _text_scores(predictions: Sequence[Prediction], resamples: int = RESAMPLES) -> TextScores:
    said, meant = [p.text for p in predictions], [p.clip.label for p in predictions]
    return text_scores(said, meant, resamples=resamples)


def _guess_scores(evaluation: Evaluation, kind: str) -> GuessScores:
    predictions = evaluation.of(kind)
    answers = evaluation.answers(predictions)
    return GuessScores(
        all=rates(answers),
        by_source=_by_source(evaluation, predictions),
        by_signer={
            signer: rates(evaluation.answers(rows))
            for signer, rows in _grouped(predictions, lambda p: p.clip.signer).items()
            if signer
        },
        chance_top1=_chance(evaluation.vocabulary, 1),
        chance_top5=_chance(evaluation.vocabulary, 5),
        calibration=calibration(answers),
        beside=_beside(evaluation, kind),
    )


def _beside(evaluation: Evaluation, kind: str) -> BesideScores | None:
    """Return how the simple recognizer does, by the very clips and function of the other."""
    simple = evaluation.beside
    if simple is None:
        return None
    predictions = replace(evaluation, predictions=simple.predictions).of(kind)
    return BesideScores(
        simple.recognizer,
        simple.learned,
        simple.vocabulary_size,
        rates(evaluation.answers(predictions)),
        _by_source(evaluation, predictions),
    )


def _by_source(evaluation: Evaluation, predictions: Sequence[Prediction]) -> dict[str, Rates]:
    return {
        source: rates(evaluation.answers(rows))
        for source, rows in _grouped(predictions, lambda p: p.clip.source).items()
    }


def _grouped(
    predictions: Sequence[Prediction], key: Callable[[Prediction], str]
) -> dict[str, list[Prediction]]:
    groups: dict[str, list[Prediction]] = {}
    for prediction in sorted(predictions, key=key):
        groups.setdefault(key(prediction), []).append(prediction)
    return groups


def _chance(vocabulary: tuple[str, ...] | None, guesses: int) -> float:
    return min(1.0, guesses / len(vocabulary)) if vocabulary else NAN
