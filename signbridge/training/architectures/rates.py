"""Rows of hits -> rates with intervals, and differences on the same clips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from signbridge.evaluation.metrics import Interval, bootstrap
from signbridge.training.architectures.rows import Hits, Row


@dataclass(frozen=True, slots=True)
class Rate:
    """Share right with its interval: over clips of the official test, over signers of strangers."""

    n: int
    signers: int
    top1: float
    top5: float
    intervals: Mapping[str, Interval]


def rate(hits: Hits, *, by_signer: bool) -> Rate:
    """Return the shares; by_signer draws whole signers, whose clips are no independent trials."""
    top1, top5 = np.array(hits.top1, dtype=float), np.array(hits.top5, dtype=float)
    who = np.array(hits.signers)
    _, group = np.unique(who, return_inverse=True) if by_signer else (who, np.arange(len(who)))
    of = np.bincount(group).astype(float)
    return Rate(
        n=len(top1),
        signers=len(set(hits.signers)),
        top1=float(top1.mean()),
        top5=float(top5.mean()),
        intervals={
            "top1": bootstrap(np.bincount(group, weights=top1).astype(float), of),
            "top5": bootstrap(np.bincount(group, weights=top5).astype(float), of),
        },
    )


def difference(first: Hits, second: Hits) -> tuple[float, Interval]:
    """Return how much more often `first` is right than `second` on the same clips."""
    apart = np.array(first.top1, dtype=float) - np.array(second.top1, dtype=float)
    return float(apart.mean()), bootstrap(apart, np.ones(len(apart)))


def rates(rows: Sequence[Row]) -> dict[str, dict[str, Rate]]:
    """Return the rates by row and set."""
    return {
        row.name: {
            name: rate(hits, by_signer=name != "official") for name, hits in row.hits.items()
        }
        for row in rows
    }
