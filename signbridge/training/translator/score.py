"""Glosses read -> word error rates with intervals, by where the signers come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from signbridge.evaluation.metrics import Interval, bootstrap
from signbridge.training.translator.composed import Example

Glosses = Sequence[str]
Method = Callable[[Example], Glosses]


@dataclass(frozen=True, slots=True)
class Wer:
    """Errors over glosses signed: substituted, left out, put in; n sentences, an interval."""

    n: int
    glosses: int
    rate: float
    interval: Interval
    substituted: float
    left_out: float
    put_in: float


def errors(signed: Glosses, read: Glosses) -> tuple[int, int, int]:
    """Return substitutions, deletions and insertions on the shortest way between the two."""
    found = pairs(signed, read)
    left_out = sum(place is None for _, place in found)
    put_in = sum(truth is None for truth, _ in found)
    both = [(truth, place) for truth, place in found if truth is not None and place is not None]
    return sum(truth != read[place] for truth, place in both), left_out, put_in


def pairs(signed: Glosses, read: Glosses) -> list[tuple[str | None, int | None]]:
    """Return each gloss signed with the place of what was read for it, None for nothing."""
    ways = np.zeros((len(signed) + 1, len(read) + 1), dtype=int)
    ways[:, 0], ways[0] = np.arange(len(signed) + 1), np.arange(len(read) + 1)
    for i, truth in enumerate(signed, start=1):
        for j, guess in enumerate(read, start=1):
            ways[i, j] = min(
                ways[i - 1, j] + 1, ways[i, j - 1] + 1, ways[i - 1, j - 1] + (truth != guess)
            )
    i, j = len(signed), len(read)
    found: list[tuple[str | None, int | None]] = []
    while i or j:
        if i and j and ways[i, j] == ways[i - 1, j - 1] + (signed[i - 1] != read[j - 1]):
            i, j = i - 1, j - 1
            found.append((signed[i], j))
        elif i and ways[i, j] == ways[i - 1, j] + 1:
            i -= 1
            found.append((signed[i], None))
        else:
            j -= 1
            found.append((None, j))
    return found[::-1]


def wer(signed: Sequence[Glosses], read: Sequence[Glosses]) -> Wer:
    """Return the word error rate of sentences; drawn whole for the interval."""
    counts = np.array([errors(*pair) for pair in zip(signed, read, strict=True)], dtype=float)
    lengths = np.array([len(one) for one in signed], dtype=float)
    counts = counts.reshape(len(signed), 3)
    rates = counts.sum(axis=0) / lengths.sum()
    return Wer(
        n=len(signed),
        glosses=int(lengths.sum()),
        rate=float(rates.sum()),
        interval=bootstrap(counts.sum(axis=1), lengths),
        substituted=float(rates[0]),
        left_out=float(rates[1]),
        put_in=float(rates[2]),
    )


def scored(
    sets: Mapping[tuple[str, str], Sequence[Example]], methods: Mapping[str, Method]
) -> dict[tuple[str, str], dict[str, Wer]]:
    """Return the error rate of each method on each set."""
    return {
        key: {
            name: wer([one.glosses for one in examples], [method(one) for one in examples])
            for name, method in methods.items()
        }
        for key, examples in sets.items()
    }
