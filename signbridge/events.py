"""What a session reports while it runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.types import RecognitionResult, Speech, Utterance


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame was looked at: points (543, 3) float32, and whether the signer is signing."""

    at_s: float
    points: NDArray[np.float32]
    signing: bool


@dataclass(frozen=True, slots=True)
class Recognized:
    """A segment ended: one result for each recognizer that answered.

    believed: the one of them that goes into the sentence; None where none was sure.
    """

    results: tuple[RecognitionResult, ...]
    believed: RecognitionResult | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """The signer paused: the sentence so far, and its sound where a voice is on.

    results: what the sentence was made from.
    """

    utterance: Utterance
    speech: Speech | None
    results: tuple[RecognitionResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should know: what is off, what was not found, and what to do."""

    text: str


@dataclass(frozen=True, slots=True)
class Guessed:
    """What the sign that is going on may become; "" while that is not known. Live alone."""

    text: str


@dataclass(frozen=True, slots=True)
class Writing:
    """The sentence as far as the composer has written it; "" where it was struck. Live alone."""

    text: str


Event = Seen | Recognized | Said | Notice | Guessed | Writing
