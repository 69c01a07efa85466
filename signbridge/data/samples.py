"""One labelled stretch of signing, whatever set it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from signbridge.data.manifest import Entry
from signbridge.landmarks.body import Hands


def _no_prints() -> NDArray[np.uint64]:
    return np.zeros(0, dtype=np.uint64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(Entry):
    """A line of the manifest with its hands in body units.

    prints: (N,) uint64, a hash of each hand as the set itself stores it; see `copies.hand_prints`.
    """

    hands: Hands
    prints: NDArray[np.uint64] = field(default_factory=_no_prints)
