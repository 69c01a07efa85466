"""Clips played as a live session -> how long each stage takes, and how long the signer waits."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeVar

from signbridge.build import build
from signbridge.clips import Progress, open_clip
from signbridge.errors import BadInputError
from signbridge.evaluation import bench_video
from signbridge.evaluation.speed import BenchReport, Stage, as_json, as_text
from signbridge.events import Event, Recognized, Said
from signbridge.landmarks.segmenter import HOLD_S, LOWERED_S
from signbridge.pipeline import Engine
from signbridge.protocols import Recognizer
from signbridge.session import Session
from signbridge.settings import Settings
from signbridge.types import Frame, RecognitionResult, Segment

__all__ = ["as_json", "as_text", "measure", "run"]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
EXAMPLES_PLAYED = 4
WARM_UP_FRAMES = 10
REPEATS = 20
RECOGNIZE_MS, TEXT_MS, SOUND_MS = 20.0, 400.0, 1200.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tick:
    """One frame's way through a session: seconds spent, and what it led to.

    rest_s: decoding, segmenting and counting; all that is neither a model nor the voice.
    from_clip: false for the last picture, held until the sentence is said.
    """

    at_s: float
    push_s: float
    landmarks_s: float
    rest_s: float
    events: tuple[Event, ...]
    from_clip: bool = True


@dataclass(frozen=True, slots=True)
class Wait:
    """From the end of a sign to its text or sound: seconds of waiting, then of work."""

    wait_s: float
    work_s: float

    @property
    def total_s(self) -> float:
        """What the signer feels."""
        return self.wait_s + self.work_s


@dataclass
class KeepingRecognizer:
    """Passes segments on to a recognizer, and keeps them to be measured again."""

    inner: Recognizer
    segments: list[Segment] = field(default_factory=list)
    results: list[RecognitionResult] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The inner recognizer's name."""
        return self.inner.name

    @property
    def reads(self) -> Literal["signs", "sentences"]:
        """What the inner recognizer is given."""
        return self.inner.reads

    @property
    def sees(self) -> Literal["landmarks", "pictures"]:
        """What the inner recognizer looks at."""
        return self.inner.sees

    def recognize(self, segment: Segment) -> RecognitionResult:
        """Return the inner recognizer's answer."""
        result = self.inner.recognize(segment)
        self.segments.append(segment)
        self.results.append(result)
        return result


def run(clip: Path | None, progress: Progress | None = None) -> BenchReport:
    """Measure the engine that the environment asks for, on `clip` or on examples."""
    clips = [clip] if clip is not None else sorted(EXAMPLES.glob("*.mp4"))[:EXAMPLES_PLAYED]
    if not clips:
        raise BadInputError(f"there are no clips in {EXAMPLES}; name one with --clip")
    engine = build(Settings.from_environment())
    import torch

    torch.set_num_threads(1)
    return measure(engine, clips, progress)


def measure(engine: Engine, clips: Sequence[Path], progress: Progress | None = None) -> BenchReport:
    """Play each clip once, as a webcam would send it, then repeat the short stages."""
    load = os.getloadavg()[0]
    readers = engine.recognizers
    first = next((reader for reader in readers if reader.reads == "signs"), readers[0])
    keeper = KeepingRecognizer(first)
    engine = replace(
        engine, recognizers=tuple(keeper if reader is first else reader for reader in readers)
    )
    if engine.speaker is not None:
        engine.speak("Hello.")  # the voice's first run is slower and not what is asked
    played: list[list[Tick]] = []
    fps = float("nan")
    for index, clip in enumerate(clips):
        video = open_clip(engine, clip)
        fps = video.fps
        played.append(list(play(engine, iter(video))))
        if progress:
            progress((index + 1) / (len(clips) + 1), "Playing clips as a webcam would")
    measured = [tick for ticks in played for tick in ticks[WARM_UP_FRAMES:] if tick.from_clip]
    stages = (
        _stage("landmarks, a frame", [tick.landmarks_s for tick in measured]),
        _stage("everything else, a frame", [tick.rest_s for tick in measured]),
        *_repeated_stages(engine, keeper),
        *_waiting_stages(played, engine.settings),
    )
    peak = peak_mb()  # before the pictures for the video model, which no default run makes
    stages += (_stage(bench_video.NAME, bench_video.preparation_s(), bench_video.TARGET_MS),)
    if progress:
        progress(1.0, "Done")
    return BenchReport(
        clips=tuple(clip.name for clip in clips),
        frames=len(measured),
        fps=fps,
        cores=os.cpu_count() or 1,
        load=load,
        stages=stages,
        overhead_percent=overhead_percent(measured),
        peak_mb=peak,
        notices=engine.notices,
    )


