"""What one stage of a session hands to the next; events leave the session, parcels stay in it."""

from __future__ import annotations

from dataclasses import dataclass

from signbridge.types import Landmarks, RecognitionResult, Segment


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of signing has ended."""

    landmarks: Landmarks


@dataclass(frozen=True, slots=True)
class Rest:
    """The hands have rested for a while: the sentence may be over, make it ready.

    segment: all of it, where somebody reads sentences by their landmarks.
    """

    segment: Segment | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """The sentence is over. segment: all of it, where somebody reads sentences."""

    segment: Segment | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """The signer says that one recognized sign was another; None where there was none."""

    was: RecognitionResult
    becomes: RecognitionResult | None


@dataclass(frozen=True, slots=True)
class End:
    """Nothing more will be signed."""


@dataclass(frozen=True, slots=True)
class Ready:
    """These signs will make the sentence if no other comes."""

    results: tuple[RecognitionResult, ...]


@dataclass(frozen=True, slots=True)
class Say:
    """These signs make the sentence."""

    results: tuple[RecognitionResult, ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """Nothing more will be said, but why nothing was found."""

    notices: tuple[str, ...]


Signed = Stretch | Rest | Pause | Correction | End
"""What the watching stage, or the signer, hands to the naming stage."""
Named = Ready | Say | Leave
"""What the naming stage hands to the saying stage."""
