"""What a decoding process writes to the one that asked for the clip: messages over a pipe."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

HEAD = struct.Struct("<cQ")
"""Before each message: its kind, and how many bytes follow."""
AT_S = struct.Struct("<d")
"""Before each frame's pixels."""
OPENED, FRAME, ENDED, REFUSED, TOO_HEAVY = b"O", b"F", b"E", b"R", b"M"
"""Facts as JSON; a time and pixels; what was damaged; what is wrong; memory was not enough."""
TEXT_BYTES = 20_000
"""No message but a frame is longer."""
GRACE_S = 0.5
"""Over the limit: containers round up, and a phone's minute lasts a little longer."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a clip may be, what its frames are made to be, and what decoding it may take.

    memory_mb: FFmpeg, and up to sixteen pictures of the largest size that is taken.
    stuck_s: of the processor's time; a picture that takes longer ends the decoder.
    """

    max_clip_s: float
    max_clip_mb: float
    max_fps: float
    max_side_px: int
    memory_mb: int = 2048
    stuck_s: int = 8


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an open clip before its first frame; see `protocols.OpenClip`."""

    width_px: int
    height_px: int
    fps: float
    duration_s: float

    @property
    def n_frames_estimate(self) -> int:
        """How many frames will come, for a progress bar; 1 where the file states no length."""
        return 1 if math.isnan(self.duration_s) else max(1, round(self.duration_s * self.fps))

    @property
    def frame_bytes(self) -> int:
        """The size of one frame's pixels."""
        return 3 * self.width_px * self.height_px

    def possible(self, limits: Limits) -> bool:
        """Whether a clip within `limits` can have these; a decoder gone wrong may say anything."""
        sides = (self.width_px, self.height_px)
        whole = all(isinstance(side, int) and 0 < side <= limits.max_side_px for side in sides)
        return whole and 0 < self.fps <= limits.max_fps and not math.isinf(self.duration_s)
