"""A video file -> upright RGB frames, one at a time, within the limits of length and size."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

from signbridge.capture.checks import duration_s, frame_rate, open_container, too_long
from signbridge.capture.orientation import Orientation
from signbridge.capture.pace import Pace
from signbridge.capture.wire import GRACE_S, Facts
from signbridge.errors import BadInputError
from signbridge.types import Frame

# No camera takes more pictures a second; a file with more is made to keep the decoder busy.
_MAX_DECODED_FPS = 960.0
# Sound that goes on a little longer than the pictures is no damage.
_MISSING_S = 1.0


class Video:
    """An open clip. Iterate it once: upright, scaled frames, times counted from the first.

    width_px, height_px: of the frames given, upright and scaled.
    fps: of the frames given; the stated rate, else `max_fps`.
    duration_s: as the file states it; NaN where it does not.
    damage: after iterating, what was broken in the middle of the file; empty if nothing was.
    """

    def __init__(
        self,
        container: InputContainer,
        path: Path,
        *,
        max_clip_s: float,
        max_fps: float,
        max_side_px: int,
    ) -> None:
        self._container = container
        self._path = path
        self._max_clip_s = max_clip_s
        self._max_fps = max_fps
        self._broken_packets = 0
        stated_fps = frame_rate(container.streams.video[0])
        self.fps = max_fps if math.isnan(stated_fps) else min(stated_fps, max_fps)
        self.duration_s = duration_s(container)
        self.damage = ""
        pictures = self._decode()
        first = next(pictures, None)
        if first is None:
            raise BadInputError(f"{path} has no picture that can be decoded; record it again")
        self._pictures = chain((first,), pictures)
        self._orientation = Orientation.of(first, container.streams.video[0])
        upright_px = self._orientation.upright_size(first.width, first.height)
        scale = min(1.0, max_side_px / max(upright_px))
        self.width_px, self.height_px = (max(1, round(side * scale)) for side in upright_px)

    @property
    def n_frames_estimate(self) -> int:
        """How many frames will come, for a progress bar; 1 where the file states no length."""
        return self.facts.n_frames_estimate

    @property
    def facts(self) -> Facts:
        """What is known before the first frame is taken."""
        return Facts(self.width_px, self.height_px, self.fps, self.duration_s)

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames; raise `BadInputError` where the clip passes its limit after all."""
        pace = Pace(self._max_fps)
        first_s = math.nan
        end_s = 0.0
        try:
            for index, picture in enumerate(self._pictures):
                shown_s = picture.time if picture.time is not None else index / self.fps
                first_s = shown_s if math.isnan(first_s) else first_s
                at_s = shown_s - first_s
                most_s = self._max_clip_s + GRACE_S
                if at_s > most_s or index > most_s * _MAX_DECODED_FPS:
                    raise too_long(self._path, at_s, self._max_clip_s)
                end_s = at_s + _shown_for_s(picture)
                if pace.keep(at_s):
                    yield Frame(self._pixels(picture), at_s)
        finally:
            self.close()
        self.damage = self._damage(end_s)

    def close(self) -> None:
        """Close the file; iterating to the end does it too."""
        self._container.close()

    def _damage(self, end_s: float) -> str:
        """Return what to say of a clip whose pictures end at `end_s`; empty if it is whole."""
        if self._broken_packets:
            return (
                f"The clip is damaged: {self._broken_packets} of its parts could not be decoded. "
                f"What could be, up to {end_s:.1f} s, was used."
            )
        if self.duration_s - end_s > _MISSING_S:  # never so where the length is NaN
            return (
                f"The clip is damaged: it should last {self.duration_s:.1f} s, but its pictures "
                f"end at {end_s:.1f} s. What is there was used."
            )
        return ""

    def _pixels(self, picture: av.VideoFrame) -> NDArray[np.uint8]:
        width_px, height_px = self._orientation.stored_size(self.width_px, self.height_px)
        rgb = picture.to_ndarray(
            format="rgb24", width=width_px, height=height_px, interpolation="AREA"
        )
        return self._orientation.apply(rgb.astype(np.uint8, copy=False))

    def _decode(self) -> Iterator[av.VideoFrame]:
        """Yield every picture that can be decoded, skipping broken parts of the file."""
        packets = self._container.demux(video=0)
        while True:
            try:
                packet = next(packets, None)
            except av.error.FFmpegError:
                self._broken_packets += 1
                return
            if packet is None:
                return
            try:
                yield from packet.decode()
            except av.error.FFmpegError:
                self._broken_packets += 1


def _shown_for_s(picture: av.VideoFrame) -> float:
    return float(picture.duration * picture.time_base) if picture.time_base else 0.0


def open_video(
    path: Path | str, *, max_clip_s: float, max_clip_mb: float, max_fps: float, max_side_px: int
) -> Video:
    """Open a clip; raise `BadInputError` if it is not a video or over a limit.

    Frames that come faster than `max_fps` are dropped by their time; the long side is scaled down
    to `max_side_px`. Pictures are decoded as they are asked for: the clip is never whole in memory.
    """
    path = Path(path)
    container = open_container(path, max_clip_mb)
    try:
        stated_s = duration_s(container)
        if stated_s > max_clip_s + GRACE_S:
            raise too_long(path, stated_s, max_clip_s)
        return Video(
            container, path, max_clip_s=max_clip_s, max_fps=max_fps, max_side_px=max_side_px
        )
    except BadInputError:
        container.close()
        raise
