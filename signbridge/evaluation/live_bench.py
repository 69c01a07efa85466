"""A camera that runs by the clock before a live session -> how long its signer waits."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from signbridge.build import build
from signbridge.clips import Progress
from signbridge.evaluation.bench import peak_mb
from signbridge.evaluation.speed import BenchReport, Stage
from signbridge.evaluation.streaming import Streamed, camera, sentence_clips, stream
from signbridge.pipeline import Engine
from signbridge.settings import Settings

FPS = 10.0
SECONDS = 60.0
MEDIAN, SLOW = 50.0, 95.0
STAGES = (
    ("landmarks", "landmarks, a picture", float("nan"), MEDIAN),
    ("recognize", "recognition, a sign", float("nan"), MEDIAN),
    ("compose", "composing, a sentence", float("nan"), MEDIAN),
    ("speak", "voice, a sentence", float("nan"), MEDIAN),
    ("sign", "end of sign -> stable word", 350.0, MEDIAN),
    ("sound", "end of sentence -> first sound", 1500.0, SLOW),
)
"""Each stage, its name, and what this percentile of it shall stay under, in milliseconds."""


def run(clip: Path | None, progress: Progress | None = None) -> BenchReport:
    """Measure the engine that the environment asks for, on `clip` or on the drawn sentences."""
    engine = build(Settings.from_environment())
    import torch

    torch.set_num_threads(1)
    return measure(engine, sentence_clips() if clip is None else (clip,), SECONDS, progress)


def measure(
    engine: Engine, clips: Sequence[Path], seconds: float, progress: Progress | None = None
) -> BenchReport:
    """Show the clips at 10 pictures a second for so long, over and over."""
    load = os.getloadavg()[0]
    if engine.speaker is not None:
        engine.speak("Hello.")  # the voice's first run is slower and not what is asked

    def watch(at_s: float) -> None:
        if progress is not None:
            progress(min(at_s / seconds, 1.0), "Signing into a camera")

    (found,) = stream(engine, camera(clips, FPS), FPS, seconds, watch=watch)
    return BenchReport(
        clips=tuple(clip.name for clip in clips),
        frames=found.latencies.frames,
        fps=found.fps,
        cores=os.cpu_count() or 1,
        load=load,
        stages=tuple(_stage(found, *stage) for stage in STAGES),
        overhead_percent=float("nan"),
        peak_mb=peak_mb(),
        notices=(*engine.notices, _dropped(found)),
    )


def _stage(found: Streamed, key: str, name: str, target_ms: float, percent: float) -> Stage:
    samples_ms = tuple(1000 * sample for sample in found.latencies.samples_s(key))
    return Stage(name, samples_ms, target_ms, percent)


def _dropped(found: Streamed) -> str:
    return (
        f"{found.pushed} pictures came, {found.latencies.dropped} were dropped for newer ones; "
        f"{found.signs} stretches of signing, {sum(found.sentences.values())} sentences, "
        f"{found.changes} changes of the word shown while a sign goes on"
    )
