"""Writes a model's card: what it is, what it was trained on, how well it did, who may use it.

`python -m signbridge.training.card --data ../shared/data` scores the shipped weights again and
leaves the rest of their card as it is; two minutes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from signbridge.data.collection import CALIBRATION_SIGNERS, Collection, collect
from signbridge.errors import CheckpointError
from signbridge.evaluation.markdown import share
from signbridge.evaluation.metrics import RESAMPLES, SEED, Interval
from signbridge.recognize.landmark.checkpoint import (
    Calibration,
    count_parameters,
    load_checkpoint,
)
from signbridge.recognize.landmark.model import SignEnsemble
from signbridge.recognize.landmark.recognizer import DEFAULT_FOLDER
from signbridge.training.calibrate import CalibrationReport
from signbridge.training.score import Score, score_strangers, score_wlasl

LICENCE = (
    "Weights: non-commercial. They are trained on WLASL, whose terms (C-UDA) allow academic and "
    "computational use only. The code that makes and runs them is MIT."
)
CARD = "card.json"
LEAK_CHECK = "leak_check"  # cards without it: rows chosen by distance to test clips alone
COMMAND = "python -m signbridge.training.signs --data ../shared/data"


def main(arguments: Sequence[str] | None = None) -> None:
    """Score a trained model folder again and write its card."""
    parser = argparse.ArgumentParser(prog="python -m signbridge.training.card", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds wlasl, words, letters")
    parser.add_argument("--model", type=Path, default=DEFAULT_FOLDER)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    rescore(options.model, collect(options.data))


def rescore(folder: Path, collection: Collection) -> None:
    """Write the scores of a folder's stored weights into its card; all else on it stays."""
    checkpoint = load_checkpoint(folder)
    if checkpoint.vocabulary.glosses != collection.glosses[: collection.offered]:
        raise CheckpointError(f"{folder} knows other signs than these sets: train it on them")
    network = checkpoint.network
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    _write(folder, {**card, **_measured(network, collection)})


def write_card(
    folder: Path,
    network: SignEnsemble,
    collection: Collection,
    training: Sequence[Mapping[str, object]],
    calibration: Calibration,
    fitted: CalibrationReport,
) -> None:
    """Write card.json (for programs) and README.md (for people) into the model folder."""
    card = {
        "name": folder.name,
        "task": "isolated American Sign Language signs and held finger-spelled letters",
        "architecture": asdict(network.config),
        "members": len(network.members),
        "parameters": count_parameters(network),
        "glosses": collection.offered,
        "glosses_trained": len(collection.glosses),
        "data": {
            "wlasl": "hand landmarks of WLASL-2000, official train and val rows (C-UDA)",
            "words": "webcam landmarks of common words from public repositories",
            "letters": "still A-Z handshapes from public repositories",
        },
        "split": {
            "test": "WLASL's official test rows; training rows that copy one are left out",
            "calibration_signers": CALIBRATION_SIGNERS,
            LEAK_CHECK: "no signer, person, recording or copy (by hash, by distance) on two sides",
        },
        "training": [dict(member) for member in training],
        "command": COMMAND,
        "commit": commit(),
        "calibration": {**asdict(calibration), **asdict(fitted)},
        "licence": LICENCE,
    }
    _write(folder, {**card, **_measured(network, collection)})


def _write(folder: Path, card: Mapping[str, object]) -> None:
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (folder / CARD).write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(_readable(card), encoding="utf-8")


def _measured(network: SignEnsemble, collection: Collection) -> dict[str, object]:
    return {
        "scores": _scores(network, collection),
        # Clips, not signers: as the report on strangers draws them, and alike for every line.
        "bootstrap": {"resamples": RESAMPLES, "seed": SEED, "drawn": "clips"},
    }


def _scores(network: SignEnsemble, collection: Collection) -> list[dict[str, object]]:
    lines = []
    for name, result in score_wlasl(network, collection, "test").items():
        size = name.removeprefix("wlasl").split("_")[0]
        among = "the app's vocabulary" if "vocabulary" in name else "its own glosses"
        lines.append(_line(f"WLASL-{size} official test, among {among}", result))
    for name, result in score_strangers(network, collection).items():
        lines.append(_line(f"{name} signers left out of training, whole vocabulary", result))
    return lines


def _line(data: str, result: Score) -> dict[str, object]:
    return {"data": data, **asdict(result), "chance": 1 / result.classes}


def _readable(card: Mapping[str, object]) -> str:
    scores, fitted, drawn = card["scores"], card["calibration"], card["bootstrap"]
    assert isinstance(scores, list)
    assert isinstance(fitted, dict)
    assert isinstance(drawn, dict)
    lines = [
        f"# {card['name']}",
        "",
        f"{card['glosses']} signs of American Sign Language from MediaPipe hand landmarks; "
        f"{card['members']} networks that vote, {card['parameters']:,} parameters.",
        "",
        "| measured on | clips | glosses | top 1 | top 5 | chance |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {s['data']} | {s['n']} | {s['classes']} | {_rate(s, 'top1')} | {_rate(s, 'top5')} "
        f"| {s['chance']:.4f} |"
        for s in scores
    ]
    lines += [
        "",
        f"In brackets: 95% interval over {drawn['drawn']} ({drawn['resamples']} bootstrap samples, "
        f"seed {drawn['seed']}), on every line. It tells what other clips of these same people "
        "would give: a webcam signer repeats few signs many times, so for the next person it is "
        "too narrow.",
        "",
        f"At its threshold it answers {fitted['coverage']:.0%} of the {fitted['n']} clips of "
        f"signers left out of training, {fitted['accuracy_when_answered']:.0%} of them rightly, "
        f"and wrongly answers {fitted['false_accepts']:.0%} of {fitted['n_outside']} clips that "
        "show no sign of its vocabulary, each signer's sign counted once. Temperature and "
        "threshold were fitted on these same clips.",
        "",
        f"Trained with `{card['command']}`; data, split, seed and commit are in `card.json`.",
        "",
        f"{card['licence']}",
        "",
    ]
    return "\n".join(lines)


def _rate(line: Mapping[str, Any], name: str) -> str:
    return share(line[name], Interval(**line["intervals"][name]), digits=3)


def commit() -> str:
    """Return the revision of the code, or "unknown" outside a checkout."""
    try:
        answer = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return answer.stdout.strip()


if __name__ == "__main__":
    main()
