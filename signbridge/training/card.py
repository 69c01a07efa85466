"""Writes a model's card: what it is, what it was trained on, how well it did, who may use it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from signbridge.data.collection import CALIBRATION_SIGNERS, Collection
from signbridge.recognize.landmark.checkpoint import Calibration, count_parameters
from signbridge.recognize.landmark.model import SignEnsemble
from signbridge.training.calibrate import CalibrationReport
from signbridge.training.score import Score, score_strangers, score_wlasl

LICENCE = (
    "Weights: non-commercial. They are trained on WLASL, whose terms (C-UDA) allow academic and "
    "computational use only. The code that makes and runs them is MIT."
)
LEAK_CHECK = "leak_check"  # cards without it: rows chosen by distance to test clips alone
COMMAND = "python -m signbridge.training.signs --data ../shared/data"


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
        "scores": _scores(network, collection),
        "licence": LICENCE,
    }
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (folder / "card.json").write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(_readable(card, fitted), encoding="utf-8")


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


def _readable(card: Mapping[str, object], fitted: CalibrationReport) -> str:
    lines = [
        f"# {card['name']}",
        "",
        f"{card['glosses']} signs of American Sign Language from MediaPipe hand landmarks; "
        f"{card['members']} networks that vote, {card['parameters']:,} parameters.",
        "",
        "| measured on | clips | glosses | top 1 | top 5 | chance |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    scores = card["scores"]
    assert isinstance(scores, list)
    lines += [
        f"| {s['data']} | {s['n']} | {s['classes']} | {s['top1']:.3f} | {s['top5']:.3f} "
        f"| {s['chance']:.4f} |"
        for s in scores
    ]
    lines += [
        "",
        f"At its threshold it answers {fitted.coverage:.0%} of the {fitted.n} clips of signers "
        f"left out of training, {fitted.accuracy_when_answered:.0%} of them rightly, and wrongly "
        f"answers {fitted.false_accepts:.0%} of {fitted.n_outside} clips that show no sign of its "
        "vocabulary, each signer's sign counted once. Temperature and threshold were fitted on "
        "these same clips.",
        "",
        f"Trained with `{card['command']}`; data, split, seed and commit are in `card.json`.",
        "",
        f"{card['licence']}",
        "",
    ]
    return "\n".join(lines)


def commit() -> str:
    """Return the revision of the code, or "unknown" outside a checkout."""
    try:
        answer = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return answer.stdout.strip()
