"""What a comparison or a report says of a model: which weights these are, and where they run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

WEIGHTS = "model.safetensors"
_SHOWN = 12


def about_folder(folder: Path, device: str = "cpu") -> Mapping[str, str]:
    """Return the model's name, revision and device; the revision is a digest of its weights."""
    return {"model": folder.name, "revision": _digest(folder / WEIGHTS), "device": device}


def digests(folder: Path, *names: str) -> Mapping[str, str]:
    """Return the digest of each of these files that the folder has, under FOLDER/NAME."""
    paths = [folder / name for name in names]
    return {f"{folder.name}/{path.name}": _digest(path) for path in paths if path.is_file()}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:_SHOWN]
