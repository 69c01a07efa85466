"""Written sentences with a sign that is easily confused -> how often the right guess is taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import numpy as np

from signbridge.evaluation.boundaries import Measured
from signbridge.evaluation.metrics import bootstrap, ratio
from signbridge.types import Guess, RecognitionResult

Taken = Callable[[Sequence[RecognitionResult]], Sequence[str]]
"""Returns the glosses that a composer took, one for each sign."""
MEASURES = {
    "second": "confused sign right, where the right guess is the second",
    "first": "confused sign right, where the right guess is the first and must stay",
    "others": "all other signs right",
    "sentence": "sentences with every sign right",
}


@dataclass(frozen=True, slots=True)
class Case:
    """What was signed, the guesses of each sign, and whether the first guess of all is right."""

    right: Literal["first", "second"]
    glosses: tuple[str, ...]
    results: tuple[RecognitionResult, ...]
    confused: int


@cache
def cases() -> tuple[Case, ...]:
    """Return the written set."""
    text = resources.files(__package__).joinpath("cases.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(_case(*row) for row in rows)


def _case(right: str, wanted: str, lattice: str) -> Case:
    glosses = tuple(wanted.split())
    results = tuple(_result(at, sign) for at, sign in enumerate(lattice.split()))
    # Where the first guess is right, the sign that it is least sure of is the confused one.
    doubts = [
        (result.guesses[0].text == gloss, result.guesses[0].score)
        for result, gloss in zip(results, glosses, strict=True)
    ]
    confused = min(range(len(doubts)), key=lambda place: doubts[place])
    assert right in ("first", "second")
    return Case("first" if right == "first" else "second", glosses, results, confused)


def _result(at: int, sign: str) -> RecognitionResult:
    """Read WHITE:0.40|WATER:0.35 as a sign a second long."""
    pairs = (guess.rsplit(":", 1) for guess in sign.split("|"))
    guesses = tuple(Guess(text, float(score)) for text, score in pairs)
    return RecognitionResult("landmark", at, at + 1, guesses, False, 0.0)


def measured(taken: Taken, of: Sequence[Case]) -> dict[str, Measured]:
    """Return each measure with its 95% interval, cases drawn again."""
    rows = {name: ([], []) for name in MEASURES}  # type: dict[str, tuple[list[int], list[int]]]

    def count(name: str, hits: int, total: int) -> None:
        rows[name][0].append(hits)
        rows[name][1].append(total)

    for case in of:
        right = [a == b for a, b in zip(taken(case.results), case.glosses, strict=True)]
        hit = int(right[case.confused])
        count(case.right, hit, 1)
        count("others", sum(right) - hit, len(right) - 1)
        count("sentence", int(all(right)), 1)
    return {name: measure(hits, total) for name, (hits, total) in rows.items()}


def measure(hits: Sequence[float], total: Sequence[float]) -> Measured:
    """Return sum(hits) / sum(total) with its 95% interval."""
    part, whole = np.array(hits, dtype=float), np.array(total, dtype=float)
    return Measured(ratio(part, whole), bootstrap(part, whole))
