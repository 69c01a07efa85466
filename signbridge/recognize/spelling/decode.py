"""CTC log-probabilities -> the likeliest word: beam search, then a list of names as a prior."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.recognize.spelling.model import BLANK, LETTERS

BEAM = 16
LEAST = 0.002  # letters less likely at a moment are not followed
NAME_BONUS = 3.0  # log-odds for a word of the list: e^3 = 20 times as likely as any other


@dataclass(frozen=True, slots=True)
class Word:
    """A word; the score in [0, 1] is, from `decoded`, the geometric mean over its letters."""

    text: str
    score: float


def decoded(
    log_probabilities: NDArray[np.float32], names: Sequence[str] = (), bonus: float = NAME_BONUS
) -> Word:
    """Return the likeliest word for (T, 27) log-probabilities; text is "" for no letter.

    A name of the list wins over a free reading where it is at most e^bonus times less likely.
    """
    free, free_log = beam_search(log_probabilities)
    best, best_log, best_rank = free, free_log, free_log + (bonus if free in set(names) else 0.0)
    for name in names:
        if not _near(name, free):
            continue
        log = log_likelihood(log_probabilities, name)
        if log + bonus > best_rank:
            best, best_log, best_rank = name, log, log + bonus
    return Word(best, float(np.exp(best_log / max(1, len(best)))))


def _near(name: str, free: str) -> bool:
    """Say whether a name is worth scoring: about as long, and of mostly the same letters."""
    shared = len(set(name) & set(free))
    return bool(free) and abs(len(name) - len(free)) <= 1 and shared >= max(1, len(set(name)) - 2)


def beam_search(log_probabilities: NDArray[np.float32], beam: int = BEAM) -> tuple[str, float]:
    """Return the likeliest word and its log-likelihood, by prefix beam search (Hannun 2014)."""
    # For each prefix: log-likelihood of the ways that end in a blank, and of those that do not.
    beams: dict[str, tuple[float, float]] = {"": (0.0, -np.inf)}
    for frame in log_probabilities:
        grown: dict[str, list[float]] = defaultdict(lambda: [-np.inf, -np.inf])
        likely = [i for i in np.flatnonzero(frame > np.log(LEAST)) if i != BLANK]
        for prefix, (blank, letter) in beams.items():
            both = np.logaddexp(blank, letter)
            same = grown[prefix]
            same[0] = np.logaddexp(same[0], both + frame[BLANK])
            if prefix:
                again = letter + frame[1 + LETTERS.index(prefix[-1])]
                same[1] = np.logaddexp(same[1], again)
            for index in likely:
                character = LETTERS[index - 1]
                start = blank if prefix.endswith(character) else both
                longer = grown[prefix + character]
                longer[1] = np.logaddexp(longer[1], start + frame[index])
        ranked = sorted(grown.items(), key=lambda item: -_either(item[1]))[:beam]
        beams = {prefix: (ends[0], ends[1]) for prefix, ends in ranked}
    best = max(beams, key=lambda prefix: _either(beams[prefix]))
    return best, _either(beams[best])


def _either(ends: Sequence[float]) -> float:
    return float(np.logaddexp(ends[0], ends[1]))


def log_likelihood(log_probabilities: NDArray[np.float32], word: str) -> float:
    """Return the log-likelihood of a word, summed over every alignment (CTC's forward pass)."""
    states = np.full(2 * len(word) + 1, BLANK)
    states[1::2] = [1 + LETTERS.index(character) for character in word]
    may_skip = np.zeros(len(states), dtype=bool)
    may_skip[3::2] = states[3::2] != states[1:-2:2]
    forward = np.full(len(states), -np.inf)
    forward[:2] = log_probabilities[0, states[:2]]
    for frame in log_probabilities[1:]:
        step = np.logaddexp(forward, np.concatenate([[-np.inf], forward[:-1]]))
        skip = np.concatenate([[-np.inf, -np.inf], forward[:-2]])[: len(states)]
        forward = np.where(may_skip, np.logaddexp(step, skip), step) + frame[states]
    return float(np.logaddexp(forward[-1], forward[-2] if len(forward) > 1 else -np.inf))
