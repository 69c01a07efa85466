"""Everything a run needs to go on as if it had never stopped, in one file."""

from __future__ import annotations

import os
import pickle
import random
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.utils import gather_object

from signbridge.errors import CheckpointError
from signbridge.training.video.config import VideoTrainConfig
from signbridge.training.video.contrast import Queue
from signbridge.training.video.model import Trainee


@dataclass(slots=True)
class Progress:
    """How far a run is: steps taken, the best validation so far, and all of them."""

    step: int = 0
    best: float = float("inf")
    history: list[dict[str, float]] = field(default_factory=list)


def save_state(
    path: Path,
    accelerator: Accelerator,
    trainee: Trainee,
    optimiser: Any,
    queue: Queue,
    progress: Progress,
    identity: dict[str, Any],
) -> None:
    """Write the state so that a stop at any moment leaves a whole file; all processes call it.

    identity: what must be the same when the run goes on; see `identity_of`.
    """
    randoms = gather_object([random_state()])  # a process has its own dropout
    if accelerator.is_main_process:
        state = {
            "identity": identity,
            "progress": asdict(progress),
            "trained": trained_weights(trainee),
            "optimiser": optimiser.state_dict(),
            "queue": queue.state(),
            "randoms": randoms,
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())  # a renamed file without its bytes would be no checkpoint
        part.replace(path)
    accelerator.wait_for_everyone()


def load_state(
    path: Path,
    accelerator: Accelerator,
    trainee: Trainee,
    optimiser: Any,
    queue: Queue,
    identity: dict[str, Any],
) -> Progress:
    """Take up the state in a file; raise `CheckpointError` where it is of another run."""
    try:
        # The file is the trainer's own and holds random states, which are no tensors.
        state = torch.load(path, map_location="cpu", weights_only=False)
    except (OSError, EOFError, RuntimeError, pickle.UnpicklingError) as error:
        raise CheckpointError(
            f"{path} can't be read: {str(error).splitlines()[0]}; start anew without --resume"
        ) from error
    for name, value in identity.items():
        if state["identity"].get(name) != value:
            raise CheckpointError(
                f"{path} is of a run with another {name}; give the same as then, or another --out"
            )
    own = dict(trainee.named_parameters())
    with torch.no_grad():
        for name, weights in state["trained"].items():
            own[name].copy_(weights)
    optimiser.load_state_dict(state["optimiser"])
    queue.restore(state["queue"])
    set_random_state(state["randoms"][accelerator.process_index])
    return Progress(**state["progress"])


def identity_of(
    config: VideoTrainConfig, base: str, clips: dict[str, str], processes: int
) -> dict[str, Any]:
    """Return what a resumed run must share with its beginning, by the words an error uses."""
    settings = asdict(config)
    for name in ("workers", "save_every", "checkpointing"):  # these change no figure
        del settings[name]
    return {
        "base": base,
        "configuration": settings,
        "manifest": clips,
        "number of processes": processes,
    }


def trained_weights(trainee: Trainee) -> dict[str, torch.Tensor]:
    """Return the adapter and the heads by name; the base is not among them."""
    return {
        name: parameter.detach().cpu().clone()
        for name, parameter in trainee.named_parameters()
        if parameter.requires_grad
    }


def random_state() -> dict[str, Any]:
    """Return the state of every generator in this process."""
    return {
        "python": random.getstate(),
        "numpy": np.random.get_state(),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def set_random_state(state: dict[str, Any]) -> None:
    """Put every generator back where it was."""
    random.setstate(state["python"])
    np.random.set_state(state["numpy"])
    torch.set_rng_state(state["torch"])
    if state["cuda"]:
        torch.cuda.set_rng_state_all(state["cuda"])
