"""A recognizer -> which weights answered and when it would not, as far as it tells."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from signbridge.evaluation.metrics import NAN


@runtime_checkable
class Described(Protocol):
    """A recognizer that names its model."""

    @property
    def about(self) -> Mapping[str, str]:
        """The model, its revision and its device, as far as they are known."""
        ...


@runtime_checkable
class Weighted(Protocol):
    """A recognizer that knows the files it loaded."""

    @property
    def weights_sha256(self) -> Mapping[str, str]:
        """The first 12 hex digits of each file's SHA-256, by FOLDER/NAME."""
        ...


@runtime_checkable
class Refusing(Protocol):
    """A recognizer that says "not recognized" where it is not sure."""

    @property
    def threshold(self) -> float:
        """The best score under which it says so."""
        ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What a recognizer tells of itself; empty or NaN where it does not.

    about, weights_sha256: see `Described` and `Weighted`. threshold: see `Refusing`.
    """

    about: Mapping[str, str]
    weights_sha256: Mapping[str, str]
    threshold: float


def facts_of(recognizer: object) -> Facts | None:
    """Return what a recognizer tells of itself; None where it tells nothing."""
    about = recognizer.about if isinstance(recognizer, Described) else {}
    facts = Facts(
        {name: _public(what) for name, what in about.items()},
        dict(recognizer.weights_sha256) if isinstance(recognizer, Weighted) else {},
        recognizer.threshold if isinstance(recognizer, Refusing) else NAN,
    )
    known = facts.about or facts.weights_sha256 or isinstance(recognizer, Refusing)
    return facts if known else None


def _public(what: str) -> str:
    """Return what is told of a model without a server's address or a folder: reports are shared."""
    if "://" in what:
        return "a server"
    parts = what.split(" + ")  # a model and its adapter
    return " + ".join(Path(part).name if Path(part).is_absolute() else part for part in parts)


def in_words(facts: Facts) -> str:
    """Say which weights answered, and from which score on."""
    said = []
    if facts.about:
        answered = ", ".join(f"{name} {what}" for name, what in facts.about.items())
        said.append(f"Answered by {answered}.")
    if facts.weights_sha256:
        files = ", ".join(f"`{name}` {digest}" for name, digest in facts.weights_sha256.items())
        said.append(f"Weights, by the first digits of their SHA-256: {files}.")
    if not math.isnan(facts.threshold):
        said.append(f'A best score under {facts.threshold:.3f} means "not recognized".')
    return " ".join(said)
