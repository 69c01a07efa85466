"""What one trained configuration leaves behind: a json row, read again when the run goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from signbridge.errors import BadInputError
from signbridge.training.architectures.config import ArchitectureConfig
from signbridge.training.fit import TrainConfig


@dataclass(frozen=True, slots=True)
class Hits:
    """Which clips of one set were right, and who signs them; the answer was one of `glosses`."""

    glosses: int
    top1: tuple[bool, ...]
    top5: tuple[bool, ...]
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One configuration after its training; hits by the name of the set, the same in each row."""

    name: str
    config: ArchitectureConfig
    budget: TrainConfig
    classes: int
    parameters: int
    seconds: float
    hits: Mapping[str, Hits]


def write_row(path: Path, row: Row) -> None:
    """Write the row so that a stop at any moment leaves a whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(asdict(row)) + "\n", encoding="utf-8")
    part.replace(path)


def read_row(path: Path, config: ArchitectureConfig, budget: TrainConfig) -> Row | None:
    """Return the row of this configuration and budget, None where it is not trained yet."""
    if not path.exists():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    wanted = json.loads(json.dumps({"config": asdict(config), "budget": asdict(budget)}))
    for name, value in wanted.items():
        if found[name] != value:
            raise BadInputError(
                f"{path} was trained with another {name}: {found[name]} instead of {value}; "
                "delete it, or choose another --state folder"
            )
    hits = {
        name: Hits(one["glosses"], tuple(one["top1"]), tuple(one["top5"]), tuple(one["signers"]))
        for name, one in found["hits"].items()
    }
    return Row(**{**found, "config": config, "budget": budget, "hits": hits})
