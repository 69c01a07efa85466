"""What a comparison says of a model: which weights these are, and where they run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

WEIGHTS = "model.safetensors"
_SHOWN = 12


def about_folder(folder: Path, device: str = "cpu") -> Mapping[str, str]:
    """Return the model's name, revision and device; the revision is a digest of its weights."""
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    return {"model": folder.name, "revision": digest[:_SHOWN], "device": device}
