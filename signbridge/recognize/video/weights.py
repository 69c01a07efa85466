"""Names of model repositories or folders -> a processor and a model, from local files first."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from signbridge.errors import BackendUnavailableError
from signbridge.torch_extensions import make_torchvision_loadable

NO_ADAPTER = "none"
_BASE_FILES = ["*.json", "*.safetensors", "*.txt", "*.jinja"]
# A file cut short by an interrupted copy is a SafetensorError, which is none of the others.
UNREADABLE = (OSError, ValueError, KeyError, RuntimeError, SafetensorError)
_WEIGHTS = ("adapter_model.safetensors", "adapter_model.bin")


@dataclass(frozen=True, slots=True)
class Weights:
    """Which weights to load: a folder, or a repository of the model hub and its revision.

    adapter: a repository as "owner/name" or "owner/name/folder in it"; "none" for a merged base.
    download: whether what is not on this machine may be fetched from the hub.
    """

    base: str
    base_revision: str = "main"
    adapter: str = NO_ADAPTER
    adapter_revision: str = "main"
    download: bool = False


def load_processor(weights: Weights) -> Any:
    """Return the base's processor: tokenizer, chat template and video processor."""
    folder = base_folder(weights)
    make_torchvision_loadable()
    from transformers import AutoProcessor

    try:
        return AutoProcessor.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise _unusable("processor", weights.base, "SIGNBRIDGE_VIDEO_BASE", error) from error


def load_model(weights: Weights, device: torch.device) -> Any:
    """Return the base with its adapter on `device`: bfloat16 on a GPU, float32 elsewhere."""
    folder = base_folder(weights)
    adapter = adapter_folder(weights)  # before minutes are spent on loading the base
    make_torchvision_loadable()
    from transformers import Qwen3VLForConditionalGeneration

    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    try:
        model = Qwen3VLForConditionalGeneration.from_pretrained(
            folder, local_files_only=True, dtype=dtype
        )
    except UNREADABLE as error:
        raise _unusable("model", weights.base, "SIGNBRIDGE_VIDEO_BASE", error) from error
    if adapter is not None:
        model = _adapted(model, adapter, weights.adapter)
    return model.to(device).eval()


def base_folder(weights: Weights) -> Path:
    """Return where the base's files are; `BackendUnavailableError` says what to set if nowhere."""
    folder = _folder(weights.base, weights.base_revision, weights.download, "BASE", _BASE_FILES)
    _require(folder, ("config.json",), weights.base, "SIGNBRIDGE_VIDEO_BASE")
    return folder


def adapter_folder(weights: Weights) -> Path | None:
    """Return where the adapter's files are; None where the base needs none."""
    if weights.adapter == NO_ADAPTER:
        return None
    parts = weights.adapter.split("/")
    inside = "/".join(parts[2:])
    is_path = weights.adapter.startswith(("/", ".", "~"))
    if is_path or Path(weights.adapter).is_dir() or not inside:
        folder = _folder(weights.adapter, weights.adapter_revision, weights.download, "ADAPTER")
    else:
        whole, pattern = "/".join(parts[:2]), f"{inside}/*"
        folder = _folder(whole, weights.adapter_revision, weights.download, "ADAPTER", [pattern])
        folder /= inside
    _require(folder, ("adapter_config.json",), weights.adapter, "SIGNBRIDGE_VIDEO_ADAPTER")
    _require(folder, _WEIGHTS, weights.adapter, "SIGNBRIDGE_VIDEO_ADAPTER")
    return folder


def _folder(
    name: str, revision: str, download: bool, kind: str, patterns: list[str] | None = None
) -> Path:
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if name.startswith(("/", ".", "~")):
        raise BackendUnavailableError(
            f"{name} is no folder; set SIGNBRIDGE_VIDEO_{kind} to one that exists"
        )
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        found = snapshot_download(
            name, revision=revision, allow_patterns=patterns, local_files_only=not download
        )
    except (LocalEntryNotFoundError, HFValidationError) as error:
        hint = "the hub can't be reached" if download else "SIGNBRIDGE_VIDEO_DOWNLOAD is off"
        raise BackendUnavailableError(
            f"{name} (revision {revision}) is not on this machine, and {hint}; set "
            f"SIGNBRIDGE_VIDEO_{kind} to a folder with its files, or SIGNBRIDGE_VIDEO_DOWNLOAD=on "
            "to fetch it from huggingface.co"
        ) from error
    except (HfHubHTTPError, OSError) as error:
        raise BackendUnavailableError(
            f"{name} (revision {revision}) can't be fetched: {_first_line(error)}; "
            f"check SIGNBRIDGE_VIDEO_{kind} and SIGNBRIDGE_VIDEO_{kind}_REVISION"
        ) from error
    return Path(found)


def _require(folder: Path, one_of: tuple[str, ...], name: str, variable: str) -> None:
    if not any((folder / file).is_file() for file in one_of):
        raise BackendUnavailableError(
            f"{name} has no {one_of[0]} (looked in {folder}); set {variable} to what has one"
        )


def _adapted(model: Any, folder: Path, name: str) -> Any:
    """Return the model with the adapter; an adapter that fits only in part is refused."""
    from peft import PeftModel, get_peft_model_state_dict

    try:
        with warnings.catch_warnings():
            # peft warns of a tied head, which matters to who merges: `merge.py` unties it first.
            warnings.filterwarnings("ignore", message=".*tie_word_embeddings.*")
            adapted = PeftModel.from_pretrained(model, str(folder), is_trainable=False)
    except UNREADABLE as error:
        raise _unusable("adapter", name, "SIGNBRIDGE_VIDEO_ADAPTER", error) from error
    stored = folder / _WEIGHTS[0]
    if stored.is_file():
        expected = {key for key in get_peft_model_state_dict(adapted, save_embedding_layers=False)}
        given = {key for key in _stored_names(stored, name) if "lora_" in key}
        apart = sorted(given ^ {key for key in expected if "lora_" in key})
        if apart:
            raise BackendUnavailableError(
                f"the adapter {name} does not fit its base: {len(apart)} of its parts have no "
                f"counterpart, such as {apart[0]}; set SIGNBRIDGE_VIDEO_BASE to the model it was "
                "trained on"
            )
    return adapted


def _stored_names(path: Path, name: str) -> list[str]:
    from safetensors import safe_open

    try:
        with safe_open(str(path), "pt") as stored:
            return list(stored.keys())
    except UNREADABLE as error:
        raise _unusable("adapter", name, "SIGNBRIDGE_VIDEO_ADAPTER", error) from error


def _unusable(part: str, name: str, variable: str, error: Exception) -> BackendUnavailableError:
    return BackendUnavailableError(
        f"the {part} of {name} can't be loaded: {_first_line(error)}; check {variable}"
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0] or type(error).__name__
