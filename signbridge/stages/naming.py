"""Second stage of a session: stretches of signing -> recognized signs, and those of a sentence."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from typing import Literal

from signbridge.events import Event, Notice, Perhaps, Recognized
from signbridge.found import Findings
from signbridge.pipeline import Engine
from signbridge.stages.parcels import (
    Correction,
    End,
    Leave,
    Named,
    Pause,
    Ready,
    Rest,
    Say,
    Signed,
    Stretch,
)
from signbridge.types import Landmarks, RecognitionResult, Segment

PERHAPS = 0.5
"""A sentence that likely has less of the truth is not worth showing."""


class Naming:
    """Asks the recognizers, and keeps the signs of the sentence that is going on."""

    def __init__(self, engine: Engine, findings: Findings) -> None:
        self._engine = engine
        self._findings = findings
        self._pending: list[RecognitionResult] = []
        self._corrected = False  # the signer had a hand in the pending signs
        self._open = False  # a sentence is going on
        self._heard_s = float("-inf")  # the end of the last stretch of signing
        self._said_s = float("-inf")  # the same, when a sentence was last handed on
        # A sentence read before its pause was over: its start and end, and the answers.
        self._early: tuple[float, float, tuple[RecognitionResult, ...]] | None = None
        self._told: set[str] = set()
        self.spent_s = 0.0
        """Seconds spent on recognizing."""

    def take(self, parcel: Signed) -> Iterator[Event | Named]:
        """Take what was signed; give what was recognized, and hand on what can be said."""
        match parcel:
            case Stretch(landmarks=landmarks):
                self._corrected = self._corrected and self._open
                self._open = True
                yield from self._recognize(landmarks)
            case Rest(segment=segment):
                yield from self._prepare(segment)
            case Pause(segment=segment):
                self._open = False
                yield from self._close(segment)
            case Correction(was=was, becomes=becomes):
                self._correct(was, becomes)
                if not self._open:  # no pause will come to say it
                    yield from self._close(None)
            case End():
                yield Leave(self._findings.notices())

    def glimpse(self, landmarks: Landmarks) -> RecognitionResult | None:
        """Return what the first recognizer of signs makes of a sign that is not over yet."""
        readers = [each for each in self._engine.recognizers if each.reads == "signs"]
        if not readers:
            return None
        only = self._engine.only((readers[0].name,))
        results, _ = only.recognize(_segment(landmarks))
        return results[0] if results else None

    def _recognize(self, landmarks: Landmarks) -> Iterator[Event]:
        segment = _segment(landmarks)
        self._heard_s = segment.end_s
        results = yield from self._ask(segment, "signs")
        # Recognizers stand in the operator's order of trust: the first that is sure is believed.
        sure = next((result for result in results if not result.abstained), None)
        if results:
            yield Recognized(results, sure)
        if sure is not None:
            self._findings.recognized += 1
            self._pending.append(sure)

    def _close(self, segment: Segment | None) -> Iterator[Event | Say]:
        if segment is not None:
            yield from self._read(segment)
        if self._pending:
            results, self._pending, self._corrected = tuple(self._pending), [], False
            self._said_s = self._heard_s
            yield Say(results)

    def _prepare(self, segment: Segment | None) -> Iterator[Event | Ready]:
        """Hand on what will be said, unless another sentence may yet be read from pictures."""
        if segment is None:
            if self._pending and not self._engine.reads_sentences:
                yield Ready(tuple(self._pending))
            return
        results = yield from self._ask(segment, "sentences")
        self._early = (segment.start_s, segment.end_s, results)
        believed = self._believed(results)
        ready = self._pending if believed is None else self._replaced(believed)
        if ready:
            yield Ready(tuple(ready))

    def _read(self, segment: Segment) -> Iterator[Event]:
        """Let those that read whole sentences read the one that has ended, and believe the first.

        Their sentence stands in for the signs', unless signs were recognized with certainty by a
        recognizer that stands before them, or the signer has corrected the signs.
        """
        early, self._early = self._early, None
        if early is not None and early[:2] == (segment.start_s, segment.end_s):
            results = early[2]  # nothing was signed since
        else:
            results = yield from self._ask(segment, "sentences")
        self._findings.recognized += sum(not result.abstained for result in results)
        believed = self._believed(results)
        if results:
            yield Recognized(results, believed)
        if believed is not None:
            self._pending = self._replaced(believed)
        elif not self._pending:
            yield from map(Perhaps, _doubtful(results)[:1])

    def _replaced(self, believed: RecognitionResult) -> list[RecognitionResult]:
        """Return the signs of a sentence, and before them those signed before its start."""
        before = [each for each in self._pending if each.start_s < believed.start_s]
        return [*(before if believed.signs else ()), *believed.sure]

    def _believed(self, results: tuple[RecognitionResult, ...]) -> RecognitionResult | None:
        sure = {result.recognizer: result for result in results if not result.abstained}
        return None if self._corrected else self._first_trusted(sure)

    def _first_trusted(self, sure: dict[str, RecognitionResult]) -> RecognitionResult | None:
        by_signs = {result.recognizer for result in self._pending}
        for name in (recognizer.name for recognizer in self._engine.recognizers):
            if name in by_signs:
                return None
            if name in sure:
                return sure[name]
        return None

    def _ask(
        self, segment: Segment, reads: Literal["signs", "sentences"]
    ) -> Generator[Notice, None, tuple[RecognitionResult, ...]]:
        started_s = time.perf_counter()
        results, notices = self._engine.recognize(segment, reads)
        self.spent_s += time.perf_counter() - started_s
        for text in notices:
            if text not in self._told:
                self._told.add(text)
                yield Notice(text)
        self._findings.answered += bool(results)
        return results

    def _correct(self, was: RecognitionResult, becomes: RecognitionResult | None) -> None:
        """Put one result in the place of another, or in its time where none was believed."""
        kept = [result for result in self._pending if result is not was]
        if len(kept) == len(self._pending) and (not was.abstained or was.start_s < self._said_s):
            return  # its sentence was handed on to be said a moment ago; the page composes it anew
        if becomes is not None:
            kept.append(becomes)
        self._pending = sorted(kept, key=lambda result: result.start_s)
        self._corrected = True


def _doubtful(results: tuple[RecognitionResult, ...]) -> list[str]:
    """Return the sentences that were read without certainty, and are likely near the truth."""
    return [
        result.guesses[0].text
        for result in results
        if result.signs and result.abstained and result.guesses
        if result.guesses[0].score >= PERHAPS
    ]


def _segment(landmarks: Landmarks) -> Segment:
    return Segment(landmarks, *landmarks.signed_s)
