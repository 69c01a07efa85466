"""What a session reports while it runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.sound import Sound
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

    @property
    def shown(self) -> tuple[RecognitionResult, ...]:
        """What a person sees of it: for a sentence read sign by sign its signs, if believed."""
        return tuple(
            part
            for result in self.results
            if result is self.believed or not result.signs
            for part in result.parts
        )

    def replaces(self, earlier: RecognitionResult) -> bool:
        """Return whether a sign recognized before is now read as part of a believed sentence."""
        whole = self.believed
        if whole is None or not whole.signs or earlier.kind == "sentence":
            return False
        return whole.start_s <= earlier.start_s < whole.end_s


@dataclass(frozen=True, slots=True)
class Said:
    """The signer paused: the sentence so far, and its sound where a voice is on.

    sound: may still be being made. results: what the sentence was made from.
    """

    utterance: Utterance
    sound: Sound | None
    results: tuple[RecognitionResult, ...] = ()

    @property
    def speech(self) -> Speech | None:
        """The whole sound; whoever asks waits until it is made."""
        return None if self.sound is None else self.sound.whole()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should know: what is off, what was not found, and what to do."""

    text: str


@dataclass(frozen=True, slots=True)
class Guessed:
    """What the sign that is going on may become; "" while that is not known. Live alone."""

    text: str


@dataclass(frozen=True, slots=True)
class Perhaps:
    """A sentence that was read, but not surely enough to be said."""

    text: str

    @property
    def told(self) -> str:
        """What the person should know."""
        return f"Not sure enough to say it. It may have been: “{self.text}”"


@dataclass(frozen=True, slots=True)
class Writing:
    """The sentence as far as the composer has written it; "" where it was struck. Live alone."""

    text: str


Event = Seen | Recognized | Said | Notice | Guessed | Perhaps | Writing
