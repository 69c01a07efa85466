"""Signers left out of training, one by one -> report.json for machines, report.md for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from signbridge.evaluation.markdown import share, table
from signbridge.evaluation.metrics import RESAMPLES, SEED, Interval, bootstrap
from signbridge.evaluation.plots import Plot, draw_people
from signbridge.evaluation.report import Json, plain, versions

FEWEST = 10  # recordings: a signer with fewer is counted, but not named the worst
COMMAND = "python -m signbridge.training.left_out --data ../shared/data"


@dataclass(frozen=True, slots=True)
class SignerResult:
    """One person's recordings, read by a network that never saw the person.

    words: by gloss, how many recordings and the share of them that were right.
    """

    signer: str
    n: int
    top1: float
    top5: float
    words: Mapping[str, tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Means:
    """Rates over signers, each counted once, with 95% intervals over signers; and the worst."""

    signers: int
    n: int
    top1: float
    top1_interval: Interval
    top5: float
    top5_interval: Interval
    worst: str


def means(results: Sequence[SignerResult]) -> Means:
    """Return the means over signers: a person who repeats a sign thirty times weighs no more."""
    first, five = (np.array([getattr(one, name) for one in results]) for name in ("top1", "top5"))
    once = np.ones(len(results))
    many = [one for one in results if one.n >= FEWEST]
    return Means(
        signers=len(results),
        n=sum(one.n for one in results),
        top1=float(first.mean()),
        top1_interval=bootstrap(first, once),
        top5=float(five.mean()),
        top5_interval=bootstrap(five, once),
        worst=min(many, key=lambda one: one.top1).signer if many else "",
    )


def by_word(results: Sequence[SignerResult]) -> dict[str, tuple[int, int, float]]:
    """Return for each gloss how many signers and recordings, and the mean rate over signers."""
    found: dict[str, list[tuple[int, float]]] = {}
    for one in results:
        for gloss, counted in one.words.items():
            found.setdefault(gloss, []).append(counted)
    return {
        gloss: (len(rows), sum(n for n, _ in rows), float(np.mean([rate for _, rate in rows])))
        for gloss, rows in sorted(found.items(), key=lambda item: -len(item[1]))
    }


def write(
    results: Sequence[SignerResult], budget: Mapping[str, object], classes: int, out: Path
) -> None:
    """Write report.json, report.md and the plot into a folder, which is made if absent."""
    out.mkdir(parents=True, exist_ok=True)
    found = means(results)
    text = json.dumps(
        as_json(results, found, budget, classes), indent=2, ensure_ascii=False, allow_nan=False
    )
    (out / "report.json").write_text(text + "\n", encoding="utf-8")
    rates = {one.signer: one.top1 for one in sorted(results, key=lambda one: one.top1)}
    plot = draw_people(rates, out / "signers.png", "Top-1 rate of each signer left out")
    (out / "report.md").write_text(as_page(results, found, classes, plot), encoding="utf-8")


def summary(found: Means) -> str:
    """Say in a sentence how often a webcam stranger is right."""
    return (
        f"{found.signers} webcam signers, each left out of training once, asked about the words "
        f"that at least four of them recorded, among the whole vocabulary: mean top 1 "
        f"{share(found.top1, found.top1_interval)}, top 5 "
        f"{share(found.top5, found.top5_interval)} over signers; the worst is {found.worst}."
    )


def as_json(
    results: Sequence[SignerResult], found: Means, budget: Mapping[str, object], classes: int
) -> dict[str, Json]:
    """Return the figures as JSON values."""
    return {
        "summary": summary(found),
        "classes": classes,
        "chance": {"top1": 1 / classes, "top5": 5 / classes},
        "means": plain(asdict(found)),
        "signers": plain([asdict(one) for one in results]),
        "budget": plain(dict(budget)),
        "bootstrap": {"resamples": RESAMPLES, "seed": SEED, "drawn": "signers"},
        "versions": versions(),
    }


def as_page(results: Sequence[SignerResult], found: Means, classes: int, plot: Plot) -> str:
    """Return the report as a Markdown page."""
    people = [
        (one.signer, str(one.n), str(len(one.words)), share(one.top1), share(one.top5))
        for one in sorted(results, key=lambda one: one.top1)
    ]
    words = [
        (gloss, str(signers), str(n), share(rate))
        for gloss, (signers, n, rate) in by_word(results).items()
    ]
    parts = [
        "# Webcam signers left out of training",
        f"In short: {summary(found)}",
        f"Not the shipped weights are measured, which know most of these people, but one network "
        f"of their kind a fold: taught the dictionary first, then every webcam signer outside the "
        f"fold, for a short time. {found.n} recordings; a vocabulary of {classes}, so a blind "
        f"guess is right in {share(1 / classes, digits=3)}. A repository is taken for one person.",
        f"![{plot.text}]({plot.file_name})",
        "## By signer, worst first",
        table(("signer", "recordings", "words", "top 1", "top 5"), people),
        "## By word, mean over its signers",
        table(("word", "signers", "recordings", "top 1"), words),
        f"## How it was measured\n\n`{COMMAND}`. Intervals: {RESAMPLES} bootstrap samples over "
        f"signers, seed {SEED}.",
    ]
    return "\n\n".join(parts) + "\n"
