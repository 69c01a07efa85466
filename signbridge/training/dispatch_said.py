"""What the app says of a stretch: its sure signs, if they are most; and how right that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from signbridge.evaluation.markdown import share, table
from signbridge.evaluation.metrics import bootstrap
from signbridge.training.translator.score import errors
from signbridge.types import RecognitionResult

NOTE = (
    "What is answered: a reading of which most signs are sure, and of it the sure ones. Right: all "
    "signs that were signed, and nothing else. The last column is the word error rate of glosses "
    "over what is answered; a sign left out counts."
)


@dataclass(frozen=True, slots=True)
class Said:
    """One stretch: whether it is answered, the errors of the answer, and the glosses signed."""

    answered: bool
    errors: int
    signed: int


class SaidCase(Protocol):
    """A case as the readers read it; see `dispatch.Read`."""

    @property
    def kind(self) -> str: ...
    @property
    def said(self) -> tuple[Said, ...]: ...


def said(results: Sequence[RecognitionResult], signed: Sequence[str]) -> Said:
    """Return what is said of one reading of these glosses."""
    sure = [one.guesses[0].text for one in results if not one.abstained]
    return Said(2 * len(sure) > len(results), sum(errors(tuple(signed), sure)), len(signed))


def as_part(found: Sequence[SaidCase], chosen: Sequence[int]) -> str:
    """Return the table by kind, of the reader chosen for each stretch, with a note."""
    rows = []
    for kind in dict.fromkeys(one.kind for one in found):
        pairs = zip(found, chosen, strict=True)
        own = [one.said[choice] for one, choice in pairs if one.kind == kind]
        answered = [one for one in own if one.answered]
        rows.append(
            (
                kind,
                str(len(own)),
                _rate([one.answered for one in own], [1] * len(own)),
                _rate([one.errors == 0 for one in answered], [1] * len(answered)),
                _rate([one.errors for one in answered], [one.signed for one in answered]),
            )
        )
    head = ("signed", "stretches", "answered", "right if answered", "WER if answered")
    return f"{table(head, rows)}\n\n{NOTE}"


def _rate(values: Sequence[float], counts: Sequence[int]) -> str:
    of, over = np.array(values, dtype=float), np.array(counts, dtype=float)
    rate = float(of.sum() / over.sum()) if len(over) else float("nan")
    return share(rate, bootstrap(of, over))
