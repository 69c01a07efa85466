"""The bundled examples nearest to what was signed: BM25 over glosses (Robertson, Zaragoza 2009)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence in glosses and in English, and what it is an example of."""

    glosses: str
    english: str
    shows: str


@cache
def examples() -> tuple[Example, ...]:
    """Return the examples written for this project."""
    path = resources.files(__package__).joinpath("examples.tsv")
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return tuple(Example(glosses, english, shows) for shows, glosses, english in rows)


class Retriever:
    """Finds examples by the glosses they share with what was signed."""

    def __init__(self, among: Sequence[Example] | None = None) -> None:
        """Index the bundled examples, or those given."""
        import bm25s

        self._examples = tuple(examples() if among is None else among)
        self._index = bm25s.BM25()
        self._index.index(
            [_terms(one.glosses.split()) for one in self._examples], show_progress=False
        )

    def nearest(self, glosses: Sequence[str], count: int = SHOWN) -> tuple[Example, ...]:
        """Return at most `count` examples, the nearest first; none that shares no gloss."""
        if not glosses or not self._examples:
            return ()
        rows, scores = self._index.retrieve(
            [_terms(glosses)], k=min(count, len(self._examples)), show_progress=False
        )
        found = zip(rows[0], scores[0], strict=True)
        return tuple(self._examples[int(row)] for row, score in found if score > 0)


def _terms(glosses: Sequence[str]) -> list[str]:
    """Return the glosses and the pairs of neighbours: the order of signs says what they do."""
    plain = ["#NAME" if gloss.startswith(("FS-", "NS-", "#")) else gloss for gloss in glosses]
    pairs = [f"{first} {second}" for first, second in pairwise(plain)]
    return [*plain, *pairs]
