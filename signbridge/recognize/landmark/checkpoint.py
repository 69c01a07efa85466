"""A trained model as one folder: weights, configuration, vocabulary and card that agree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from scipy.special import expit, logit, softmax

from signbridge.errors import CheckpointError
from signbridge.recognize.landmark.model import ModelConfig, SignEnsemble, SignNet
from signbridge.recognize.vocabulary import Vocabulary

Settings = TypeVar("Settings", ModelConfig, "Calibration")
EPSILON = 1e-6
WEIGHTS, CONFIG, ONNX_MODEL = "model.safetensors", "config.json", "model.onnx"


@dataclass(frozen=True, slots=True)
class Calibration:
    """How scores become honest: fitted on signers held out from training.

    temperature divides the logits (Guo et al. 2017); slope and offset then turn the log-odds of the
    best score into those with which it was right (Platt 1999). A best score under threshold means
    "not recognized".
    """

    temperature: float = 1.0
    threshold: float = 0.5
    slope: float = 1.0
    offset: float = 0.0

    def probabilities(self, logits: NDArray[np.float32], offered: int) -> NDArray[np.float32]:
        """Return (..., offered) that sum to 1 or less, of logits (..., outputs)."""
        return np.asarray(softmax(logits / self.temperature, axis=-1)[..., :offered])

    def scores(self, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (..., vocabulary) scores of probabilities that sum to 1 or less.

        The best becomes as sure as such answers were right; the others share what that leaves, in
        the proportions the network gave them and the signs it does not offer.
        """
        best = probabilities.max(axis=-1, keepdims=True).clip(EPSILON, 1 - EPSILON)
        sure = expit(self.slope * logit(best.astype(np.float64)) + self.offset)
        rest = probabilities * ((1 - sure) / (1 - best))
        leads = np.arange(probabilities.shape[-1]) == probabilities.argmax(axis=-1)[..., None]
        return np.where(leads, sure, np.minimum(rest, (1 - EPSILON) * sure)).astype(np.float32)

    def sure(self, scores: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Return (...): the best of scores (..., vocabulary) is said, not "not recognized"."""
        return np.asarray(scores.max(axis=-1).astype(np.float64) >= self.threshold)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A network in evaluation mode and what belongs to it.

    vocabulary names the network's first outputs; further outputs stand for signs that are trained
    on but not offered (they only take probability away from the others).
    """

    network: SignEnsemble
    vocabulary: Vocabulary
    calibration: Calibration


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write the model folder; weights are stored in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {
        name: value.half().contiguous() if value.is_floating_point() else value
        for name, value in checkpoint.network.state_dict().items()
    }
    save_file(weights, folder / WEIGHTS)
    settings = {
        "members": [asdict(config) for config in checkpoint.network.configs],
        "calibration": asdict(checkpoint.calibration),
    }
    (folder / CONFIG).write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    checkpoint.vocabulary.save(folder)


def load_checkpoint(folder: Path) -> Checkpoint:
    """Read a model folder; raise `CheckpointError` if a part is missing or they disagree."""
    settings = _read_config(folder / CONFIG)
    configs = _members(settings, folder)
    calibration = _part(settings, "calibration", Calibration, folder)
    vocabulary = Vocabulary.load(folder)
    if len(vocabulary) > configs[0].classes:
        raise CheckpointError(
            f"{folder}: the vocabulary has {len(vocabulary)} signs but the model has only "
            f"{configs[0].classes} outputs; the folder mixes two models"
        )
    network = SignEnsemble([SignNet(config) for config in configs])
    try:
        stored = load_file(folder / WEIGHTS)
        network.load_state_dict({name: value.to(torch.float32) for name, value in stored.items()})
    except FileNotFoundError as cause:
        raise CheckpointError(f"{folder / WEIGHTS} is missing") from cause
    except RuntimeError as cause:
        raise CheckpointError(f"{folder}: the weights do not fit {CONFIG}: {cause}") from cause
    network.requires_grad_(False)
    return Checkpoint(network.eval(), vocabulary, calibration)


def _read_config(path: Path) -> dict[str, object]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]
    except FileNotFoundError as cause:
        raise CheckpointError(f"{path} is missing; a model folder carries one") from cause
    except json.JSONDecodeError as cause:
        raise CheckpointError(f"{path} is not valid JSON: {cause}") from cause


def _members(settings: Mapping[str, object], folder: Path) -> list[ModelConfig]:
    members = settings.get("members")
    if not isinstance(members, list) or not 1 <= len(members) <= 16:
        raise CheckpointError(f"{folder / CONFIG}: 'members' must be a list of 1 to 16 networks")
    configs = [_part({"members": one}, "members", ModelConfig, folder) for one in members]
    if len({(config.classes, config.steps) for config in configs}) > 1:
        raise CheckpointError(f"{folder / CONFIG}: 'members' must share 'classes' and 'steps'")
    return configs


def _part(
    settings: Mapping[str, object], part: str, kind: type[Settings], folder: Path
) -> Settings:
    values = settings.get(part)
    expected = {field.name for field in fields(kind)}
    if not isinstance(values, dict) or set(values) != expected:
        raise CheckpointError(
            f"{folder / CONFIG}: {part!r} must hold exactly {', '.join(sorted(expected))}"
        )
    return kind(**values)


def count_parameters(network: torch.nn.Module) -> int:
    """Return the number of trained values."""
    return sum(parameter.numel() for parameter in network.parameters())
