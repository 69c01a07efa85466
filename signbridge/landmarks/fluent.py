"""Finds each sign of fluent signing: stretches by the rules, cut where a network is sure."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks.boundaries import (
    BEGIN,
    CUT,
    DEFAULT_FOLDER,
    END,
    SIGN,
    BoundaryNet,
    load_boundaries,
)
from signbridge.landmarks.motion import RATE, Motion, chosen
from signbridge.landmarks.segmenter import Segmenter, Tick
from signbridge.types import Landmarks

SHORTEST_SIGN_S = 0.16  # that is cut off a stretch
TRANSITION_S = 0.6  # the next sign has begun by then
RISE_S, FALL_S = 0.8, 0.7  # of the hands, before the first sign and after the last
MADE = 0.5  # so likely, a sign is being made
LIP_S = 0.06  # kept on either side of a sign that was cut off
MEMORY_S = 12.0

Told = tuple[float, NDArray[np.float32]]
"""A moment, and what the network says of it: (HEADS,)."""


class FluentSegmenter(Segmenter):
    """Gives a stretch that holds one sign whole, as the rules do, and each sign of a fluent one.

    A sign is given once the network is sure that another follows, about a quarter of a second
    after its end; so is the last one where it is sure of the end and the hands are down, else when
    these have come to rest.
    """

    def __init__(self, width_px: int, height_px: int, net: BoundaryNet) -> None:
        super().__init__(width_px, height_px)
        self._config = net.config
        self._state = net.open()
        self._motion = Motion()
        self._told: deque[Told] = deque()
        self._due: list[tuple[float, float]] = []  # cuts not made yet: when, how likely
        self._fluent = False  # this stretch holds more than one sign
        self._cut_s: float | None = None  # the last cut in this stretch

    def _tick(self, points: NDArray[np.float32], at_s: float) -> Tick:
        tick = super()._tick(points, at_s)
        for moment_s, features in self._motion.push(chosen(tick.hands), at_s):
            self._told.append((moment_s - self._config.delay_s, self._state.step(features)))
            self._look_for_cut()
        while self._told and at_s - self._told[0][0] > MEMORY_S:
            self._told.popleft()
        return tick

    def _look_for_cut(self) -> None:
        if len(self._told) < 3:
            return
        before, here, after = (float(self._told[back][1][CUT]) for back in (-3, -2, -1))
        if here >= self._config.cut and before <= here > after:
            self._due.append((self._told[-2][0], here))

    def _begin(self, tick: Tick) -> None:
        super()._begin(tick)
        self._due, self._fluent, self._cut_s = [], False, None

    def _ended(self, tick: Tick) -> list[Landmarks]:
        found = []
        # One sign with a turn in it is commoner than a sentence of two: until the turns together
        # leave little doubt that one of them parts two signs, none of them does.
        doubt = np.prod([1 - likely for _, likely in self._due])
        self._fluent |= bool(1 - doubt >= self._config.fluent)
        if self._fluent:
            due, self._due = self._due, []
            for moment_s, _ in due:
                found += self._cut(moment_s)
        over_s = None if tick.raised else self._over_s(tick.at_s)
        if over_s is not None:
            found += self._close_early(tick, over_s)
        return found + super()._ended(tick)

    def _over_s(self, at_s: float) -> float | None:
        """Return when a sign has surely ended, None if it has not or if one was made since."""
        after_s = max(at_s - FALL_S, self._since_s + SHORTEST_SIGN_S)
        over_s = self._likeliest(END, after_s, at_s, self._config.over)
        told_s, heads = self._told[-1]
        if over_s is None or over_s == told_s or heads[SIGN] > MADE:
            return None
        # Nobody can say to the step where a sign ends: the step after it may still be of it.
        return over_s if self._made_s(over_s, told_s) <= LIP_S else None

    def _close_early(self, tick: Tick, over_s: float) -> list[Landmarks]:
        """Give what the rules would, were the hands down for longer; the stretch goes on.

        Hands that sink, or are lost for a moment on their way, begin no stretch of their own.
        """
        ticks, lowered_s = self._ticks, self._lowered_s(tick)
        found = self._close(lowered_s, over_s)
        if found:
            ticks = [each for each in ticks if each.at_s >= lowered_s]
            self._due, self._cut_s = [], over_s
        self._ticks, self.signing = ticks, True
        return found

    def _cut(self, end_s: float) -> list[Landmarks]:
        """Give the sign that ended then, and keep what comes after it."""
        if self._made_s(self._since_s, end_s) < SHORTEST_SIGN_S:
            return []
        sign = self._sign(self._start_s(end_s), end_s)
        self._ticks = [each for each in self._ticks if each.at_s > end_s]
        self._cut_s = end_s
        return sign

    @property
    def _since_s(self) -> float:
        return self._ticks[0].at_s if self._cut_s is None else self._cut_s

    def _made_s(self, start_s: float, end_s: float) -> float:
        """Return for how long a sign was made between two moments."""
        made = [start_s < at_s <= end_s and heads[SIGN] > MADE for at_s, heads in self._told]
        return float(np.sum(made)) / RATE

    def _start_s(self, end_s: float) -> float:
        """Return when the sign that ends then has begun."""
        since_s = self._since_s
        if self._cut_s is None:
            until_s = min(since_s + RISE_S, end_s - SHORTEST_SIGN_S)
            return self._likeliest(BEGIN, since_s, until_s, self._config.begun) or since_s
        until_s = min(since_s + TRANSITION_S, end_s - SHORTEST_SIGN_S / 2)
        return self._likeliest(BEGIN, since_s, until_s, 0.0) or since_s

    def _likeliest(self, head: int, start_s: float, end_s: float, least: float) -> float | None:
        """Return the likeliest moment between two, None where none is likely enough."""
        found = max(
            ((float(heads[head]), at_s) for at_s, heads in self._told if start_s < at_s <= end_s),
            default=(-1.0, 0.0),
        )
        return found[1] if found[0] >= least else None

    def _close(self, end_s: float, over_s: float | None = None) -> list[Landmarks]:
        """End the stretch; over_s: when its last sign was over, where that is known already."""
        if self._cut_s is None:
            return self._whole(end_s, over_s)
        found = []
        if self._made_s(self._cut_s, end_s) >= SHORTEST_SIGN_S:
            told_s = over_s or self._likeliest(END, end_s - FALL_S, end_s, self._config.ended)
            ended_s = max(told_s or end_s, self._cut_s + SHORTEST_SIGN_S)
            found = self._sign(self._start_s(ended_s), ended_s)
        self._ticks, self.signing = [], False
        return found

    def _whole(self, end_s: float, over_s: float | None) -> list[Landmarks]:
        """Give a stretch of one sign with the hands' rise and fall, told when it was made."""
        since_s = self._since_s
        after_s = max(end_s - FALL_S, since_s + SHORTEST_SIGN_S)
        told_s = over_s or self._likeliest(END, after_s, end_s, self._config.ended)
        ended_s = told_s or end_s
        until_s = min(since_s + RISE_S, ended_s - SHORTEST_SIGN_S)
        begun_s = self._likeliest(BEGIN, since_s, until_s, self._config.begun) or since_s
        return [replace(one, made_s=(begun_s, ended_s)) for one in super()._close(end_s)]

    def _sign(self, start_s: float, end_s: float) -> list[Landmarks]:
        low_s, high_s = start_s - LIP_S, end_s + LIP_S
        ticks = [tick for tick in self._ticks if low_s <= tick.at_s <= high_s]
        if len(ticks) < 2:
            return []
        return [replace(self._landmarks(ticks), made_s=(start_s, end_s))]


def open_segmenter(width_px: int, height_px: int, folder: Path = DEFAULT_FOLDER) -> FluentSegmenter:
    """Return a segmenter for one signer, with the network in `folder`."""
    return FluentSegmenter(width_px, height_px, load_boundaries(folder))
