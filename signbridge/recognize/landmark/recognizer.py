"""Names one sign, or reads one spelled word, from landmarks; trained folders, CPU, no network."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from signbridge.landmarks.body import Hands, in_body_frame
from signbridge.landmarks.features import resampled, sign_features, stretch_features
from signbridge.recognize.about import about_folder, digests
from signbridge.recognize.landmark.adapt import Adapter, averaged
from signbridge.recognize.landmark.checkpoint import (
    ONNX_MODEL,
    WEIGHTS,
    Checkpoint,
    count_parameters,
    load_checkpoint,
)
from signbridge.recognize.landmark.personal import Personal
from signbridge.recognize.landmark.size import count_macs
from signbridge.recognize.spelling.recognizer import spelled
from signbridge.recognize.spelling.speller import Speller
from signbridge.recognize.vocabulary import LETTER_PREFIX
from signbridge.types import Guess, Landmarks, RecognitionResult, Segment, Stages

DEFAULT_FOLDER = Path(__file__).parents[2] / "assets" / "signs"
GUESSES = 10

Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Hands (B, steps, 2, 21, 3) -> logits (B, classes)."""


class LandmarkRecognizer:
    """Isolated signs, and finger-spelled words where no sign is sure.

    The same weights answer for every visitor.
    """

    name = "landmark"
    reads: Literal["signs"] = "signs"
    sees: Literal["landmarks"] = "landmarks"

    def __init__(self, folder: Path | None = None, speller: Speller | None = None) -> None:
        """Load a model folder, the project's own by default; raise `CheckpointError` if broken.

        speller: reads finger-spelled words; None for signs and single letters alone.
        """
        folder = folder or DEFAULT_FOLDER
        self._checkpoint = load_checkpoint(folder)
        self._network = network_of(folder, self._checkpoint)
        self._speller = speller
        self._adapter: Adapter | None = None
        self.about = about_folder(folder)
        self.weights_sha256 = {
            **digests(folder, WEIGHTS, ONNX_MODEL),
            **(speller.weights_sha256 if speller else {}),
        }

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The glosses it can answer, in the order of the model's outputs; then those taught."""
        return self._adapter.glosses if self._adapter else self._checkpoint.vocabulary.glosses

    def taught(self, personal: Personal) -> LandmarkRecognizer:
        """Return this recognizer as one signer's examples make it; both share their weights."""
        one = copy.copy(self)
        one._adapter = None
        if len(personal):
            logits = self.logits_of(personal.signs.astype(np.float32))
            one._adapter = Adapter(one.vocabulary, personal.glosses, logits)
        return one

    @property
    def threshold(self) -> float:
        """The best score under which the answer is "not recognized"."""
        return self._checkpoint.calibration.threshold

    @property
    def parameters(self) -> int:
        """How many trained values name a sign; the speller has its own."""
        return count_parameters(self._checkpoint.network)

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one sign."""
        return count_macs(self._checkpoint.network)

    def recognize(self, segment: Segment) -> RecognitionResult:
        """Return the best guesses with calibrated scores; abstains where it is not sure."""
        started = time.perf_counter()
        hands = in_body_frame(segment.landmarks)
        signs = stretch_features(hands)
        prepared = time.perf_counter()
        guesses, sure = self._guesses(signs)
        if not sure or guesses[0].text.startswith(LETTER_PREFIX):
            word = self._spelled(hands)
            guesses, sure = word + guesses, sure or bool(word)
        ended = time.perf_counter()
        return RecognitionResult(
            recognizer=self.name,
            start_s=segment.start_s,
            end_s=segment.end_s,
            guesses=guesses,
            abstained=not sure,
            elapsed_s=ended - started,
            stages=Stages(preprocess_s=prepared - started, model_s=ended - prepared),
        )

    def _guesses(self, signs: NDArray[np.float32]) -> tuple[tuple[Guess, ...], bool]:
        """Return the best guesses, and whether the first is sure enough to be said."""
        if not len(signs):
            return (), False
        scores = self.scores_of(signs)
        best = np.argsort(-scores)[:GUESSES]
        guesses = tuple(Guess(self.vocabulary[i], float(scores[i])) for i in best)
        return guesses, bool(self._checkpoint.calibration.sure(scores))

    def _spelled(self, hands: Hands) -> tuple[Guess, ...]:
        """Return a word if one of enough letters is read with certainty, by its own threshold."""
        word = spelled(self._speller, hands) if self._speller else None
        return (word.guess,) if word and word.sure else ()

    def scores(self, landmarks: Landmarks) -> NDArray[np.float32] | None:
        """Return (vocabulary,) probabilities, or None if no hand was seen.

        They sum to less than 1: the rest is what the model gives to signs it does not offer.
        """
        signs = sign_features(landmarks)
        return self.scores_of(signs) if len(signs) else None

    def scores_of(self, signs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (vocabulary,) scores for one segment's stretches (N, STEPS, 2, 21, 3).

        The readings of several stretches are averaged; see `averaged`.
        """
        calibration, logits = self._checkpoint.calibration, self.logits_of(signs)
        if self._adapter:
            return self._adapter.scores(logits, calibration)
        readings = calibration.probabilities(logits, len(self.vocabulary))
        return calibration.scores(averaged(readings))

    def logits_of(self, signs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (N, outputs) of signs (N, STEPS, 2, 21, 3), those not offered as well."""
        steps = self._checkpoint.network.config.steps
        return self._network(np.stack([resampled(sign, steps) for sign in signs]))


def network_of(folder: Path, checkpoint: Checkpoint) -> Network:
    """Return logits of hands: by ONNX Runtime where the folder has a file for it, else PyTorch."""
    if (folder / ONNX_MODEL).is_file():
        from signbridge.recognize.landmark.onnx import OnnxNetwork

        return OnnxNetwork(folder)

    def by_torch(hands: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            return np.asarray(checkpoint.network(torch.from_numpy(hands)).numpy())

    return by_torch
