"""Motion, step by step -> how likely a sign is being made, begins, ends, or gives way to the next.

A stack of causal dilated convolutions, kept small enough for NumPy: a step costs a fraction of a
millisecond. `training/boundaries.py` trains it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.errors import CheckpointError
from signbridge.landmarks.motion import FEATURES, RATE

Array = NDArray[np.float32]

DEFAULT_FOLDER = Path(__file__).parents[1] / "assets" / "segmenter"
SIGN, BEGIN, END, CUT = range(4)  # what is told of each step
HEADS = 4
KERNEL = 3


@dataclass(frozen=True, slots=True)
class BoundaryConfig:
    """Everything that decides the network's shape, and how its answers are taken.

    delay: steps it looks ahead. cut: how likely the change to another sign must be to cut there;
    fluent: how likely any change in a stretch must be before it is cut at all. begun, ended: the
    same as cut for the first sign's begin and the last sign's end in a stretch that is cut. over:
    how likely an end must be for the sign to be given once the hands are down.
    """

    width: int = 96
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16)
    delay: int = 6
    cut: float = 0.5
    fluent: float = 0.9
    begun: float = 0.3
    ended: float = 0.3
    over: float = 0.5

    @property
    def delay_s(self) -> float:
        """How far it looks ahead, in seconds."""
        return self.delay / RATE


class BoundaryNet:
    """Weights, shared by all; `open` gives one signer's memory."""

    def __init__(self, config: BoundaryConfig, weights: Mapping[str, Array]) -> None:
        self.config = config
        wanted = {name: shape for name, shape in shapes(config)}
        found = {name: tuple(array.shape) for name, array in weights.items()}
        if wanted != found:
            raise CheckpointError(f"the boundary network's weights are {found}, not {wanted}")
        self.weights = {name: np.asarray(array, np.float32) for name, array in weights.items()}

    def open(self) -> BoundaryState:
        """Return an empty memory."""
        return BoundaryState(self)


class BoundaryState:
    """The last steps of one signer, as each layer remembers them."""

    def __init__(self, net: BoundaryNet) -> None:
        self._net = net
        width = net.config.width
        self._past = [np.zeros((2 * gap, width), np.float32) for gap in net.config.dilations]
        self._steps = 0

    def step(self, features: Array) -> Array:
        """Take (FEATURES,); return (HEADS,) probabilities of the step `delay` before this one."""
        weights = self._net.weights
        x = features @ weights["enter.weight"] + weights["enter.bias"]
        for layer, (gap, past) in enumerate(
            zip(self._net.config.dilations, self._past, strict=True)
        ):
            slot = self._steps % (2 * gap)  # what stands there is 2 * gap steps old
            now = _norm(x, weights[f"{layer}.scale"], weights[f"{layer}.shift"])
            taps = np.concatenate([past[slot], past[(slot + gap) % (2 * gap)], now])
            past[slot] = now
            hidden = np.maximum(taps @ weights[f"{layer}.see"] + weights[f"{layer}.see_bias"], 0)
            x = x + hidden @ weights[f"{layer}.mix"] + weights[f"{layer}.mix_bias"]
        self._steps += 1
        x = _norm(x, weights["leave.scale"], weights["leave.shift"])
        logits = x @ weights["leave.weight"] + weights["leave.bias"]
        return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)


def shapes(config: BoundaryConfig) -> Sequence[tuple[str, tuple[int, ...]]]:
    """Return the name and shape of every weight."""
    width = config.width
    found: list[tuple[str, tuple[int, ...]]] = [
        ("enter.weight", (FEATURES, width)),
        ("enter.bias", (width,)),
    ]
    for layer in range(len(config.dilations)):
        found += [(f"{layer}.scale", (width,)), (f"{layer}.shift", (width,))]
        found += [(f"{layer}.see", (KERNEL * width, width)), (f"{layer}.see_bias", (width,))]
        found += [(f"{layer}.mix", (width, width)), (f"{layer}.mix_bias", (width,))]
    found += [("leave.scale", (width,)), ("leave.shift", (width,))]
    return [*found, ("leave.weight", (width, HEADS)), ("leave.bias", (HEADS,))]


def load_boundaries(folder: Path = DEFAULT_FOLDER) -> BoundaryNet:
    """Return the network in a model folder; raise `CheckpointError` if it is broken."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        config["dilations"] = tuple(config["dilations"])
        return BoundaryNet(BoundaryConfig(**config), load_file(folder / "model.safetensors"))
    except (OSError, ValueError, TypeError, KeyError, SafetensorError) as cause:
        raise CheckpointError(f"{folder} holds no boundary network: {cause}") from cause


def _norm(x: Array, scale: Array, shift: Array) -> Array:
    away = x - x.mean()
    return np.asarray(away / np.sqrt((away * away).mean() + 1e-5) * scale + shift, np.float32)
