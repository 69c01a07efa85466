"""A video file -> upright RGB frames, decoded in a process of its own: clips come from strangers.

FFmpeg reads some hundred formats in C. What a clip breaks there ends that process, which sees no
secret, may write no file and has its memory and time limited; here it is one clear error.
"""

from __future__ import annotations

import json
import math
import os
import select
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from signbridge.capture.decoders import decoders, end
from signbridge.capture.wire import (
    AT_S,
    ENDED,
    FRAME,
    GRACE_S,
    HEAD,
    OPENED,
    REFUSED,
    TEXT_BYTES,
    TOO_HEAVY,
    Facts,
    Limits,
)
from signbridge.errors import BadInputError
from signbridge.types import Frame

SILENT_S = 30.0
"""A decoder that says nothing for so long is ended; one that is busy ends itself before."""


class GuardedVideo:
    """An open clip whose frames another process decodes; see `protocols.OpenClip`."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._process, self._pipe = decoders().decode(path, limits)
        self._close = weakref.finalize(self, end, self._process, self._pipe)
        self.damage = ""
        try:
            self.facts = self._opened()
        except BadInputError:
            self.close()
            raise

    @property
    def width_px(self) -> int:
        """Width of the frames, upright and scaled."""
        return self.facts.width_px

    @property
    def height_px(self) -> int:
        """Height of the frames, upright and scaled."""
        return self.facts.height_px

    @property
    def fps(self) -> float:
        """Frames a second."""
        return self.facts.fps

    @property
    def duration_s(self) -> float:
        """The length that the file states; NaN where it states none."""
        return self.facts.duration_s

    @property
    def n_frames_estimate(self) -> int:
        """How many frames will come, for a progress bar; 1 where the file states no length."""
        return self.facts.n_frames_estimate

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames; raise `BadInputError` where the clip can't be used after all."""
        if not self._close.alive:
            return
        last_s = -math.inf
        shape = (self.height_px, self.width_px, 3)
        try:
            while True:
                kind, length = self._head()
                if kind == ENDED:
                    self.damage = self._text(length)
                    return
                if kind != FRAME or length != AT_S.size + self.facts.frame_bytes:
                    raise self._refusal(kind, length)
                (at_s,) = AT_S.unpack(self._read(AT_S.size))
                pixels = np.empty(shape, np.uint8)
                self._fill(memoryview(pixels.data).cast("B"))
                if not last_s < at_s <= self._limits.max_clip_s + GRACE_S:
                    raise self._broke()
                last_s = at_s
                yield Frame(pixels, at_s)
        finally:
            self.close()

    def close(self) -> None:
        """End the decoder; iterating to the end does it too."""
        self._close()

    def _opened(self) -> Facts:
        kind, length = self._head()
        if kind != OPENED:
            raise self._refusal(kind, length)
        facts = Facts(**json.loads(self._text(length)))
        if not facts.possible(self._limits):
            raise self._broke()
        return facts

    def _refusal(self, kind: bytes, length: int) -> BadInputError:
        """Return the error for a message that is no frame."""
        if kind == REFUSED:
            return BadInputError(self._text(length))
        if kind == TOO_HEAVY:
            return BadInputError(
                f"{self._path} needs more memory to be decoded than a clip may take; "
                "make its pictures smaller"
            )
        return self._broke()

    def _broke(self) -> BadInputError:
        return BadInputError(
            f"{self._path} can't be decoded: it broke the decoder, or kept it too busy; "
            "record or convert it again"
        )

    def _head(self) -> tuple[bytes, int]:
        kind, length = HEAD.unpack(self._read(HEAD.size))
        return kind, length

    def _text(self, length: int) -> str:
        if length > TEXT_BYTES:
            raise self._broke()
        return self._read(length).decode("utf-8", "replace")

    def _read(self, length: int) -> bytes:
        data = bytearray(length)
        self._fill(memoryview(data))
        return bytes(data)

    def _fill(self, target: memoryview) -> None:
        """Fill `target` from the pipe; raise if the decoder ends or falls silent before."""
        deadline_s = time.monotonic() + SILENT_S
        ready = select.poll()
        ready.register(self._pipe, select.POLLIN)
        while target:
            if not ready.poll(max(0.0, 1000 * (deadline_s - time.monotonic()))):
                raise self._broke()
            count = os.readv(self._pipe, [target])
            if not count:
                raise self._broke()
            target = target[count:]


def open_guarded(path: Path | str, limits: Limits) -> GuardedVideo:
    """Open a clip; raise `BadInputError` if it is not a video, over a limit or breaks a decoder."""
    return GuardedVideo(Path(path), limits)
