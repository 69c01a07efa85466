"""Trains the video model: `python -m signbridge train video`, or through `accelerate launch -m`.

Reads the manifests, finds the landmarks of all clips, puts an adapter on the base, trains it
through the stages, scores the best on clips it never learned from and writes its folder. Saves as
it goes; the same command with --resume goes on where it stopped.
"""

from __future__ import annotations

import argparse
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch

from signbridge.errors import BackendUnavailableError, BadInputError, SettingsError
from signbridge.recognize.video.weights import Weights, load_model, load_processor
from signbridge.training.video.batches import Clips
from signbridge.training.video.clips import cache_landmarks
from signbridge.training.video.config import VideoTrainConfig, read_config
from signbridge.training.video.manifest import (
    Row,
    check_apart,
    fingerprint,
    of_stage,
    read_manifests,
)

LOG = logging.getLogger("signbridge.training")

# Processes wait for one another while landmarks are found, which takes one longer than another.
LONGEST_WAIT = timedelta(days=2)


def run(options: argparse.Namespace) -> Path | None:
    """Train as the command line asks; return the adapter's folder, from one process of all."""
    config = read_config(options.config)
    train = read_manifests(options.manifest, "train")
    val = read_manifests(options.val, "val")
    check_apart(train, val)
    stages = [of_stage(train, stage) for stage in config.stages]
    state, cache = options.out / "state.pt", options.cache or options.out / "landmarks"
    check_out(options.out, state, options.resume)
    seen = list(dict.fromkeys(row for rows in stages for row in rows))
    accelerator = make_accelerator(config)
    if not accelerator.is_main_process:
        LOG.setLevel(logging.WARNING)  # one process tells for all
    processor, base = load_base(options.base, accelerator.device)
    mine = slice(accelerator.process_index, None, accelerator.num_processes)
    cache_landmarks([*seen, *val][mine], cache, config.workers)
    accelerator.wait_for_everyone()

    from signbridge.training.video.loop import Run, seed_everything
    from signbridge.training.video.loop import train as train_stages
    from signbridge.training.video.model import Trainee
    from signbridge.training.video.state import identity_of

    clips = [Clips(rows, processor, config.prompt, cache) for rows in stages]
    manifests = {"train": fingerprint(seen), "val": fingerprint(val)}
    made = Run(
        config=config,
        stages=tuple(clips),
        val=Clips(val, processor, config.prompt, cache),
        base=options.base,
        state=state,
        adapter=options.out / "adapter",
        identity=identity_of(config, options.base, manifests, accelerator.num_processes),
    )
    seed_everything(config.seed)  # every process starts from the same adapter
    trainee = Trainee(base, config)
    progress = train_stages(made, trainee, accelerator, options.resume)
    del trainee, base
    if not accelerator.is_main_process:
        return None
    finish(made, progress.history, seen, processor, accelerator.device)
    return made.adapter


def check_out(out: Path, state: Path, resume: bool) -> None:
    """Refuse to write over a run, or to go on with none."""
    if resume and not state.is_file():
        raise BadInputError(f"{state} is not there, so no run can go on; leave out --resume")
    if not resume and state.is_file():
        raise BadInputError(f"{out} holds a run; go on with --resume, or give another --out")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInputError(f"{out} can't be made a folder: {error.strerror}") from error


def make_accelerator(config: VideoTrainConfig) -> Any:
    """Return what knows the devices: one or many GPUs in bfloat16, or the CPU in float32."""
    from accelerate import Accelerator, InitProcessGroupKwargs

    accelerator = Accelerator(
        mixed_precision="bf16" if torch.cuda.is_available() else "no",
        kwargs_handlers=[InitProcessGroupKwargs(timeout=LONGEST_WAIT)],
    )
    shared = config.micro_batch * accelerator.num_processes
    if config.batch % shared:
        raise SettingsError(
            f"batch = {config.batch} can't be shared by {accelerator.num_processes} processes of "
            f"micro_batch = {config.micro_batch}; choose a multiple of {shared}"
        )
    return accelerator


def load_base(base: str, device: torch.device) -> tuple[Any, Any]:
    """Return the processor and the model of a folder, or of a name that the hub knows."""
    weights = Weights(base=base, download=True)
    try:
        return load_processor(weights), load_model(weights, device)
    except BackendUnavailableError as error:
        # The recognizer's words name its setting; here it is an option.
        text = str(error).replace("SIGNBRIDGE_VIDEO_BASE", "--base")
        raise BackendUnavailableError(text) from error


def finish(run: Any, history: Any, train: list[Row], processor: Any, device: torch.device) -> None:
    """Score the best adapter, as anyone would load it, and write its card."""
    from signbridge.training.video.card import write_card
    from signbridge.training.video.validate import scores, spread, translations

    adapter = str(run.adapter)
    model = load_model(Weights(base=run.base, adapter=adapter, download=True), device)
    places = spread(len(run.val), run.config.val_clips)
    LOG.info("translating %d clips of the validation set", len(places))
    said = translations(model, processor, run.val, places, run.config.prompt)
    found = scores(said, run.val, places)
    write_card(run.adapter, run.config, run.base, train, run.val.rows, history, found)
