"""Each stretch of a sentence by the reader that suits it: one sign, spelling, or many signs."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, Protocol, runtime_checkable

from signbridge.landmarks.activity import active_hands, fill_gaps, stretches_of
from signbridge.landmarks.body import in_body_frame
from signbridge.landmarks.features import GAP_S
from signbridge.recognize.about import digests
from signbridge.recognize.dispatch import DEFAULT_FOLDER as DISPATCH
from signbridge.recognize.dispatch import MODEL, Dispatcher, Readings
from signbridge.recognize.landmark.personal import Personal
from signbridge.types import Guess, Landmarks, RecognitionResult, Segment

MARGIN_S = 0.12
"""Kept before and after a stretch: where a hand comes from is part of the sign."""
AROUND_S = 0.5
"""The same for who reads many signs: from rest to rest, as such readers have learned."""
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
        self._loaded = {} if dispatcher else digests(DISPATCH, MODEL)

    @property
    def about(self) -> dict[str, str]:
        """Return what is known of the reader of signs, which the others stand beside."""
        return {**self._sign.about, "model": "signs, spelling and sentences, chosen by stretch"}

    @property
    def weights_sha256(self) -> dict[str, str]:
        """The digest of each file that its three readers loaded."""
        readers = (self._sign, self._spelling, self._sequence)
        found = {k: v for one in readers for k, v in getattr(one, "weights_sha256", {}).items()}
        return {**found, **self._loaded}

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The glosses of its reader of signs; what is spelled may be any word."""
        return tuple(getattr(self._sign, "vocabulary", ()))

    def taught(self, personal: Personal) -> HybridRecognizer:
        """Return the recognizer whose reader of single signs knows what a signer showed it."""
        sign = self._sign.taught(personal) if isinstance(self._sign, Teachable) else self._sign
        given = None if self._loaded else self._dispatcher
        return HybridRecognizer(sign, self._spelling, self._sequence, self._write, given)

    def readings(self, stretch: Landmarks, around: Landmarks) -> Readings:
        """Return what each reader makes of a stretch; `around`: the same with the rest beside."""
        segment = Segment(stretch, stretch.start_s, stretch.start_s + stretch.duration_s)
        return Readings(
            duration_s=stretch.duration_s,
            sign=self._sign.recognize(segment),
            word=self._spelling.recognize(segment),
            sequence=self._sequence.read(around),
        )

    def read(self, landmarks: Landmarks) -> tuple[tuple[RecognitionResult, ...], float]:
        """Return a result for each sign or spelled word, in order, and how far they are right.

        That is the share of the truth they likely have, from 0 to 1: the dispatcher's estimate for
        the readers it chose, over all stretches by their length. Nothing where no hand is raised.
        """
        found: list[RecognitionResult] = []
        worth: list[tuple[float, float]] = []
        for stretch, around in stretches(landmarks):
            readings = self.readings(stretch, around)
            choice = self._dispatcher.choose(readings)
            found += readings.of(choice)
            worth.append((self._dispatcher.expected(readings, choice), stretch.duration_s))
        signs = tuple(replace(one, recognizer=self.name) for one in found)
        share = sum(part * length for part, length in worth)
        return signs, share / sum(length for _, length in worth) if signs else 0.0

    def recognize(self, segment: Segment) -> RecognitionResult:
        """Return the English of the sure signs, if they are most; `raw` has others in brackets.

        If they are not, it abstains, and its guess is the English of all signs. The score is the
        share of the truth that was likely read.
        """
        started_s = time.perf_counter()
        signs, score = self.read(segment.landmarks)
        sure = [sign for sign in signs if not sign.abstained]
        believed = 2 * len(sure) > len(signs)
        written = [sign.guesses[0].text for sign in (sure if believed else signs)]
        text = self._write(written) if written else ""
        return RecognitionResult(
            recognizer=self.name,
            start_s=segment.start_s,
            end_s=segment.end_s,
            guesses=(Guess(text, score),) if text else (),
            abstained=not (text and believed),
            elapsed_s=time.perf_counter() - started_s,
            raw=" ".join(_shown(sign) for sign in signs),
            kind="sentence",
            signs=signs,
        )


def stretches(landmarks: Landmarks) -> tuple[tuple[Landmarks, Landmarks], ...]:
    """Return each stretch in which a hand is raised, twice: with MARGIN_S around, and AROUND_S.

    Of the rest between two stretches each has half at most.
    """
    hands = in_body_frame(landmarks)
    fps = landmarks.fps
    points = fill_gaps(hands.points, max(1, round(GAP_S * fps)))
    raised = active_hands(points, fps).any(axis=1)
    runs = stretches_of(raised, fps)
    halfway = [(before[1] + after[0]) // 2 for before, after in itertools.pairwise(runs)]
    found = []
    for number, (start, end) in enumerate(runs):
        low, high = [0, *halfway][number], [*halfway, len(points)][number]
        close, wide = (
            (max(low, start - round(margin_s * fps)), min(high, end + round(margin_s * fps)))
            for margin_s in (MARGIN_S, AROUND_S)
        )
        found.append((_part(landmarks, *close), _part(landmarks, *wide)))
    return tuple(found)


def _part(landmarks: Landmarks, first: int, last: int) -> Landmarks:
    start_s = landmarks.start_s + first / landmarks.fps
    return replace(landmarks, points=landmarks.points[first:last], start_s=start_s, made_s=None)


def _shown(sign: RecognitionResult) -> str:
    text = sign.guesses[0].text
    return f"({text})" if sign.abstained else text
