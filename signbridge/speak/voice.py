"""How a voice is asked to speak, and what all voices have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.errors import BackendUnavailableError

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


def heard(
    pieces: Iterator[NDArray[np.float32]], failed: Callable[[str], BackendUnavailableError]
) -> Iterator[NDArray[np.float32]]:
    """Yield the pieces once one of them is no silence, so that nobody is given silence for sound.

    Raises what `failed` makes of the fault where no piece can be heard.
    """
    held: list[NDArray[np.float32]] = []
    loud = False
    for piece in pieces:
        held.append(piece)
        loud = loud or float(np.sqrt(np.mean(piece**2))) >= QUIETEST
        if loud:
            yield from held
            held = []
    if not loud:
        raise failed("sent silence" if held else "sent no sound")
