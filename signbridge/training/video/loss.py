"""Predicted words beside the sentence -> how wrong they were, a figure for each clip."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

IGNORED = -100
"""The label of what is not learned: the question, the pictures, the padding."""


def answer_start(labels: Tensor) -> int:
    """Return the first place in (B, L) that any clip's answer is at."""
    return int((labels != IGNORED).any(dim=0).nonzero()[0])


def sentence_losses(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """Return (B,): the mean cross-entropy of each clip's answer.

    logits: (B, L, vocabulary), of which place i predicts label i + 1 of (B, L). Every clip weighs
    the same, however long its sentence and whatever it shares a batch with.
    """
    wanted = labels[:, 1:]
    losses = functional.cross_entropy(
        logits[:, :-1].float().transpose(1, 2),
        wanted,
        ignore_index=IGNORED,
        reduction="none",
        label_smoothing=smoothing,
    )
    counted = wanted != IGNORED
    return (losses * counted).sum(dim=1) / counted.sum(dim=1)
