"""A comparison -> JSON for programs and lines for a person, with agreement and scores."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from signbridge.compare.values import Column, Comparison
from signbridge.evaluation.text import text_scores
from signbridge.types import RecognitionResult

GUESSES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """A comparison, and what can be said of its sentences.

    scores: of each column that has a sentence, against `reference`; empty without one.
    """

    comparison: Comparison
    reference: str = ""
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def judged(comparison: Comparison, reference: str = "") -> Judged:
    """Return the comparison with its scores against `reference`, "" for none."""
    reference = reference.strip()
    scores: dict[str, Mapping[str, float]] = {}
    for column in comparison.columns if reference else ():
        if not column.error:
            found = asdict(text_scores([column.text], [reference]))
            scores[column.recognizer] = {key: found[key] for key in found if key != "n"}
    return Judged(comparison, reference, scores)


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
        "columns": [_column(column, judgement) for column in comparison.columns],
        "notices": list(comparison.notices),
    }


def _column(column: Column, judgement: Judged) -> dict[str, object]:
    scores = judgement.scores.get(column.recognizer, {})
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
        "scores": {name: _number(value) for name, value in scores.items()} or None,
        "notices": list(column.notices),
        "error": column.error or None,
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
    lines += [f"  note: {notice}" for notice in comparison.notices]
    return "\n".join(lines)


def _lines(column: Column, judgement: Judged) -> list[str]:
    if column.error:
        return [f"  {column.recognizer}: no answer; {column.error}"]
    model = ", ".join(f"{key} {value}" for key, value in column.about.items())
    scores = judgement.scores.get(column.recognizer, {})
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


def figures(scores: Mapping[str, float]) -> str:
    """Return scores in one line; those that were not measured are left out."""
    return ", ".join(
        f"{name.replace('_', ' ')} {value:.3g}"
        for name, value in scores.items()
        if not math.isnan(value)
    )


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
