"""Gloss attention: a frame looks at its neighbours, placed by what lies between them (CoPE)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from signbridge.recognize.landmark.model import DropPath

BEFORE, AFTER = 0, 1


class GlossAttention(nn.Module):
    """Self-attention within `reach` frames, then a feed-forward layer, both pre-normalised.

    A sign is short: frames further away than one belong to other glosses (Yin et al. 2023). Its
    weights have the names of `SignNet`'s attention, so that those of a trained one fit.
    """

    def __init__(
        self, width: int, heads: int, reach: int, positions: int, drop_path: float
    ) -> None:
        super().__init__()
        self.heads, self.reach = heads, reach
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.feed = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.SiLU(), nn.Linear(2 * width, width)
        )
        self.drop = DropPath(drop_path)
        # Zero at first: attention begins without places and learns them.
        self.places = nn.Parameter(torch.zeros(2, width // heads, positions))

    def forward(self, frames: Tensor, seen: Tensor) -> Tensor:
        """Return frames (B, T, width) after the block; seen (B, T) is False in the padding."""
        batch, steps, width = frames.shape
        parts = self.qkv(self.norm(frames)).view(batch, steps, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        query = query / (width // self.heads) ** 0.5
        near = neighbours(steps, self.reach).to(seen.device) & seen[:, None, None, :]
        likeness = query @ key.transpose(-1, -2)
        logits = likeness + contextual_places(query, likeness, near, self.places)
        # A padded frame far from any real one sees itself alone, so that no row is empty.
        allowed = near | torch.eye(steps, dtype=torch.bool, device=seen.device)
        weights = logits.masked_fill(~allowed, float("-inf")).softmax(dim=-1)
        frames = frames + self.drop(self.out((weights @ value).transpose(1, 2).flatten(2)))
        return frames + self.drop(self.feed(frames))  # type: ignore[no-any-return]


def neighbours(steps: int, reach: int) -> Tensor:
    """Return (steps, steps): the two frames are at most `reach` apart."""
    at = torch.arange(steps)
    return (at[:, None] - at[None, :]).abs() <= reach


def contextual_places(query: Tensor, likeness: Tensor, near: Tensor, places: Tensor) -> Tensor:
    """Return (B, H, T, T) to add to the logits: how far another frame is, in what matters.

    Contextual position encoding (Golovneva et al. 2024): the distance is the number of frames on
    the way that this one finds like what it looks for, each counted by its gate in [0, 1]; here
    in both directions. places (2, D, P): what each distance is worth, before and after.
    """
    gates = likeness.sigmoid() * near
    passed = gates.cumsum(dim=-1)
    here = passed.diagonal(dim1=-2, dim2=-1).unsqueeze(-1)
    distance = (passed - here).abs().clamp_max(places.shape[-1] - 1)
    below = distance.floor()
    share = distance - below
    below = below.long()
    above = (below + 1).clamp_max(places.shape[-1] - 1)
    sides = []
    for side in (BEFORE, AFTER):
        worth = query @ places[side]
        sides.append((1 - share) * worth.gather(-1, below) + share * worth.gather(-1, above))
    steps = torch.arange(likeness.shape[-1], device=likeness.device)
    return torch.where(steps[None, :] < steps[:, None], sides[BEFORE], sides[AFTER])
