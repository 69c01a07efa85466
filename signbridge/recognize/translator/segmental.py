"""Moments and a prior -> where signs may begin and end, by a Viterbi search over segments.

CTC cares for the order of glosses and not for how long each lasts. Here each stretch of moments is
read as one gloss or as none, and no gloss lasts longer than a sign does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from signbridge.recognize.translator.encoder import BLANK
from signbridge.recognize.translator.prior import Prior

Array = NDArray[np.float32]
NEVER = -1e30


@dataclass(frozen=True, slots=True)
class Weights:
    """What the search believes; fitted on sentences of signers held out from training.

    moment: of each moment's log-probability: neighbours are read from much the same frames.
    floor: the least log-probability of a moment: one bad frame is no proof. prior: of the prior.
    gloss: bonus for each gloss. isolated: of the recognizer of isolated signs. pause: added to the
    log-odds of no gloss, of which the network is too sure with strangers. longest: moments. likely:
    glosses a moment that are followed.
    """

    moment: float = 0.5
    floor: float = -6.0
    prior: float = 0.5
    gloss: float = 0.0
    isolated: float = 1.5
    pause: float = -3.0
    longest: int = 16
    likely: int = 6


@dataclass(frozen=True, slots=True)
class Span:
    """[start, end) in moments, and the gloss it is read as, numbered from 0."""

    start: int
    end: int
    gloss: int


# How proposals differ from the weights: more and fewer signs, more and fewer pauses.
PROPOSALS = ((0.0, 0.0), (3.0, 0.0), (-2.0, 0.0), (0.0, -2.0), (0.0, 2.0))


def proposals(logs: Array, prior: Prior, weights: Weights) -> list[tuple[int, int]]:
    """Return where signs may be, [start, end) in moments, in any order; they may overlap.

    They are the segments of several readings, from one with few signs to one with many.
    """
    found: set[tuple[int, int]] = set()
    for pause, gloss in PROPOSALS:
        other = replace(weights, gloss=weights.gloss + gloss)
        read = segments(eased(logs, weights.pause + pause), prior, other)
        found.update((span.start, span.end) for span in read)
    return sorted(found)


def eased(logs: Array, pause: float) -> Array:
    """Return logs (M, 1 + glosses) with `pause` added to the log-odds of no gloss."""
    shifted = logs.copy()
    shifted[:, BLANK] += pause
    return np.asarray(log_softmax(shifted, axis=1), dtype=np.float32)


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
        first = max(0, end - weights.longest)
        scores = arrived[first:end] - total[first:end] + (total[end] + weights.gloss)
        start = first + scores.argmax(axis=0)
        score = scores.max(axis=0)
        better = score > best[end, :none]
        best[end, :none][better] = score[better]
        came[end, :none, 0][better] = start[better] + count + 1  # a gloss, not a pause
        came[end, :none, 1][better] = before[start, np.arange(none)][better]
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
