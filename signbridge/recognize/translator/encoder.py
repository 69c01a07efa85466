"""Hands of a sentence -> a vector for each moment and the gloss that is signed then."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from signbridge.recognize.landmark.model import DropPath, ModelConfig, Stem
from signbridge.recognize.translator.attention import GlossAttention

BLANK = 0
"""Output 0 says "no gloss here"; output 1 is the first of the vocabulary."""


@dataclass(frozen=True, slots=True)
class TranslatorConfig:
    """Everything that decides the network's shape; stored beside the weights.

    fps: frames a second the network reads; stride: of them to one of its answers.
    reach: frames to either side that attention sees; places: distances it tells apart.
    pool: frames one answer is read from. signers: learned signers, 0 for none.
    """

    glosses: int
    words: int
    fps: float = 16.0
    hand_width: int = 64
    width: int = 192
    kernel: int = 9
    layers: int = 2
    convolutions: int = 2
    heads: int = 4
    reach: int = 12
    places: int = 8
    pool: int = 9
    stride: int = 2
    dropout: float = 0.2
    drop_path: float = 0.05
    decoder_width: int = 128
    decoder_layers: int = 1
    longest_text: int = 24
    signers: int = 0


class ConvolutionModule(nn.Module):
    """Pointwise, depthwise, pointwise convolution with a norm on either side of the first two.

    As in Signformer (Yang et al. 2024), with the channel attention of `SignNet` looking at the
    neighbourhood instead of the whole, and with its names, so that trained weights fit.
    """

    def __init__(self, width: int, kernel: int, reach: int, drop_path: float) -> None:
        super().__init__()
        self.reach = reach
        self.norm = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 2 * width)
        self.depthwise = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.after = nn.BatchNorm1d(width)
        self.attend = nn.Conv1d(1, 1, 5, padding=2, bias=False)
        self.contract = nn.Linear(width, width)
        self.drop = DropPath(drop_path)

    def forward(self, frames: Tensor, seen: Tensor) -> Tensor:
        """Return frames (B, T, width) after the module; seen (B, T) is False in the padding."""
        value, gate = self.expand(self.norm(frames)).chunk(2, dim=-1)
        real = seen.unsqueeze(1).to(frames.dtype)
        mixed = slid((value * gate.sigmoid()).transpose(1, 2) * real, self.depthwise.weight)
        mixed = self.after(mixed + self.depthwise.bias[:, None])  # type: ignore[index]
        mixed = functional.silu(mixed) * real
        around = local_mean(mixed, real, self.reach).transpose(1, 2)
        channels = slid(around, self.attend.weight.expand(around.shape[1], -1, -1)).sigmoid()
        mixed = mixed.transpose(1, 2) * channels
        return frames + self.drop(self.contract(mixed))  # type: ignore[no-any-return]


def slid(values: Tensor, weight: Tensor) -> Tensor:
    """Return (B, C, T): a depthwise convolution of values with weight (C, 1, kernel).

    Sums of shifted copies: on a CPU the backward pass of conv1d takes five times as long.
    """
    kernel = weight.shape[-1]
    padded = functional.pad(values, (kernel // 2, kernel // 2))
    steps = values.shape[-1]
    mixed = padded[..., :steps] * weight[:, :, 0]
    for at in range(1, kernel):
        mixed = torch.addcmul(mixed, padded[..., at : at + steps], weight[:, :, at])
    return mixed


def local_mean(values: Tensor, real: Tensor, reach: int) -> Tensor:
    """Return (B, C, T) means of values over `reach` frames to either side, padding left out."""
    total = _window_sums(values * real, reach)
    return total / _window_sums(real, reach).clamp_min(1.0)


def _window_sums(values: Tensor, reach: int) -> Tensor:
    padded = functional.pad(values, (reach + 1, reach)).cumsum(dim=-1)
    return padded[..., 2 * reach + 1 :] - padded[..., : -(2 * reach + 1)]


class Encoder(nn.Module):
    """Hands (B, T, 2, 21, 3), NaN = not seen or padding -> moments (B, T / stride, 2 * width)."""

    def __init__(self, config: TranslatorConfig) -> None:
        super().__init__()
        self.config = config
        self.stem = Stem(ModelConfig(classes=1, hand_width=config.hand_width, width=config.width))
        self.order = nn.Parameter(torch.zeros(config.width))  # how much absolute places count
        layers: list[nn.Module] = []
        for _ in range(config.layers):
            layers += [
                ConvolutionModule(config.width, config.kernel, config.reach, config.drop_path)
                for _ in range(config.convolutions)
            ]
            layers.append(
                GlossAttention(
                    config.width, config.heads, config.reach, config.places, config.drop_path
                )
            )
        self.blocks = nn.ModuleList(layers)
        self.norm = nn.LayerNorm(config.width)
        self.signer = nn.Embedding(config.signers + 1, config.width)  # the last is a stranger
        nn.init.zeros_(self.signer.weight)

    def forward(self, hands: Tensor, seen: Tensor, signer: Tensor | None = None) -> Tensor:
        """Return moments; seen (B, T) is False in the padding, signer (B,) an index, or strangers.

        A moment is the mean and the peak of its neighbourhood, as `SignNet` sums up a sign.
        """
        frames = self.stem(hands)
        frames = frames + self.order * sinusoids(frames.shape[1], self.config.width).to(frames)
        who = signer if signer is not None else hands.new_full((len(hands),), -1).long()
        frames = frames + self.signer(who.remainder(self.config.signers + 1)).unsqueeze(1)
        for block in self.blocks:
            frames = block(frames, seen)
        return self._moments(self.norm(frames).transpose(1, 2), seen)

    def _moments(self, frames: Tensor, seen: Tensor) -> Tensor:
        real, reach, stride = seen.unsqueeze(1), self.config.pool // 2, self.config.stride
        mean = local_mean(frames, real.to(frames.dtype), reach)[..., ::stride]
        hidden = frames.masked_fill(~real, -1e4)
        peak = functional.max_pool1d(hidden, self.config.pool, stride, reach)
        return torch.cat([mean, peak], dim=1).transpose(1, 2)


def sinusoids(steps: int, width: int) -> Tensor:
    """Return (steps, width) absolute positions (Vaswani et al. 2017)."""
    rates = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000.0) / width))
    angles = torch.arange(steps)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)


def moments_of(lengths: Tensor, stride: int) -> Tensor:
    """Return how many moments sequences of `lengths` frames have."""
    return (lengths + stride - 1).div(stride, rounding_mode="floor")
