"""Every value that moves between stages: capture -> landmarks -> recognize -> compose -> speak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Frame:
    """One upright, un-mirrored picture: pixels (H, W, 3) uint8 RGB, taken at `at_s` seconds."""

    pixels: NDArray[np.uint8]
    at_s: float


@dataclass(frozen=True, slots=True)
class Clip:
    """Pictures at a constant rate: pixels (T, H, W, 3) uint8 RGB."""

    pixels: NDArray[np.uint8]
    fps: float
    start_s: float = 0.0


Leads = Literal["found", "right", "left"]
"""Which hand leads in signing; "found" where each sign tells by itself."""


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Holistic points of one signer at a constant rate.

    points: (T, 543, 3) float32 in the layout of `landmarks.topology`; x and y are fractions of the
    picture's width and height, y down, z in MediaPipe's own scale. A part not seen is NaN.
    width_px, height_px: the picture the fractions refer to; only their ratio matters.
    leads: the signer's leading hand, where the signer has said. made_s: from when to when the sign
    in it was made, without the hands' rise and fall, where a segmenter knows.
    """

    points: NDArray[np.float32]
    fps: float
    start_s: float = 0.0
    width_px: int = 640
    height_px: int = 480
    leads: Leads = "found"
    made_s: tuple[float, float] | None = None

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.points) / self.fps

    @property
    def signed_s(self) -> tuple[float, float]:
        """From when to when the sign was made, as far as is known: else all of it."""
        return self.made_s or (self.start_s, self.start_s + self.duration_s)


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of signing, seen both ways so that every recognizer answers the same question."""

    landmarks: Landmarks
    start_s: float
    end_s: float
    clip: Clip | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """One answer and its score in [0, 1]: a calibrated probability where the model has one."""

    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Stages:
    """Seconds inside one recognizer: before, in and after its network; NaN where not measured."""

    preprocess_s: float = float("nan")
    model_s: float = float("nan")
    decode_s: float = float("nan")


NOT_MEASURED = Stages()


@dataclass(frozen=True, slots=True)
class RecognitionResult:
    """What one recognizer says of one segment; `abstained` means "not recognized".

    kind: whether its guesses are the glosses of one sign, or whole English sentences.
    signs: of a sentence, each sign that it was read from, where the recognizer tells them.
    frames: some of the pictures as the model saw them, (N, H, W, 3) uint8 RGB; None where it saw
        none.
    """

    recognizer: str
    start_s: float
    end_s: float
    guesses: tuple[Guess, ...]
    abstained: bool
    elapsed_s: float
    raw: str = ""
    kind: Literal["gloss", "sentence"] = "gloss"
    stages: Stages = NOT_MEASURED
    signs: tuple[RecognitionResult, ...] = ()
    frames: NDArray[np.uint8] | None = field(default=None, compare=False, repr=False)

    @property
    def parts(self) -> tuple[RecognitionResult, ...]:
        """What it names one by one: the signs of a sentence where they are known, else itself."""
        return self.signs or (self,)

    @property
    def sure(self) -> tuple[RecognitionResult, ...]:
        """Those of its parts that are recognized."""
        return tuple(part for part in self.parts if not part.abstained)


@dataclass(frozen=True, slots=True)
class Choice:
    """A guess that was not a sign's best, taken because its neighbours ask for it.

    start_s: of the sign. instead_of: its best guess.
    """

    start_s: float
    taken: Guess
    instead_of: Guess


@dataclass(frozen=True, slots=True)
class Utterance:
    """An English sentence, the glosses it was made from, and when those were signed.

    choices: the signs of which not the best guess was taken.
    """

    text: str
    composer: str
    elapsed_s: float
    sources: tuple[str, ...] = ()
    start_s: float = float("nan")
    end_s: float = float("nan")
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Speech:
    """Sound: samples (N,) float32 in [-1, 1], mono."""

    samples: NDArray[np.float32]
    sample_rate: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds spent in each stage; NaN where the stage did not run."""

    landmarks_s: float = float("nan")
    recognize_s: float = float("nan")
    compose_s: float = float("nan")
    speak_s: float = float("nan")
    total_s: float = float("nan")


@dataclass(frozen=True, slots=True)
class Translation:
    """Everything one clip gave; `utterance` and `speech` are its sentences, one after another."""

    results: Mapping[str, tuple[RecognitionResult, ...]]
    utterance: Utterance
    speech: Speech | None
    sentences: tuple[Utterance, ...] = ()
    notices: tuple[str, ...] = ()
    timings: Timings = field(default_factory=Timings)
    frames: int = 0
    fps: float = float("nan")
