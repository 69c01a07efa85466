"""The training itself: stages, steps, validation and checkpoints, one plain loop."""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor

from signbridge.errors import SettingsError
from signbridge.training.video.batches import Batch, Clips, load
from signbridge.training.video.config import TIERS, VideoTrainConfig
from signbridge.training.video.contrast import Queue, info_nce
from signbridge.training.video.export import export_adapter
from signbridge.training.video.model import Trainee
from signbridge.training.video.optimiser import make_optimiser, take_step
from signbridge.training.video.order import micro_batches, steps_of
from signbridge.training.video.schedule import Schedule
from signbridge.training.video.state import Progress, load_state, save_state
from signbridge.training.video.validate import validation_loss

LOG = logging.getLogger("signbridge.training")


@dataclass(frozen=True, slots=True)
class Run:
    """What one run is made of. stages: the clips of each; adapter: where the best one goes.

    base: the name of the model that the adapter belongs to.
    """

    config: VideoTrainConfig
    stages: tuple[Clips, ...]
    val: Clips
    base: str
    state: Path
    adapter: Path
    identity: dict[str, Any]

    @property
    def schedule(self) -> Schedule:
        """The rates of the whole run."""
        config = self.config
        pairs = zip(self.stages, config.stages, strict=True)
        steps = tuple(steps_of(len(clips), stage.epochs, config.batch) for clips, stage in pairs)
        return Schedule(config, steps)


def seed_everything(seed: int) -> None:
    """Set every generator of this process."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def train(run: Run, trainee: Trainee, accelerator: Accelerator, resume: bool) -> Progress:
    """Train through all stages and leave the best adapter; go on from the state if asked."""
    config, schedule = run.config, run.schedule
    seed_everything(config.seed + accelerator.process_index)
    model = accelerator.prepare(trainee)
    optimiser = make_optimiser(trainee, config, accelerator.device)
    queue = Queue(config.contrast_queue, config.contrast_size, accelerator.device)
    progress = Progress()
    if resume:
        progress = load_state(run.state, accelerator, trainee, optimiser, queue, run.identity)
        LOG.info("going on at step %d of %d", progress.step, schedule.total)
    model.train()
    batches = upcoming(run, schedule, progress.step, accelerator)
    for step in range(progress.step, schedule.total):
        started_s = time.monotonic()
        losses = learn(run, schedule, step, model, batches, queue, accelerator)
        if not math.isfinite(sum(losses)):
            raise SettingsError(
                f"the loss is no number at step {step + 1}; go on with --resume from "
                f"{run.state}, or start anew with lower rates"
            )
        norms = take_step(optimiser, schedule, step, config.max_norm)
        progress.step = step + 1
        if accelerator.is_main_process:
            tell(schedule, step, losses, norms, time.monotonic() - started_s)
        last = progress.step == schedule.total
        if last or progress.step in schedule.ends or progress.step % config.validate_every == 0:
            found = validation_loss(accelerator, model, run.val, config)
            LOG.info("step %d: validation loss %.4f", progress.step, found)
            progress.history.append({"step": progress.step, "val_loss": found})
            if found < progress.best:
                progress.best = found
                if accelerator.is_main_process:
                    export_adapter(trainee, run.adapter, run.base)
        if last or progress.step % config.save_every == 0:
            save_state(run.state, accelerator, trainee, optimiser, queue, progress, run.identity)
    return progress


def learn(
    run: Run,
    schedule: Schedule,
    step: int,
    model: Any,
    batches: Iterator[Batch],
    queue: Queue,
    accelerator: Accelerator,
) -> tuple[float, float]:
    """Gather the gradients of one step; return its mean losses: sentences, contrast."""
    config = run.config
    parts = config.batch // config.micro_batch // accelerator.num_processes
    weight = schedule.contrast_weight(step)
    sums = torch.zeros(2, device=accelerator.device)
    for part in range(parts):
        batch = next(batches).to(accelerator.device)
        if part + 1 < parts:
            with accelerator.no_sync(model):
                sums += losses_of(model, batch, weight, parts, queue, config, accelerator)
        else:
            sums += losses_of(model, batch, weight, parts, queue, config, accelerator)
    sentence, contrast = accelerator.reduce(sums / parts, "mean").tolist()
    return sentence, contrast


def losses_of(
    model: Any,
    batch: Batch,
    weight: float,
    parts: int,
    queue: Queue,
    config: VideoTrainConfig,
    accelerator: Accelerator,
) -> Tensor:
    """Add a micro-batch's share to the gradients; return (2,): its losses."""
    sentences, video, text = model(batch)
    sentence = sentences.mean()
    contrast = info_nce(video, text, batch.names, queue, config.contrast_temperature)
    accelerator.backward((sentence + weight * contrast) / parts)
    # Every process keeps the same queue, so one copy of it in the checkpoint is enough.
    queue.push(*(accelerator.gather(one.detach()) for one in (video, text, batch.names)))
    return torch.stack([sentence.detach(), contrast.detach()])


def upcoming(run: Run, schedule: Schedule, first: int, accelerator: Accelerator) -> Iterator[Batch]:
    """Yield this process's batches from a step on, stage after stage."""
    config = run.config
    start = 0
    for number, (clips, end) in enumerate(zip(run.stages, schedule.ends, strict=True)):
        if first < end:
            places = list(
                micro_batches(
                    max(first, start) - start,
                    end - start,
                    len(clips),
                    config.batch,
                    config.micro_batch,
                    (config.seed, number),
                    accelerator.process_index,
                    accelerator.num_processes,
                )
            )
            yield from load(clips, places, config.workers)
        start = end


def tell(
    schedule: Schedule,
    step: int,
    losses: Sequence[float],
    norms: dict[str, float],
    elapsed_s: float,
) -> None:
    """Log one step: losses, and for each moving tier its rate and the size of its gradient."""
    moving = ", ".join(
        f"{tier} {schedule.rate(tier, step):.1e} (gradient {norms[tier]:.2g})"
        for tier in TIERS
        if tier in norms
    )
    LOG.info(
        "step %d of %d: loss %.4f, contrast %.4f, %.1f s; %s",
        step + 1, schedule.total, *losses, elapsed_s, moving,
    )  # fmt: skip
