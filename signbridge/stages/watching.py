"""First stage of a session: frames -> landmarks -> where signing begins, ends and rests."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from signbridge.events import Event, Notice, Seen
from signbridge.found import CROWD, Findings
from signbridge.landmarks import fluent
from signbridge.landmarks.activity import leads_left
from signbridge.landmarks.body import in_body_frame
from signbridge.pipeline import Engine
from signbridge.recall import Recall
from signbridge.stages.parcels import End, Pause, Rest, Signed, Stretch
from signbridge.types import Frame, Landmarks, Leads, Segment

REST_AFTER = 0.5
"""By this share of the pause the sentence is made ready, so that the end of it costs no time."""


SIGNS_FOR_HAND = 9
SIGNS_KNOWN = 3
"""So many of the last signs tell which hand leads, once there were so many."""


class SegmenterLike(Protocol):
    """Finds stretches of signing in points that arrive one by one."""

    signing: bool
    last_activity_s: float

    def push(self, points: NDArray[np.float32], at_s: float) -> list[Landmarks]: ...
    def partial(self) -> Landmarks | None: ...
    def finish(self) -> list[Landmarks]: ...


class Watching:
    """Looks at one signer's frames, in the order they come; knows no clock but theirs."""

    def __init__(
        self,
        engine: Engine,
        findings: Findings,
        open_segmenter: Callable[[int, int], SegmenterLike] = fluent.open_segmenter,
    ) -> None:
        self._pause_s = engine.settings.sentence_pause_s
        self._stream = engine.extractor.open()
        self._open_segmenter = open_segmenter
        self._segmenter: SegmenterLike | None = None
        self._sees_pictures = engine.sees_pictures
        self._recall = Recall(self._sees_pictures) if engine.reads_sentences else None
        self._findings = findings
        self._size = (0, 0)
        self._last_s = float("-inf")
        self._crowd = False
        self._unsaid = False  # a stretch has ended since the last pause
        self._rested = False  # and the hands have rested since
        self._closed = False
        self._led_left: deque[bool] = deque(maxlen=SIGNS_FOR_HAND)
        self.leads: Leads = "found"
        """Which hand leads, where the signer has said."""
        self.spent_s = 0.0
        """Seconds spent on landmarks."""

    @property
    def signing(self) -> bool:
        """Whether the signer is signing."""
        return self._segmenter is not None and self._segmenter.signing

    @property
    def hand(self) -> str:
        """Which hand led most of the last signs: left, right, or "" before there were enough."""
        if len(self._led_left) < SIGNS_KNOWN:
            return ""
        return "left" if 2 * sum(self._led_left) > len(self._led_left) else "right"

    def push(self, frame: Frame) -> Iterator[Event | Signed]:
        """Look at one frame; those that go back in time are ignored."""
        if self._closed or frame.at_s <= self._last_s:
            return
        self._last_s = frame.at_s
        segmenter = yield from self._segmenter_for(frame)
        started_s = time.perf_counter()
        points = self._stream.push(frame)
        self.spent_s += time.perf_counter() - started_s
        self._findings.add(frame, points)
        if self._stream.people > 1 and not self._crowd:
            self._crowd = True
            yield Notice(CROWD)
        if self._recall is not None:
            self._recall.push(frame, points)
        finished = segmenter.push(points, frame.at_s)
        yield Seen(frame.at_s, points, segmenter.signing)
        for landmarks in finished:
            yield self._stretch(landmarks)
        if self._recall is not None:
            self._recall.raised(segmenter.last_activity_s)
        if not segmenter.signing:
            yield from self._resting(frame.at_s - segmenter.last_activity_s)

    def partial(self) -> Landmarks | None:
        """Return the stretch that is going on, as far as it has come."""
        landmarks = self._segmenter.partial() if self._segmenter is not None else None
        return None if landmarks is None else replace(landmarks, leads=self.leads)

    def finish(self) -> Iterator[Signed]:
        """End what is going on."""
        yield from self._cut()
        yield self._pause()
        yield End()

    def close(self) -> None:
        """Free the landmark stream; what was not finished is dropped."""
        if not self._closed:
            self._closed = True
            self._stream.close()

    def _segmenter_for(self, frame: Frame) -> Generator[Signed, None, SegmenterLike]:
        """Return the segmenter for this picture size; a webcam that turns begins a new one."""
        size = (frame.pixels.shape[1], frame.pixels.shape[0])
        if self._segmenter is None or size != self._size:
            yield from self._cut()
            if self._recall is not None:
                yield self._pause()  # pictures of two sizes are no clip
                self._recall.clear()
            self._size = size
            self._segmenter = self._open_segmenter(*size)
        return self._segmenter

    def _cut(self) -> Iterator[Signed]:
        for landmarks in self._segmenter.finish() if self._segmenter else ():
            yield self._stretch(landmarks)

    def _stretch(self, landmarks: Landmarks) -> Stretch:
        if self._recall is not None:
            end_s = landmarks.start_s + landmarks.duration_s
            self._recall.signed(landmarks.start_s, end_s)
        self._findings.signs += 1
        self._unsaid, self._rested = True, False
        self._led_left.append(leads_left(in_body_frame(landmarks).points))
        return Stretch(replace(landmarks, leads=self.leads))

    def _resting(self, rested_s: float) -> Iterator[Signed]:
        if self._unsaid and rested_s >= self._pause_s:
            yield self._pause()
        elif self._unsaid and not self._rested and rested_s >= REST_AFTER * self._pause_s:
            self._rested = True
            early = self._recall if not self._sees_pictures else None
            yield Rest(self._led(early.peek()) if early is not None else None)

    def _pause(self) -> Pause:
        self._unsaid = False
        return Pause(self._led(self._recall.take()) if self._recall is not None else None)

    def _led(self, segment: Segment | None) -> Segment | None:
        if segment is None:
            return None
        return replace(segment, landmarks=replace(segment.landmarks, leads=self.leads))
