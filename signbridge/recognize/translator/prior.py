"""How likely a gloss follows another: counted on written sentences, never on what is measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from signbridge.errors import CheckpointError

PRIOR = "prior.safetensors"
DISCOUNT = 0.7  # taken from each pair that was counted, for those that were not
ANY_SHARE = 0.2  # of all glosses alike: people say what no grammar foresees


@dataclass(frozen=True, slots=True)
class Prior:
    """Log-probabilities of the next gloss; place `glosses` of both axes is the edge of a sentence.

    pairs: (glosses + 1, glosses + 1) float32, [before, after].
    """

    pairs: NDArray[np.float32]

    @property
    def edge(self) -> int:
        """The number that stands for the beginning and the end."""
        return len(self.pairs) - 1

    @classmethod
    def flat(cls, glosses: int) -> Prior:
        """Return one that prefers nothing."""
        return cls(np.full((glosses + 1, glosses + 1), -np.log(glosses + 1), dtype=np.float32))

    @classmethod
    def counted(cls, sentences: Iterable[Sequence[int]], glosses: int) -> Prior:
        """Return pairs counted with absolute discounting (Ney et al. 1994)."""
        pairs: Counter[tuple[int, int]] = Counter()
        for sentence in sentences:
            row = [glosses, *sentence, glosses]
            pairs.update(pairwise(row))
        counts = np.zeros((glosses + 1, glosses + 1))
        for (before, after), count in pairs.items():
            counts[before, after] = count
        single = counts.sum(axis=0) / max(1.0, counts.sum())
        total = counts.sum(axis=1, keepdims=True)
        kept = np.maximum(counts - DISCOUNT, 0) / np.maximum(total, 1)
        shares = kept + (1 - kept.sum(axis=1, keepdims=True)) * single
        shares = (1 - ANY_SHARE) * shares + ANY_SHARE / (glosses + 1)
        return cls(np.log(shares).astype(np.float32))

    def save(self, folder: Path) -> None:
        """Write it beside the weights; pairs never counted differ by row and column alone."""
        save_file({"pairs": self.pairs.astype(np.float16)}, folder / PRIOR)

    @classmethod
    def load(cls, folder: Path, glosses: int) -> Prior:
        """Read it; raise `CheckpointError` where it is missing or of another vocabulary."""
        try:
            pairs = load_file(folder / PRIOR)["pairs"].astype(np.float32)
        except (OSError, KeyError, ValueError) as cause:
            raise CheckpointError(f"{folder / PRIOR} can't be read: {cause}") from cause
        if pairs.shape != (glosses + 1, glosses + 1):
            raise CheckpointError(f"{folder / PRIOR} is of another vocabulary than the model")
        return cls(pairs)
