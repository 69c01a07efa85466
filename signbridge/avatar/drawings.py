"""Averaged signs in one small file -> the drawn signer's landmarks, sign by sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.avatar.barycentre import Performance
from signbridge.avatar.perform import sentence, spelled
from signbridge.types import Landmarks

STORED_FRAMES = 16  # half a performance's: read back as well, at half the size


@dataclass(frozen=True, slots=True)
class Drawing:
    """One sign to draw; held: its steadiest moment is shown, as a finger-spelled letter is."""

    performance: Performance
    held: bool = False

    def landmarks(self) -> Landmarks:
        """Return the sign on the drawn signer, hands raised before and lowered after it."""
        return spelled([self.performance]) if self.held else sentence([self.performance])

    def stored(self) -> Drawing:
        """Return the drawing as it comes back from a file."""
        one = self.performance
        return _restored(_thinned(one.wrists), _thinned(one.shapes), one.seconds, self.held)


def save_drawings(path: Path, drawings: Mapping[str, Drawing]) -> None:
    """Write drawings by gloss as one compressed .npz of half-precision numbers."""
    performances = [drawing.performance for drawing in drawings.values()]
    np.savez_compressed(
        path,
        glosses=np.array(list(drawings), dtype=str),
        wrists=np.stack([_thinned(one.wrists) for one in performances]),
        shapes=np.stack([_thinned(one.shapes) for one in performances]),
        seconds=np.array([one.seconds for one in performances], dtype=np.float32),
        held=np.array([drawing.held for drawing in drawings.values()], dtype=bool),
    )


def load_drawings(path: Path) -> dict[str, Drawing]:
    """Return drawings by gloss."""
    with np.load(path, allow_pickle=False) as stored:
        parts = (stored[name] for name in ("glosses", "wrists", "shapes", "seconds", "held"))
        return {
            str(gloss): _restored(wrists, shapes, float(seconds), bool(held))
            for gloss, wrists, shapes, seconds, held in zip(*parts, strict=True)
        }


def _restored(
    wrists: NDArray[np.float16], shapes: NDArray[np.float16], seconds: float, held: bool
) -> Drawing:
    whole = Performance(wrists.astype(np.float32), shapes.astype(np.float32), seconds)
    return Drawing(whole, held)


def _thinned(values: NDArray[np.float32]) -> NDArray[np.float16]:
    """Return values (T, ...) at STORED_FRAMES moments spread evenly over the same time."""
    at = np.linspace(0, len(values) - 1, STORED_FRAMES)
    before = np.minimum(at.astype(int), len(values) - 2)
    share = (at - before).reshape(-1, *[1] * (values.ndim - 1))
    between = (1 - share) * values[before] + share * values[before + 1]
    return np.asarray(between, dtype=np.float16)
