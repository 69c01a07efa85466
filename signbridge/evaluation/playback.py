"""A recorded clip -> the same clip as a live stream: other rates, late frames, lost frames."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from signbridge.compare.footage import Replay
from signbridge.events import Event, Recognized, Said
from signbridge.live.session import GLIMPSE_EVERY_S
from signbridge.live.steady import Steady
from signbridge.pipeline import Engine
from signbridge.protocols import LandmarkExtractor
from signbridge.session import Session
from signbridge.stages.watching import SegmenterLike
from signbridge.types import Frame, Guess, Landmarks

OpenSegmenter = Callable[[int, int], SegmenterLike]


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a clip is played.

    fps: frames a second, None for the clip's own. jitter: how late frames come, a share of the
    time between two. drop: share of frames lost. realtime: by the clock, and what comes while
    another frame is looked at is lost, as live; else as fast as it goes, and no frame is lost.
    """

    fps: float | None = None
    jitter: float = 0.0
    drop: float = 0.0
    realtime: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Watched:
    """Frames that were looked at: points (543, 3) of each, when it was taken, what it took."""

    points: tuple[NDArray[np.float32], ...]
    at_s: tuple[float, ...]
    spent_s: tuple[float, ...]
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Word:
    """A stretch that was given as one sign, and when: seconds since the clip began.

    gloss: the first recognizer's best guess, "" without any; sure: whether it is believed;
    changes: how often a word that was shown for it before or at its end was another one; NaN where
    nobody looked.
    """

    gloss: str
    score: float
    sure: bool
    start_s: float
    end_s: float
    given_s: float
    changes: float = math.nan


@dataclass(frozen=True, slots=True)
class Playback:
    """What a session made of a stream; lost: frames that came too late to be looked at."""

    words: tuple[Word, ...]
    sentences: tuple[str, ...]
    frames: int
    lost: int
    duration_s: float

    @property
    def glosses(self) -> tuple[str, ...]:
        """What was recognized with certainty."""
        return tuple(word.gloss for word in self.words if word.sure)


def retimed(frames: Iterable[Frame], conditions: Conditions, own_fps: float) -> Iterator[Frame]:
    """Yield the frames as another camera would have taken them, the last one each time it looks.

    Without conditions they are the frames themselves.
    """
    if conditions.fps is None and not conditions.jitter and not conditions.drop:
        yield from frames
        return
    rng = np.random.default_rng(conditions.seed)
    step_s = 1 / (conditions.fps or own_fps)
    current: Frame | None = None
    due_s, look_s = float("nan"), float("nan")
    for frame in frames:
        if current is None:
            due_s = look_s = frame.at_s
        while current is not None and look_s < frame.at_s - 1e-9:
            if rng.random() >= conditions.drop:
                yield Frame(current.pixels, look_s)
            due_s += step_s
            late_s = float(np.clip(conditions.jitter * rng.normal(), -0.45, 0.45)) * step_s
            look_s = due_s + late_s
        current = frame
    if current is not None and look_s <= current.at_s + 1e-9:
        yield Frame(current.pixels, look_s)


def play_frames(
    session: Session,
    frames: Iterable[Frame],
    *,
    realtime: bool = False,
    looked_s: Sequence[float] = (),
    glimpses: bool = False,
) -> Playback:
    """Return what a session makes of frames, which are played to their end.

    looked_s: what each frame's landmarks took, where they were found before. glimpses: guess while
    a sign goes on, as the live page does.
    """
    shown = _Shown(session) if glimpses else None
    words: list[Word] = []
    sentences: list[str] = []
    seen = lost = 0
    began_s, last_s = time.perf_counter(), 0.0
    for number, frame in enumerate(frames):
        if realtime:
            ahead_s = frame.at_s - (time.perf_counter() - began_s)
            if ahead_s < -(frame.at_s - last_s):
                lost += 1
                continue
            time.sleep(max(0.0, ahead_s))
        pushed_s = time.perf_counter()
        events = session.push(frame)
        spent_s = time.perf_counter() - pushed_s + (looked_s[number] if looked_s else 0.0)
        given_s = time.perf_counter() - began_s if realtime else frame.at_s + spent_s
        _keep(events, given_s, words, sentences, shown)
        if shown is not None:
            shown.look(frame.at_s)
        seen, last_s = seen + 1, frame.at_s
    _keep(session.finish(), last_s, words, sentences, shown)
    return Playback(tuple(words), tuple(sentences), seen, lost, last_s)


