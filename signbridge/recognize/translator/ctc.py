"""CTC log-probabilities -> sequences of glosses: the best path, and beam search with a prior."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from signbridge.recognize.translator.encoder import BLANK
from signbridge.recognize.translator.prior import Prior

Array = NDArray[np.float32]
Sequence = tuple[int, ...]
"""Numbers of glosses from 0, which are outputs of the network from 1."""
NEVER = -1e30


@dataclass(frozen=True, slots=True)
class Search:
    """prior: weight of its log-probabilities; gloss: bonus for each, as a prior takes away."""

    prior: float = 0.5
    gloss: float = 1.0
    beam: int = 12
    likely: int = 8


def best_path(logs: Array) -> Sequence:
    """Return the glosses of the likeliest output at each moment; logs (M, 1 + glosses)."""
    return tuple(int(best) - 1 for best, _ in groupby(logs.argmax(axis=1)) if best != BLANK)


def beam_search(logs: Array, prior: Prior, search: Search) -> list[tuple[Sequence, float]]:
    """Return the likeliest sequences of logs (M, 1 + glosses) with their scores, best first."""
    # For each prefix: log-likelihood of the ways that end in a blank, of those that do not, and
    # what the prior says of it.
    beams: dict[Sequence, tuple[float, float, float]] = {(): (0.0, NEVER, 0.0)}
    for moment in logs:
        likely = np.argsort(-moment)[: search.likely]
        grown: dict[Sequence, list[float]] = defaultdict(lambda: [NEVER, NEVER, 0.0])
        for prefix, (blank, gloss, told) in beams.items():
            both = float(np.logaddexp(blank, gloss))
            same = grown[prefix]
            same[2] = told
            same[0] = float(np.logaddexp(same[0], both + moment[BLANK]))
            if prefix:
                same[1] = float(np.logaddexp(same[1], gloss + moment[1 + prefix[-1]]))
            for output in likely:
                if output == BLANK:
                    continue
                number = int(output) - 1
                start = blank if prefix and prefix[-1] == number else both
                longer = grown[(*prefix, number)]
                longer[1] = float(np.logaddexp(longer[1], start + moment[output]))
                longer[2] = told + _told(prefix, number, prior, search)
        ranked = sorted(grown.items(), key=lambda item: -_score(item[1]))[: search.beam]
        beams = {prefix: (ends[0], ends[1], ends[2]) for prefix, ends in ranked}
    scored = [
        (prefix, _score(ends) + search.prior * float(prior.pairs[_last(prefix, prior), prior.edge]))
        for prefix, ends in beams.items()
    ]
    return sorted(scored, key=lambda one: -one[1])


def _told(prefix: Sequence, number: int, prior: Prior, search: Search) -> float:
    return search.prior * float(prior.pairs[_last(prefix, prior), number]) + search.gloss


def _last(prefix: Sequence, prior: Prior) -> int:
    return prefix[-1] if prefix else prior.edge


def _score(ends: list[float] | tuple[float, float, float]) -> float:
    return float(np.logaddexp(ends[0], ends[1])) + ends[2]


def aligned(logs: Array, glosses: Sequence) -> list[tuple[int, int]]:
    """Return [start, end) in moments of each gloss on the likeliest way through logs.

    Raises `ValueError` where there are fewer moments than the glosses need.
    """
    states = np.full(2 * len(glosses) + 1, BLANK)
    states[1::2] = np.array(glosses, dtype=int) + 1
    may_skip = np.zeros(len(states), dtype=bool)
    may_skip[3::2] = states[3::2] != states[1:-2:2]
    scores = np.full(len(states), NEVER)
    scores[:2] = logs[0, states[:2]]
    came = np.zeros((len(logs), len(states)), dtype=int)
    for at in range(1, len(logs)):
        ways = np.full((3, len(states)), NEVER)
        ways[0] = scores
        ways[1, 1:] = scores[:-1]
        ways[2, 2:] = np.where(may_skip[2:], scores[:-2], NEVER)
        came[at] = ways.argmax(axis=0)
        scores = ways.max(axis=0) + logs[at, states]
    state = len(states) - 1
    if len(states) > 1 and scores[-2] > scores[-1]:
        state -= 1
    if scores[state] <= NEVER / 2:
        raise ValueError(f"{len(glosses)} glosses do not fit into {len(logs)} moments")
    path = [state]
    for at in range(len(logs) - 1, 0, -1):
        state -= came[at, state]
        path.append(state)
    places = np.array(path[::-1])
    spans = [np.flatnonzero(places == 2 * i + 1) for i in range(len(glosses))]
    return [(int(span[0]), int(span[-1]) + 1) for span in spans]
