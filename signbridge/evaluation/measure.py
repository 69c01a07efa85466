"""What one measure of translation is: numbers of each sentence that add up to a score.

As they add up, the score of any choice of sentences, as a bootstrap draws them, costs one sum.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from signbridge.evaluation.metrics import NAN

Unit = Literal["percent", "ratio"]
Table: TypeAlias = "NDArray[np.float64]"
# The references of each sentence, as many for every one.
References: TypeAlias = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of n sentences.

    rows: (n, k) statistics whose sum over sentences `score` turns into the score. signature: the
    scorer, its version and every choice of words that changes the number. sums: false where
    drawing a sentence twice is not like having two sentences, so that no bootstrap can be drawn.
    alone: the score of a single sentence says something.
    """

    key: str
    title: str
    signature: str
    rows: Table
    score: Callable[[Table], float]
    unit: Unit = "percent"
    sums: bool = True
    alone: bool = True


def percent_of(sums: Table) -> float:
    """Return 100 times the first sum over the second; NaN where the second is 0."""
    return 100 * float(sums[0] / sums[1]) if sums[1] else NAN


def mean_rows(values: Sequence[float]) -> Table:
    """Return (n, 2) statistics whose `percent_of` is the mean of the values, as a percentage."""
    return np.column_stack((np.asarray(values, dtype=float), np.ones(len(values))))


def signature(scorer: str, package: str, references: References, choices: str) -> str:
    """Return a signature in the shape of sacreBLEU's."""
    return (
        f"{scorer}|nrefs:{len(references[0])}|{choices}|version:{package}-"
        f"{metadata.version(package)}"
    )
