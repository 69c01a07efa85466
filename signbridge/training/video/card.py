"""Writes the adapter's card: what it is, what it learned from, how well it does, who may use it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from signbridge.evaluation.score import as_json
from signbridge.evaluation.sentences import TextScores
from signbridge.training.card import commit
from signbridge.training.video.config import TIERS, VideoTrainConfig
from signbridge.training.video.manifest import Row

LICENCES = {
    "how2sign": "How2Sign: CC BY-NC 4.0, research only",
    "openasl": "OpenASL: as its own pages say; the videos belong to who published them",
}
UNKNOWN = "licence not known here; ask who published it"
BASE_LICENCE = "Base model Qwen3-VL: Apache-2.0"


def write_card(
    folder: Path,
    config: VideoTrainConfig,
    base: str,
    train: Sequence[Row],
    val: Sequence[Row],
    history: Sequence[Mapping[str, float]],
    scores: TextScores,
) -> None:
    """Write card.json (for programs) and README.md (for people) into the adapter's folder.

    history: each validation's step and loss; the adapter is that of the least loss.
    """
    best = min(history, key=lambda one: one["val_loss"])
    sources = sorted({row.source for row in train})
    card: dict[str, Any] = {
        "task": "American Sign Language video to English sentences",
        "base": base,
        "data": {
            "train": dict(sorted(Counter(row.source for row in train).items())),
            "val": dict(sorted(Counter(row.source for row in val).items())),
            "licences": {name: LICENCES.get(name, UNKNOWN) for name in sources},
        },
        "split": "as the manifests give it; no clip is in both train and val",
        "seed": config.seed,
        "training": asdict(config),
        "step": best["step"],
        "val_loss": best["val_loss"],
        "validations": list(history),
        "scores": as_json(scores),
        "commit": commit(),
        "licence": _licence(sources),
    }
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (folder / "card.json").write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(_readable(card, config, scores), encoding="utf-8")


def _licence(sources: Sequence[str]) -> str:
    known = [LICENCES.get(name, f"{name}: {UNKNOWN}") for name in sources]
    return (
        "Weights: no wider than their data allow, so not for commercial use where any of it "
        f"forbids that. {'; '.join([*known, BASE_LICENCE])}."
    )


def _readable(card: Mapping[str, Any], config: VideoTrainConfig, scores: TextScores) -> str:
    front = ["---", f"base_model: {card['base']}", "library_name: peft", "license: other"]
    front += ["language: [en, ase]", "tags: [sign-language, asl, lora]", "---"]
    data = card["data"]
    rates = [
        f"| {stage.name} | {stage.epochs} | {', '.join(stage.sources) or 'all'} | "
        + " | ".join(f"{rate:g}" for rate in stage.rates)
        + " |"
        for stage in config.stages
    ]
    lines = [
        *front,
        "",
        "# ASL video to English: an adapter for Qwen3-VL",
        "",
        f"Trained on {_counted(data['train'])}; measured on {scores.n} of "
        f"{_counted(data['val'])}. {card['split'].capitalize()}. Seed {card['seed']}, commit "
        f"{card['commit']}. These are the weights of step {card['step']:g}, where the validation "
        f"loss was least ({card['val_loss']:.4f}).",
        "",
        "| score | value | signature |",
        "| --- | ---: | --- |",
        *(f"| {one.title} | {one.score:.3f} | `{_cell(one.signature)}` |" for one in scores.scores),
        "",
        f"| stage | epochs | sources | {' | '.join(TIERS)} |",
        "| --- | ---: | --- |" + " ---: |" * len(TIERS),
        *rates,
        "",
        "It learned to write some sentence for any clip: what it writes is fluent whether or not "
        "it is right. A help, never a replacement for an interpreter; not for medicine, law, "
        "emergencies or education.",
        "",
        card["licence"],
        "",
    ]
    return "\n".join(lines)


def _counted(clips: Mapping[str, int]) -> str:
    return ", ".join(f"{count} clips of {source}" for source, count in clips.items())


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
