"""Fits a network of isolated signs to signs as sentences show them: short, run together."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from signbridge.landmarks.features import STEPS, resampled
from signbridge.recognize.landmark.model import SignNet
from signbridge.training.augment import AugmentConfig, augmented
from signbridge.training.fit import make_optimiser, save_state
from signbridge.training.translator.composed import Example

LOG = logging.getLogger("signbridge.training")
JITTER_S = 0.06  # by which a span is cut too early or too late
# Spans are cut badly as it is, and cameras have lost frames already.
AUGMENT = AugmentConfig(crop=0.05, low_rate=0.1, drop_span=0.1, drop_frames=0.1)


@dataclass(frozen=True)
class SpanTraining:
    """One run; the card repeats it."""

    steps: int = 2400
    batch: int = 64
    rate: float = 4e-4
    weight_decay: float = 0.05
    smoothing: float = 0.1
    save_every: int = 50
    seed: int = 0


def spans_of(
    example: Example, rng: np.random.Generator
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield each gloss with its hands (STEPS, 2, 21, 3), cut out as a segmenter would."""
    ready = example.prepared
    for gloss, (start_s, end_s) in zip(example.glosses, example.spans_s, strict=True):
        low_s, high_s = np.array([start_s, end_s]) + rng.normal(0, JITTER_S, 2)
        first = max(0, round(float(low_s) * ready.seen_fps))
        part = ready.raised[first : max(first + 2, round(float(high_s) * ready.seen_fps))]
        if len(part) > 1 and not np.isnan(part[..., 0, 0]).all():
            yield gloss, resampled(part, STEPS)


def batches(
    source: Iterator[Example], rows: Mapping[str, int], size: int, seed: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield hands (size, STEPS, 2, 21, 3) and outputs (size,), each span drawn about twice."""
    rng = np.random.default_rng(seed)
    pool: list[tuple[str, NDArray[np.float32]]] = []
    while True:
        fresh = 4 * size if not pool else size // 2
        added = 0
        while added < fresh:
            for one in spans_of(next(source), rng):
                if len(pool) < 32 * size:
                    pool.append(one)
                else:
                    pool[rng.integers(len(pool))] = one
                added += 1
        drawn = [pool[i] for i in rng.permutation(len(pool))[:size]]
        hands = torch.from_numpy(np.stack([part for _, part in drawn]))
        yield hands, torch.tensor([rows[gloss] for gloss, _ in drawn])


def fit_spans(
    network: SignNet,
    source: Iterator[Example],
    rows: Mapping[str, int],
    config: SpanTraining,
    state_path: Path,
) -> SignNet:
    """Train `network` in place on the spans of sentences, resuming where `state_path` exists."""
    torch.manual_seed(config.seed)
    optimiser = make_optimiser(network, config.rate, config.weight_decay)
    step = 0
    if state_path.exists():
        state = torch.load(state_path, weights_only=False)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        step = state["step"]
    started, losses = time.monotonic(), []
    drawn = batches(source, rows, config.batch, config.seed + step)
    while step < config.steps:
        hands, labels = next(drawn)
        rise = min(1.0, (step + 1) / 40)
        for group in optimiser.param_groups:
            group["lr"] = config.rate * rise * (1 + math.cos(math.pi * step / config.steps)) / 2
        network.train()
        logits = network(augmented(hands, network.config.steps, AUGMENT))
        loss = nn.functional.cross_entropy(logits, labels, label_smoothing=config.smoothing)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        step += 1
        losses.append(loss.item())
        if step % config.save_every == 0 or step == config.steps:
            state = {"network": network.state_dict(), "optimiser": optimiser.state_dict()}
            save_state(state_path, {**state, "step": step})
            LOG.info("spans, step %d of %d: loss %.3f in %.0f s", step, config.steps,
                     np.mean(losses), time.monotonic() - started)  # fmt: skip
            started, losses = time.monotonic(), []
    return network.eval()
