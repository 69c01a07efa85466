"""Scores of a network on the collection's own splits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from signbridge.data.collection import CALIBRATION_SIGNERS, Collection
from signbridge.evaluation.metrics import Interval, bootstrap, ratio
from signbridge.landmarks.features import resampled
from signbridge.recognize.landmark.model import SignModel

BATCH = 256


@dataclass(frozen=True, slots=True)
class Score:
    """Share of signs whose gloss is the best, or among the best five, of `classes` glosses.

    intervals: of both shares, by name, over clips drawn again whoever signs them.
    """

    n: int
    classes: int
    top1: float
    top5: float
    intervals: dict[str, Interval]

    def __str__(self) -> str:
        """Return a short line for logs."""
        return f"{self.top1:.3f}/{self.top5:.3f} (n={self.n}, {self.classes} glosses)"


def probabilities(
    network: SignModel, signs: NDArray[np.float16], *, logits: bool = False
) -> NDArray[np.float32]:
    """Return (N, classes) for signs (N, STEPS, 2, 21, 3), read as serving reads them."""
    network.eval()
    parts = [np.zeros((0, network.config.classes), dtype=np.float32)]
    with torch.inference_mode():
        for start in range(0, len(signs), BATCH):
            batch = signs[start : start + BATCH].astype(np.float32)
            hands = np.stack([resampled(sign, network.config.steps) for sign in batch])
            answer = network(torch.from_numpy(hands))
            parts.append((answer if logits else nn.functional.softmax(answer, dim=-1)).numpy())
    return np.concatenate(parts)


def top_k(scores: NDArray[np.float32], labels: NDArray[np.int64], k: int) -> NDArray[np.bool_]:
    """Return (N,): the label is among the k best."""
    best = np.argsort(-scores, axis=1)[:, :k]
    return np.asarray((best == labels[:, None]).any(axis=1))


def score(
    scores: NDArray[np.float32], labels: NDArray[np.int64], allowed: NDArray[np.int64]
) -> Score:
    """Score among the `allowed` outputs only."""
    limited, every = among(scores, allowed), np.ones(len(labels))
    hits = {f"top{k}": top_k(limited, labels, k).astype(np.float64) for k in (1, 5)}
    return Score(
        n=len(labels),
        classes=len(allowed),
        top1=ratio(hits["top1"], every),
        top5=ratio(hits["top5"], every),
        intervals={name: bootstrap(hit, every) for name, hit in hits.items()},
    )


def among(scores: NDArray[np.float32], allowed: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the scores (N, classes) with every output but the `allowed` ones ruled out."""
    limited = np.full_like(scores, -np.inf)
    limited[:, allowed] = scores[:, allowed]
    return limited


def score_strangers(network: SignModel, collection: Collection) -> dict[str, Score]:
    """Dictionary and webcam signers left out of training, among the whole vocabulary."""
    results: dict[str, Score] = {}
    for name, prefix in (("dictionary", "wlasl-"), ("webcam", "words-")):
        signers = {signer for signer in CALIBRATION_SIGNERS if signer.startswith(prefix)}
        rows = collection.of_signers(signers)
        rows = rows[collection.labels[rows] < collection.offered]
        if len(rows):
            scores = probabilities(network, collection.signs[rows])
            whole = np.arange(collection.offered)
            results[name] = score(scores, collection.labels[rows], whole)
    return results


def score_wlasl(network: SignModel, collection: Collection, split: str) -> dict[str, Score]:
    """WLASL-100, -300 and -2000 of the official split, among their own glosses as papers do,
    and among the whole vocabulary as the app answers."""
    results: dict[str, Score] = {}
    sample_split = np.array([sample.official_split for sample in collection.samples])
    for size in (100, 300, 2000):
        of_size = (collection.wlasl_class >= 0) & (collection.wlasl_class < size)
        rows = np.flatnonzero(of_size & (sample_split == split))
        if len(rows) == 0:
            continue
        scores = probabilities(network, collection.signs[rows])
        labels = collection.labels[rows]
        results[f"wlasl{size}"] = score(scores, labels, np.unique(collection.labels[of_size]))
        if size <= 300:
            whole = np.arange(collection.offered)
            results[f"wlasl{size}_in_vocabulary"] = score(scores, labels, whole)
    return results
