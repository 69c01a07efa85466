"""English hypotheses beside references -> word error rate and exact matches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signbridge.evaluation.metrics import NAN


@dataclass(frozen=True, slots=True)
class TextScores:
    """Scores of whole sentences, after `normalised`. wer: edits over reference words, all clips."""

    n: int
    wer: float
    exact_match: float


def text_scores(hypotheses: Sequence[str], references: Sequence[str]) -> TextScores:
    """Return the scores of sentences in the same order; NaN where there are none."""
    pairs = [
        (normalised(said), normalised(meant))
        for said, meant in zip(hypotheses, references, strict=True)
    ]
    words = sum(len(meant) for _, meant in pairs)
    edits = sum(word_edits(said, meant) for said, meant in pairs)
    exact = sum(said == meant for said, meant in pairs)
    n = len(pairs)
    return TextScores(n, edits / words if words else NAN, exact / n if n else NAN)


def normalised(text: str) -> tuple[str, ...]:
    """Return the words of a text without case, punctuation and apostrophes."""
    plain = text.casefold().replace("'", "").replace("’", "")  # noqa: RUF001 - both are typed
    return tuple("".join(c if c.isalnum() else " " for c in plain).split())


def word_edits(first: Sequence[str], second: Sequence[str]) -> int:
    """Return how many insertions, deletions and replacements of words make one the other."""
    import jiwer

    found = jiwer.process_words(" ".join(second), " ".join(first))
    return found.substitutions + found.insertions + found.deletions
