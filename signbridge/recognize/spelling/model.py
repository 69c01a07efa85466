"""SpellingNet: one hand through time -> letters, by connectionist temporal classification."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from signbridge.landmarks import topology

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BLANK = 0  # output 0 says "no letter ends here"; output 1 is A
_WRIST_LAGS = (1, 4)


@dataclass(frozen=True, slots=True)
class SpellingConfig:
    """Everything that decides the network's shape; stored beside the weights."""

    width: int = 128
    kernel: int = 5
    blocks: int = 4
    memory: int = 96
    dropout: float = 0.2


class _Block(nn.Module):
    """Depthwise, then pointwise convolution through time, with a residual."""

    def __init__(self, config: SpellingConfig, dilation: int) -> None:
        super().__init__()
        width, reach = config.width, dilation * (config.kernel // 2)
        self.norm = nn.LayerNorm(width)
        self.depthwise = nn.Conv1d(
            width, width, config.kernel, padding=reach, dilation=dilation, groups=width
        )
        self.mix = nn.Sequential(
            nn.Linear(width, 2 * width), nn.SiLU(), nn.Dropout(config.dropout),
            nn.Linear(2 * width, width),
        )  # fmt: skip

    def forward(self, frames: Tensor) -> Tensor:
        """Return frames (B, T, width) after the block."""
        spread = self.depthwise(self.norm(frames).transpose(1, 2)).transpose(1, 2)
        return frames + self.mix(spread)  # type: ignore[no-any-return]


class SpellingNet(nn.Module):
    """Hand (B, T, 21, 3) at 20 frames a second -> log-probabilities (B, T, 27).

    Convolutions and a bidirectional GRU read out by CTC (Graves et al. 2006). The network sees the
    hand's shape from its wrist, in palm lengths, how the shape changes, and where the wrist goes.
    """

    def __init__(self, config: SpellingConfig) -> None:
        super().__init__()
        self.config = config
        inputs = 2 * 3 * topology.HAND_POINTS + 2 * len(_WRIST_LAGS)
        self.stem = nn.Sequential(nn.Linear(inputs, config.width), nn.LayerNorm(config.width))
        self.blocks = nn.Sequential(*(_Block(config, 1 + i // 2) for i in range(config.blocks)))
        self.memory = nn.GRU(config.width, config.memory, batch_first=True, bidirectional=True)
        self.head = nn.Sequential(
            nn.Dropout(config.dropout), nn.Linear(2 * config.memory, 1 + len(LETTERS))
        )

    def forward(self, hand: Tensor) -> Tensor:
        """Return log-probabilities (B, T, 27) from points without NaN; see `features_of`."""
        frames = self.blocks(self.stem(features_of(hand)))
        remembered, _ = self.memory(frames)
        return functional.log_softmax(self.head(remembered), dim=-1)


def features_of(hand: Tensor) -> Tensor:
    """Return (B, T, F): shape in palm lengths, its change, and the wrist's way over some lags."""
    across = hand[..., topology.MIDDLE_MCP, :2] - hand[..., topology.WRIST, :2]
    size = across.norm(dim=-1).quantile(0.75, dim=1).clamp_min(1e-3)[:, None, None, None]
    scaled = hand / size
    wrist = scaled[..., topology.WRIST, :2]
    shape = (scaled - scaled[..., topology.WRIST : topology.WRIST + 1, :]).flatten(2)
    ways = [_change(wrist, lag) for lag in _WRIST_LAGS]
    return torch.cat([shape, _change(shape, 1), *ways], dim=-1)


def _change(values: Tensor, lag: int) -> Tensor:
    if values.shape[1] <= lag:
        return torch.zeros_like(values)
    return functional.pad(values[:, lag:] - values[:, :-lag], (0, 0, lag, 0))
