"""Convolutions through time, dense or depthwise-separable, and blocks that see several spans."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from signbridge.recognize.landmark.model import DropPath


@dataclass(frozen=True, slots=True)
class Scale:
    """One branch of a block: a kernel and how far apart its taps are."""

    kernel: int
    dilation: int

    @property
    def receptive_field(self) -> int:
        """Return how many steps one answer depends on."""
        return 1 + (self.kernel - 1) * self.dilation


ONE_SCALE = (Scale(5, 1),)
# 5, 17 and 31 steps: a handshape held, one movement, the whole sign of 32 steps.
SCALES = (Scale(5, 1), Scale(5, 4), Scale(7, 5))


class Convolution(nn.Module):
    """A convolution through time that keeps the length.

    depthwise: one filter a channel, then a mixing of the channels at each step (Chollet 2017).
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int, dilation: int = 1, *, depthwise: bool
    ) -> None:
        super().__init__()
        padding = (kernel - 1) * dilation // 2
        if depthwise:
            self.layers = nn.Sequential(
                nn.Conv1d(
                    inputs, inputs, kernel, padding=padding, dilation=dilation, groups=inputs
                ),
                nn.Conv1d(inputs, outputs, 1),
            )
        else:
            self.layers = nn.Sequential(
                nn.Conv1d(inputs, outputs, kernel, padding=padding, dilation=dilation)
            )

    def forward(self, frames: Tensor) -> Tensor:
        """Return (B, T, outputs) from frames (B, T, inputs)."""
        return self.layers(frames.transpose(1, 2)).transpose(1, 2)  # type: ignore[no-any-return]


class TemporalBlock(nn.Module):
    """Convolutions of each scale side by side, their channels mixed; `residual` adds a skip."""

    def __init__(
        self,
        width: int,
        scales: tuple[Scale, ...],
        drop_path: float,
        *,
        depthwise: bool,
        residual: bool,
    ) -> None:
        super().__init__()
        self.residual = residual
        self.norm = nn.LayerNorm(width)
        # The width is shared out, so that more scales are no wider network.
        shares = [width // len(scales) + (i < width % len(scales)) for i in range(len(scales))]
        self.branches = nn.ModuleList(
            Convolution(width, share, scale.kernel, scale.dilation, depthwise=depthwise)
            for share, scale in zip(shares, scales, strict=True)
        )
        self.contract = nn.Linear(width, width)
        self.drop = DropPath(drop_path if residual else 0.0)

    def forward(self, frames: Tensor) -> Tensor:
        """Return frames (B, T, width) after the block."""
        normed = self.norm(frames)
        mixed = torch.cat([branch(normed) for branch in self.branches], dim=-1)
        mixed = self.contract(functional.silu(mixed))
        return frames + self.drop(mixed) if self.residual else mixed  # type: ignore[no-any-return]
