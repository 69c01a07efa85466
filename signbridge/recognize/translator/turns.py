"""Hands of a sentence -> how likely a sign is made at each moment, and begins or ends before it.

The segmenter's network finds signs in a live stream; here the search over a whole sentence hears
what it has to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from signbridge.landmarks.body import Hands
from signbridge.landmarks.boundaries import BEGIN, CUT, END, HEADS, SIGN, BoundaryNet
from signbridge.landmarks.motion import RATE, Motion, chosen

Logs = NDArray[np.float64]
SUREST = 0.02  # no moment is surer than that, one way or the other: one bad frame is no proof
LIKELY = 0.2  # a peak so high may be a begin or an end
WITHIN = 2  # ends that a stretch may leave out, so that a doubtful one need not part a sign


@dataclass(frozen=True, slots=True)
class Turns:
    """Log-odds: made (M,) of a sign at each moment; begins, ends (M + 1,) of one before it."""

    made: Logs
    begins: Logs
    ends: Logs

    def stretches(self, longest: int) -> list[tuple[int, int]]:
        """Return [start, end) in moments from each likely begin to the next likely ends."""
        ends = _peaks(self.ends)
        found = []
        for start in _peaks(self.begins):
            after = [end for end in ends if start < end <= start + longest]
            found += [(start, end) for end in after[: WITHIN + 1]]
        return found


def turns_of(net: BoundaryNet, hands: Hands, start_s: float, moment_s: float, count: int) -> Turns:
    """Return what the network says of `count` moments of hands in body units.

    start_s: of the first moment's middle, after the first frame; moment_s: from one to the next.
    """
    at_s, heads = heads_of(net, hands)
    middles = start_s + moment_s * np.arange(count)
    edges = start_s + moment_s * (np.arange(count + 1) - 0.5)
    ended = np.maximum(heads[:, END], heads[:, CUT])
    return Turns(
        _odds(_around(at_s, heads[:, SIGN], middles, moment_s, np.mean)),
        _odds(_around(at_s, heads[:, BEGIN], edges, moment_s, np.max)),
        _odds(_around(at_s, ended, edges, moment_s, np.max)),
    )


def heads_of(net: BoundaryNet, hands: Hands) -> tuple[Logs, Logs]:
    """Return (N,) seconds after the first frame, and (N, HEADS) probabilities there."""
    state, motion, given = net.open(), Motion(), []
    points = chosen(hands.points)
    for row, one in enumerate(points):
        given += list(motion.push(one, row / hands.fps))
    # The network looks ahead: the hands stay as they are until it has answered for the last frame.
    last_s = (len(points) - 1) / hands.fps
    for step in range(1, net.config.delay + 1):
        given += list(motion.push(points[-1], last_s + step / RATE))
    told = np.array([state.step(features) for _, features in given]).reshape(-1, HEADS)
    at_s = np.array([moment_s for moment_s, _ in given]) - net.config.delay_s
    return at_s, told.astype(np.float64)


def _around(
    at_s: Logs, likely: Logs, wanted_s: Logs, width_s: float, joined: Callable[[Logs], float]
) -> Logs:
    """Return (len(wanted_s),): what is told within half of `width_s`, joined; else the nearest."""
    found = np.empty(len(wanted_s))
    for place, moment_s in enumerate(wanted_s):
        near = np.abs(at_s - moment_s) <= width_s / 2 + 1e-9
        if near.any():
            found[place] = joined(likely[near])
        else:
            found[place] = likely[np.abs(at_s - moment_s).argmin()]
    return found


def _odds(likely: Logs) -> Logs:
    return np.asarray(logit(np.clip(likely, SUREST, 1 - SUREST)))


def _peaks(odds: Logs) -> Sequence[int]:
    """Return where odds are likely and no lower than beside."""
    padded = np.concatenate([[-np.inf], odds, [-np.inf]])
    high = (odds >= logit(LIKELY)) & (odds >= padded[:-2]) & (odds >= padded[2:])
    return [int(place) for place in np.flatnonzero(high)]
