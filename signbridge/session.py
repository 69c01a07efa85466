"""One signer's run, live or from a file: frames in, events out. The only thing that remembers."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from signbridge.errors import BadInputError
from signbridge.events import Event, Notice, Recognized, Said, Seen
from signbridge.found import CROWD, Findings
from signbridge.landmarks.segmenter import Segmenter
from signbridge.landmarks.timing import uniform
from signbridge.pipeline import Engine
from signbridge.recall import Recall
from signbridge.types import (
    Frame,
    Landmarks,
    RecognitionResult,
    Segment,
    Timings,
)

LIVE_MEMORY_S = 20.0
PREPARE_AFTER = 0.5
"""By this share of the pause the sentence is made ready, so that the end of it costs no time."""
CONTEXT_SENTENCES = 3
"""How many earlier sentences the composer sees."""


class SegmenterLike(Protocol):
    """Finds stretches of signing in points that arrive one by one."""

    signing: bool
    last_activity_s: float

    def push(self, points: NDArray[np.float32], at_s: float) -> list[Landmarks]: ...
    def finish(self) -> list[Landmarks]: ...


@dataclass(frozen=True, slots=True)
class _Sentence:
    """What will be said if no further sign comes, and what went wrong on the way to it."""

    said: Said
    notices: tuple[str, ...]


class Session:
    """Turns one signer's frames into signs, sentences and sound; knows no clock but the frames'.

    memory_s: how much of the landmarks `landmarks()` gives back.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        memory_s: float = LIVE_MEMORY_S,
        open_segmenter: Callable[[int, int], SegmenterLike] = Segmenter,
    ) -> None:
        self._engine = engine
        self._stream = engine.extractor.open()
        self._open_segmenter = open_segmenter
        self._segmenter: SegmenterLike | None = None
        self._size = (0, 0)
        self._memory_s = memory_s
        self._history: deque[tuple[float, NDArray[np.float32]]] = deque()
        self._pending: list[RecognitionResult] = []
        self._recall = Recall() if engine.reads_sentences else None
        self._prepared: _Sentence | None = None
        self._context: deque[str] = deque(maxlen=CONTEXT_SENTENCES)
        self._told: set[str] = set()
        self._findings = Findings()
        self._spent_s = {"landmarks": 0.0, "recognize": 0.0, "compose": 0.0, "speak": 0.0}
        self._finished = False
        self._closed = False

    @property
    def state(self) -> Literal["idle", "signing"]:
        """Whether the signer is signing."""
        return "signing" if self._segmenter and self._segmenter.signing else "idle"

    @property
    def timings(self) -> Timings:
        """Seconds spent in each stage so far."""
        spent_s = self._spent_s
        return Timings(
            spent_s["landmarks"], spent_s["recognize"], spent_s["compose"], spent_s["speak"]
        )

    def push(self, frame: Frame) -> tuple[Event, ...]:
        """Look at one frame; return what it led to. Frames that go back in time are ignored."""
        if self._finished or (self._history and frame.at_s <= self._history[-1][0]):
            return ()
        events: list[Event] = []
        segmenter = self._segmenter_for(frame, events)
        started_s = time.perf_counter()
        points = self._stream.push(frame)
        self._spent_s["landmarks"] += time.perf_counter() - started_s
        self._findings.add(frame, points)
        if self._stream.people > 1:
            events += self._tell(CROWD)
        self._remember(frame, points)
        finished = segmenter.push(points, frame.at_s)
        events.append(Seen(frame.at_s, points, segmenter.signing))
        for landmarks in finished:
            events += self._recognize(landmarks)
        if not segmenter.signing:
            rested_s = frame.at_s - segmenter.last_activity_s
            if rested_s >= self._engine.settings.sentence_pause_s:
                events += self._say()
            elif rested_s >= PREPARE_AFTER * self._engine.settings.sentence_pause_s:
                self._prepare_early()
        return tuple(events)

    def finish(self) -> tuple[Event, ...]:
        """End the run: recognize and say what is left, and tell why nothing was found."""
        if self._finished:
            return ()
        self._finished = True
        events: list[Event] = []
        self._end_stretch(events)
        events += self._say()
        for text in self._findings.notices():
            events += self._tell(text)
        self.close()
        return tuple(events)

    def close(self) -> None:
        """Free the landmark stream; what was not finished is dropped."""
        self._finished = True
        if not self._closed:
            self._closed = True
            self._stream.close()

    def landmarks(self) -> Landmarks:
        """Return what was seen in the last `memory_s` seconds, at a constant rate."""
        if not self._history:
            raise BadInputError("no frame was seen yet; push a frame first")
        times, points = zip(*self._history, strict=True)
        return uniform(points, times, width_px=self._size[0], height_px=self._size[1])

    def _segmenter_for(self, frame: Frame, events: list[Event]) -> SegmenterLike:
        """Return the segmenter for this picture size; a webcam that turns begins a new one."""
        size = (frame.pixels.shape[1], frame.pixels.shape[0])
        if self._segmenter is None or size != self._size:
            self._end_stretch(events)
            self._history.clear()
            if self._recall is not None:
                events += self._say()  # pictures of two sizes are no clip
                self._recall.clear()
            self._size = size
            self._segmenter = self._open_segmenter(*size)
        return self._segmenter

    def _end_stretch(self, events: list[Event]) -> None:
        for landmarks in self._segmenter.finish() if self._segmenter else ():
            events += self._recognize(landmarks)

    def _remember(self, frame: Frame, points: NDArray[np.float32]) -> None:
        self._history.append((frame.at_s, points))
        while frame.at_s - self._history[0][0] > self._memory_s:
            self._history.popleft()
        if self._recall is not None:
            self._recall.push(frame, points)

    def _recognize(self, landmarks: Landmarks) -> Iterator[Event]:
        end_s = landmarks.start_s + landmarks.duration_s
        if self._recall is not None:
            self._recall.signed(landmarks.start_s, end_s)
        self._findings.signs += 1
        results = yield from self._ask(Segment(landmarks, landmarks.start_s, end_s), "signs")
        # Recognizers stand in the operator's order of trust: the first that is sure is believed.
        sure = next((result for result in results if not result.abstained), None)
        if sure is not None:
            self._findings.recognized += 1
            self._pending.append(sure)
            self._prepared = None

    def _read(self) -> Iterator[Event]:
        """Let those that read whole sentences read the one that has ended, and believe the first.

        Their sentence stands in for the signs', unless signs were recognized with certainty by a
        recognizer that stands before them.
        """
        segment = self._recall.take() if self._recall is not None else None
        if segment is None:
            return
        results = yield from self._ask(segment, "sentences")
        sure = {result.recognizer: result for result in results if not result.abstained}
        self._findings.recognized += len(sure)
        by_signs = {result.recognizer for result in self._pending}
        for name in (recognizer.name for recognizer in self._engine.recognizers):
            if name in by_signs:
                return
            if name in sure:
                self._pending, self._prepared = [sure[name]], None
                return

    def _ask(
        self, segment: Segment, reads: Literal["signs", "sentences"]
    ) -> Generator[Event, None, tuple[RecognitionResult, ...]]:
        started_s = time.perf_counter()
        results, notices = self._engine.recognize(segment, reads)
        self._spent_s["recognize"] += time.perf_counter() - started_s
        for text in notices:
            yield from self._tell(text)
        if results:
            self._findings.answered += 1
            yield Recognized(results)
        return results

    def _prepare_early(self) -> None:
        """Make the signs' sentence ready, unless another may yet be read from the pictures."""
        if self._recall is None:
            self._prepare()

    def _prepare(self) -> _Sentence | None:
        """Compose and speak what is pending, so that it is ready when the pause has lasted."""
        if self._prepared is None and self._pending:
            started_s = time.perf_counter()
            utterance, notices = self._engine.compose(tuple(self._pending), tuple(self._context))
            composed_s = time.perf_counter()
            speech, speak_notices = self._engine.speak(utterance.text)
            self._spent_s["compose"] += composed_s - started_s
            self._spent_s["speak"] += time.perf_counter() - composed_s
            start_s, end_s = self._pending[0].start_s, self._pending[-1].end_s
            said = Said(replace(utterance, start_s=start_s, end_s=end_s), speech)
            self._prepared = _Sentence(said, notices + speak_notices)
        return self._prepared

    def _say(self) -> Iterator[Event]:
        yield from self._read()
        sentence = self._prepare()
        if sentence is None:
            return
        self._prepared, self._pending = None, []
        self._context.append(sentence.said.utterance.text)
        for text in sentence.notices:
            yield from self._tell(text)
        yield sentence.said

    def _tell(self, text: str) -> Iterator[Notice]:
        """Yield a notice, once in a session."""
        if text not in self._told:
            self._told.add(text)
            yield Notice(text)
