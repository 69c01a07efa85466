"""Names one sign from its landmarks with a trained model folder; CPU, no network."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from signbridge.landmarks.features import resampled, sign_features
from signbridge.recognize.landmark.checkpoint import load_checkpoint
from signbridge.types import Guess, Landmarks, RecognitionResult, Segment

DEFAULT_FOLDER = Path(__file__).parents[2] / "assets" / "signs"
GUESSES = 10


class LandmarkRecognizer:
    """Isolated signs from landmarks; the same weights answer for every visitor."""

    name = "landmark"

    def __init__(self, folder: Path | None = None) -> None:
        """Load a model folder, the project's own by default; raise `CheckpointError` if broken."""
        self._checkpoint = load_checkpoint(folder or DEFAULT_FOLDER)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The glosses it can answer, in the order of the model's outputs."""
        return self._checkpoint.vocabulary.glosses

    @property
    def threshold(self) -> float:
        """The best score under which the answer is "not recognized"."""
        return self._checkpoint.calibration.threshold

    def recognize(self, segment: Segment) -> RecognitionResult:
        """Return the best guesses with calibrated scores; abstains where it is not sure."""
        started = time.perf_counter()
        scores = self.scores(segment.landmarks)
        guesses: tuple[Guess, ...] = ()
        if scores is not None:
            best = np.argsort(-scores)[:GUESSES]
            guesses = tuple(Guess(self.vocabulary[i], float(scores[i])) for i in best)
        return RecognitionResult(
            recognizer=self.name,
            start_s=segment.start_s,
            end_s=segment.end_s,
            guesses=guesses,
            abstained=not guesses or guesses[0].score < self.threshold,
            elapsed_s=time.perf_counter() - started,
        )

    def scores(self, landmarks: Landmarks) -> NDArray[np.float32] | None:
        """Return (vocabulary,) probabilities, or None if no hand was seen.

        They sum to less than 1: the rest is what the model gives to signs it does not offer.
        """
        signs = sign_features(landmarks)
        return self.scores_of(signs) if len(signs) else None

    def scores_of(self, signs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (vocabulary,) probabilities for one segment's stretches (N, STEPS, 2, 21, 3).

        The readings of several stretches are averaged, each weighted by the square of its best
        score: a sign repeated is read twice, hands on their way down are read as nothing much.
        """
        network = self._checkpoint.network
        hands = torch.from_numpy(
            np.stack([resampled(sign, network.config.steps) for sign in signs])
        )
        with torch.inference_mode():
            logits = network(hands) / self._checkpoint.calibration.temperature
            readings = logits.softmax(dim=-1)[:, : len(self.vocabulary)].numpy()
        mean = np.average(readings, axis=0, weights=readings.max(axis=1) ** 2)
        return np.asarray(mean, dtype=np.float32)
