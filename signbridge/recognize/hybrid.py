"""Each stretch of a sentence by the reader that suits it: one sign, spelling, or many signs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, Protocol, runtime_checkable

from signbridge.landmarks.activity import active_hands, fill_gaps, stretches_of
from signbridge.landmarks.body import in_body_frame
from signbridge.landmarks.features import GAP_S
from signbridge.recognize.dispatch import Dispatcher, Readings
from signbridge.recognize.landmark.personal import Personal
from signbridge.types import Guess, Landmarks, RecognitionResult, Segment

MARGIN_S = 0.12
"""Kept before and after a stretch: where a hand comes from is part of the sign."""
Write = Callable[[Sequence[str]], str]
"""Glosses in the order they were signed -> an English sentence."""


class Reader(Protocol):
    """Names one stretch."""

    @property
    def about(self) -> Mapping[str, str]: ...
    def recognize(self, segment: Segment) -> RecognitionResult: ...


@runtime_checkable
class Teachable(Protocol):
    """A reader of signs that a signer can calibrate and teach."""

    def taught(self, personal: Personal) -> Reader: ...


class SequenceReader(Protocol):
    """Names each sign of a stretch."""

    def read(self, landmarks: Landmarks) -> tuple[RecognitionResult, ...]: ...


class HybridRecognizer:
    """Reads a sentence stretch by stretch, each by one of three readers; needs no pictures."""

    name = "hybrid"
    reads: Literal["sentences"] = "sentences"
    sees: Literal["landmarks"] = "landmarks"

    def __init__(
        self,
        sign: Reader,
        spelling: Reader,
        sequence: SequenceReader,
        write: Write,
        dispatcher: Dispatcher | None = None,
    ) -> None:
        """Join three readers; the dispatcher is the project's own by default."""
        self._sign, self._spelling, self._sequence = sign, spelling, sequence
        self._write = write
        self._dispatcher = dispatcher or Dispatcher.load()

    @property
    def about(self) -> dict[str, str]:
        """Return what is known of the reader of signs, which the others stand beside."""
        return {**self._sign.about, "model": "signs, spelling and sentences, chosen by stretch"}

    def taught(self, personal: Personal) -> HybridRecognizer:
        """Return the recognizer whose reader of single signs knows what a signer showed it."""
        sign = self._sign.taught(personal) if isinstance(self._sign, Teachable) else self._sign
        return HybridRecognizer(sign, self._spelling, self._sequence, self._write, self._dispatcher)

    def readings(self, stretch: Landmarks) -> Readings:
        """Return what each reader makes of a stretch."""
        segment = Segment(stretch, stretch.start_s, stretch.start_s + stretch.duration_s)
        return Readings(
            duration_s=stretch.duration_s,
            sign=self._sign.recognize(segment),
            word=self._spelling.recognize(segment),
            sequence=self._sequence.read(stretch),
        )

    def read(self, landmarks: Landmarks) -> tuple[RecognitionResult, ...]:
        """Return a result for each sign or spelled word, in order; none where no hand is raised."""
        found: list[RecognitionResult] = []
        for stretch in stretches(landmarks):
            readings = self.readings(stretch)
            found += readings.of(self._dispatcher.choose(readings))
        return tuple(replace(one, recognizer=self.name) for one in found)

    def recognize(self, segment: Segment) -> RecognitionResult:
        """Return the English of all signs that were read; `raw` has those not sure in brackets.

        Abstains unless most of them are sure; the sentence is then a guess. The score is the mean
        of the signs'.
        """
        started_s = time.perf_counter()
        signs = self.read(segment.landmarks)
        guesses = [sign.guesses[0] for sign in signs]
        text = self._write([guess.text for guess in guesses]) if guesses else ""
        score = sum(guess.score for guess in guesses) / len(guesses) if guesses else 0.0
        return RecognitionResult(
            recognizer=self.name,
            start_s=segment.start_s,
            end_s=segment.end_s,
            guesses=(Guess(text, score),) if text else (),
            abstained=not text or 2 * sum(sign.abstained for sign in signs) >= len(signs),
            elapsed_s=time.perf_counter() - started_s,
            raw=" ".join(_shown(sign) for sign in signs),
            kind="sentence",
        )


def stretches(landmarks: Landmarks) -> tuple[Landmarks, ...]:
    """Return each stretch in which a hand is raised, with a little before and after."""
    hands = in_body_frame(landmarks)
    fps = landmarks.fps
    points = fill_gaps(hands.points, max(1, round(GAP_S * fps)))
    raised = active_hands(points, fps).any(axis=1)
    margin = round(MARGIN_S * fps)
    found = []
    for start, end in stretches_of(raised, fps):
        first, last = max(0, start - margin), min(len(points), end + margin)
        start_s = landmarks.start_s + first / fps
        found.append(replace(landmarks, points=landmarks.points[first:last], start_s=start_s))
    return tuple(found)


def _shown(sign: RecognitionResult) -> str:
    text = sign.guesses[0].text
    return f"({text})" if sign.abstained else text
