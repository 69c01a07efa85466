"""How a voice is asked to speak, and what all voices have in common."""

from __future__ import annotations

from dataclasses import dataclass

PAUSE_S = 0.12  # between clauses, where the voice would draw breath
QUIETEST = 1e-3  # root mean square; real speech lies near 0.1


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks, by the model's name for them, and how fast: 1 is the voice's own pace.

    name: "default" is the first that the model has.
    language: of the text, as a two-letter code.
    """

    name: str = "default"
    speed: float = 1.0
    language: str = "en"
