"""A network's answers, leaned towards what one signer showed: nearest class mean beside the scores.

An example is described by the network's own logits: on people left out of training they tell signs
apart as well as the features before its last layer do, and any network file gives them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

from signbridge.recognize.landmark.checkpoint import Calibration

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weighing:
    """How much likeness to a signer's examples counts beside the network; fitted on strangers.

    A sign as like its examples as they are to themselves gains `gain` in log-probability, one whose
    cosine is 1 / sharpness lower gains e times less. floor: the log-probability that a sign the
    network has no output for begins with. slope, offset: as in `Calibration`, for a sign of the
    vocabulary that the signer showed; new_slope, new_offset for one outside it: likeness is surer
    of itself than it is right.
    """

    gain: float = 50.0
    sharpness: float = 5.0
    floor: float = -7.0
    slope: float = 0.305
    offset: float = -2.939
    new_slope: float = 0.248
    new_offset: float = -1.154


WEIGHING = Weighing()


def described(logits: Array) -> Array:
    """Return unit vectors (N, classes) of logits (N, classes): what each sign resembles."""
    centred = logits - logits.mean(axis=-1, keepdims=True)
    return np.asarray(centred / np.linalg.norm(centred, axis=-1, keepdims=True).clip(1e-9))


class Adapter:
    """One signer's signs beside a vocabulary."""

    def __init__(
        self,
        vocabulary: Sequence[str],
        shown: Sequence[str],
        logits: Array,
        weighing: Weighing = WEIGHING,
    ) -> None:
        """Take examples: the gloss of each and its logits (E, classes), E > 0.

        vocabulary names the first outputs; a shown gloss that is not in it is answered beside it.
        """
        names = tuple(dict.fromkeys(shown))
        known = {gloss: i for i, gloss in enumerate(vocabulary)}
        self.glosses = (*vocabulary, *(name for name in names if name not in known))
        place = {gloss: i for i, gloss in enumerate(self.glosses)}
        self._offered = len(vocabulary)
        self._places = np.array([place[name] for name in names])
        self._weighing = weighing
        examples, of = described(logits), np.array([place[gloss] for gloss in shown])
        means = np.stack([examples[of == at].mean(axis=0) for at in self._places])
        self._means = means / np.linalg.norm(means, axis=1, keepdims=True).clip(1e-9)

    def likeness(self, logits: Array) -> Array:
        """Return (N, shown signs): the cosine of each sign to the mean of each sign's examples."""
        return np.asarray(described(logits) @ self._means.T)

    def probabilities(self, logits: Array, temperature: float) -> Array:
        """Return (N, glosses) that sum to 1 or less; see `Checkpoint` for what takes the rest."""
        weighing = self._weighing
        gained = weighing.gain * np.exp(weighing.sharpness * (self.likeness(logits) - 1))
        own = log_softmax(logits / temperature, axis=-1)
        added = len(self.glosses) - self._offered
        floor = np.full((len(logits), added), weighing.floor, dtype=own.dtype)
        outputs = np.concatenate([own[:, : self._offered], floor, own[:, self._offered :]], axis=1)
        outputs[:, self._places] += gained
        return np.asarray(softmax(outputs, axis=-1)[:, : len(self.glosses)], dtype=np.float32)

    def scores(self, logits: Array, calibration: Calibration) -> Array:
        """Return (glosses,) scores of one segment's stretches (N, outputs)."""
        temperature = calibration.temperature
        mean = averaged(self.probabilities(logits, temperature))
        best = int(mean.argmax())
        if best not in self._places:
            return calibration.scores(mean)
        known, weighing = best < self._offered, self._weighing
        own = replace(
            calibration,
            slope=weighing.slope if known else weighing.new_slope,
            offset=weighing.offset if known else weighing.new_offset,
        )
        scores = own.scores(mean)
        alone = averaged(calibration.probabilities(logits, self._offered))
        if int(alone.argmax()) == best:  # examples that agree with the network take nothing away
            scores[best] = max(scores[best], calibration.scores(alone)[best])
        return scores


def averaged(readings: Array) -> Array:
    """Return (glosses,): the mean of several stretches' readings (N, glosses).

    Each is weighted by the square of its best score: a sign repeated is read twice, hands on their
    way down are read as nothing much.
    """
    weights = readings.max(axis=1) ** 2
    return np.asarray(np.average(readings, axis=0, weights=weights), dtype=np.float32)
