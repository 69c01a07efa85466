"""Clips played to live sessions by a real clock, as webcams would send them -> what came of it."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.capture.video import open_video
from signbridge.errors import BadInputError
from signbridge.events import Event, Guessed, Recognized, Said
from signbridge.live.latency import Latencies
from signbridge.live.session import LiveSession
from signbridge.pipeline import Engine
from signbridge.session import Session
from signbridge.types import Frame

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SENTENCES = ("family-tired", "me-learn-sign", "me-tired-now", "name-linda")
"""What a camera is shown by default: the drawn sentences and a spelled name."""
REST_S = 2.0
"""Between two clips the last picture is held, so that each sentence ends."""
LOOK_S = 0.02
READY_S = 120.0

Pictures = Sequence[NDArray[np.uint8]]


@dataclass
class Streamed:
    """What one live session made of its pictures.

    frames, dropped: pictures looked at, and those lost to newer ones. changes: of the word that
    is shown while a sign goes on.
    """

    pushed: int = 0
    signs: int = 0
    sentences: Counter[str] = field(default_factory=Counter)
    changes: int = 0
    seconds: float = 0.0
    latencies: Latencies = field(default_factory=Latencies)

    @property
    def fps(self) -> float:
        """Pictures looked at a second, over the whole run."""
        return self.latencies.frames / self.seconds if self.seconds else 0.0

    def take(self, event: Event) -> None:
        """Count an event."""
        match event:
            case Recognized(results=results):
                self.signs += results[0].kind == "gloss"
            case Said(utterance=utterance):
                self.sentences[utterance.text] += 1
            case Guessed():
                self.changes += 1


def camera(clips: Sequence[Path], fps: float) -> Pictures:
    """Return the pictures of all clips at `fps`, the last of each held for `REST_S`."""
    pictures: list[NDArray[np.uint8]] = []
    for clip in clips:
        video = open_video(clip, max_clip_s=60, max_clip_mb=200, max_fps=fps, max_side_px=640)
        found = [frame.pixels for frame in video]
        pictures += [*found, *[found[-1]] * round(REST_S * fps)]
    return pictures


def sentence_clips() -> tuple[Path, ...]:
    """Return the clips that are shown by default."""
    clips = tuple(EXAMPLES / f"{name}.mp4" for name in SENTENCES)
    missing = [clip for clip in clips if not clip.is_file()]
    if missing:
        raise BadInputError(
            f"{missing[0]} is missing; run `python -m signbridge.training.examples`"
        )
    return clips


def stream(
    engine: Engine,
    pictures: Pictures,
    fps: float,
    seconds: float,
    sessions: int = 1,
    watch: Callable[[float], None] | None = None,
) -> tuple[Streamed, ...]:
    """Show the pictures, over and over, to as many sessions at once; return what each made of it.

    The cameras run by the clock and wait for nobody. The sessions load their models before the
    time counts. watch: called about fifty times a second with the seconds that have passed.
    """
    live = [LiveSession(lambda: Session(engine)) for _ in range(sessions)]
    found = tuple(Streamed(latencies=each.latencies) for each in live)
    try:
        _wait_until_ready(live, pictures[0])
        for each in found:
            each.latencies.frames = each.latencies.dropped = 0
        began_s = time.monotonic()
        for index, at_s in _ticks(began_s, fps, seconds):
            while time.monotonic() < at_s:
                _collect(live, found)
                if watch is not None:
                    watch(time.monotonic() - began_s)
                time.sleep(min(LOOK_S, max(0.0, at_s - time.monotonic())))
            picture = pictures[index % len(pictures)]
            for session, one in zip(live, found, strict=True):
                session.push(Frame(picture, at_s - began_s + READY_S), at_s)
                one.pushed += 1
        for each in found:
            each.seconds = time.monotonic() - began_s
        for session in live:
            session.finish()
            session.join(READY_S)
        _collect(live, found)
    finally:
        for session in live:
            session.close()
            session.join(READY_S)
    return found


def _ticks(began_s: float, fps: float, seconds: float) -> Iterator[tuple[int, float]]:
    """Yield each picture's number and its moment by the clock."""
    for index in itertools.count():
        if index / fps >= seconds:
            return
        yield index, began_s + index / fps


def _wait_until_ready(live: Sequence[LiveSession], picture: NDArray[np.uint8]) -> None:
    for session in live:
        session.push(Frame(picture, 0.0), time.monotonic())
    for session in live:
        if not session.settle(READY_S) or session.error:
            raise BadInputError(session.error or f"no model was ready within {READY_S:g} s")


def _collect(live: Sequence[LiveSession], found: Sequence[Streamed]) -> None:
    for session, streamed in zip(live, found, strict=True):
        for event in session.events():
            streamed.take(event)
