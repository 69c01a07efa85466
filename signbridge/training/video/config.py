"""Everything a run of the video trainer is made of; a TOML file can change any of it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from signbridge.errors import SettingsError
from signbridge.recognize.video.prompt import PROMPTS

DEFAULTS = "defaults"
TIERS = ("language", "vision", "head", "contrast")
"""T1 to T4: what trains at a rate of its own."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Some passes over the clips of some sources.

    sources: of the manifest; empty for all. rates: the highest of each tier, in the order of TIERS.
    """

    name: str
    sources: tuple[str, ...]
    epochs: int
    rates: tuple[float, float, float, float]


STAGES = (
    Stage("openasl", ("openasl",), 2, (3e-5, 5e-5, 2e-5, 5e-5)),
    Stage("how2sign", ("how2sign",), 2, (2e-5, 4e-5, 1e-5, 3e-5)),
)


@dataclass(frozen=True, slots=True)
class VideoTrainConfig:
    """The published adapter's recipe; the card repeats it.

    batch: clips a step, over all processes; micro_batch: clips at a time on one device.
    vision_first: the share of the first stage in which only vision and contrast train.
    floor: where a rate's cosine ends, as a share of its highest.
    contrast_after: steps before the contrastive loss counts.
    workers: processes that prepare clips ahead; save_every, validate_every: in steps.
    """

    seed: int = 0
    prompt: str = "training"
    stages: tuple[Stage, ...] = STAGES
    batch: int = 24
    micro_batch: int = 1
    rank_language: int = 16
    rank_vision: int = 32
    rank_head: int = 8
    dropout: float = 0.08
    contrast_size: int = 256
    contrast_temperature: float = 0.07
    contrast_weight: float = 0.3
    contrast_after: int = 200
    contrast_queue: int = 64
    smoothing: float = 0.04
    vision_first: float = 0.2
    warm_up: float = 0.05
    floor: float = 0.05
    betas: tuple[float, float] = (0.9, 0.98)
    weight_decay: float = 0.01
    max_norm: float = 1.0
    checkpointing: bool = True
    workers: int = 2
    save_every: int = 50
    validate_every: int = 200
    val_clips: int = 200

    def __post_init__(self) -> None:
        """Refuse values that mean nothing."""
        at_least_0 = ("seed", "contrast_weight", "contrast_after", "weight_decay", "workers")
        shares = ("dropout", "smoothing", "vision_first", "warm_up", "floor")
        skipped = (*at_least_0, *shares, "prompt", "stages", "betas", "checkpointing")
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in at_least_0 and value < 0:
                raise SettingsError(f"{field.name} = {value} means nothing; give 0 or more")
            if field.name in shares and not 0 <= value < 1:
                raise SettingsError(f"{field.name} = {value} is no share; give 0 to less than 1")
            if field.name not in skipped and not value > 0:
                raise SettingsError(f"{field.name} = {value} means nothing; give more than 0")
        if self.batch % self.micro_batch:
            raise SettingsError(
                f"batch = {self.batch} is no multiple of micro_batch = {self.micro_batch}; "
                "choose a micro_batch that divides it"
            )
        if self.prompt not in PROMPTS:
            raise SettingsError(f"prompt = {self.prompt!r} is unknown; choose from {[*PROMPTS]}")
        if len(self.betas) != 2 or not all(0 <= beta < 1 for beta in self.betas):
            raise SettingsError(f"betas = {self.betas}; give two numbers from 0 to less than 1")
        if not self.stages:
            raise SettingsError("there is no stage; give at least one [[stages]]")
        for stage in self.stages:
            if stage.epochs < 1 or len(stage.rates) != len(TIERS) or min(stage.rates) < 0:
                raise SettingsError(
                    f"stage {stage.name!r} can't be run; give epochs of 1 or more and four rates "
                    f"of 0 or more, for {', '.join(TIERS)}"
                )


def read_config(path: str) -> VideoTrainConfig:
    """Return the configuration in a TOML file; "defaults" is the published recipe."""
    if path == DEFAULTS:
        return VideoTrainConfig()
    try:
        with Path(path).open("rb") as file:
            values = tomllib.load(file)
    except OSError as error:
        raise SettingsError(
            f"{path} can't be read: {error.strerror}; give a TOML file, or {DEFAULTS!r}"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}") from error
    if "stages" in values:
        if not isinstance(values["stages"], list):
            raise SettingsError(f"{path}: stages is no list; write each under [[stages]]")
        values["stages"] = tuple(_stage(path, stage) for stage in values["stages"])
    return VideoTrainConfig(**_values(path, values, VideoTrainConfig))


def _stage(path: str, values: object) -> Stage:
    if not isinstance(values, dict):
        raise SettingsError(f"{path}: a stage is no table; write each under [[stages]]")
    missing = {field.name for field in fields(Stage)} - set(values)
    if missing:
        raise SettingsError(f"{path}: a stage lacks {', '.join(sorted(missing))}")
    return Stage(**_values(path, values, Stage))


_KINDS: Mapping[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "str": (str,),
}


def _values(path: str, values: Mapping[str, Any], kind: type[Any]) -> dict[str, Any]:
    """Return the values with lists as tuples; raise for a name or a type that is not asked for."""
    types = {field.name: str(field.type) for field in fields(kind)}
    for name, value in values.items():
        if name not in types:
            raise SettingsError(f"{path}: {name} is not a setting; choose from {', '.join(types)}")
        expected = types[name]
        if expected.startswith("tuple"):
            kinds = (
                (Stage,) if "Stage" in expected else _KINDS["str" if "str" in expected else "float"]
            )
            fits = isinstance(value, list | tuple) and all(type(one) in kinds for one in value)
        else:
            fits = type(value) in _KINDS[expected]
        if not fits:
            raise SettingsError(f"{path}: {name} = {value!r} is no {expected}")
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }
