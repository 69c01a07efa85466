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

    moment: of each moment's log-probability that there is a sign, or none: neighbours are read
    from much the same frames. read: of each moment's log-probability of a gloss, isolated: of what
    the recognizer of isolated signs says; together they share out a stretch among the glosses.
    floor: the least of all these: one bad frame is no proof. prior: of the prior. gloss: bonus for
    each gloss. pause: added to the log-odds of no sign, of which the network is too sure with
    strangers. made, turns: of the segmenter's log-odds that a sign is made at a moment, that one
    begins or ends there. longest: moments. likely: glosses a moment that are followed.
    """

    moment: float = 0.5
    read: float = 0.05
    isolated: float = 1.0
    floor: float = -7.0
    prior: float = 0.5
    gloss: float = 2.5
    pause: float = -2.0
    made: float = 0.1
    turns: float = 0.5
    longest: int = 16
    likely: int = 6


@dataclass(frozen=True, slots=True)
class Span:
    """[start, end) in moments, and the gloss it is read as, numbered from 0."""

    start: int
    end: int
    gloss: int


# Added to the log-odds of a pause: from one reading with long signs to one with long pauses.
PAUSES = (-5.0, -4.0, -3.0, -2.0, -1.0, 0.0, 1.0)
READINGS = ((-5.0, 1.0), (-3.0, 0.0), (-3.0, -2.0))
"""Pause and bonus of readings by gloss, which part signs that follow one another at once."""


def proposals(logs: Array, prior: Prior, weights: Weights) -> list[tuple[int, int]]:
    """Return where signs may be, [start, end) in moments, sorted; they overlap.

    Runs without a pause, for several ideas of a pause, and the segments of several readings.
    """
    found: set[tuple[int, int]] = set()
    for pause in PAUSES:
        found.update(runs(eased(logs, pause)[:, BLANK] < np.log(0.5), weights.longest))
    for pause, gloss in READINGS:
        other = replace(weights, gloss=gloss)
        read = segments(eased(logs, pause), prior, other)
        found.update((span.start, span.end) for span in read)
    return sorted(found)


def runs(signing: NDArray[np.bool_], longest: int) -> list[tuple[int, int]]:
    """Return [start, end) of each run of true, but no run longer than `longest`."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], signing, [False]])))
    pairs = [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]
    return [(start, end) for start, end in pairs if end - start <= longest]


def eased(logs: Array, pause: float) -> Array:
    """Return logs (M, 1 + glosses) with `pause` added to the log-odds of no gloss."""
    shifted = logs.copy()
    shifted[:, BLANK] += pause
    return np.asarray(log_softmax(shifted, axis=1), dtype=np.float32)


def segments(logs: Array, prior: Prior, weights: Weights) -> list[Span]:
    """Return the best reading of logs (M, 1 + glosses) as glosses and pauses."""
    floored = weights.read * np.maximum(logs.astype(np.float64), weights.floor)
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
    likely = min(likely, logs.shape[1] - 1)
    best = np.argpartition(-logs[:, 1:], likely - 1, axis=1)[:, :likely]
    return np.asarray(np.unique(best), dtype=np.int64)
