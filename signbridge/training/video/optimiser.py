"""AdamW with a group for each tier, in 8 bits where that can be had."""

from __future__ import annotations

import logging
from importlib.util import find_spec
from typing import Any

import torch
from torch import nn

from signbridge.training.video.config import TIERS, VideoTrainConfig
from signbridge.training.video.schedule import Schedule
from signbridge.training.video.tiers import parameters_of

LOG = logging.getLogger("signbridge.training")


def make_optimiser(trainee: nn.Module, config: VideoTrainConfig, device: torch.device) -> Any:
    """Return AdamW over all tiers, in the order of TIERS; the schedule sets the rates."""
    tiers = parameters_of(trainee)
    groups = [{"params": tiers[tier], "lr": 0.0} for tier in TIERS]
    if device.type == "cuda" and find_spec("bitsandbytes"):
        from bitsandbytes.optim import AdamW8bit

        LOG.info("AdamW keeps its state in 8 bits")
        return AdamW8bit(groups, betas=config.betas, weight_decay=config.weight_decay)
    LOG.info("AdamW keeps its state in 32 bits; bitsandbytes on a GPU would keep it in 8")
    return torch.optim.AdamW(groups, betas=config.betas, weight_decay=config.weight_decay)


def take_step(optimiser: Any, schedule: Schedule, step: int, max_norm: float) -> dict[str, float]:
    """Move the tiers that train at this step; return the size of each one's gradient.

    The others drop their gradients instead of being frozen: processes that share gradients agree
    on what is trained once, at the start.
    """
    moving = schedule.training(step)
    norms = {}
    for tier, group in zip(TIERS, optimiser.param_groups, strict=True):
        group["lr"] = schedule.rate(tier, step)
        if tier in moving:
            norms[tier] = float(nn.utils.get_total_norm(_gradients(group)))
        else:
            for parameter in group["params"]:
                parameter.grad = None
    everything = [p for group in optimiser.param_groups for p in group["params"]]
    nn.utils.clip_grad_norm_(everything, max_norm)
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    return norms


def _gradients(group: dict[str, Any]) -> list[torch.Tensor]:
    return [p.grad for p in group["params"] if p.grad is not None]
