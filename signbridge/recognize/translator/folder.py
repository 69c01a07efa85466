"""A trained translator as one folder: weights, configuration, glosses, words, prior and card."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TypeVar

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from signbridge.errors import CheckpointError
from signbridge.recognize.landmark.checkpoint import Calibration
from signbridge.recognize.landmark.model import ModelConfig, SignNet
from signbridge.recognize.translator.encoder import TranslatorConfig
from signbridge.recognize.translator.model import TranslatorNet
from signbridge.recognize.translator.prior import Prior
from signbridge.recognize.translator.segmental import Weights
from signbridge.recognize.translator.words import SPECIAL
from signbridge.recognize.vocabulary import Vocabulary

DEFAULT_FOLDER = Path(__file__).parents[2] / "assets" / "translator"
MODEL, CONFIG, WORDS = "model.safetensors", "config.json", "words.txt"
SPANS = "spans.safetensors"
Part = TypeVar("Part", TranslatorConfig, Weights, Calibration, ModelConfig)


@dataclass(frozen=True, slots=True)
class Translator:
    """A network in evaluation mode and what belongs to it.

    words: of English, in the order of the decoder's outputs after the special ones. weights: of
    the search; calibration: how a gloss's score is read. spans: names one sign cut out of a
    sentence, its outputs are the vocabulary; None where there is none. own_words: the network's own
    English is believed from this score on, else what the glosses say.
    """

    network: TranslatorNet
    vocabulary: Vocabulary
    words: tuple[str, ...]
    prior: Prior
    weights: Weights = field(default_factory=Weights)
    calibration: Calibration = field(default_factory=Calibration)
    spans: SignNet | None = None
    own_words: float = 1.0


def save_translator(folder: Path, translator: Translator) -> None:
    """Write the model folder; weights are stored in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    _save_weights(translator.network, folder / MODEL)
    if translator.spans is not None:
        _save_weights(translator.spans, folder / SPANS)
    settings = {
        "spans": asdict(translator.spans.config) if translator.spans is not None else None,
        "own_words": translator.own_words,
        "model": asdict(translator.network.config),
        "weights": asdict(translator.weights),
        "calibration": asdict(translator.calibration),
    }
    (folder / CONFIG).write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    (folder / WORDS).write_text("\n".join(translator.words) + "\n", encoding="utf-8")
    translator.vocabulary.save(folder)
    translator.prior.save(folder)


def load_translator(folder: Path = DEFAULT_FOLDER) -> Translator:
    """Read a model folder; raise `CheckpointError` if a part is missing or they disagree."""
    try:
        settings = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        words = tuple((folder / WORDS).read_text(encoding="utf-8").split())
    except OSError as cause:
        raise CheckpointError(f"{folder} holds no translator: {cause.strerror}") from cause
    except json.JSONDecodeError as cause:
        raise CheckpointError(f"{folder / CONFIG} is not valid JSON: {cause}") from cause
    config = _part(settings, "model", TranslatorConfig, folder)
    vocabulary = Vocabulary.load(folder)
    if (len(vocabulary), len(words) + len(SPECIAL)) != (config.glosses, config.words):
        raise CheckpointError(
            f"{folder}: the model has {config.glosses} glosses and {config.words} words, the lists "
            f"{len(vocabulary)} and {len(words) + len(SPECIAL)}; the folder mixes two models"
        )
    network = TranslatorNet(config)
    _load_weights(network, folder / MODEL)
    spans = None
    if settings.get("spans"):
        spans = SignNet(_part(settings, "spans", ModelConfig, folder))
        _load_weights(spans, folder / SPANS)
    return Translator(
        network,
        vocabulary,
        words,
        Prior.load(folder, config.glosses),
        _part(settings, "weights", Weights, folder),
        _part(settings, "calibration", Calibration, folder),
        spans,
        float(settings.get("own_words", 1.0)),
    )


def _save_weights(network: nn.Module, path: Path) -> None:
    state = {
        name: value.half().contiguous() if value.is_floating_point() else value
        for name, value in network.state_dict().items()
    }
    save_file(state, path)


def _load_weights(network: nn.Module, path: Path) -> None:
    """Fill a network for use, without gradients."""
    try:
        stored = load_file(path)
        network.load_state_dict({name: value.to(torch.float32) for name, value in stored.items()})
    except OSError as cause:
        raise CheckpointError(f"{path} is missing") from cause
    except RuntimeError as cause:
        raise CheckpointError(f"{path}: the weights do not fit {CONFIG}: {cause}") from cause
    network.requires_grad_(False)
    network.eval()


def _part(settings: object, part: str, kind: type[Part], folder: Path) -> Part:
    values = settings.get(part) if isinstance(settings, dict) else None
    expected = {each.name for each in fields(kind)}
    if not isinstance(values, dict) or set(values) != expected:
        raise CheckpointError(
            f"{folder / CONFIG}: {part!r} must hold exactly {', '.join(sorted(expected))}"
        )
    return kind(**values)
