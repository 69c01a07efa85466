"""Files of sentences, one a line -> their scores, as JSON or as a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from signbridge.errors import BadInputError
from signbridge.evaluation.measure import Unit
from signbridge.evaluation.metrics import RESAMPLES, SEED, Interval
from signbridge.evaluation.sentences import TextScore, TextScores, text_scores

DIGITS = 4


def score_files(hypotheses: Path, references: Sequence[Path]) -> TextScores:
    """Return the scores of a file beside one or more files of as many lines."""
    said = read_sentences(hypotheses)
    meant = []
    for path in references:
        meant.append(read_sentences(path))
        if len(meant[-1]) != len(said):
            raise BadInputError(
                f"{path} has {len(meant[-1])} lines and {hypotheses} has {len(said)}; "
                "line n of one must be the reference of line n of the other"
            )
    return text_scores(said, *meant)


def read_sentences(path: Path) -> list[str]:
    """Return the lines of a text file; a blank line is an empty sentence."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as cause:
        raise BadInputError(f"{path} does not exist; give a sentence a line") from cause
    except UnicodeDecodeError as cause:
        raise BadInputError(
            f"{path} is not UTF-8 text (byte {cause.start}); save it as UTF-8, a sentence a line"
        ) from cause
    except OSError as cause:
        raise BadInputError(f"{path} can't be read: {cause.strerror}") from cause
    if not text.strip():
        raise BadInputError(f"{path} is empty; give a sentence a line")
    # Not splitlines: it would also break at form feeds and the like within a sentence.
    return text.removesuffix("\n").split("\n")


def as_json(scores: TextScores) -> dict[str, object]:
    """Return the scores by their keys; a figure that was not measured is null."""
    found: dict[str, object] = {"n": scores.n, "n_references": scores.n_references}
    found |= {score.key: _score_as_json(score) for score in scores.scores}
    return found | {"bootstrap": {"resamples": RESAMPLES, "seed": SEED, "drawn": "sentences"}}


def as_text(scores: TextScores) -> str:
    """Return a table for a person, a line for each score."""
    files = "1 reference" if scores.n_references == 1 else f"{scores.n_references} references"
    lines = [f"{scores.n} sentences, {files} each; in brackets: 95% interval"]
    for score in scores.scores:
        value, interval = shown(score.score, score.unit), bracketed(score.interval, score.unit)
        lines.append(f"{score.title:<16}{value:>8}  {interval:<18}{score.signature}")
    return "\n".join(lines)


def shown(value: float, unit: Unit) -> str:
    """Return a score as published: percentages with two digits, ratios with three."""
    if math.isnan(value):
        return "–"  # noqa: RUF001 - a dash in a table cell
    return f"{value:.3f}" if unit == "ratio" else f"{value:.2f}"


def bracketed(interval: Interval, unit: Unit) -> str:
    """Return an interval in brackets, or nothing where none was drawn."""
    if math.isnan(interval.low):
        return ""
    return f"({shown(interval.low, unit)}-{shown(interval.high, unit)})"


def _score_as_json(score: TextScore) -> dict[str, object]:
    low, high = _finite(score.interval.low), _finite(score.interval.high)
    return {
        "score": _finite(score.score),
        "unit": score.unit,
        "interval": None if low is None else {"low": low, "high": high},
        "signature": score.signature,
    }


def _finite(value: float) -> float | None:
    return round(value, DIGITS) if math.isfinite(value) else None
