"""Moments and a prior -> signs with their spans, by a Viterbi search over segments.

CTC cares for the order of glosses and not for how long each lasts. Here each stretch of moments is
read as one gloss or as none, a gloss lasts between a shortest and a longest time, and what the
recognizer of isolated signs says of a stretch can be weighed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from signbridge.recognize.translator.encoder import BLANK
from signbridge.recognize.translator.prior import Prior

Array = NDArray[np.float32]
Logs = NDArray[np.float64]
NEVER = -1e30


@dataclass(frozen=True, slots=True)
class Weights:
    """What the search believes; fitted on sentences of signers held out from training.

    moment: of each moment's log-probability: neighbours are read from much the same frames.
    floor: the least log-probability of a moment: one bad frame is no proof. prior: of the prior.
    gloss: bonus for each gloss. isolated: of the recognizer of isolated signs. skip: what leaving
    a found sign out costs in the second pass. longest: moments. likely: glosses a moment that are
    followed.
    """

    moment: float = 0.5
    floor: float = -6.0
    prior: float = 0.5
    gloss: float = 0.0
    isolated: float = 1.0
    skip: float = -8.0
    longest: int = 16
    likely: int = 6


@dataclass(frozen=True, slots=True)
class Span:
    """[start, end) in moments, and the gloss it is read as, numbered from 0."""

    start: int
    end: int
    gloss: int


def segments(logs: Array, prior: Prior, weights: Weights) -> list[Span]:
    """Return the best reading of logs (M, 1 + glosses) as glosses and pauses."""
    floored = weights.moment * np.maximum(logs.astype(np.float64), weights.floor)
    known = candidates(logs, weights.likely)
    total = np.vstack([np.zeros(len(known)), floored[:, 1 + known].cumsum(axis=0)])
    pause = floored[:, BLANK]
    pairs = weights.prior * prior.pairs[np.ix_([*known, prior.edge], [*known, prior.edge])]
    # best[t, k]: best score of the first t moments with k as the last gloss, len(known) for none.
    count, none = len(logs), len(known)
    best = np.full((count + 1, none + 1), NEVER)
    best[0, none] = 0.0
    came = np.zeros((count + 1, none + 1, 2), dtype=int)
    arrived = np.full((count + 1, none), NEVER)  # best[t] on the way into each gloss
    before = np.zeros((count + 1, none), dtype=int)
    for end in range(1, count + 1):
        ways = best[end - 1][:, None] + pairs[:, :none]
        before[end - 1], arrived[end - 1] = ways.argmax(axis=0), ways.max(axis=0)
        best[end] = best[end - 1] + pause[end - 1]
        came[end, :, 0], came[end, :, 1] = end - 1, np.arange(none + 1)
        for start in range(max(0, end - weights.longest), end):
            score = arrived[start] + total[end] - total[start] + weights.gloss
            better = score > best[end, :none]
            best[end, :none][better] = score[better]
            came[end, :none, 0][better] = start
            came[end, :none, 1][better] = before[start][better]
            came[end, :none, 0][better] += count + 1  # a gloss, not a pause
    last = int((best[count] + pairs[:, none]).argmax())
    return _traced(came, known, last, count)


def _traced(came: NDArray[np.int64], known: NDArray[np.int64], last: int, count: int) -> list[Span]:
    found, end, gloss = [], count, last
    while end > 0:
        start, before = came[end, gloss]
        if start > count:
            start -= count + 1
            found.append(Span(int(start), end, int(known[gloss])))
        end, gloss = int(start), int(before)
    return found[::-1]


def candidates(logs: Array, likely: int) -> NDArray[np.int64]:
    """Return the numbers, from 0, of glosses that are among the likeliest of some moment."""
    best = np.argpartition(-logs[:, 1:], likely - 1, axis=1)[:, :likely]
    return np.unique(best)


def reread(
    logs: Array, spans: Sequence[Span], isolated: Array | None, prior: Prior, weights: Weights
) -> Logs:
    """Return (len(spans), glosses + 1) log-probabilities of each span's gloss; the last is none.

    Each span is weighed again by its moments, by what its neighbours may be, and, where
    isolated (len(spans), glosses) is given, by log-probabilities of the sign seen alone.
    """
    count = logs.shape[1] - 1
    scores = np.full((len(spans), count + 1), float(weights.skip))
    for row, span in zip(scores, spans, strict=True):
        moments = np.maximum(logs[span.start : span.end].astype(np.float64), weights.floor)
        row[:count] = weights.moment * moments[:, 1:].sum(axis=0)
        row[count] += weights.moment * moments[:, BLANK].sum()
    if isolated is not None:
        scores[:, :count] += weights.isolated * np.maximum(isolated, weights.floor)
    return _marginals(scores, prior, weights)


def _marginals(scores: Logs, prior: Prior, weights: Weights) -> Logs:
    """Return each span's log-probabilities, all glosses of its neighbours considered.

    A span left out passes on what was before it; the prior then sees it as an edge.
    """
    pairs = weights.prior * prior.pairs.astype(np.float64)
    pairs[:-1, :-1] += weights.gloss
    ahead = [pairs[-1] * 1.0]
    for row in scores[:-1]:
        ahead.append(logsumexp((ahead[-1] + row)[:, None] + pairs, axis=0))
    behind = [pairs[:, -1] * 1.0]
    for row in scores[:0:-1]:
        behind.append(logsumexp(pairs + (behind[-1] + row)[None, :], axis=1))
    total = scores + np.array(ahead[: len(scores)]) + np.array(behind[::-1][: len(scores)])
    return np.asarray(total - logsumexp(total, axis=1, keepdims=True))
