"""What a session has found so far, and the plain words for having found nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.types import Frame

# Mean of the brightest channel, 0 to 255. MediaPipe still finds people at 30; below, it is luck.
DARK_LEVEL = 30.0
# Every 8th pixel each way is plenty for a mean.
_STRIDE = 8
CROWD = (
    "More than one person is in the picture, and only one of them is read. Film one signer alone."
)


@dataclass(slots=True)
class Findings:
    """Counts over one run: of the signs seen, those that any recognizer answered, those sure."""

    frames: int = 0
    frames_with_person: int = 0
    brightness_sum: float = 0.0
    signs: int = 0
    answered: int = 0
    recognized: int = 0

    def add(self, frame: Frame, points: NDArray[np.float32]) -> None:
        """Count one frame and its points (543, 3)."""
        self.frames += 1
        self.frames_with_person += bool(np.isfinite(points).any())
        self.brightness_sum += float(frame.pixels[::_STRIDE, ::_STRIDE].max(axis=2).mean())

    def notices(self) -> tuple[str, ...]:
        """Return why there is no sentence; empty where there is one."""
        if self.recognized or not self.frames:
            return ()
        if self.signs and not self.answered:
            return ()  # the recognizers' own notices have said it
        if self.signs:
            return ("Signing was seen, but no sign was recognized with enough certainty.",)
        if self.frames_with_person:
            return ("No signing found: no hands were raised and moved.",)
        if self.brightness_sum / self.frames < DARK_LEVEL:
            return (
                "No person was found: the picture is too dark. "
                "Turn on a light in front of the signer and record again.",
            )
        return (
            "No person was found: show one signer from the head to the waist, facing the camera.",
        )
