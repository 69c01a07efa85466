"""Frames and their landmarks -> a small mp4 with the landmarks drawn over the picture."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av

from signbridge.events import Event, Seen
from signbridge.types import Frame
from signbridge.web.overlay import draw

# Frames keep their own times, so clips of variable rate play as they were recorded.
_TICKS_PER_S = 12_800


class AnnotatedClip:
    """Writes an mp4 while the landmarks are found; use as a context manager.

    failed: why there is no such clip, as where the disk is full; "" if there is one.
    """

    def __init__(self, path: Path, max_fps: float) -> None:
        self.path = path
        self._rate = Fraction(max_fps).limit_denominator(1001)
        self._container = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        self._stream: av.VideoStream | None = None
        self.failed = ""

    def __enter__(self) -> AnnotatedClip:
        """Start the clip."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Finish the file."""
        try:
            if self._stream is not None and not self.failed:
                self._container.mux(self._stream.encode())
            self._container.close()
        except (OSError, av.error.FFmpegError) as error:
            self._fail(error)

    def watch(self, frame: Frame, events: tuple[Event, ...]) -> None:
        """Add one frame, with its landmarks where it was looked at; the answer needs none of it."""
        if self.failed:
            return
        try:
            self._add(frame, events)
        except (OSError, av.error.FFmpegError) as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        reason = getattr(error, "strerror", None) or error
        self.failed = f"The clip with landmarks can't be written: {reason}."

    def _add(self, frame: Frame, events: tuple[Event, ...]) -> None:
        seen = next((event for event in events if isinstance(event, Seen)), None)
        pixels = frame.pixels if seen is None else draw(frame.pixels, seen.points)
        height_px, width_px = (side // 2 * 2 for side in pixels.shape[:2])
        stream = self._stream or self._open(width_px, height_px)
        picture = av.VideoFrame.from_ndarray(pixels[:height_px, :width_px], format="rgb24")
        picture.pts = round(frame.at_s * _TICKS_PER_S)
        picture.time_base = Fraction(1, _TICKS_PER_S)
        self._container.mux(stream.encode(picture))

    def _open(self, width_px: int, height_px: int) -> av.VideoStream:
        # The fastest preset: 3 ms a frame, where finding the landmarks takes 50.
        options = {"preset": "ultrafast", "crf": "26", "threads": "1"}
        stream = self._container.add_stream("libx264", rate=self._rate, options=options)
        stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
        stream.codec_context.time_base = Fraction(1, _TICKS_PER_S)
        self._stream = stream
        return stream
