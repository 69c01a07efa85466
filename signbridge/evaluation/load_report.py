"""A run of many visitors at once -> report.md and report.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signbridge.evaluation.load import Load

SHOWN_ERRORS = 5


def write(load: Load, folder: Path) -> None:
    """Write the report into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(as_json(load), indent=2) + "\n", "utf-8")
    (folder / "report.md").write_text(as_markdown(load), "utf-8")


def as_json(load: Load) -> dict[str, object]:
    """Return the figures as plain values."""
    return {
        "summary": summary(load),
        "visitors": load.visitors,
        "requests": len(load.answers),
        "clips": load.clips,
        "lost": load.lost,
        "mixed_up": load.mixed_up,
        "seconds": round(load.seconds, 1),
        "p50_s": round(load.percentile_s(50), 2),
        "p95_s": round(load.percentile_s(95), 2),
        "requests_a_minute": round(_a_minute(load), 2),
        "clip_s": round(load.clip_s, 1),
        "cpu_s": round(load.cpu_s, 1),
        "sessions_per_core": round(load.sessions_per_core, 2),
        "cores": load.cores,
        "load": round(load.load, 2),
        "errors": sorted({one.error for one in load.answers if one.error})[:SHOWN_ERRORS],
    }


def summary(load: Load) -> str:
    """Say in a sentence whether every visitor got their own answer."""
    return (
        f"{load.visitors} visitors at once, {len(load.answers)} clips: {load.lost} answers lost, "
        f"{load.mixed_up} mixed up; a core reads {load.sessions_per_core:.1f} s of video a second."
    )


def as_markdown(load: Load) -> str:
    """Return the report for a person to read."""
    errors = sorted({one.error for one in load.answers if one.error})[:SHOWN_ERRORS]
    busy = " Other work kept the machine busy: times are longer than on a quiet one."
    return "\n".join(
        [
            "# Many visitors at once",
            "",
            summary(load),
            "",
            f"Each visitor uploads one clip after another, all at the same time: {load.clips} "
            "drawn clips under names of their own. The answer to each was known from asking alone, "
            "and must name the visitor's own file.",
            "",
            f"{load.cores} cores, mean load {load.load:.1f}."
            f"{busy if load.load > 2 * load.cores else ''}",
            "",
            "| | |",
            "| --- | --- |",
            f"| upload to answer, p50 | {load.percentile_s(50):.1f} s |",
            f"| upload to answer, p95 | {load.percentile_s(95):.1f} s |",
            f"| answers a minute | {_a_minute(load):.1f} |",
            f"| video, all clips together | {load.clip_s:.0f} s |",
            f"| processor time of the app | {load.cpu_s:.0f} s |",
            f"| seconds of video that a core reads in a second | {load.sessions_per_core:.2f} |",
            "",
            "Two clips are read at a time; the others wait for their turn, so the times grow with "
            "the visitors.",
            "",
            *(["## Errors", "", *(f"- {error}" for error in errors), ""] if errors else []),
        ]
    )


def _a_minute(load: Load) -> float:
    return 60 * (len(load.answers) - load.lost) / load.seconds if load.seconds else float("nan")
