"""What `bench` measured: stages with their medians, as JSON and as a table to read."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Stage:
    """Times of one piece of work, in milliseconds.

    target_ms: what this share of the samples shall stay under, the median by default; NaN for none.
    """

    name: str
    samples_ms: tuple[float, ...]
    target_ms: float = math.nan
    target_percent: float = 50.0

    def percentile(self, percent: float) -> float:
        """Return the time that this share of the samples stays under; NaN without samples."""
        return float(np.percentile(self.samples_ms, percent)) if self.samples_ms else math.nan


@dataclass(frozen=True, slots=True)
class BenchReport:
    """One run of the bench.

    overhead_percent: everything but MediaPipe on the way from file to landmarks and segments,
    over MediaPipe's own time; NaN where it was not measured.
    load: processes that wanted a core in the last minute; above `cores`, the machine was busy.
    """

    clips: tuple[str, ...]
    frames: int
    fps: float
    cores: int
    load: float
    stages: tuple[Stage, ...]
    overhead_percent: float
    peak_mb: float
    notices: tuple[str, ...] = ()


OVERHEAD_TARGET_PERCENT = 20.0


def as_json(report: BenchReport) -> dict[str, object]:
    """Return the report as plain values; what was not measured is null."""
    return {
        "clips": list(report.clips),
        "frames": report.frames,
        "fps": _known(report.fps),
        "cores": report.cores,
        "load": _known(report.load),
        "stages": {
            stage.name: {
                "n": len(stage.samples_ms),
                "p50_ms": _known(stage.percentile(50)),
                "p95_ms": _known(stage.percentile(95)),
                "target_ms": _known(stage.target_ms),
                "target_percent": stage.target_percent,
            }
            for stage in report.stages
        },
        "overhead_percent": _known(report.overhead_percent),
        "peak_mb": _known(report.peak_mb),
        "notices": list(report.notices),
    }


def as_text(report: BenchReport) -> str:
    """Return the report as a table for a person to read."""
    busy = " (busy: times are longer than on a quiet machine)" if report.load > report.cores else ""
    lines = [
        f"{report.frames} frames at {report.fps:.4g} a second of {', '.join(report.clips)}",
        f"{report.cores} cores, load {report.load:.1f}{busy}",
        "",
        f"{'milliseconds':<44}{'n':>5}{'p50':>9}{'p95':>9}  target",
    ]
    lines += [_row(stage) for stage in report.stages]
    met = _verdict(report.overhead_percent, OVERHEAD_TARGET_PERCENT)
    lines.append("")
    if not math.isnan(report.overhead_percent):
        lines.append(
            f"Everything but MediaPipe, on top of it: {report.overhead_percent:.1f}%  "
            f"(target < {OVERHEAD_TARGET_PERCENT:.0f}%{met})"
        )
    lines.append(f"Peak memory: {report.peak_mb:.0f} MB")
    return "\n".join([*lines, *(f"note: {notice}" for notice in report.notices)])


def _row(stage: Stage) -> str:
    if not stage.samples_ms:
        return f"{stage.name:<44}{0:>5}  not measured"
    middle, high = stage.percentile(50), stage.percentile(95)
    target = ""
    if not math.isnan(stage.target_ms):
        of = "" if stage.target_percent == 50 else f"p{stage.target_percent:.0f} "
        found = stage.percentile(stage.target_percent)
        target = f"  {of}{stage.target_ms:.0f}{_verdict(found, stage.target_ms)}"
    return f"{stage.name:<44}{len(stage.samples_ms):>5}{middle:>9.2f}{high:>9.2f}{target}"


def _verdict(found: float, target: float) -> str:
    if math.isnan(found):
        return ""
    return ", met" if found <= target else ", missed"


def _known(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 3)
