"""The collection -> pieces by signer and gloss, of people trained with or of people held out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.data.collection import CALIBRATION_SIGNERS, IDLE, Collection
from signbridge.training.rows import training_rows
from signbridge.training.streams.piece import Piece, piece_of

FEWEST = 3  # glosses of a signer of whom streams can be made
MOST = 12  # recordings of one gloss by one signer: webcam signers repeat a word by the hundred


@dataclass(frozen=True, slots=True)
class Recordings:
    """Pieces by signer, and in that by gloss; only signers of FEWEST glosses or more."""

    by_signer: Mapping[str, Mapping[str, tuple[Piece, ...]]]

    @property
    def signers(self) -> tuple[str, ...]:
        """Who signs, those of the most glosses first."""
        return tuple(self.by_signer)

    def glosses(self, signer: str) -> tuple[str, ...]:
        """What a signer has recordings of."""
        return tuple(self.by_signer[signer])

    def one(self, signer: str, gloss: str, rng: np.random.Generator) -> Piece:
        """Return any of a signer's recordings of a gloss."""
        pieces = self.by_signer[signer][gloss]
        return pieces[rng.integers(len(pieces))]

    def some(self, signer: str, count: int, rng: np.random.Generator) -> tuple[Piece, ...]:
        """Return `count` recordings of glosses drawn at random, no gloss twice in a row."""
        glosses, chosen = self.glosses(signer), list[str]()
        while len(chosen) < count:
            gloss = glosses[rng.integers(len(glosses))]
            if not chosen or gloss != chosen[-1]:
                chosen.append(gloss)
        return tuple(self.one(signer, gloss, rng) for gloss in chosen)


def training(collection: Collection, *, offered_only: bool = True) -> Recordings:
    """Return the recordings a model may be trained on; see `rows.training_rows`.

    offered_only: only glosses of the vocabulary.
    """
    return recordings(collection, training_rows(collection, ()), offered_only=offered_only)


def held_out(collection: Collection, *, offered_only: bool = True) -> Recordings:
    """Return the recordings of signers no model was trained on."""
    rows = collection.of_signers(CALIBRATION_SIGNERS)
    return recordings(collection, rows, offered_only=offered_only)


def recordings(
    collection: Collection, rows: Iterable[int] | NDArray[np.int64], *, offered_only: bool
) -> Recordings:
    """Return these rows of the collection as pieces."""
    found: dict[str, dict[str, list[Piece]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        label = int(collection.labels[row])
        gloss, sample = collection.glosses[label], collection.samples[row]
        if gloss == IDLE or (offered_only and label >= collection.offered):
            continue
        kept = found[sample.signer][gloss]
        if len(kept) < MOST:
            piece = piece_of(sample.hands, gloss, sample.signer)
            if piece is not None:
                kept.append(piece)
    full = {
        signer: {gloss: tuple(pieces) for gloss, pieces in glosses.items() if pieces}
        for signer, glosses in found.items()
    }
    richest = sorted(full.items(), key=lambda item: (-len(item[1]), item[0]))
    return Recordings({signer: glosses for signer, glosses in richest if len(glosses) >= FEWEST})
