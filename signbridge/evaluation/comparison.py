"""A comparison -> JSON for programs and lines for a person, with agreement and scores."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations
from pathlib import Path

from signbridge.build import contenders, without_models
from signbridge.clips import Progress
from signbridge.compare.run import compare
from signbridge.compare.values import Column, Comparison
from signbridge.errors import SettingsError
from signbridge.evaluation.agreement import Agreement, agreement
from signbridge.evaluation.score import shown
from signbridge.evaluation.sentences import TextScores, text_scores
from signbridge.settings import Settings
from signbridge.types import RecognitionResult

GUESSES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Agreed:
    """How far the sentences of two recognizers agree."""

    one: str
    other: str
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Judged:
    """A comparison, and what can be said of its sentences.

    agreements: of each two columns that answered. scores: of each column that answered, against
    `reference`; empty without one.
    """

    comparison: Comparison
    reference: str = ""
    agreements: tuple[Agreed, ...] = ()
    scores: Mapping[str, TextScores] = field(default_factory=dict)


def judged(comparison: Comparison, reference: str = "") -> Judged:
    """Return the comparison, judged as far as it goes; "" for no reference."""
    reference = reference.strip()
    texts = {column.recognizer: column.text for column in comparison.columns if not column.error}
    # An interval is drawn over sentences, and here there is one.
    scores = {
        name: text_scores([text], [reference], resamples=0)
        for name, text in (texts.items() if reference else ())
    }
    agreements = tuple(
        Agreed(one, other, agreement(texts[one], texts[other]))
        for one, other in combinations(texts, 2)
    )
    return Judged(comparison, reference, agreements, scores)


def run(
    clip: Path, names: Sequence[str], reference: str, progress: Progress | None = None
) -> Judged:
    """Compare recognizers, all there are for no name, on a clip as the settings say."""
    settings = Settings.from_environment()
    offered = {one.name: one for one in contenders(settings)}
    for name in names:
        if name not in offered:
            raise SettingsError(f"recognizer {name!r} is unknown; choose from {tuple(offered)}")
    chosen = [offered[name] for name in dict.fromkeys(names or offered)]
    *_, found = compare(without_models(settings), chosen, clip, progress)
    return judged(found, reference)


def contract(judgement: Judged) -> dict[str, object]:
    """Return the JSON object of one comparison; `null` stands for what was not measured."""
    comparison = judgement.comparison
    return {
        "clip": comparison.clip,
        "duration_s": _number(comparison.duration_s),
        "frames": comparison.frames,
        "fps": _number(comparison.fps),
        "landmarks_s": _number(comparison.landmarks_s),
        "reference": judgement.reference or None,
        "agreement": [
            {
                "recognizers": [agreed.one, agreed.other],
                "words": _number(agreed.agreement.words),
                "meaning": _number(agreed.agreement.meaning),
            }
            for agreed in judgement.agreements
        ],
        "columns": [_column(column, judgement) for column in comparison.columns],
        "notices": list(comparison.notices),
    }


def _column(column: Column, judgement: Judged) -> dict[str, object]:
    scores = judgement.scores.get(column.recognizer)
    return {
        "recognizer": column.recognizer,
        "reads": column.reads,
        "about": dict(column.about),
        "text": column.text,
        "results": [_result(result) for result in column.results],
        "times_s": {
            name.removesuffix("_s"): _number(value) for name, value in asdict(column.times).items()
        },
        "frames": column.frames,
        "scores": _scores(scores) if scores else None,
        "notices": list(column.notices),
        "error": column.error or None,
    }


def _scores(scores: TextScores) -> dict[str, object]:
    return {
        one.key: {"score": _number(one.score), "unit": one.unit, "signature": one.signature}
        for one in scores.scores
    }


def _result(result: RecognitionResult) -> dict[str, object]:
    return {
        "start_s": _number(result.start_s),
        "end_s": _number(result.end_s),
        "abstained": result.abstained,
        "guesses": [
            {"text": guess.text, "score": _number(guess.score)}
            for guess in result.guesses[:GUESSES_SHOWN]
        ],
    }


def plain(judgement: Judged) -> str:
    """Return the comparison as lines for a person to read."""
    comparison = judgement.comparison
    lines = [
        f"{comparison.clip}: {comparison.duration_s:.2f} s, {comparison.frames} frames, "
        f"landmarks {comparison.landmarks_s:.2f} s, shared by all"
    ]
    for column in comparison.columns:
        lines += _lines(column, judgement)
    lines += [
        f"  {agreed.one} and {agreed.other} agree: {figure(agreed.agreement.words)} by word, "
        f"{figure(agreed.agreement.meaning)} by meaning"
        for agreed in judgement.agreements
    ]
    lines += [f"  note: {notice}" for notice in comparison.notices]
    return "\n".join(lines)


def _lines(column: Column, judgement: Judged) -> list[str]:
    if column.error:
        return [f"  {column.recognizer}: no answer; {column.error}"]
    model = ", ".join(f"{key} {value}" for key, value in column.about.items())
    scores = judgement.scores.get(column.recognizer)
    return [
        f"  {column.recognizer}: {column.text or '(no sentence)'}",
        *(
            f"    {result.start_s:6.2f} - {result.end_s:6.2f} s  {_guesses(result)}"
            for result in column.results
        ),
        f"    recognition {column.times.recognize_s:.2f} s, {column.frames} frames"
        + (f"; {model}" if model else ""),
        *([f"    {figures(scores)}"] if scores else []),
        *(f"    note: {notice}" for notice in column.notices),
    ]


def _guesses(result: RecognitionResult) -> str:
    best = ", ".join(
        guess.text if math.isnan(guess.score) else f"{guess.text} {guess.score:.0%}"
        for guess in result.guesses[:GUESSES_SHOWN]
    )
    return f"not recognized; perhaps {best or 'nothing'}" if result.abstained else best


def figures(scores: TextScores) -> str:
    """Return the scores in one line."""
    return ", ".join(f"{one.title} {shown(one.score, one.unit)}" for one in scores.scores)


def figure(value: float) -> str:
    """Return a share in [0, 1] as a percentage, or that there is none."""
    return "-" if math.isnan(value) else f"{value:.0%}"


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
