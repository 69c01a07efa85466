"""Stretches that may be signs -> the best way through them, and how sure each sign on it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, logsumexp

from signbridge.recognize.translator.encoder import BLANK
from signbridge.recognize.translator.prior import Prior
from signbridge.recognize.translator.segmental import Weights, eased
from signbridge.recognize.translator.turns import Turns

Array = NDArray[np.float32]
Logs = NDArray[np.float64]
Stretch = tuple[int, int]
NEVER = -1e30
FOLLOWED = 12  # glosses a stretch, after all that is known of it alone
SAME = 0.5  # of the shorter of two stretches: with so much in common they are one sign


@dataclass(frozen=True, slots=True)
class Found:
    """A sign on the best way: [start, end) in moments, and the probability of each gloss."""

    start: int
    end: int
    gloss: int
    shares: NDArray[np.float64]


def read_lattice(
    logs: Array,
    stretches: Sequence[Stretch],
    isolated: Array | None,
    prior: Prior,
    weights: Weights,
    *,
    turns: Turns | None = None,
    shares: bool = True,
) -> list[Found]:
    """Return the signs of the best way through logs (M, 1 + glosses), each on one of `stretches`.

    isolated: (stretches, glosses) log-probabilities of each seen as a sign alone; None for none.
    turns: what the segmenter's network says, where it was asked. The shares of a sign are summed
    over all ways, whatever they read before and after it; without `shares` they are empty.
    """
    if not stretches:
        return []
    lattice = _Lattice(logs, stretches, isolated, prior, weights, turns)
    sums = lattice.shares() if shares else None
    return [
        Found(
            *stretches[arc],
            int(lattice.known[gloss]),
            np.zeros(0) if sums is None else _around(stretches, arc, sums, lattice),
        )
        for arc, gloss in lattice.best()
    ]


class _Lattice:
    """Every way from the first moment to the last: a stretch as one gloss, or a moment's pause.

    A state is a moment and the gloss signed last, by its place in `known`; the last is none.
    """

    def __init__(
        self,
        logs: Array,
        stretches: Sequence[Stretch],
        isolated: Array | None,
        prior: Prior,
        weights: Weights,
        turns: Turns | None,
    ) -> None:
        here, apart = _moments(eased(logs, weights.pause), weights)
        if turns is not None:
            here = here + weights.made * turns.made
        told = weights.read * np.maximum(logs[:, 1:].astype(np.float64), weights.floor)
        read, signed = _summed(told, stretches), _summed(here[:, None], stretches)
        if isolated is not None:
            read += weights.isolated * np.maximum(isolated, weights.floor)
        scores = log_softmax(read, axis=1) + signed + weights.gloss
        if turns is not None:
            edges = [turns.begins[start] + turns.ends[end] for start, end in stretches]
            scores += weights.turns * np.array(edges)[:, None]
        alone = np.argpartition(-scores, min(FOLLOWED, scores.shape[1]) - 1, axis=1)
        self.glosses = scores.shape[1]
        self.known = np.unique(alone[:, :FOLLOWED])
        self.scores, self.pause = scores[:, self.known], apart
        named = [*self.known, prior.edge]
        self.pairs = weights.prior * prior.pairs[np.ix_(named, named)].astype(np.float64)
        self.into, self.stretches = self.pairs[:, :-1], stretches
        self.ending: dict[int, list[int]] = {}
        for arc, (_, end) in enumerate(stretches):
            self.ending.setdefault(end, []).append(arc)

    def best(self) -> list[tuple[int, int]]:
        """Return (stretch, gloss by its place in `known`) along the best way."""
        moments, none = len(self.pause), len(self.known)
        score = np.full((moments + 1, none + 1), NEVER)
        came = np.full((moments + 1, none + 1, 2), -1)
        score[0, none] = 0.0
        for end in range(1, moments + 1):
            score[end] = score[end - 1] + self.pause[end - 1]
            for arc in self.ending.get(end, ()):
                ways = score[self.stretches[arc][0]][:, None] + self.into
                reached = ways.max(axis=0) + self.scores[arc]
                better = reached > score[end, :none]
                score[end, :none][better] = reached[better]
                came[end, :none, 0][better] = arc
                came[end, :none, 1][better] = ways.argmax(axis=0)[better]
        end, gloss = moments, int((score[moments] + self.pairs[:, none]).argmax())
        found: list[tuple[int, int]] = []
        while end > 0:
            arc, before = came[end, gloss]
            if arc >= 0:
                found.append((int(arc), gloss))
                end, gloss = self.stretches[arc][0], int(before)
            else:
                end -= 1
        return found[::-1]

    def shares(self) -> Logs:
        """Return (stretches, known): the probability that a way goes there, over all ways."""
        moments, none = len(self.pause), len(self.known)
        ahead = np.full((moments + 1, none + 1), NEVER)
        ahead[0, none] = 0.0
        entered = np.full((len(self.stretches), none), NEVER)
        for end in range(1, moments + 1):
            ahead[end] = ahead[end - 1] + self.pause[end - 1]
            for arc in self.ending.get(end, ()):
                begun = ahead[self.stretches[arc][0]]
                entered[arc] = logsumexp(begun[:, None] + self.into, axis=0) + self.scores[arc]
                ahead[end, :none] = np.logaddexp(ahead[end, :none], entered[arc])
        behind = np.full((moments + 1, none + 1), NEVER)
        behind[moments] = self.pairs[:, none]
        for start in range(moments - 1, -1, -1):
            behind[start] = behind[start + 1] + self.pause[start]
            for arc, (begin, end) in enumerate(self.stretches):
                if begin == start:
                    on = self.scores[arc] + behind[end, :none]
                    ways = logsumexp(self.into + on[None, :], axis=1)
                    behind[start] = np.logaddexp(behind[start], ways)
        ends = np.array([end for _, end in self.stretches])
        return np.asarray(np.exp(entered + behind[ends, :none] - behind[0, none]))


def _moments(logs: Array, weights: Weights) -> tuple[Logs, Logs]:
    """Return (M,) log-probabilities, weighed, that there is a sign at a moment, and that not."""
    pause = logs[:, BLANK].astype(np.float64)
    signing = np.log1p(-np.exp(np.minimum(pause, -1e-7)))
    weighed = [weights.moment * np.maximum(one, weights.floor) for one in (signing, pause)]
    return weighed[0], weighed[1]


def _summed(values: Logs, stretches: Sequence[Stretch]) -> Logs:
    """Return (stretches, C) sums of values (M, C) over each stretch."""
    total = np.vstack([np.zeros(values.shape[1]), values.cumsum(axis=0)])
    return np.array([total[end] - total[start] for start, end in stretches])


def _around(
    stretches: Sequence[Stretch], arc: int, shares: Logs, lattice: _Lattice
) -> NDArray[np.float64]:
    """Return (glosses,): the shares of all stretches that are the same sign, added up."""
    start, end = stretches[arc]
    added = np.zeros(len(lattice.known))
    for (first, last), row in zip(stretches, shares, strict=True):
        common = min(end, last) - max(start, first)
        if common > SAME * min(end - start, last - first):
            added += row
    whole = np.zeros(lattice.glosses)
    whole[lattice.known] = np.minimum(added, 1.0)
    return whole
