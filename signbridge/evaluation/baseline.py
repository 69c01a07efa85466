"""A simple recognizer, asked the same clips as the one that is evaluated."""

from __future__ import annotations

from typing import Protocol

from signbridge.types import RecognitionResult, Segment


class Baseline(Protocol):
    """A simple recognizer of signs and letters."""

    @property
    def name(self) -> str:
        """Its name in the report."""
        ...

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Every gloss it can answer."""
        ...

    @property
    def learned(self) -> str:
        """What it is and learned from, in a few words."""
        ...

    def recognize(self, segment: Segment) -> RecognitionResult:
        """Return guesses best first."""
        ...
