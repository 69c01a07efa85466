"""The parts of one frame -> one vector, each part having looked at the others that are there."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Concatenation(nn.Module):
    """The parts side by side through a linear layer; a missing part is 0."""

    def __init__(self, parts: int, part_width: int, width: int) -> None:
        super().__init__()
        self.project = nn.Linear(parts * part_width, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, vectors: Tensor, present: Tensor) -> Tensor:
        """Return (B, T, width) from vectors (B, T, parts, part_width), presence (B, T, parts)."""
        kept = vectors * present.unsqueeze(-1)
        return self.norm(self.project(kept.flatten(-2)))  # type: ignore[no-any-return]


class CrossModalAttention(nn.Module):
    """Attention among the parts of a frame, then their concatenation.

    A missing part is never looked at. A learned token always is, so that a frame without any
    part has something to look at and stays a number.
    """

    def __init__(self, parts: int, part_width: int, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.kind = nn.Parameter(0.02 * torch.randn(parts, part_width))  # which part it is
        self.token = nn.Parameter(0.02 * torch.randn(part_width))
        self.norm = nn.LayerNorm(part_width)
        self.query = nn.Linear(part_width, part_width)
        # No bias: the same for every key, it would cancel in the softmax and never learn.
        self.key = nn.Linear(part_width, part_width, bias=False)
        self.value = nn.Linear(part_width, part_width)
        self.out = nn.Linear(part_width, part_width)
        self.join = Concatenation(parts, part_width, width)

    def forward(self, vectors: Tensor, present: Tensor) -> Tensor:
        """Return (B, T, width) from vectors (B, T, parts, part_width), presence (B, T, parts)."""
        batch, steps, parts, width = vectors.shape
        looking = self.norm(vectors + self.kind).flatten(0, 1)
        token = self.norm(self.token).expand(len(looking), 1, -1)
        seen = torch.cat([token, looking], dim=1)
        there = functional.pad(present.flatten(0, 1) > 0, (1, 0), value=True)
        query, key, value = (
            layer(tokens).view(len(looking), -1, self.heads, width // self.heads).transpose(1, 2)
            for layer, tokens in ((self.query, looking), (self.key, seen), (self.value, seen))
        )
        mixed = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=there[:, None, None, :]
        )
        mixed = self.out(mixed.transpose(1, 2).flatten(2)).view(batch, steps, parts, width)
        return self.join(vectors + mixed, present)  # type: ignore[no-any-return]
