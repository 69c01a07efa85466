"""A run of broken videos -> report.md, report.json and a plot of memory."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from signbridge.evaluation.plots import BLUE

if TYPE_CHECKING:
    from signbridge.evaluation.fuzz import Fuzz

PLOT = "memory.png"
SLOWEST = 8


def write(fuzz: Fuzz, folder: Path) -> None:
    """Write the report into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    _plot(fuzz, folder / PLOT)
    (folder / "report.json").write_text(json.dumps(as_json(fuzz), indent=2) + "\n", "utf-8")
    (folder / "report.md").write_text(as_markdown(fuzz), "utf-8")


def as_json(fuzz: Fuzz) -> dict[str, object]:
    """Return the figures as plain values."""
    seconds = [one.seconds for one in fuzz.videos]
    return {
        "summary": summary(fuzz),
        "videos": len(fuzz.videos),
        "outcomes": dict(Counter(one.outcome for one in fuzz.videos)),
        "kinds": dict(Counter(one.kind for one in fuzz.videos)),
        "seconds": {
            "p50": round(float(np.percentile(seconds, 50)), 3),
            "p95": round(float(np.percentile(seconds, 95)), 3),
            "most": round(max(seconds), 3),
        },
        "growth_mb": round(growth_mb(fuzz), 2),
        "open_files": fuzz.open_files,
        "processes": fuzz.processes,
        "files_left": fuzz.files_left,
        "cores": fuzz.cores,
        "load": round(fuzz.load, 2),
    }


def growth_mb(fuzz: Fuzz) -> float:
    """Return by how much memory grew from the second quarter of the run to the last."""
    values = [mb for _, mb in fuzz.memory]
    quarter = max(1, len(values) // 4)
    return float(np.median(values[-quarter:]) - np.median(values[quarter : 2 * quarter] or values))


def summary(fuzz: Fuzz) -> str:
    """Say in a sentence what the broken videos did."""
    from signbridge.evaluation.fuzz import CRASHED, ENDED, HUNG

    return (
        f"{len(fuzz.videos)} broken videos: {fuzz.count(CRASHED)} crashes, {fuzz.count(HUNG)} "
        f"longer than 10 s, {fuzz.count(ENDED)} ended the process that decoded them and were told "
        f"so in one line; memory {growth_mb(fuzz):+.1f} MB."
    )


def as_markdown(fuzz: Fuzz) -> str:
    """Return the report for a person to read."""
    from signbridge.evaluation.fuzz import OUTCOMES

    mutations = list(dict.fromkeys(one.mutation for one in fuzz.videos))
    kinds = ", ".join(dict.fromkeys(one.kind for one in fuzz.videos))
    slowest = sorted(fuzz.videos, key=lambda one: -one.seconds)[:SLOWEST]
    reasons = Counter(one.said.split(";")[0][:90] for one in fuzz.videos if one.said)
    lines = [
        "# Broken videos",
        "",
        summary(fuzz),
        "",
        f"A drawn sentence as {kinds}, each broken in {len(mutations)} ways with a fixed seed, "
        "takes the way of an upload: sniffed, decoded in a confined process, played as a session "
        "to its end. One in fifty is shown to MediaPipe; for the others the landmark model, which "
        "never sees the file, is left out.",
        "",
        f"{fuzz.cores} cores, mean load {fuzz.load:.1f}.",
        "",
        "| broken by | n | " + " | ".join(OUTCOMES) + " |",
        "| --- | --- |" + " --- |" * len(OUTCOMES),
    ]
    for mutation in mutations:
        counts = [fuzz.count(outcome, mutation) for outcome in OUTCOMES]
        lines.append(f"| {mutation} | {sum(counts)} | " + " | ".join(map(str, counts)) + " |")
    total = [fuzz.count(outcome) for outcome in OUTCOMES]
    lines += [
        f"| all | {sum(total)} | " + " | ".join(map(str, total)) + " |",
        "",
        "## The slowest",
        "",
        "| seconds | kind | broken by | outcome |",
        "| --- | --- | --- | --- |",
        *(
            f"| {one.seconds:.2f} | {one.kind} | {one.mutation} | {one.outcome} |"
            for one in slowest
        ),
        "",
        "## What was said",
        "",
        "| times | words |",
        "| --- | --- |",
        *(f"| {count} | {text} |" for text, count in reasons.most_common(12)),
        "",
        "## What is left behind",
        "",
        "| | after the first video | after the last |",
        "| --- | --- | --- |",
        f"| open files | {fuzz.open_files[0]} | {fuzz.open_files[1]} |",
        f"| processes | {fuzz.processes[0]} | {fuzz.processes[1]} |",
        f"| files | 0 | {fuzz.files_left} |",
        "",
        f"Memory: {growth_mb(fuzz):+.1f} MB from the second quarter of the run to the last.",
        "",
        f"![Resident memory of the app's process over the run]({PLOT})",
        "",
    ]
    return "\n".join(lines)


def _plot(fuzz: Fuzz, path: Path) -> None:
    figure = Figure(figsize=(7, 3), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot(*zip(*fuzz.memory, strict=True), color=BLUE, linewidth=1)
    axes.set_xlabel("videos")
    axes.set_ylabel("resident MB")
    axes.set_ylim(bottom=0)
    figure.savefig(path, dpi=110)
