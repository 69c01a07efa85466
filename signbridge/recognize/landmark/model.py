"""SignNet: one sign's hands -> a score for each gloss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from signbridge.landmarks import topology

PALM = (0, 5, 9, 13, 17)  # wrist and knuckles: the least mobile points of a hand
# Places of 2 hands (4), hand to hand (2), their changes over 1 and 2 steps (12), sizes (2),
# presence (2).
PLACE = 22


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Everything that decides the network's shape; stored beside the weights."""

    classes: int
    steps: int = 32
    hand_width: int = 64
    width: int = 192
    kernel: int = 9
    stages: int = 2
    convolutions: int = 2
    heads: int = 4
    dropout: float = 0.3
    drop_path: float = 0.1
    causal: bool = False  # the convolutions see no later step; attention sees the whole sign


class SignModel(nn.Module):
    """Any network from hands (B, steps, 2, 21, 3), NaN = not seen, to logits (B, classes)."""

    config: ModelConfig


class HandEncoder(nn.Module):
    """The shape of one hand, wrist-centred, and how it changes; shared by both hands."""

    def __init__(self, width: int) -> None:
        super().__init__()
        points = topology.HAND_POINTS * 3
        self.layers = nn.Sequential(
            nn.Linear(2 * points, 2 * width), nn.SiLU(), nn.Linear(2 * width, width)
        )

    def forward(self, shape: Tensor) -> Tensor:
        """Return (B, T, 2, width) from shapes (B, T, 2, 63)."""
        return self.layers(torch.cat([shape, _change(shape, 1)], dim=-1))  # type: ignore[no-any-return]


class Stem(nn.Module):
    """Hands (B, T, 2, 21, 3), NaN = not seen -> frame vectors (B, T, width)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.hand = HandEncoder(config.hand_width)
        self.project = nn.Linear(2 * config.hand_width + PLACE, config.width)
        self.norm = nn.LayerNorm(config.width)

    def forward(self, hands: Tensor) -> Tensor:
        """Return frame vectors (B, T, width)."""
        shape, place, mask = described(hands)
        encoded = self.hand(shape) * mask.unsqueeze(-1)
        frame = torch.cat([encoded.flatten(-2), place], dim=-1)
        return self.norm(self.project(frame))  # type: ignore[no-any-return]


def described(hands: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return shapes (B, T, 2, 63), places (B, T, PLACE) and presence (B, T, 2), 0 or 1.

    Hands (B, T, 2, 21, 3); what belongs to a hand that is not seen is 0.
    """
    seen = ~hands[..., 0, 0].isnan()  # (B, T, 2)
    points = hands.nan_to_num(0.0)
    mask = seen.unsqueeze(-1).to(points.dtype)
    size = _palm_size(points, seen)  # (B, 2)
    wrist = points[..., :1, :]
    shape = (points - wrist) / size[:, None, :, None, None] * mask.unsqueeze(-1)
    place = points[..., PALM, :2].mean(dim=-2) * mask  # (B, T, 2, 2)
    both = mask.prod(dim=2)
    apart = (place[:, :, 0] - place[:, :, 1]) * both
    where = torch.cat([place.flatten(-2), apart], dim=-1)
    known = torch.cat([mask.expand(-1, -1, -1, 2).flatten(-2), both.expand(-1, -1, 2)], dim=-1)
    motion = [_change(where, lag) * _both_ends(known, lag) for lag in (1, 2)]
    sizes = size[:, None, :].expand_as(seen) * mask[..., 0]
    return shape.flatten(-2), torch.cat([where, *motion, sizes, mask[..., 0]], -1), mask[..., 0]


def _change(values: Tensor, lag: int) -> Tensor:
    """Return values minus those `lag` steps earlier; 0 for the first."""
    return functional.pad(
        values[:, lag:] - values[:, :-lag], (0, 0) * (values.dim() - 2) + (lag, 0)
    )


def _both_ends(known: Tensor, lag: int) -> Tensor:
    return functional.pad(known[:, lag:] * known[:, :-lag], (0, 0, lag, 0))


def _palm_size(points: Tensor, seen: Tensor) -> Tensor:
    """Return (B, 2): palm length, a soft maximum over time so that a tilted hand weighs less."""
    across = points[..., topology.MIDDLE_MCP, :2] - points[..., topology.WRIST, :2]
    length = across.norm(dim=-1) * seen
    weight = length**4
    size = (length * weight).sum(1) / weight.sum(1).clamp_min(1e-9)
    return torch.where(size > 0.02, size, torch.full_like(size, 0.3))


