"""Footage and one recognizer -> its column, by signs or by whole sentences."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Literal

from signbridge.clips import gather
from signbridge.compare.contender import about, reads
from signbridge.compare.footage import Footage, Replay
from signbridge.compare.values import Column, Times, total
from signbridge.errors import SignBridgeError
from signbridge.events import Event
from signbridge.pipeline import Engine
from signbridge.protocols import Recognizer
from signbridge.session import Session
from signbridge.types import RecognitionResult, Segment

UNSURE = "The recognizer was not sure enough of this clip to write a sentence."


def answer(engine: Engine, recognizer: Recognizer, footage: Footage) -> Column:
    """Return the column of one recognizer; `engine` gives the composer and the settings."""
    began_s = time.perf_counter()
    by_kind = _sentences if reads(recognizer) == "sentences" else _signs
    column = by_kind(engine, recognizer, footage)
    taken_s = time.perf_counter() - began_s
    times = replace(column.times, landmarks_s=footage.landmarks_s, total_s=footage.read_s + taken_s)
    return replace(column, about=about(recognizer), times=times)


class _Watched:
    """A recognizer of signs, and why it did not answer."""

    reads: Literal["signs"] = "signs"
    sees: Literal["landmarks"] = "landmarks"

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self.name = recognizer.name
        self.error = ""

    def recognize(self, segment: Segment) -> RecognitionResult:
        try:
            return self._recognizer.recognize(segment)
        except SignBridgeError as error:
            self.error = str(error)
            raise


def _signs(engine: Engine, recognizer: Recognizer, footage: Footage) -> Column:
    """Play the known points through a session, so that the answer is the Upload tab's."""
    watched = _Watched(recognizer)
    alone = replace(
        engine,
        extractor=Replay(footage.points, footage.people),
        recognizers=(watched,),
        speaker=None,
        notices=(),
    )
    session = Session(alone)
    events: list[Event] = []
    for frame in footage.frames():
        events += session.push(frame)
    events += session.finish()
    found = gather(events, alone, footage.fps, session.timings)
    results = found.results.get(recognizer.name, ())
    failed = bool(watched.error) and not results
    return Column(
        recognizer=recognizer.name,
        reads="signs",
        results=results,
        text=found.utterance.text,
        times=_times(results, found.timings.recognize_s, found.timings.compose_s),
        frames=found.frames,
        notices=() if failed else found.notices,
        error=watched.error if failed else "",
    )


def _sentences(_: Engine, recognizer: Recognizer, footage: Footage) -> Column:
    """Give the recognizer the whole clip, which it cuts itself where it must."""
    landmarks = footage.landmarks()
    end_s = footage.at_s[0] + footage.duration_s
    try:
        result = recognizer.recognize(Segment(landmarks, footage.at_s[0], end_s, footage.clip))
    except SignBridgeError as error:
        return Column(recognizer.name, "sentences", error=str(error))
    sure = bool(result.guesses) and not result.abstained
    return Column(
        recognizer=recognizer.name,
        reads="sentences",
        results=(result,),
        text=result.guesses[0].text if sure else "",
        times=_times((result,), result.elapsed_s),
        frames=0 if footage.clip is None else len(footage.clip.pixels),
        notices=() if sure else (UNSURE,),
        pictures=result.frames,
    )


def _times(
    results: tuple[RecognitionResult, ...], recognize_s: float, compose_s: float = float("nan")
) -> Times:
    """Return the sums over `results`; a stage that none of them measured stays NaN."""
    stages = [result.stages for result in results]
    return Times(
        preprocess_s=total([one.preprocess_s for one in stages]),
        model_s=total([one.model_s for one in stages]),
        decode_s=total([one.decode_s for one in stages]),
        recognize_s=recognize_s,
        compose_s=compose_s,
    )