def play(engine: Engine, frames: Iterator[Frame]) -> Iterator[Tick]:
    """Yield a tick for each frame, then for the last picture held until the sentence is said."""
    session = Session(engine)
    started_s = time.perf_counter()
    times: list[float] = []
    frame = None
    try:
        for frame in frames:
            times.append(frame.at_s)
            yield _push(session, frame, time.perf_counter() - started_s)
            started_s = time.perf_counter()
        if frame is None or len(times) < 2:
            return
        step_s = (times[-1] - times[0]) / (len(times) - 1)
        rest_s = engine.settings.sentence_pause_s + HOLD_S + LOWERED_S
        for index in range(1, 2 + int(rest_s / step_s)):
            at_s = times[-1] + index * step_s
            tick = replace(_push(session, replace(frame, at_s=at_s), 0.0), from_clip=False)
            yield tick
            if any(isinstance(event, Said) for event in tick.events):
                return
    finally:
        session.close()


def _push(session: Session, frame: Frame, decode_s: float) -> Tick:
    before = session.timings
    started_s = time.perf_counter()
    events = session.push(frame)
    push_s = time.perf_counter() - started_s
    after = session.timings
    landmarks_s = after.landmarks_s - before.landmarks_s
    models_s = landmarks_s + (after.recognize_s - before.recognize_s)
    models_s += after.compose_s - before.compose_s + after.speak_s - before.speak_s
    return Tick(frame.at_s, push_s, landmarks_s, decode_s + push_s - models_s, events)


def overhead_percent(ticks: Sequence[Tick]) -> float:
    """Return the time spent outside the models over MediaPipe's; NaN without either."""
    landmarks_s = sum(tick.landmarks_s for tick in ticks)
    return 100 * sum(tick.rest_s for tick in ticks) / landmarks_s if landmarks_s else float("nan")


def waits(ticks: Sequence[Tick]) -> tuple[list[Wait], list[Wait]]:
    """Return the waits from the end of each sign to its gloss, and of each sentence to its sound.

    A wait is the time until the picture that showed the end, by the pictures' own clock, and the
    work that this picture then caused.
    """
    to_text: list[Wait] = []
    to_sound: list[Wait] = []
    for tick in ticks:
        for event in tick.events:
            if isinstance(event, Recognized) and any(one.kind == "gloss" for one in event.results):
                to_text.append(Wait(tick.at_s - event.results[0].end_s, tick.push_s))
            elif isinstance(event, Said) and event.sound is not None:
                to_sound.append(Wait(tick.at_s - event.utterance.end_s, tick.push_s))
    return to_text, to_sound


def _waiting_stages(played: Sequence[Sequence[Tick]], settings: Settings) -> tuple[Stage, ...]:
    found = [waits(ticks) for ticks in played]
    to_text = [wait for texts, _ in found for wait in texts]
    to_sound = [wait for _, sounds in found for wait in sounds]
    pause_ms = 1000 * settings.sentence_pause_s
    return (
        _stage("end of sign: waiting", [w.wait_s for w in to_text]),
        _stage("end of sign: work until text", [w.work_s for w in to_text]),
        _stage("end of sign -> text", [w.total_s for w in to_text], TEXT_MS),
        _stage(f"end of sign: pause ({pause_ms:.0f} at least)", [w.wait_s for w in to_sound]),
        _stage("end of sign: work until sound", [w.work_s for w in to_sound]),
        _stage("end of sign -> first sound", [w.total_s for w in to_sound], SOUND_MS),
    )


def _repeated_stages(engine: Engine, keeper: KeepingRecognizer) -> tuple[Stage, ...]:
    """Return the short stages, each done again `REPEATS` times on what the clips gave."""
    segments, results = list(keeper.segments), list(keeper.results)
    sure = [result for result in results if not result.abstained]
    recognize = [
        _seconds(keeper.inner.recognize, segment) for segment in segments for _ in range(REPEATS)
    ]
    compose = [_seconds(engine.compose, (result,)) for result in sure for _ in range(REPEATS)]
    sound: list[float] = []
    if engine.speaker is not None:
        stream = engine.speaker.stream
        texts = [engine.compose((result,))[0].text for result in sure]
        sound = [_seconds(lambda text: next(stream(text)), text) for text in texts if text]
    return (
        _stage("features and recognition, a segment", recognize, RECOGNIZE_MS),
        _stage("composing, a sentence", compose),
        _stage("voice, its first sound", sound),
    )


def _seconds(work: Callable[[T], object], value: T) -> float:
    started_s = time.perf_counter()
    work(value)
    return time.perf_counter() - started_s


def _stage(name: str, samples_s: Sequence[float], target_ms: float = float("nan")) -> Stage:
    return Stage(name, tuple(1000 * sample for sample in samples_s), target_ms)


def peak_mb() -> float:
    """Return the most memory that this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in kB, macOS in bytes.
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3
