"""What the recognizer of isolated signs says of stretches of a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import log_softmax

from signbridge.landmarks.features import resampled
from signbridge.recognize.landmark.checkpoint import load_checkpoint
from signbridge.recognize.landmark.model import SignNet
from signbridge.recognize.landmark.recognizer import DEFAULT_FOLDER, network_of
from signbridge.recognize.translator.prepare import Prepared
from signbridge.recognize.vocabulary import Vocabulary

Array = NDArray[np.float32]
Isolated = Callable[[Prepared, Sequence[tuple[float, float]]], Array]
"""Hands and spans in seconds from the first frame -> log-probabilities (spans, glosses)."""
AROUND_S = 0.05  # of the way to a sign and from it; from 0.2 on, strangers' signs are read worse
SHORTEST_S = 0.3
UNKNOWN = -20.0  # of glosses the recognizer of isolated signs does not offer


class IsolatedSigns:
    """The shipped ensemble, asked about a stretch as if it were a recording of one sign.

    With a network trained on signs cut out of sentences beside it, both have an equal say.
    """

    def __init__(
        self, vocabulary: Vocabulary, spans: SignNet | None = None, folder: Path = DEFAULT_FOLDER
    ) -> None:
        """Load a model folder; raise `CheckpointError` if it is broken."""
        checkpoint = load_checkpoint(folder)
        self._network, self._spans = network_of(folder, checkpoint), spans
        self._steps = checkpoint.network.config.steps
        rows = [checkpoint.vocabulary.index(gloss) for gloss in vocabulary.glosses]
        self._known = np.array([row is not None for row in rows])
        self._rows = np.array([row for row in rows if row is not None], dtype=np.int64)

    def __call__(self, ready: Prepared, spans: Sequence[tuple[float, float]]) -> Array:
        """Return log-probabilities (spans, glosses); see `Isolated`."""
        logs = np.full((len(spans), len(self._known)), UNKNOWN, dtype=np.float32)
        if not len(spans):
            return logs
        hands = np.stack([resampled(_cut(ready, *span), self._steps) for span in spans])
        answers = log_softmax(self._network(hands), axis=1)
        logs[:, self._known] = answers[:, self._rows]
        if self._spans is not None:
            with torch.inference_mode():
                others = self._spans(torch.from_numpy(hands)).log_softmax(dim=1).numpy()
            logs = (logs + others) / 2
        return logs


def _cut(ready: Prepared, start_s: float, end_s: float) -> Array:
    """Return the frames of a span and a little of its neighbourhood, at least one."""
    short = max(0.0, SHORTEST_S - (end_s - start_s)) / 2
    first = round((start_s - short - AROUND_S) * ready.seen_fps)
    last = round((end_s + short + AROUND_S) * ready.seen_fps)
    first = min(max(0, first), len(ready.raised) - 1)
    return ready.raised[first : max(first + 1, last)]
