"""One signer's examples -> what they should know of each sign: is it steady, what is it like?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from signbridge.recognize.landmark.adapt import described
from signbridge.recognize.landmark.personal import Personal
from signbridge.types import Guess

# Cosines of two webcam recordings by one stranger: of the same sign 0.86 (median), one in ten
# under 0.54; of different signs 0.09, one in twenty over 0.44.
UNALIKE = 0.45
CONFUSABLE = 0.65


class Reads(Protocol):
    """What a review asks of a recognizer."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The glosses it can answer."""
        ...

    def scores_of(self, signs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (vocabulary,) scores of one sign's stretches."""
        ...

    def logits_of(self, signs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (N, outputs)."""
        ...


@dataclass(frozen=True, slots=True)
class Review:
    """What is to be said of one sign.

    known: it is in the vocabulary. alike: the mean cosine of its examples to one another, NaN for a
    single one. taken_for: what the recognizer takes most of them for without them, its score their
    mean; it may be the sign itself. nearest: the signer's other sign that is most like it, and its
    cosine; "" where there is no other.
    """

    gloss: str
    examples: int
    known: bool
    alike: float
    taken_for: Guess
    nearest: str
    nearness: float

    @property
    def steady(self) -> bool:
        """Whether the examples show one sign, as far as can be told."""
        return not self.alike < UNALIKE

    @property
    def confusable(self) -> bool:
        """Whether another sign of the signer is so like it that the two may be mixed up."""
        return self.nearness > CONFUSABLE


def reviewed(recognizer: Reads, personal: Personal) -> tuple[Review, ...]:
    """Return a review of each sign, in the order they were first shown; the recognizer is the
    shared one, which knows nothing of the examples."""
    if not len(personal):
        return ()
    signs = personal.signs.astype(np.float32)
    vectors = described(recognizer.logits_of(signs))
    of = {name: np.array([one == name for one in personal.glosses]) for name in personal.names}
    means = {name: vectors[own].mean(axis=0) for name, own in of.items()}
    reviews = []
    for name, own in of.items():
        near = {other: _cosine(means[name], mean) for other, mean in means.items() if other != name}
        nearest = max(near, key=lambda other: near[other], default="")
        reviews.append(
            Review(
                name,
                int(own.sum()),
                name in recognizer.vocabulary,
                _alike(vectors[own]),
                _taken_for(recognizer, signs[own]),
                nearest,
                near.get(nearest, 0.0),
            )
        )
    return tuple(reviews)


def _alike(vectors: NDArray[np.float32]) -> float:
    if len(vectors) < 2:
        return float("nan")
    upper = np.triu_indices(len(vectors), 1)
    return float((vectors @ vectors.T)[upper].mean())


def _taken_for(recognizer: Reads, signs: NDArray[np.float32]) -> Guess:
    scores = np.mean([recognizer.scores_of(one[None]) for one in signs], axis=0)
    best = int(scores.argmax())
    return Guess(recognizer.vocabulary[best], float(scores[best]))


def _cosine(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    lengths = float(np.linalg.norm(first)) * float(np.linalg.norm(second))
    return float(first @ second) / max(lengths, 1e-9)
