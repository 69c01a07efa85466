"""Fits the translator: a pool of sentences, the three losses, a state that can be resumed."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from signbridge.recognize.translator.model import TranslatorNet, ctc_loss, moment_loss
from signbridge.recognize.translator.words import PAD, word_loss
from signbridge.training.augment import AugmentConfig, in_space
from signbridge.training.fit import save_state
from signbridge.training.translator.batch import Batch, batch_of
from signbridge.training.translator.composed import Example
from signbridge.training.translator.config import TranslatorTraining

LOG = logging.getLogger("signbridge.training")
LOOK = 4  # batches drawn at once and sorted by length, so that little of a batch is padding


@dataclass(frozen=True, slots=True)
class Names:
    """The numbers of glosses and words in the network's outputs."""

    glosses: Mapping[str, int]
    words: Mapping[str, int]


class Pool:
    """Sentences to draw batches from; every step some are replaced by fresh ones."""

    def __init__(self, source: Iterator[Example], config: TranslatorTraining, seed: int) -> None:
        self.source, self.config = source, config
        self.rng = np.random.default_rng(seed)
        self.examples: list[Example] = []

    def draw(self) -> list[Example]:
        """Return one batch of about equally long sentences."""
        fresh = self.config.fresh if self.examples else LOOK * self.config.batch
        for _ in range(fresh):
            made = next(self.source)
            if len(self.examples) < self.config.pool:
                self.examples.append(made)
            else:
                self.examples[self.rng.integers(len(self.examples))] = made
        count = min(LOOK * self.config.batch, len(self.examples))
        drawn = [self.examples[i] for i in self.rng.permutation(len(self.examples))[:count]]
        drawn.sort(key=lambda one: len(one.prepared.hands))
        first = int(self.rng.integers(max(1, count - self.config.batch + 1)))
        return drawn[first : first + self.config.batch]


def fit(
    network: TranslatorNet,
    source: Iterator[Example],
    names: Names,
    config: TranslatorTraining,
    state_path: Path,
    augment: AugmentConfig | None = None,
) -> TranslatorNet:
    """Train `network` in place, resuming from `state_path` if it exists, and return it."""
    torch.manual_seed(config.seed)
    optimiser = make_optimiser(network, config)
    step = 0
    if state_path.exists():
        state = torch.load(state_path, weights_only=False)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        step = state["step"]
    pool = Pool(source, config, config.seed + step)
    model = network.config
    started, told = time.monotonic(), []
    while step < config.steps:
        train_mode(network, frozen_norms=config.from_signs)
        batch = batch_of(pool.draw(), names.glosses, names.words, model.stride, model.longest_text)
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * schedule(step, config)
        losses = losses_of(network, batch, config, augment or AugmentConfig())
        optimiser.zero_grad()
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        step += 1
        told.append([loss.item() for loss in losses.values()])
        if step % config.save_every == 0 or step == config.steps:
            save_state(
                state_path,
                {
                    "network": network.state_dict(),
                    "optimiser": optimiser.state_dict(),
                    "step": step,
                },
            )
            means = ", ".join(
                f"{name} {mean:.3f}" for name, mean in zip(losses, np.mean(told, 0), strict=True)
            )
            LOG.info("step %d of %d: %s in %.0f s", step, config.steps, means,
                     time.monotonic() - started)  # fmt: skip
            started, told = time.monotonic(), []
    return network.eval()


def losses_of(
    network: TranslatorNet, batch: Batch, config: TranslatorTraining, augment: AugmentConfig
) -> dict[str, Tensor]:
    """Return each loss times its weight; what weighs nothing is not computed."""
    read = network(in_space(batch.hands, augment), batch.lengths)
    losses = {}
    if config.moments:
        losses["moments"] = config.moments * moment_loss(read, batch.moments, config.smoothing)
    if config.ctc:
        losses["ctc"] = config.ctc * ctc_loss(read, batch.glosses, config.focus)
    told = (batch.words != PAD).sum(dim=1) > 2  # BEGIN and END alone: no English is known
    if config.words:
        logits = network.decoder(read.moments[told], read.seen[told], batch.words[told, :-1])
        words = word_loss(logits, batch.words[told], config.smoothing) if told.any() else 0.0
        losses["words"] = config.words * torch.as_tensor(words)
    return losses


def train_mode(network: TranslatorNet, *, frozen_norms: bool) -> None:
    """Set the network to training; batch norms that came trained keep what they know."""
    network.train()
    if frozen_norms:
        for module in network.modules():
            if isinstance(module, nn.BatchNorm1d):
                module.eval()


def make_optimiser(network: TranslatorNet, config: TranslatorTraining) -> torch.optim.Optimizer:
    """AdamW; what is new learns faster than what came trained, vectors do not decay."""
    groups = []
    for new in (False, True):
        for decays in (False, True):
            chosen = [
                value
                for name, value in network.named_parameters()
                if (name.startswith("decoder") or "places" in name) == new
                and (value.dim() > 1) == decays
            ]
            rate = config.new_rate if new else config.rate
            decay = config.weight_decay if decays else 0.0
            groups.append({"params": chosen, "weight_decay": decay, "peak": rate, "lr": rate})
    return torch.optim.AdamW(groups)


def schedule(step: int, config: TranslatorTraining) -> float:
    """Return the share of the peak rate: linear warm-up, then a cosine to zero."""
    rise = min(1.0, (step + 1) / max(1, config.warm_up))
    return rise * 0.5 * (1 + math.cos(math.pi * step / config.steps))
