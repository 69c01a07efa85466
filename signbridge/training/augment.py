"""Signs as they might also have been filmed: other people, cameras, rooms and luck."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class AugmentConfig:
    """Strengths; body units are shoulder widths, angles are radians."""

    crop: float = 0.15
    warp: float = 0.3
    low_rate: float = 0.3
    rotate: float = 0.15
    scale: float = 0.15
    stretch: float = 0.10
    shift: float = 0.12
    hand_rotate: float = 0.15
    hand_tilt: float = 0.25
    hand_scale: float = 0.12
    hand_shift: float = 0.06
    jitter: float = 0.006
    depth: float = 0.2
    flat: float = 0.15
    mirror: float = 0.1
    drop_span: float = 0.25
    drop_frames: float = 0.2
    drop_second: float = 0.05


def augmented(hands: Tensor, steps: int, config: AugmentConfig) -> Tensor:
    """Return (B, steps, 2, 21, 3), each sign of hands (B, T, 2, 21, 3) changed in its own way."""
    hands = in_time(hands, steps, config)
    hands = in_space(hands, config)
    return dropped(hands, config)


def evenly(hands: Tensor, steps: int) -> Tensor:
    """Return (B, steps, 2, 21, 3): what serving does, without change."""
    at = torch.linspace(0, hands.shape[1] - 1, steps, device=hands.device)
    return _sampled(hands, at.expand(len(hands), steps))


def in_time(hands: Tensor, steps: int, config: AugmentConfig) -> Tensor:
    """Cut a little off either end, speed up and slow down, and see fewer frames."""
    batch, length = hands.shape[:2]
    start = torch.rand(batch, 1) * config.crop
    end = 1 - torch.rand(batch, 1) * config.crop
    bend = torch.exp(config.warp * torch.randn(batch, 1))
    share = torch.linspace(0, 1, steps).expand(batch, steps) ** bend
    seen = torch.randint(8, steps, (batch, 1))  # a slow camera: few distinct moments
    slow = (torch.rand(batch, 1) < config.low_rate).float()
    share = slow * (share * seen).round() / seen + (1 - slow) * share
    return _sampled(hands, (start + share * (end - start)) * (length - 1))


def _sampled(hands: Tensor, at: Tensor) -> Tensor:
    before = at.floor().long().clamp(0, hands.shape[1] - 1)
    after = (before + 1).clamp_max(hands.shape[1] - 1)
    share = (at - before)[:, :, None, None, None]
    rows = torch.arange(len(hands)).unsqueeze(1)
    first, second = hands[rows, before], hands[rows, after]
    mixed = first + share * (second - first)
    nearest = torch.where(share < 0.5, first, second)
    return torch.where(mixed.isnan(), nearest, mixed)


def in_space(hands: Tensor, config: AugmentConfig) -> Tensor:
    """Turn, scale and move the whole signer, then each hand for itself."""
    batch = len(hands)
    flip = torch.rand(batch) < config.mirror
    sign = torch.tensor([-1.0, 1.0, 1.0])
    hands = torch.where(flip[:, None, None, None, None], hands.flip(2) * sign, hands)
    wrist = hands[..., :1, :]
    shape = hands - wrist
    shape = _turned(shape, config.hand_rotate * torch.randn(batch, 1, 2, 1))
    shape = _tilted(shape, config.hand_tilt * torch.randn(batch, 1, 2, 1))
    shape = shape * torch.exp(config.hand_scale * torch.randn(batch, 1, 2, 1, 1))
    depth = torch.exp(config.depth * torch.randn(batch, 1, 1, 1))
    depth = depth * (torch.rand(batch, 1, 1, 1) >= config.flat)
    shape = torch.stack([shape[..., 0], shape[..., 1], shape[..., 2] * depth], dim=-1)
    moved = wrist + torch.cat(
        [config.hand_shift * torch.randn(batch, 1, 2, 1, 2), torch.zeros(batch, 1, 2, 1, 1)], -1
    )
    hands = moved + shape
    hands = _turned(hands, config.rotate * torch.randn(batch, 1, 1, 1))
    size = torch.exp(config.scale * torch.randn(batch, 1, 1, 1, 1))
    aspect = torch.exp(config.stretch * torch.randn(batch, 1, 1, 1))
    hands = hands * size
    shift = config.shift * torch.randn(batch, 1, 1, 1, 2)
    x = hands[..., 0] * aspect + shift[..., 0]
    y = hands[..., 1] + shift[..., 1]
    hands = torch.stack([x, y, hands[..., 2]], dim=-1)
    return hands + config.jitter * torch.randn_like(hands)


def _turned(points: Tensor, angle: Tensor) -> Tensor:
    """Rotate in the picture plane."""
    x, y, z = points.unbind(-1)
    cos, sin = angle.cos(), angle.sin()
    return torch.stack([x * cos - y * sin, x * sin + y * cos, z], dim=-1)


def _tilted(points: Tensor, angle: Tensor) -> Tensor:
    """Rotate about the vertical axis: the camera stands a little to the side."""
    x, y, z = points.unbind(-1)
    cos, sin = angle.cos(), angle.sin()
    return torch.stack([x * cos + z * sin, y, z * cos - x * sin], dim=-1)


def dropped(hands: Tensor, config: AugmentConfig) -> Tensor:
    """Lose a hand for a span, for single frames, or the second hand altogether."""
    batch, steps = hands.shape[:2]
    time = torch.arange(steps)[None, :, None]
    length = torch.randint(2, steps // 3, (batch, 1, 2))
    start = (torch.rand(batch, 1, 2) * steps).long()
    span = (time >= start) & (time < start + length)
    span &= torch.rand(batch, 1, 2) < config.drop_span
    single = torch.rand(batch, steps, 2) < 0.25 * torch.rand(batch, 1, 1)
    single &= torch.rand(batch, 1, 1) < config.drop_frames
    second = torch.rand(batch, 1, 2) < torch.tensor([0.0, config.drop_second])
    lost = span | single | second
    lost &= ~lost.all(dim=1, keepdim=True).all(dim=2, keepdim=True)
    return hands.masked_fill(lost[..., None, None], float("nan"))
