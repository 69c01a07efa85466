"""Hands, and further parts where there are any -> vectors of each part, and where it is missing."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from signbridge.landmarks import topology
from signbridge.recognize.landmark.model import PLACE, described
from signbridge.training.architectures.convolution import Convolution

KERNEL = 3


class PartEncoder(nn.Module):
    """One part's features through a linear layer, then a short convolution with a skip."""

    def __init__(self, features: int, width: int, depthwise: bool) -> None:
        super().__init__()
        self.project = nn.Linear(features, width)
        self.norm = nn.LayerNorm(width)
        self.mix = Convolution(width, width, KERNEL, depthwise=depthwise)

    def forward(self, features: Tensor, present: Tensor) -> Tensor:
        """Return (B, T, width) from features (B, T, F), 0 where presence (B, T) is 0."""
        mask = present.unsqueeze(-1)
        frames = nn.functional.silu(self.norm(self.project(features))) * mask
        return (frames + nn.functional.silu(self.mix(frames))) * mask


class Parts(nn.Module):
    """Encodes each hand (one encoder for both), the place of the hands, and `other_parts`."""

    def __init__(
        self, width: int, other_parts: tuple[tuple[str, int], ...], depthwise: bool
    ) -> None:
        super().__init__()
        self.count = 3 + len(other_parts)
        self.hand = PartEncoder(2 * topology.HAND_POINTS * 3, width, depthwise)
        self.place = PartEncoder(PLACE, width, depthwise)
        self.others = nn.ModuleDict(
            {name: PartEncoder(points * 3, width, depthwise) for name, points in other_parts}
        )

    def forward(
        self, hands: Tensor, others: Mapping[str, Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return vectors (B, T, parts, width) and presence (B, T, parts), 0 or 1.

        hands: (B, T, 2, 21, 3); others: (B, T, points, 3) by name; NaN = not seen.
        """
        shape, place, seen = described(hands)
        batch, steps = seen.shape[:2]
        change = torch.diff(shape, dim=1, prepend=shape[:, :1])
        both = torch.cat([shape, change], dim=-1).transpose(1, 2).flatten(0, 1)
        # One pass for both hands: (B * 2, T, ...), then back to (B, T, 2, ...).
        encoded = self.hand(both, seen.transpose(1, 2).flatten(0, 1))
        encoded = encoded.view(batch, 2, steps, -1).transpose(1, 2)
        vectors, present = [encoded], [seen]
        any_hand = seen.amax(dim=-1)
        vectors.append(self.place(place, any_hand).unsqueeze(2))
        present.append(any_hand.unsqueeze(-1))
        for name, encoder in self.others.items():
            points = (others or {}).get(name)
            if points is None:
                there = torch.zeros_like(any_hand)
                vectors.append(torch.zeros_like(vectors[1]))
            else:
                there = (~points.isnan().any(dim=-1).any(dim=-1)).to(any_hand.dtype)
                features = points.nan_to_num(0.0).flatten(-2) * there.unsqueeze(-1)
                vectors.append(encoder(features, there).unsqueeze(2))
            present.append(there.unsqueeze(-1))
        return torch.cat(vectors, dim=2), torch.cat(present, dim=-1)
