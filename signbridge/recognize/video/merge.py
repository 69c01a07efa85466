"""A base and its adapter -> one folder of weights that a server can load."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import torch

from signbridge.errors import BadInputError
from signbridge.recognize.video.weights import (
    NO_ADAPTER,
    Weights,
    adapter_folder,
    load_model,
    load_processor,
)


def merge_adapter(weights: Weights, out: Path) -> None:
    """Write the merged model in bfloat16 and the processor to `out`, a new or empty folder.

    Raises `BadInputError` for a folder that is in use, `BackendUnavailableError` for weights that
    are not there.
    """
    if weights.adapter == NO_ADAPTER:
        raise BadInputError("there is no adapter to merge; name one with --adapter")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInputError(f"{out} is in use; name a new folder, or an empty one")
    processor = load_processor(weights)
    adapter_folder(weights)
    try:
        out.mkdir(parents=True, exist_ok=True)  # before minutes are spent on what goes into it
    except OSError as error:
        raise BadInputError(f"{out} can't be made a folder: {error.strerror}") from error
    merged = merged_model(load_model(weights, torch.device("cpu")))
    merged.to(torch.bfloat16).save_pretrained(out)
    processor.save_pretrained(out)


def merged_model(adapted: Any) -> Any:
    """Return the base with the adapter's changes added to its weights, in the base's precision."""
    untie(adapted.get_base_model())
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*tie_word_embeddings.*")
        return adapted.merge_and_unload(safe_merge=True)


def untie(model: Any) -> None:
    """Give the head weights of its own.

    The adapter changes the head alone. The base's head is its word embeddings, so merging would
    change what the model reads as well as what it writes.
    """
    head, words = model.get_output_embeddings(), model.get_input_embeddings()
    head = getattr(head, "base_layer", head)
    if head.weight.data_ptr() == words.weight.data_ptr():
        head.weight = torch.nn.Parameter(words.weight.detach().clone())
    for config in (model.config, model.config.text_config):
        config.tie_word_embeddings = False
