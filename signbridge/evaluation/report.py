"""An evaluation -> report.json for machines, report.md with plots for people, predictions.csv."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import TypeAlias

from signbridge import __version__
from signbridge.evaluation.facts import Facts
from signbridge.evaluation.markdown import markdown
from signbridge.evaluation.metrics import RESAMPLES, SEED, Rates
from signbridge.evaluation.plots import draw_plots
from signbridge.evaluation.predictions import Evaluation, Prediction
from signbridge.evaluation.score import as_json as text_scores_as_json
from signbridge.evaluation.scores import (
    BesideScores,
    GuessScores,
    Scores,
    scores_of,
    worst_signer,
    worst_signer_of_sentences,
)

PACKAGES = (
    *("numpy", "torch", "mediapipe", "av", "scikit-learn"),
    *("sacrebleu", "jiwer", "rouge-score", "nltk"),
)
GUESSES_KEPT = 5

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


def write_report(evaluation: Evaluation, out_dir: Path) -> None:
    """Write report.json, report.md, its plots and predictions.csv into a folder that exists."""
    scores = scores_of(evaluation)
    report = as_json(evaluation, scores)
    text = json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False)
    (out_dir / "report.json").write_text(text + "\n", encoding="utf-8")
    _write_predictions(evaluation, out_dir / "predictions.csv")
    plots = draw_plots(evaluation, scores, out_dir)
    page = markdown(evaluation, scores, versions(), plots)
    (out_dir / "report.md").write_text(page, encoding="utf-8")


def as_json(evaluation: Evaluation, scores: Scores) -> dict[str, Json]:
    """Return the report as JSON values; a figure that was not measured is null."""
    vocabulary = evaluation.vocabulary
    return {
        "recognizer": evaluation.recognizer,
        "model": _model_as_json(evaluation.model) if evaluation.model else None,
        "vocabulary_size": None if vocabulary is None else len(vocabulary),
        "labels": evaluation.labels.name,
        "labels_sha256": hashlib.sha256(evaluation.labels.read_bytes()).hexdigest(),
        "sign": guesses_as_json(scores.sign),
        "letter": guesses_as_json(scores.letter),
        "sentence": _sentences_as_json(scores),
        "efficiency": plain(asdict(scores.efficiency)) if scores.efficiency else None,
        "skipped_kinds": plain(evaluation.skipped),
        "unreadable": plain([asdict(row) for row in evaluation.unreadable]),
        "bootstrap": {"resamples": RESAMPLES, "seed": SEED, "drawn": "clips"},
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Return what the figures were made with; empty where a package is not installed."""
    found = {"signbridge": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = ""
    return found


def plain(value: object) -> Json:
    """Return a value as JSON can hold it: NaN and infinity become null."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    assert value is None or isinstance(value, bool | int | str), type(value)
    return value


def guesses_as_json(scores: GuessScores) -> Json:
    """Return the figures of signs or of letters as JSON values."""
    return plain(
        {
            **asdict(scores.all),
            "by_source": {name: asdict(rates) for name, rates in scores.by_source.items()},
            "by_signer": {name: asdict(rates) for name, rates in scores.by_signer.items()},
            "worst_signer": worst_signer(scores.by_signer),
            "chance": {"top1": scores.chance_top1, "top5": scores.chance_top5},
            "baseline": _baseline(scores.beside) if scores.beside else None,
            "calibration": asdict(scores.calibration),
        }
    )


def _baseline(found: BesideScores) -> dict[str, object]:
    return {
        "recognizer": found.recognizer,
        "learned": found.learned,
        "vocabulary_size": found.vocabulary_size,
        **_tops(found.all),
        "by_source": {name: _tops(rates) for name, rates in found.by_source.items()},
    }


def _tops(rates: Rates) -> dict[str, object]:
    """Return what there is to tell of a recognizer that answers every clip."""
    return {
        "n_in_vocabulary": rates.n_in_vocabulary,
        "top1": rates.top1,
        "top5": rates.top5,
        "intervals": {top: asdict(rates.intervals[top]) for top in ("top1", "top5")},
    }


def _model_as_json(model: Facts) -> Json:
    weights = model.weights_sha256 or None
    return plain({**model.about, "weights_sha256": weights, "threshold": model.threshold})


def _sentences_as_json(scores: Scores) -> Json:
    by_signer = scores.sentence_by_signer
    return plain(
        {
            **text_scores_as_json(scores.sentence),
            "by_signer": {name: text_scores_as_json(of) for name, of in by_signer.items()},
            "worst_signer": worst_signer_of_sentences(by_signer),
        }
    )


def _write_predictions(evaluation: Evaluation, path: Path) -> None:
    """Write a row for each clip: what it is, what was said, whether that is right."""
    numbers = range(1, GUESSES_KEPT + 1)
    columns = ["path", "kind", "source", "signer", "label"]
    columns += ["in_vocabulary", "right", "abstained", "text"]
    columns += [f"{what}_{number}" for number in numbers for what in ("guess", "score")]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*columns, "elapsed_s"])
        writer.writerows(_row(evaluation, prediction) for prediction in evaluation.predictions)


def _row(evaluation: Evaluation, prediction: Prediction) -> list[str]:
    clip = prediction.clip
    row = [clip.name, clip.kind, clip.source, clip.signer, clip.label]
    if clip.kind == "sentence":
        row += ["", "", "", prediction.text]
    else:
        answer = evaluation.answer(prediction)
        row += [str(int(flag)) for flag in (answer.in_vocabulary, answer.rank == 0)]
        row += [str(int(answer.abstained)), ""]
    for guess in prediction.guesses[:GUESSES_KEPT]:
        row += [guess.text, f"{guess.score:.4f}"]
    row += [""] * (9 + 2 * GUESSES_KEPT - len(row))
    return [*row, "" if math.isnan(prediction.elapsed_s) else f"{prediction.elapsed_s:.4f}"]
