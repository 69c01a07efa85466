"""Extra-trees as a recognizer: the simple model that `evaluate` sets beside another."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from signbridge.clips import Progress
from signbridge.data.collection import collect
from signbridge.landmarks.features import sign_features
from signbridge.recognize.landmark.adapt import averaged
from signbridge.training.rows import training_rows
from signbridge.training.trees import Forest, grown, require_sklearn, tree_features
from signbridge.types import Guess, RecognitionResult, Segment

GUESSES = 10
READ, CHOSEN = 0.4, 0.5  # of the time, roughly: the collection, then the leaks looked for


class TreesRecognizer:
    """Isolated signs and held letters; it answers wherever a hand is seen, sure or not."""

    name = "extra-trees"
    reads: Literal["signs"] = "signs"
    sees: Literal["landmarks"] = "landmarks"

    def __init__(self, forest: Forest, vocabulary: tuple[str, ...], recordings: int) -> None:
        """Take trees whose labels are places in the vocabulary, and how many rows grew them."""
        self._forest = forest
        self.vocabulary = vocabulary
        trees = len(forest.roots)
        self.learned = f"{trees} trees on {recordings} recordings the networks learn from"

    def recognize(self, segment: Segment) -> RecognitionResult:
        """Return the glosses that most trees say, with their share of the trees."""
        started_s = time.perf_counter()
        guesses = self._guesses(sign_features(segment.landmarks))
        return RecognitionResult(
            recognizer=self.name,
            start_s=segment.start_s,
            end_s=segment.end_s,
            guesses=guesses,
            abstained=not guesses,
            elapsed_s=time.perf_counter() - started_s,
        )

    def _guesses(self, signs: NDArray[np.float32]) -> tuple[Guess, ...]:
        if not len(signs):
            return ()
        # In half precision, as the collection keeps the signs that the trees were grown on.
        features = tree_features(signs.astype(np.float16))
        scores = averaged(self._forest.shares(features, len(self.vocabulary)))
        best = np.argsort(-scores, kind="stable")[:GUESSES]
        return tuple(Guess(self.vocabulary[i], float(scores[i])) for i in best if scores[i] > 0)


def trees_recognizer(data: Path, progress: Progress | None = None) -> TreesRecognizer:
    """Return extra-trees grown on the recordings of the vocabulary that the networks learn from.

    Raises `BadInputError` where `data` does not hold the sets, `BackendUnavailableError` where
    scikit-learn is missing.
    """
    require_sklearn()
    show: Progress = progress or (lambda done, what: None)
    show(0.0, "Reading the training data, about two minutes")
    collection = collect(data)
    show(READ, "Leaving out what is measured on")
    rows = training_rows(collection, ())
    rows = rows[collection.labels[rows] < collection.offered]
    forest = grown(
        tree_features(collection.signs[rows]),
        collection.labels[rows],
        lambda done: show(CHOSEN + (1 - CHOSEN) * done, f"Growing trees on {len(rows)} recordings"),
    )
    return TreesRecognizer(forest, collection.glosses[: collection.offered], len(rows))
