"""Isolated recordings -> sentences as the network reads them, with what is known of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from signbridge.data.collection import IDLE, Collection
from signbridge.landmarks.body import Hands
from signbridge.recognize.translator.prepare import Prepared, prepared
from signbridge.training.streams.camera import any_camera
from signbridge.training.streams.grammar import Grammar, Sentence
from signbridge.training.streams.join import NATURAL, Stream, join
from signbridge.training.streams.piece import Piece, piece_of

RATES_FPS = (10.0, 15.0, 25.0, 30.0, 30.0)
MOST = 30  # recordings of one gloss by one signer: webcam signers repeat a word by the hundred
LONGEST = 7  # glosses in a random sequence
RANDOM, GRAMMAR = "random", "grammar"

Pieces = Mapping[str, Mapping[str, Sequence[Piece]]]
"""By signer, and in that by gloss."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence as the network reads it, and the truth.

    spans_s: of each gloss, from the first prepared frame on. signer: whose hands most of it shows.
    hands: the whole stream, as a camera saw it. kind: RANDOM or GRAMMAR.
    """

    prepared: Prepared
    glosses: tuple[str, ...]
    spans_s: tuple[tuple[float, float], ...]
    signer: str
    text: str
    hands: Hands
    kind: str
    pattern: int = -1


def pieces_of(collection: Collection, rows: Iterable[int] | NDArray[np.int64]) -> Pieces:
    """Return what these rows of the collection show of the vocabulary, by signer and gloss."""
    found: dict[str, dict[str, list[Piece]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        label, sample = int(collection.labels[row]), collection.samples[row]
        gloss = collection.glosses[label]
        if label >= collection.offered or gloss == IDLE:
            continue
        if len(found[sample.signer][gloss]) < MOST:
            piece = piece_of(sample.hands, gloss, sample.signer)
            if piece is not None:
                found[sample.signer][gloss].append(piece)
    return {
        signer: {gloss: tuple(pieces) for gloss, pieces in glosses.items() if pieces}
        for signer, glosses in found.items()
    }


class Troupe:
    """Signers who make sentences: alone where they know the signs, else each helps the other.

    A signer's recordings are words of a dictionary, hardly ever all words of a sentence. What is
    missing comes from others of the troupe; all are in body units, so the stream stays one body.
    """

    def __init__(self, pieces: Pieces, fewest: int = 1) -> None:
        self.pieces = {signer: dict(own) for signer, own in pieces.items() if len(own) >= fewest}
        self.signers = sorted(self.pieces)
        sizes = np.sqrt([len(self.pieces[signer]) for signer in self.signers])
        self._shares = sizes / sizes.sum()
        self._who: dict[str, list[str]] = defaultdict(list)
        for signer in self.signers:
            for gloss in self.pieces[signer]:
                self._who[gloss].append(signer)

    @property
    def glosses(self) -> tuple[str, ...]:
        """What any of them can sign."""
        return tuple(sorted(self._who))

    def random(self, rng: np.random.Generator) -> Example | None:
        """Return 1 to LONGEST glosses of one signer in any order; None if they can't be read."""
        signer = self.signers[rng.choice(len(self.signers), p=self._shares)]
        own = sorted(self.pieces[signer])
        count = min(int(rng.integers(1, LONGEST + 1)), len(own))
        drawn = [own[i] for i in rng.permutation(len(own))[:count]]
        pieces = [self._one(signer, gloss, rng) for gloss in drawn]
        return example(filmed(pieces, rng), RANDOM)

    def sentence(self, sentence: Sentence, rng: np.random.Generator) -> Example | None:
        """Return a sentence of `glosses`; None if nobody can sign a part of it."""
        if any(gloss not in self._who for gloss in sentence.glosses):
            return None
        able = [
            (signer, sum(gloss in self.pieces[signer] for gloss in sentence.glosses))
            for signer in self.signers
        ]
        most = np.array([count for _, count in able], dtype=float) ** 3
        signer = able[int(rng.choice(len(able), p=most / most.sum()))][0]
        pieces = []
        for gloss in sentence.glosses:
            who = signer
            if gloss not in self.pieces[signer]:
                who = self._who[gloss][rng.integers(len(self._who[gloss]))]
            pieces.append(replace(self._one(who, gloss, rng), signer=signer))
        stream = replace(filmed(pieces, rng), text=sentence.text)
        made = example(stream, GRAMMAR)
        return replace(made, pattern=sentence.pattern) if made else None

    def _one(self, signer: str, gloss: str, rng: np.random.Generator) -> Piece:
        pieces = self.pieces[signer][gloss]
        return pieces[rng.integers(len(pieces))]

    def examples(
        self, grammar: Grammar, share: float, rng: np.random.Generator
    ) -> Iterator[Example]:
        """Yield sentences without end; share: of them from the grammar."""
        possible = grammar.within(self.glosses)
        share = 0.0 if possible.empty else share
        while True:
            drawn = rng.random() < share
            made = self.sentence(possible.draw(rng), rng) if drawn else self.random(rng)
            if made is not None:
                yield made


def filmed(pieces: Sequence[Piece], rng: np.random.Generator) -> Stream:
    """Return the pieces as one stream, seen by a camera drawn anew."""
    fps = float(rng.choice(RATES_FPS))
    return join(pieces, rng, fps, style=NATURAL, camera=any_camera(rng))


def example(stream: Stream, kind: str, fps: float = 16.0) -> Example | None:
    """Return a stream as the network reads it; None where no hand is seen."""
    ready = prepared(stream.hands, fps)
    if ready is None:
        return None
    spans = tuple((start - ready.start_s, end - ready.start_s) for start, end in stream.spans_s)
    return Example(ready, stream.glosses, spans, stream.signer, stream.text, stream.hands, kind)
