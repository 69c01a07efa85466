"""A soak -> report.md, report.json and a plot of memory over time."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from signbridge.evaluation.plots import BLUE, GREY
from signbridge.evaluation.streaming import Streamed

if TYPE_CHECKING:
    from signbridge.evaluation.soak import Soak

JUDGED_S = 29 * 60.0  # of streaming, before the growth of memory says anything
GROWTH_TARGET_PERCENT = 5.0
CROWD_TARGET_FPS = 5.0
WORD_TARGET_MS, SOUND_TARGET_MS = 350.0, 1500.0
PLOT = "memory.png"
STAGES = {
    "landmarks": "landmarks, a picture",
    "recognize": "recognition, a sign",
    "compose": "composing, a sentence",
    "speak": "voice, a sentence",
    "sign": "end of sign to its word",
    "sound": "end of sentence to its sound",
}


def write(soak: Soak, folder: Path) -> None:
    """Write the report into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    _plot(soak, folder / PLOT)
    (folder / "report.json").write_text(json.dumps(as_json(soak), indent=2) + "\n", "utf-8")
    (folder / "report.md").write_text(as_markdown(soak), "utf-8")


def as_json(soak: Soak) -> dict[str, object]:
    """Return the figures as plain values; what was not measured is null."""
    return {
        "summary": summary(soak),
        "cores": soak.cores,
        "load": round(soak.load, 2),
        "others": round(soak.others, 2),
        "memory": {
            "before_mb": _known(soak.before_mb),
            "after_mb": _known(soak.after_mb),
            "growth_percent": _known(soak.growth_percent),
            "target_percent": GROWTH_TARGET_PERCENT,
            "samples": [[round(at_s, 1), round(mb, 2)] for at_s, mb in soak.memory],
        },
        "alone": of_session(soak.alone),
        "crowd": {
            "sessions": [of_session(each) for each in soak.crowd],
            "fairness": _known(soak.fairness),
            "target_fps": CROWD_TARGET_FPS,
        },
    }


def summary(soak: Soak) -> str:
    """Say in a sentence whether memory grew, and how fast the sessions were."""
    rates = ", ".join(f"{each.fps:.1f}" for each in soak.crowd)
    return (
        f"{soak.alone.seconds / 60:.2g} minutes of live streaming on {soak.cores} cores at a mean "
        f"load of {soak.load:.1f}, {soak.others:.1f} of them busy for others: memory "
        f"{soak.growth_percent:+.1f}%, {soak.alone.fps:.1f} pictures a second looked at; four "
        f"sessions at once: {rates}."
    )


def of_session(streamed: Streamed) -> dict[str, object]:
    """Return the figures of one session."""
    latencies = streamed.latencies
    return {
        "seconds": round(streamed.seconds, 1),
        "pushed": streamed.pushed,
        "looked_at": latencies.frames,
        "dropped": latencies.dropped,
        "fps": round(streamed.fps, 2),
        "signs": streamed.signs,
        "sentences": dict(streamed.sentences.most_common()),
        "changes_of_partial_word": streamed.changes,
        "stages_ms": {
            name: {
                "n": latencies.count(stage),
                "p50": _known(1000 * latencies.percentile_s(stage, 50)),
                "p95": _known(1000 * latencies.percentile_s(stage, 95)),
            }
            for stage, name in STAGES.items()
        },
    }


def as_markdown(soak: Soak) -> str:
    """Return the report for a person to read."""
    alone = soak.alone
    busy = " Other work kept the machine busy: times are longer than on a quiet one."
    grew = _verdict(soak.growth_percent < GROWTH_TARGET_PERCENT)
    if alone.seconds < JUDGED_S:
        grew = "which so short a run can't show"
    lines = [
        "# Soak",
        "",
        "A live session is shown drawn sentences at 10 pictures a second by a real clock, over and "
        "over; then four sessions at once. Embedded defaults, landmarks to voice, no browser.",
        "",
        f"{soak.cores} cores, mean load {soak.load:.1f}; {soak.others:.1f} of them were busy for "
        "other programs, or for other machines of the same host."
        f"{busy if soak.load > soak.cores else ''}",
        "",
        f"## Memory over {alone.seconds / 60:.2g} minutes",
        "",
        f"{soak.before_mb:.0f} MB after the warm-up, {soak.after_mb:.0f} MB at the end: "
        f"{soak.growth_percent:+.1f}% (target: under {GROWTH_TARGET_PERCENT:.0f}%, {grew}).",
        "",
        f"![Resident memory of the process over the run]({PLOT})",
        "",
        "## One session",
        "",
        f"{alone.pushed} pictures sent, {alone.latencies.frames} looked at "
        f"({alone.fps:.1f} a second), {alone.latencies.dropped} dropped as newer ones came. "
        f"{alone.signs} stretches of signing, {sum(alone.sentences.values())} sentences.",
        "",
        "| milliseconds | n | p50 | p95 | target |",
        "| --- | --- | --- | --- | --- |",
        *_stage_rows(alone),
        "",
        "The last minute of pictures, and up to the last 600 of the rest. The wait for a sound "
        "holds the pause that ends a sentence.",
        "",
        "| sentence | times |",
        "| --- | --- |",
        *(f"| {text} | {count} |" for text, count in alone.sentences.most_common(8)),
        "",
    ]
    return "\n".join([*lines, *_crowd(soak)])


def _crowd(soak: Soak) -> list[str]:
    if not soak.crowd:
        return []
    enough = _verdict(min(each.fps for each in soak.crowd) >= CROWD_TARGET_FPS)
    rows = (
        f"| {number} | {each.fps:.2f} | {each.latencies.dropped} | {each.signs} "
        f"| {sum(each.sentences.values())} |"
        for number, each in enumerate(soak.crowd, start=1)
    )
    return [
        f"## {len(soak.crowd)} sessions at once, {soak.crowd[0].seconds:.0f} s",
        "",
        "| session | pictures a second | dropped | stretches | sentences |",
        "| --- | --- | --- | --- | --- |",
        *rows,
        "",
        f"Target: at least {CROWD_TARGET_FPS:.0f} a second each ({enough}). The slowest has "
        f"{soak.fairness:.0%} of the fastest's rate.",
        "",
    ]


def _stage_rows(streamed: Streamed) -> list[str]:
    targets = {
        "sign": f"p50 {WORD_TARGET_MS:.0f}",
        "sound": f"p95 {SOUND_TARGET_MS:.0f}",
    }
    latencies = streamed.latencies
    rows = []
    for stage, name in STAGES.items():
        middle, high = (1000 * latencies.percentile_s(stage, share) for share in (50, 95))
        goal = targets.get(stage, "")
        rows.append(f"| {name} | {latencies.count(stage)} | {middle:.0f} | {high:.0f} | {goal} |")
    return rows


def _plot(soak: Soak, path: Path) -> None:
    figure = Figure(figsize=(7, 3), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    minutes = [at_s / 60 for at_s, _ in soak.memory]
    axes.plot(minutes, [mb for _, mb in soak.memory], color=BLUE, linewidth=1)
    axes.axhline(soak.before_mb, color=GREY, linewidth=1, linestyle="--")
    axes.set_xlabel("minutes")
    axes.set_ylabel("resident MB")
    axes.set_ylim(bottom=0)
    figure.savefig(path, dpi=110)


def _verdict(met: bool) -> str:
    return "met" if met else "missed"


def _known(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 2)
