"""What each stage must offer. Backends match by shape; they do not inherit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from signbridge.types import Frame, RecognitionResult, Segment, Speech, Utterance

Grow = Callable[[str], None]
"""Is told a sentence so far, each time it has grown; "" takes back what was told."""


class OpenClip(Protocol):
    """An open clip. Iterate it once: upright, scaled frames, times counted from the first."""

    @property
    def width_px(self) -> int:
        """Width of the frames given, upright and scaled."""
        ...

    @property
    def height_px(self) -> int:
        """Height of the frames given, upright and scaled."""
        ...

    @property
    def fps(self) -> float:
        """Rate of the frames given: the one the file states, within the limit."""
        ...

    @property
    def n_frames_estimate(self) -> int:
        """How many frames will come, for a progress bar; 1 where the file states no length."""
        ...

    @property
    def damage(self) -> str:
        """After iterating, what was broken in the middle of the file; empty if nothing was."""
        ...

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames; raise `BadInputError` where the clip can't be used after all."""
        ...


class LandmarkStream(Protocol):
    """Landmarks of one signer's consecutive frames; remembers, so one per session."""

    @property
    def people(self) -> int:
        """How many people the last seconds showed; 0 while that is not known."""
        ...

    def push(self, frame: Frame) -> NDArray[np.float32]:
        """Return (543, 3) points of this frame; NaN where not seen."""
        ...

    def close(self) -> None:
        """Free the graph."""
        ...


class LandmarkExtractor(Protocol):
    """Opens landmark streams."""

    def open(self) -> LandmarkStream:
        """Return a fresh stream for one signer."""
        ...


class Recognizer(Protocol):
    """Names what was signed in a segment."""

    @property
    def name(self) -> str:
        """The name in settings, results and reports."""
        ...

    @property
    def reads(self) -> Literal["signs", "sentences"]:
        """What it is given: each sign as it ends, or a whole sentence."""
        ...

    @property
    def sees(self) -> Literal["landmarks", "pictures"]:
        """What it looks at; pictures are kept only for those that see them."""
        ...

    def recognize(self, segment: Segment) -> RecognitionResult:
        """Return guesses best first; raise `BackendUnavailableError` if the model can't run."""
        ...


class Composer(Protocol):
    """Writes an English sentence from recognized glosses."""

    @property
    def name(self) -> str:
        """The name in settings and results."""
        ...

    def compose(
        self,
        results: Sequence[RecognitionResult],
        context: Sequence[str] = (),
        grow: Grow | None = None,
    ) -> Utterance:
        """Return one utterance; `context` holds earlier sentences, oldest first.

        grow: for composers that take their time over a sentence; the others need not call it.
        """
        ...


class Speaker(Protocol):
    """Speaks English text."""

    @property
    def name(self) -> str:
        """The name in settings and results."""
        ...

    def speak(self, text: str) -> Speech:
        """Return the whole sentence as sound; raise `BackendUnavailableError` if it can't."""
        ...

    def stream(self, text: str) -> Iterator[Speech]:
        """Yield the sentence in chunks, first sound as early as possible."""
        ...

    def at(self, speed: float) -> Speaker:
        """Return the same voice at this speed; 1 is its own pace."""
        ...
