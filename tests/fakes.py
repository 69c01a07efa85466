"""Stand-ins for the heavy backends: quick, exact, and obedient."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from signbridge.errors import BackendUnavailableError
from signbridge.landmarks.topology import LEFT_HAND, N_POINTS, POSE, RIGHT_HAND
from signbridge.pipeline import Engine
from signbridge.protocols import Grow
from signbridge.settings import Settings
from signbridge.types import (
    Frame,
    Guess,
    Landmarks,
    RecognitionResult,
    Segment,
    Speech,
    Utterance,
)

WIDTH_PX, HEIGHT_PX = 64, 48
# What the first pixel's red says of the frame, for `FakeExtractor`.
NOBODY, RESTING, SIGNING = 0, 100, 200


def frame(kind: int, at_s: float, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> Frame:
    """Return a grey frame whose brightness says what `FakeExtractor` shall see in it."""
    return Frame(np.full((height_px, width_px, 3), kind, np.uint8), at_s)


def frames(*stretches: tuple[int, float], fps: float = 10.0) -> list[Frame]:
    """Return frames of consecutive (kind, seconds) stretches."""
    kinds = [kind for kind, seconds in stretches for _ in range(round(seconds * fps))]
    return [frame(kind, index / fps) for index, kind in enumerate(kinds)]


def person(raised: bool) -> NDArray[np.float32]:
    """Return (543, 3) points of a person, facing us, with the right hand up or not seen."""
    points = np.full((N_POINTS, 3), np.nan, np.float32)
    points[POSE] = (0.5, 0.5, 0.0)
    points[POSE.start + 11, :2] = (0.65, 0.45)
    points[POSE.start + 12, :2] = (0.35, 0.45)
    if raised:
        points[RIGHT_HAND] = (0.4, 0.4, 0.0)
        points[RIGHT_HAND, 0] += np.linspace(0, 0.05, 21)
    return points


class FakeStream:
    """Sees what the frame's brightness says: nobody, a resting or a signing person."""

    def __init__(self) -> None:
        self.closed = False
        self.people = 0

    def push(self, frame: Frame) -> NDArray[np.float32]:
        """Return (543, 3) points as the first pixel's red says."""
        red = int(frame.pixels[0, 0, 0])
        if red < RESTING // 2:
            return np.full((N_POINTS, 3), np.nan, np.float32)
        return person(raised=red > (RESTING + SIGNING) // 2)

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


@dataclass
class FakeExtractor:
    """Opens fake streams and remembers them."""

    opened: list[FakeStream] = field(default_factory=list)

    def open(self) -> FakeStream:
        """Return a fresh stream."""
        self.opened.append(FakeStream())
        return self.opened[-1]


@dataclass
class FakeRecognizer:
    """Answers each segment with the next of its glosses; "" means not sure."""

    glosses: Sequence[str] = ("HELLO",)
    name: str = "landmark"
    error: str = ""
    seen: list[Segment] = field(default_factory=list)
    reads: Literal["signs", "sentences"] = "signs"
    sees: Literal["landmarks", "pictures"] = "landmarks"

    def recognize(self, segment: Segment) -> RecognitionResult:
        """Return the next gloss with score 0.9, or an abstention."""
        if self.error:
            raise BackendUnavailableError(self.error)
        gloss = self.glosses[len(self.seen) % len(self.glosses)]
        self.seen.append(segment)
        guesses = (Guess(gloss or "MAYBE", 0.9 if gloss else 0.1), Guess("OTHER", 0.05))
        return RecognitionResult(
            self.name,
            segment.start_s,
            segment.end_s,
            guesses,
            not gloss,
            elapsed_s=0.001,
            kind="gloss" if self.reads == "signs" else "sentence",
        )


@dataclass
class FakeComposer:
    """Writes the glosses in lower case, with a full stop; before that, the `drafts`."""

    name: str = "rules"
    error: str = ""
    drafts: Sequence[str] = ()
    wait: Callable[[], object] = lambda: None
    contexts: list[tuple[str, ...]] = field(default_factory=list)

    def compose(
        self,
        results: Sequence[RecognitionResult],
        context: Sequence[str] = (),
        grow: Grow | None = None,
    ) -> Utterance:
        """Return e.g. "hello friend." for HELLO, FRIEND."""
        for draft in self.drafts if grow else ():
            grow(draft)
            self.wait()
        if self.error:
            raise BackendUnavailableError(self.error)
        self.contexts.append(tuple(context))
        glosses = tuple(result.guesses[0].text for result in results)
        return Utterance(" ".join(glosses).lower() + ".", self.name, 0.001, glosses)


@dataclass
class FakeSpeaker:
    """Hums: a tenth of a second a letter."""

    name: str = "piper"
    error: str = ""
    spoken: list[str] = field(default_factory=list)
    speed: float = 1.0

    def at(self, speed: float) -> FakeSpeaker:
        """Return the same voice, whose sentences stay in the same list."""
        return replace(self, speed=speed)

    def speak(self, text: str) -> Speech:
        """Return a 220 Hz tone of len(text) / 10 seconds at 8 kHz."""
        if self.error:
            raise BackendUnavailableError(self.error)
        self.spoken.append(text)
        at_s = np.arange(800 * len(text)) / 8000
        return Speech((0.5 * np.sin(2 * np.pi * 220 * at_s)).astype(np.float32), 8000)

    def stream(self, text: str) -> Iterator[Speech]:
        """Yield the same tone in two halves."""
        whole = self.speak(text)
        half = len(whole.samples) // 2
        yield replace(whole, samples=whole.samples[:half])
        yield replace(whole, samples=whole.samples[half:])


class FakeSegmenter:
    """A stretch is every run of frames with a hand; it ends with the first frame without."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self.size = (width_px, height_px)
        self.signing = False
        self.last_activity_s = float("-inf")
        self._run: list[NDArray[np.float32]] = []
        self._times: list[float] = []

    def push(self, points: NDArray[np.float32], at_s: float) -> list[Landmarks]:
        """Return the stretch that ended with this frame, if one did."""
        hands = np.concatenate((points[LEFT_HAND], points[RIGHT_HAND]))
        self.signing = bool(np.isfinite(hands).any())
        if not self.signing:
            return self.finish()
        self.last_activity_s = at_s
        self._run.append(points)
        self._times.append(at_s)
        return []

    def partial(self) -> Landmarks | None:
        """Return the stretch that is going on."""
        found = self._stretch(self._run, self._times)
        return found[0] if found else None

    def finish(self) -> list[Landmarks]:
        """Return the stretch that was still going on."""
        run, times, self._run, self._times = self._run, self._times, [], []
        return self._stretch(run, times)

    def _stretch(self, run: list[NDArray[np.float32]], times: list[float]) -> list[Landmarks]:
        if not run:
            return []
        fps = (len(run) - 1) / (times[-1] - times[0]) if len(run) > 1 else 10.0
        return [Landmarks(np.stack(run), fps, times[0], *self.size)]


def engine(
    recognizer: FakeRecognizer | None = None,
    *,
    composer: FakeComposer | None = None,
    speaker: FakeSpeaker | None = None,
    settings: Settings | None = None,
    change: Callable[[Engine], Engine] = lambda engine: engine,
) -> Engine:
    """Return an engine of fakes; pass the parts that a test wants to look at."""
    return change(
        Engine(
            extractor=FakeExtractor(),
            recognizers=(recognizer or FakeRecognizer(),),
            composer=composer or FakeComposer(),
            speaker=speaker or FakeSpeaker(),
            settings=settings or Settings(),
        )
    )
