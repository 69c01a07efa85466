"""The trained adapter -> a folder that PEFT, and so the recognizer, loads."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

from signbridge.training.video.model import Trainee


def export_adapter(trainee: Trainee, folder: Path, base: str) -> None:
    """Write the adapter in PEFT's form, with the embeddings; a stop leaves the one before whole.

    base: what the adapter belongs to, as who loads it will name it.
    """
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    adapted = trainee.adapted
    adapted.peft_config["default"].base_model_name_or_path = base
    with warnings.catch_warnings():
        # The head is tied to the embeddings; that matters to who merges, not to who loads.
        warnings.filterwarnings("ignore", message=".*tie_word_embeddings.*")
        adapted.save_pretrained(str(part), save_embedding_layers=True)
    (part / "README.md").unlink(missing_ok=True)  # PEFT's form to fill in; `card.py` writes ours
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)
