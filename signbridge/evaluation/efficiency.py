"""Accuracy, parameters and multiplications -> figures that weigh one against the others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@runtime_checkable
class Sized(Protocol):
    """A recognizer that knows what one answer costs."""

    @property
    def parameters(self) -> int:
        """How many trained values its network has."""
        ...

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one answer."""
        ...


@dataclass(frozen=True, slots=True)
class Efficiency:
    """What a recognizer's accuracy costs; see `net_score` and `information_density`."""

    parameters: int
    macs: int
    net_score: float
    information_density: float


def efficiency(top1: float, recognizer: Sized) -> Efficiency:
    """Return the figures of a recognizer that is right in a share `top1` of signs."""
    parameters, macs = recognizer.parameters, recognizer.macs
    return Efficiency(
        parameters,
        macs,
        net_score(top1, parameters, macs),
        information_density(top1, parameters),
    )


def net_score(top1: float, parameters: int, macs: int) -> float:
    """Return 20 log10(a^2 / (sqrt(p) sqrt(m))): a in percent, p in millions, m in billions.

    Wong 2018, "NetScore"; -inf where nothing is right.
    """
    if top1 <= 0:
        return -math.inf
    return 20 * math.log10(
        (100 * top1) ** 2 / (math.sqrt(parameters / 1e6) * math.sqrt(macs / 1e9))
    )


def information_density(top1: float, parameters: int) -> float:
    """Return percent right for each million of parameters (Canziani et al. 2016)."""
    return 100 * top1 / (parameters / 1e6)