class DropPath(nn.Module):
    """Skips a residual branch for some samples while training (Huang et al. 2016)."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, branch: Tensor) -> Tensor:
        """Return the branch, zeroed for a share `rate` of the batch while training."""
        if not self.training or self.rate == 0:
            return branch
        keep = torch.rand(len(branch), 1, 1, device=branch.device) >= self.rate
        return branch * keep / (1 - self.rate)


class CausalConv(nn.Conv1d):
    """A convolution whose answer at a step depends on that step and earlier ones only."""

    def forward(self, frames: Tensor) -> Tensor:
        """Return (B, C, T) from frames (B, C, T)."""
        reach = (self.kernel_size[0] - 1) * self.dilation[0]
        return super().forward(functional.pad(frames, (reach, 0)))


class ConvBlock(nn.Module):
    """Gated depthwise convolution through time with channel attention."""

    def __init__(self, width: int, kernel: int, drop_path: float, causal: bool = False) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 2 * width)
        self.depthwise = (
            CausalConv(width, width, kernel, groups=width)
            if causal
            else nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        )
        self.after = nn.BatchNorm1d(width)
        self.attend = nn.Conv1d(1, 1, 5, padding=2, bias=False)
        self.contract = nn.Linear(width, width)
        self.drop = DropPath(drop_path)

    def forward(self, frames: Tensor) -> Tensor:
        """Return frames (B, T, width) after the block."""
        value, gate = self.expand(self.norm(frames)).chunk(2, dim=-1)
        mixed = self.depthwise((value * gate.sigmoid()).transpose(1, 2))
        mixed = functional.silu(self.after(mixed))
        channels = self.attend(mixed.mean(dim=-1, keepdim=True).transpose(1, 2)).sigmoid()
        mixed = mixed.transpose(1, 2) * channels
        return frames + self.drop(self.contract(mixed))  # type: ignore[no-any-return]


class AttentionBlock(nn.Module):
    """Self-attention over the sign, then a feed-forward layer, both pre-normalised."""

    def __init__(self, width: int, heads: int, drop_path: float) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.feed = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.SiLU(), nn.Linear(2 * width, width)
        )
        self.drop = DropPath(drop_path)

    def forward(self, frames: Tensor) -> Tensor:
        """Return frames (B, T, width) after the block."""
        batch, steps, width = frames.shape
        parts = self.qkv(self.norm(frames)).view(batch, steps, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value)
        frames = frames + self.drop(self.out(mixed.transpose(1, 2).flatten(2)))
        return frames + self.drop(self.feed(frames))  # type: ignore[no-any-return]


class SignNet(SignModel):
    """Hands of one sign -> logits over glosses.

    After the public winner of Google's Isolated Sign Language Recognition (2023): depthwise
    convolutions with channel attention, then attention, twice; here both hands share one encoder.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.stem = Stem(config)
        self.position = nn.Parameter(0.02 * torch.randn(config.steps, config.width))
        self.blocks = nn.Sequential(
            *(
                block
                for _ in range(config.stages)
                for block in (
                    *(
                        ConvBlock(config.width, config.kernel, config.drop_path, config.causal)
                        for _ in range(config.convolutions)
                    ),
                    AttentionBlock(config.width, config.heads, config.drop_path),
                )
            )
        )
        self.norm = nn.LayerNorm(config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(2 * config.width, config.classes)

    def forward(self, hands: Tensor) -> Tensor:
        """Return logits (B, classes) from hands (B, steps, 2, 21, 3); see `landmarks.features`."""
        return self.head(self.dropout(self.embed(hands)))  # type: ignore[no-any-return]

    def embed(self, hands: Tensor) -> Tensor:
        """Return (B, 2 * width): the sign as its mean and its peak over time."""
        frames = self.norm(self.blocks(self.stem(hands) + self.position))
        return torch.cat([frames.mean(dim=1), frames.amax(dim=1)], dim=-1)


class SignEnsemble(SignModel):
    """Networks that vote: their probabilities are averaged (Lakshminarayanan et al. 2017).

    They share the number of steps and of classes; `config` is the first one's.
    """

    def __init__(self, members: Sequence[SignNet]) -> None:
        super().__init__()
        self.configs = tuple(member.config for member in members)
        self.config = self.configs[0]
        self.members = nn.ModuleList(members)

    def forward(self, hands: Tensor) -> Tensor:
        """Return logits (B, classes), the log of the mean probabilities; see `SignNet`."""
        votes = torch.stack([member(hands).log_softmax(dim=-1) for member in self.members])
        return votes.logsumexp(dim=0) - math.log(len(self.members))
