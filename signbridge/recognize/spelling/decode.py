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
    near = [name for name in names if _near(name, free)]
    if near and free not in near:
        logs = log_likelihoods(log_probabilities, near)
        if logs.max() + bonus > free_log:
            free, free_log = near[int(logs.argmax())], float(logs.max())
    return Word(free, float(np.exp(free_log / max(1, len(free)))))


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


def log_likelihoods(
    log_probabilities: NDArray[np.float32], words: Sequence[str]
) -> NDArray[np.float64]:
    """Return each word's log-likelihood, summed over every alignment (CTC's forward pass)."""
    lengths = np.array([len(word) for word in words])
    states = np.full((len(words), 2 * int(lengths.max(initial=0)) + 1), BLANK)
    for row, word in enumerate(words):
        states[row, 1 : 2 * len(word) : 2] = [1 + LETTERS.index(letter) for letter in word]
    may_skip = np.zeros(states.shape, dtype=bool)
    may_skip[:, 3::2] = states[:, 3::2] != states[:, 1:-2:2]
    forward = np.full(states.shape, -np.inf)
    forward[:, :2] = log_probabilities[0][states[:, :2]]
    for frame in log_probabilities[1:]:
        step = np.logaddexp(forward, _later(forward, 1))
        skip = np.where(may_skip, _later(forward, 2), -np.inf)
        forward = np.logaddexp(step, skip) + frame[states]
    rows = np.arange(len(words))
    last_letter = np.where(lengths > 0, forward[rows, np.maximum(2 * lengths - 1, 0)], -np.inf)
    return np.asarray(np.logaddexp(forward[rows, 2 * lengths], last_letter))


def _later(forward: NDArray[np.float64], states: int) -> NDArray[np.float64]:
    moved = np.full_like(forward, -np.inf)
    moved[:, states:] = forward[:, :-states]
    return moved
