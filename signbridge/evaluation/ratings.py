"""Votes between recognizers -> ratings with 95% intervals.

Bradley-Terry strengths by the MM iteration of Hunter (2004, "MM algorithms for generalized
Bradley-Terry models", Annals of Statistics 32), a tie being half a win for each; intervals by
drawing the ballots again, as Chatbot Arena does (Chiang et al. 2024, arXiv:2403.04132). Given on
the Elo scale: 400 points more mean ten wins for every loss, and the mean is 1000.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from signbridge.evaluation.metrics import NAN, RESAMPLES, SEED, Interval

MEAN, POINTS = 1000.0, 400.0
# Each two begin with one tie that nobody voted for: without it a recognizer that never lost would
# be infinitely strong.
PRIOR_TIES = 1.0
# Drawn again, a handful of votes looks far more certain than it is.
FEWEST_FOR_INTERVAL = 10
_STEPS, _ENOUGH = 2000, 1e-9


@dataclass(frozen=True, slots=True)
class Ballot:
    """One vote: the recognizers shown side by side, and those called best.

    All of them best is a tie; none of them means that none was any good, which is a tie as well.
    """

    shown: tuple[str, ...]
    best: frozenset[str]
    blind: bool = True


@dataclass(frozen=True, slots=True)
class Rating:
    """One recognizer: its rating and how often it was better, tied, called bad, and worse.

    interval: NaN while there are fewer than `FEWEST_FOR_INTERVAL` votes in all.
    """

    recognizer: str
    rating: float
    interval: Interval
    votes: int
    better: int
    tied: int
    bad: int
    worse: int


def ratings(ballots: Sequence[Ballot], *, seed: int = SEED) -> tuple[Rating, ...]:
    """Return the ratings of all that were voted on, best first."""
    names = sorted({name for ballot in ballots for name in ballot.shown})
    if not names:
        return ()
    kinds = Counter(ballots)
    wins = np.stack([_wins(kind, names) for kind in kinds])
    counts = np.array(list(kinds.values()), dtype=float)
    found = _rated(np.einsum("k,kij->ij", counts, wins)[None])[0]
    drawn = np.random.default_rng(seed).multinomial(
        len(ballots), counts / counts.sum(), size=RESAMPLES
    )
    spread = _rated(np.einsum("rk,kij->rij", drawn.astype(float), wins))
    low, high = np.percentile(spread, (2.5, 97.5), axis=0)
    if len(ballots) < FEWEST_FOR_INTERVAL:
        low, high = np.full_like(low, NAN), np.full_like(high, NAN)
    rated = [
        _rating(name, ballots, float(found[i]), Interval(float(low[i]), float(high[i])))
        for i, name in enumerate(names)
    ]
    return tuple(sorted(rated, key=lambda one: (-one.rating, one.recognizer)))


def _wins(ballot: Ballot, names: Sequence[str]) -> NDArray[np.float64]:
    """Return (N, N): how often each beat each in one ballot; two alike share the win."""
    wins = np.zeros((len(names), len(names)))
    for one, other in combinations(ballot.shown, 2):
        i, j = names.index(one), names.index(other)
        share = (1 + (one in ballot.best) - (other in ballot.best)) / 2
        wins[i, j] += share
        wins[j, i] += 1 - share
    return wins


def _rated(wins: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (R, N) ratings of (R, N, N) wins, each with the prior ties."""
    n = wins.shape[1]
    wins = wins + PRIOR_TIES / 2 * (1 - np.eye(n))
    games, won = wins + wins.transpose(0, 2, 1), wins.sum(axis=2)
    strength = np.ones(wins.shape[:2])
    for _ in range(_STEPS if n > 1 else 0):
        expected = games / (strength[:, :, None] + strength[:, None, :])
        better = won / expected.sum(axis=2)
        better /= np.exp(np.log(better).mean(axis=1, keepdims=True))
        change = np.abs(np.log(better / strength)).max()
        strength = better
        if change < _ENOUGH:
            break
    return np.asarray(MEAN + POINTS * np.log10(strength))


def _rating(name: str, ballots: Sequence[Ballot], rating: float, interval: Interval) -> Rating:
    mine = [ballot for ballot in ballots if name in ballot.shown]
    tied = sum(ballot.best == frozenset(ballot.shown) for ballot in mine)
    bad = sum(not ballot.best for ballot in mine)
    won = sum(name in ballot.best for ballot in mine) - tied
    return Rating(
        name, rating, interval, len(mine), won, tied, bad, worse=len(mine) - won - tied - bad
    )
