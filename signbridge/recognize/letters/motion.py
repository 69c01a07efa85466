"""The way of a hand -> whether it stood still, drew a J, or drew a Z."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks import topology
from signbridge.recognize.letters.model import SHAPES

DRAWN = ("", "J", "Z")  # "": a letter that is held
POINTING = "DGLQX"  # what a single index finger is taken for, whichever way it points
CUES = 7
_MOST = 4.0  # palm lengths; a hand that leaves the picture moves no letter further


@dataclass(frozen=True, slots=True)
class MotionRule:
    """A softmax over cues: weights (3, CUES) and offsets (3,), one row for each of DRAWN."""

    weights: tuple[tuple[float, ...], ...]
    offsets: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.offsets) != len(DRAWN) or [len(w) for w in self.weights] != [CUES] * 3:
            raise ValueError(f"the rule of motion needs {len(DRAWN)} rows of {CUES} weights")

    def probabilities(self, cues: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (3,) probabilities of DRAWN for cues (CUES,)."""
        logits = np.asarray(self.weights) @ cues + np.asarray(self.offsets)
        shares = np.exp(logits - logits.max())
        return np.asarray(shares / shares.sum(), dtype=np.float64)


def motion_cues(track: NDArray[np.float32], shapes: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return (CUES,) of a hand's way (T, 21, 3) and its shapes' probabilities (T, 24).

    How far the little and the index finger's tips go, by themselves and with the wrist, up and
    down apart from sideways (a hand that is raised or lowered goes up and down), and how much of
    the time the hand shows I, Y or a pointing finger.
    """
    flat = track[..., :2].astype(np.float64)
    across = np.linalg.norm(flat[:, topology.MIDDLE_MCP] - flat[:, topology.WRIST], axis=-1)
    flat = flat / max(float(np.quantile(across, 0.75)), 1e-6)
    own = flat - flat[:, topology.WRIST : topology.WRIST + 1]
    little = _reach(own[:, topology.PINKY_TIP])
    index_own = _reach(own[:, topology.INDEX_TIP])
    index = _reach(flat[:, topology.INDEX_TIP])
    i_hand = shapes[:, [SHAPES.index(letter) for letter in "IY"]].sum(axis=1)
    pointing = shapes[:, [SHAPES.index(letter) for letter in POINTING]].sum(axis=1)
    return np.array([
        np.linalg.norm(little), np.linalg.norm(little) * i_hand.mean(),
        np.linalg.norm(index_own), index[0], index[0] * pointing.mean(),
        i_hand.mean(), pointing.mean(),
    ])  # fmt: skip


def _reach(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (2,): how far a path (T, 2) reaches sideways and up and down, but for strays."""
    ends = np.quantile(path, [0.05, 0.95], axis=0)
    return np.asarray(np.minimum(ends[1] - ends[0], _MOST), dtype=np.float64)
