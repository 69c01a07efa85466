"""InfoNCE between clips and their sentences, against the others at hand and those of late."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Heads(nn.Module):
    """Two projections into one space: a clip and its sentence should lie side by side there."""

    def __init__(self, width: int, size: int) -> None:
        """width: of the language model's states."""
        super().__init__()
        self.video = nn.Linear(width, size)
        self.text = nn.Linear(width, size)

    def forward(self, video: Tensor, text: Tensor) -> tuple[Tensor, Tensor]:
        """Return (B, size) of clips and sentences, each of length 1."""
        video = self.video(video.to(self.video.weight.dtype))
        text = self.text(text.to(self.text.weight.dtype))
        return (
            functional.normalize(video.float(), dim=-1),
            functional.normalize(text.float(), dim=-1),
        )


class Queue:
    """The last clips and sentences, without gradient, first in first out.

    names: which sentence each is; an equal sentence is no counterexample.
    """

    def __init__(self, length: int, size: int, device: torch.device | None = None) -> None:
        self._length = length
        self.video = torch.zeros(0, size, device=device)
        self.text = torch.zeros(0, size, device=device)
        self.names = torch.zeros(0, dtype=torch.int64, device=device)

    def push(self, video: Tensor, text: Tensor, names: Tensor) -> None:
        """Add (B, size) clips and sentences and forget the oldest beyond the length."""
        self.video = torch.cat([self.video, video.detach().float()])[-self._length :]
        self.text = torch.cat([self.text, text.detach().float()])[-self._length :]
        self.names = torch.cat([self.names, names])[-self._length :]

    def state(self) -> dict[str, Tensor]:
        """Return what a checkpoint keeps."""
        return {"video": self.video.cpu(), "text": self.text.cpu(), "names": self.names.cpu()}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take back what `state` returned."""
        device = self.video.device
        self.video = state["video"].to(device)
        self.text = state["text"].to(device)
        self.names = state["names"].to(device)


def info_nce(
    video: Tensor, text: Tensor, names: Tensor, queue: Queue, temperature: float
) -> Tensor:
    """Return the mean loss of finding each clip's sentence and each sentence's clip.

    video, text: (B, size) of length 1; names: (B,) which sentence it is.
    """
    targets = torch.arange(len(names), device=names.device)
    keys = torch.cat([names, queue.names])
    # The same sentence of another clip is as right an answer: neither for nor against.
    aside = names[:, None] == keys[None, :]
    aside[targets, targets] = False
    losses = []
    for anchors, others in (
        (video, torch.cat([text, queue.text])),
        (text, torch.cat([video, queue.video])),
    ):
        likeness = (anchors @ others.T / temperature).masked_fill(aside, float("-inf"))
        losses.append(functional.cross_entropy(likeness, targets))
    return 0.5 * (losses[0] + losses[1])