def look(extractor: LandmarkExtractor, frames: Iterable[Frame], size: tuple[int, int]) -> Watched:
    """Return what an extractor sees in frames of `size` (width, height), and what it takes."""
    stream, points, at_s, spent_s = extractor.open(), [], [], []
    try:
        for frame in frames:
            began_s = time.perf_counter()
            points.append(stream.push(frame))
            spent_s.append(time.perf_counter() - began_s)
            at_s.append(frame.at_s)
    finally:
        stream.close()
    return Watched(tuple(points), tuple(at_s), tuple(spent_s), *size)


def watched(landmarks: Landmarks, conditions: Conditions) -> Watched:
    """Return a landmark file as a camera under these conditions would have seen it."""
    blank = np.zeros((1, 1, 3), np.uint8)
    times = landmarks.start_s + np.arange(len(landmarks.points)) / landmarks.fps
    rows = (Frame(blank, float(at_s)) for at_s in times)
    at_s = [frame.at_s for frame in retimed(rows, conditions, landmarks.fps)]
    shown = np.searchsorted(times, np.array(at_s) + 1e-9, side="right") - 1
    points = tuple(landmarks.points[max(0, row)] for row in shown)
    size = landmarks.width_px, landmarks.height_px
    return Watched(points, tuple(at_s), (0.0,) * len(at_s), *size)


def play(
    engine: Engine,
    seen: Watched,
    *,
    realtime: bool = False,
    open_segmenter: OpenSegmenter | None = None,
    glimpses: bool = False,
) -> Playback:
    """Return what a session makes of frames that were looked at before; see `play_frames`."""
    blank = np.zeros((seen.height_px, seen.width_px, 3), np.uint8)
    frames = [Frame(blank, at_s) for at_s in seen.at_s]
    engine = replace(engine.without_pictures(), extractor=Replay(seen.points), speaker=None)
    session = opened(engine, open_segmenter)
    return play_frames(session, frames, realtime=realtime, looked_s=seen.spent_s, glimpses=glimpses)


def opened(engine: Engine, open_segmenter: OpenSegmenter | None = None) -> Session:
    """Return a session, with another segmenter where one is given."""
    if open_segmenter is None:
        return Session(engine)
    return Session(engine, open_segmenter=open_segmenter)


class _Shown:
    """The word a page shows while a sign goes on."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._steady = Steady()
        self._looked_s = float("-inf")
        self._words: list[str] = []

    def look(self, at_s: float) -> None:
        """Guess at the sign that is going on, if a guess is due."""
        if at_s - self._looked_s < GLIMPSE_EVERY_S or not self._session.watching.signing:
            return
        landmarks = self._session.watching.partial()
        if landmarks is None:
            return
        self._looked_s = at_s
        result = self._session.naming.glimpse(landmarks)
        sure = result is not None and not result.abstained
        if self._steady.vote(result.guesses[0].text if result and sure else ""):
            self._words += [self._steady.word] if self._steady.word else []

    def end(self, gloss: str) -> int:
        """Return how often the word changed until the sign was given as `gloss`, "" if unsure."""
        words = [*self._words, gloss] if gloss else self._words
        changes = sum(first != second for first, second in itertools.pairwise(words))
        self._steady.clear()
        self._words = []
        return changes


def _keep(
    events: Iterable[Event],
    given_s: float,
    words: list[Word],
    sentences: list[str],
    shown: _Shown | None,
) -> None:
    for event in events:
        if isinstance(event, Said):
            sentences.append(event.utterance.text)
        elif isinstance(event, Recognized):
            result = event.believed or event.results[0]
            if result.kind == "sentence":  # its signs were given before, one by one
                continue
            best = result.guesses[0] if result.guesses else Guess("", 0.0)
            sure = event.believed is not None
            changes = shown.end(best.text if sure else "") if shown is not None else math.nan
            start_s, end_s = result.start_s, result.end_s
            words.append(Word(best.text, best.score, sure, start_s, end_s, given_s, changes))
