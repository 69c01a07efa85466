"""Whole clips: a finished clip is a session played to its end; landmarks alone need no session."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.capture.guarded import GuardedVideo, open_guarded
from signbridge.capture.wire import Limits
from signbridge.events import Event, Notice, Perhaps, Recognized, Said, Seen
from signbridge.landmarks.timing import uniform
from signbridge.pipeline import Engine
from signbridge.protocols import Grow, LandmarkExtractor, OpenClip
from signbridge.session import Session
from signbridge.settings import Settings
from signbridge.sound import at_rate
from signbridge.types import (
    Frame,
    Landmarks,
    RecognitionResult,
    Speech,
    Timings,
    Translation,
    Utterance,
)

Progress = Callable[[float, str], None]
"""Called with the share done in [0, 1] and what is being done; Gradio's own one is falsy."""
Watch = Callable[[Frame, tuple[Event, ...]], None]
"""Called with each frame of a clip and what it led to."""


def play(
    session: Session,
    video: OpenClip,
    progress: Progress | None = None,
    watch: Watch | None = None,
) -> Iterator[Event]:
    """Yield the events of a clip: a finished clip is a session played to its end."""
    for index, frame in enumerate(video):
        events = session.push(frame)
        yield from events
        if watch:
            watch(frame, events)
        if progress is not None:
            done = (index + 1) / max(video.n_frames_estimate, index + 2)
            progress(done, "Looking for hands, face and body")
    if video.damage:
        yield Notice(video.damage)
    yield from session.finish()
    if progress is not None:
        progress(1.0, "Done")


def translate(
    engine: Engine,
    path: Path | str,
    *,
    speak: bool = True,
    progress: Progress | None = None,
    recognizers: tuple[str, ...] | None = None,
    watch: Watch | None = None,
    grow: Grow | None = None,
) -> Translation:
    """Return what the clip at `path` says; raise `BadInputError` for a clip that can't be used.

    grow: is told all that the clip says so far, while its composer writes on.
    """
    started_s = time.perf_counter()
    if recognizers is not None:
        engine = engine.only(recognizers)
    if not speak:
        engine = engine.silent()
    video = open_clip(engine, path)
    session = Session(engine)
    events: list[Event] = []
    if grow is not None:
        session.saying.grow = lambda text: grow(_said_so_far(events, text))
    try:
        for event in play(session, video, progress, watch):
            events.append(event)
    finally:
        session.close()
    timings = replace(session.timings, total_s=time.perf_counter() - started_s)
    if engine.speaker is None:
        timings = replace(timings, speak_s=float("nan"))
    return gather(events, engine, video.fps, timings)


def gather(
    events: list[Event], engine: Engine, fps: float, timings: Timings | None = None
) -> Translation:
    """Return the events of a whole clip as one translation."""
    signs: list[RecognitionResult] = []
    for event in events:
        if isinstance(event, Recognized):
            signs = [*(sign for sign in signs if not event.replaces(sign)), *event.shown]
    results: dict[str, list[RecognitionResult]] = {}
    for sign in signs:
        results.setdefault(sign.recognizer, []).append(sign)
    said = [event for event in events if isinstance(event, Said)]
    notices = [event.text for event in events if isinstance(event, Notice)]
    notices += [event.told for event in events if isinstance(event, Perhaps)]
    return Translation(
        results={name: tuple(found) for name, found in results.items()},
        utterance=_join_sentences([event.utterance for event in said], engine.composer.name),
        speech=_join_sound([event.speech for event in said if event.speech]),
        sentences=tuple(event.utterance for event in said),
        notices=(*engine.notices, *notices),
        timings=timings or Timings(),
        frames=sum(isinstance(event, Seen) for event in events),
        fps=fps,
    )


def open_clip(engine: Engine, path: Path | str) -> GuardedVideo:
    """Open a clip within the limits of the engine's settings."""
    return _open(engine.settings, path)


def _open(settings: Settings, path: Path | str) -> GuardedVideo:
    limits = Limits(
        settings.max_clip_s, settings.max_clip_mb, settings.max_fps, settings.max_side_px
    )
    return open_guarded(path, limits)


def extract(engine: Engine, path: Path | str, progress: Progress | None = None) -> Landmarks:
    """Return the landmarks of the whole clip at a constant rate."""
    return extract_clip(engine.extractor, engine.settings, path, progress)


def extract_clip(
    extractor: LandmarkExtractor,
    settings: Settings,
    path: Path | str,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> Landmarks:
    """Return the landmarks of a clip without any other model; `tell` hears what was damaged."""
    video = _open(settings, path)
    stream = extractor.open()
    points: list[NDArray[np.float32]] = []
    at_s: list[float] = []
    try:
        for frame in video:
            points.append(stream.push(frame))
            at_s.append(frame.at_s)
            if progress is not None:
                done = len(points) / max(video.n_frames_estimate, len(points))
                progress(done, "Looking for hands, face and body")
    finally:
        stream.close()
    if video.damage and tell:
        tell(video.damage)
    if progress is not None:
        progress(1.0, "Done")
    return uniform(points, at_s, width_px=video.width_px, height_px=video.height_px)


def _said_so_far(events: list[Event], draft: str) -> str:
    said = [event.utterance.text for event in events if isinstance(event, Said)]
    return " ".join(filter(None, [*said, draft]))


def _join_sentences(sentences: list[Utterance], composer: str) -> Utterance:
    if not sentences:
        return Utterance("", composer, 0.0)
    return Utterance(
        text=" ".join(sentence.text for sentence in sentences),
        composer=sentences[0].composer,
        elapsed_s=sum(sentence.elapsed_s for sentence in sentences),
        sources=tuple(source for sentence in sentences for source in sentence.sources),
        choices=tuple(choice for sentence in sentences for choice in sentence.choices),
        start_s=sentences[0].start_s,
        end_s=sentences[-1].end_s,
    )


def _join_sound(speeches: list[Speech]) -> Speech | None:
    """Return the sentences one after another, a third of a second apart."""
    if not speeches:
        return None
    rate = speeches[0].sample_rate
    pause = np.zeros(rate // 3, np.float32)
    spoken = (at_rate(speech, rate).samples for speech in speeches)
    parts = [part for samples in spoken for part in (pause, samples)][1:]
    return Speech(np.concatenate(parts), rate)
