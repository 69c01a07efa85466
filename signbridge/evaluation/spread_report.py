"""Runs on one and two workers -> report.md, report.json and a plot."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from signbridge.evaluation.plots import BLUE, GREY

if TYPE_CHECKING:
    from signbridge.evaluation.spread import Spreading

TARGET_SPEEDUP = 1.7
QUIET_CORES = 0.1
PLOT = "workers.png"


def write(found: Spreading, folder: Path) -> None:
    """Write the report into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    _plot(found, folder / PLOT)
    (folder / "report.json").write_text(json.dumps(as_json(found), indent=2) + "\n", "utf-8")
    (folder / "report.md").write_text(as_markdown(found), "utf-8")


def as_json(found: Spreading) -> dict[str, object]:
    """Return the figures as plain values."""
    return {
        "summary": summary(found),
        "kind": found.kind,
        "clips": found.clips,
        "repeat": found.repeat,
        "cores": found.cores,
        "load_before": round(found.load, 2),
        "target_speedup": TARGET_SPEEDUP,
        "workers": {
            str(workers): {
                "clips_per_s": round(found.median(workers, lambda run: run.rate), 4),
                "speedup": round(found.speedup(workers), 3),
                "efficiency": round(found.efficiency(workers), 3),
            }
            for workers in _workers(found)
        },
        "runs": [
            {name: round(value, 3) for name, value in asdict(run).items()} for run in found.runs
        ],
    }


def summary(found: Spreading) -> str:
    """Say in a sentence how much faster more workers are, and how busy the machine was."""
    most = max(_workers(found))
    others = max(run.others for run in found.runs)
    busy = "" if others < QUIET_CORES else f", while others kept up to {others:.1f} busy"
    return (
        f"`{found.kind}` on {found.cores} cores{busy}: {most} workers read "
        f"{found.speedup(most):.2f} times as many clips a second as one, an efficiency of "
        f"{found.efficiency(most):.0%}."
    )


def as_markdown(found: Spreading) -> str:
    """Return the report for a person to read."""
    most = max(_workers(found))
    met = "met" if found.speedup(most) >= TARGET_SPEEDUP else "missed"
    lines = [
        "# Clips on Ray",
        "",
        summary(found),
        "",
        f"Target: {TARGET_SPEEDUP} times with {most} workers, {met}. {found.clips} clips, each "
        f"{found.repeat} times a run. Median of {len(found.runs) // len(_workers(found))} for each "
        f"number of workers, by turns. Load before: {found.load:.1f}. {_limit(found)}",
        "",
        "| workers | clips a second | times one worker | efficiency | start, s |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {workers} | {found.median(workers, lambda run: run.rate):.3f} "
            f"| {found.speedup(workers):.2f} | {found.efficiency(workers):.0%} "
            f"| {found.median(workers, lambda run: run.start_s):.0f} |"
            for workers in _workers(found)
        ),
        "",
        "Clips a second are counted from the first clip's beginning to the last one's end. The "
        "start, of Ray and of the models, comes once a run, whether it has ten clips or thousands.",
        "",
        f"![Clips a second of each run, by workers]({PLOT})",
        "",
        "| workers | work, s | processor, s | start, s | memory, MB | busy for others, cores |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            f"| {run.workers} | {run.work_s:.1f} | {run.cpu_s:.1f} | {run.start_s:.1f} "
            f"| {run.memory_mb:.0f} | {run.others:.2f} |"
            for run in found.runs
        ),
        "",
        "The processor time is that of all workers, and of what they started, from the first "
        "answer to the last; the memory that of one. Others are other programs, and other machines "
        "of the same host.",
        "",
    ]
    return "\n".join(lines)


def _limit(found: Spreading) -> str:
    """Say what more workers can bring where one keeps more than one core busy."""
    used = found.median(1, lambda run: run.cpu_s / run.work_s)
    return (
        f"One worker alone kept {used:.2f} cores busy, MediaPipe's threads, the decoder and Ray "
        f"among them, so that more workers can bring {max(1.0, found.cores / used):.2f} times as "
        f"many clips on {found.cores} cores."
    )


def _workers(found: Spreading) -> list[int]:
    return sorted({run.workers for run in found.runs})


def _plot(found: Spreading, path: Path) -> None:
    figure = Figure(figsize=(5, 3), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    counts = _workers(found)
    medians = [found.median(workers, lambda run: run.rate) for workers in counts]
    axes.plot([0, *counts], [medians[0] * n for n in (0, *counts)], color=GREY, linestyle="--")
    axes.scatter([run.workers for run in found.runs], [run.rate for run in found.runs], color=BLUE)
    axes.plot(counts, medians, color=BLUE, linewidth=1)
    axes.text(
        counts[-1], medians[0] * counts[-1], "nothing lost ", color=GREY, ha="right", va="top"
    )
    axes.set_xticks(counts)
    axes.set_xlim(0, counts[-1] + 0.2)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("workers")
    axes.set_ylabel("clips a second")
    figure.savefig(path, dpi=110)
