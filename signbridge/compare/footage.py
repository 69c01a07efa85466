"""A clip read once, for all recognizers: points, times and, where one wants them, pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.capture.pace import Pace
from signbridge.clips import Progress
from signbridge.landmarks.timing import uniform
from signbridge.protocols import LandmarkExtractor, OpenClip
from signbridge.types import Clip, Frame, Landmarks

# What video models were trained at; more would only cost memory.
PICTURES_FPS = 20.0
# Every 8th pixel each way is plenty for a mean.
_STRIDE = 8


@dataclass(frozen=True, slots=True)
class Footage:
    """One clip, decoded and looked at once.

    points: (543, 3) a frame. people: how many the stream counted, a frame. levels: mean of the
    brightest channel, 0 to 255, a frame. clip: the pictures at `PICTURES_FPS` at most, None where
    no recognizer reads them. damage: what was broken in the file, empty if nothing was.
    """

    points: tuple[NDArray[np.float32], ...]
    at_s: tuple[float, ...]
    people: tuple[int, ...]
    levels: tuple[int, ...]
    width_px: int
    height_px: int
    fps: float
    landmarks_s: float
    read_s: float
    clip: Clip | None = None
    damage: str = ""

    @property
    def duration_s(self) -> float:
        """Seconds from the first frame to the end of the last."""
        return self.at_s[-1] - self.at_s[0] + 1 / self.fps

    def landmarks(self) -> Landmarks:
        """Return the points of the whole clip at a constant rate."""
        return uniform(self.points, self.at_s, width_px=self.width_px, height_px=self.height_px)

    def frames(self) -> Iterator[Frame]:
        """Yield a frame of even brightness for each real one: its size and time, no picture."""
        shape = (self.height_px, self.width_px, 3)
        for at_s, level in zip(self.at_s, self.levels, strict=True):
            yield Frame(np.broadcast_to(np.uint8(level), shape), at_s)


class Replay:
    """Stands in for an extractor: gives back known points, one row a frame."""

    def __init__(self, points: Sequence[NDArray[np.float32]], people: Sequence[int] = ()) -> None:
        self._points, self._people = points, people
        self._row = 0

    @property
    def people(self) -> int:
        """How many people were counted by the last frame given; 0 where nobody counted."""
        return self._people[self._row - 1] if self._people and self._row else 0

    def open(self) -> Replay:
        """Return a stream from the first row."""
        return Replay(self._points, self._people)

    def push(self, frame: Frame) -> NDArray[np.float32]:
        """Return (543, 3) points of the next row; the frame is not looked at."""
        self._row += 1
        return self._points[self._row - 1]

    def close(self) -> None:
        """Hold nothing, so free nothing."""


class _Pictures:
    """Keeps pictures for as long as somebody may want them."""

    def __init__(self, wanted: Callable[[], bool]) -> None:
        self._wanted = wanted
        self._pace = Pace(PICTURES_FPS)
        self._kept: list[Frame] | None = []

    def add(self, frame: Frame) -> None:
        if self._kept is not None and not self._wanted():
            self._kept = None
        if self._kept is not None and self._pace.keep(frame.at_s):
            self._kept.append(frame)

    def clip(self) -> Clip | None:
        """Return what was kept; its memory is moved, not doubled."""
        kept, self._kept = self._kept, None
        if not kept or not self._wanted():
            return None
        span_s = kept[-1].at_s - kept[0].at_s
        fps = (len(kept) - 1) / span_s if span_s else PICTURES_FPS
        start_s = kept[0].at_s
        pixels = np.empty((len(kept), *kept[0].pixels.shape), np.uint8)
        for row in reversed(range(len(kept))):
            pixels[row] = kept.pop().pixels
        return Clip(pixels, fps, start_s)


def read(
    extractor: LandmarkExtractor,
    video: OpenClip,
    wants_pictures: Callable[[], bool],
    progress: Progress | None = None,
) -> Footage:
    """Decode a clip and find its landmarks, once; `wants_pictures` is asked at every frame."""
    began_s = time.perf_counter()
    pictures = _Pictures(wants_pictures)
    points, at_s, people, levels = [], [], [], []
    landmarks_s = 0.0
    stream = extractor.open()
    try:
        for frame in video:
            started_s = time.perf_counter()
            points.append(stream.push(frame))
            landmarks_s += time.perf_counter() - started_s
            people.append(stream.people)
            at_s.append(frame.at_s)
            levels.append(int(frame.pixels[::_STRIDE, ::_STRIDE].max(axis=2).mean()))
            pictures.add(frame)
            if progress is not None:
                done = len(points) / max(video.n_frames_estimate, len(points) + 1)
                progress(done, "Looking for hands, face and body")
    finally:
        stream.close()
    return Footage(
        points=tuple(points),
        at_s=tuple(at_s),
        people=tuple(people),
        levels=tuple(levels),
        width_px=video.width_px,
        height_px=video.height_px,
        fps=video.fps,
        landmarks_s=landmarks_s,
        read_s=time.perf_counter() - began_s,
        clip=pictures.clip(),
        damage=video.damage,
    )
