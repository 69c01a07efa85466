"""One signer's run, live or from a file: frames in, events out. The only thing that remembers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from signbridge.events import Event
from signbridge.found import Findings
from signbridge.landmarks import fluent
from signbridge.pipeline import Engine
from signbridge.stages.naming import Naming
from signbridge.stages.parcels import Named, Signed
from signbridge.stages.saying import Saying
from signbridge.stages.watching import SegmenterLike, Watching
from signbridge.types import Frame, Timings

__all__ = ["SegmenterLike", "Session"]


class Session:
    """Turns one signer's frames into signs, sentences and sound; knows no clock but the frames'.

    `push` and `finish` do the three stages one after another; `live.LiveSession` gives each stage
    a thread of its own.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        open_segmenter: Callable[[int, int], SegmenterLike] = fluent.open_segmenter,
    ) -> None:
        findings = Findings()
        self.watching = Watching(engine, findings, open_segmenter)
        self.naming = Naming(engine, findings)
        self.saying = Saying(engine)
        self._finished = False

    @property
    def state(self) -> Literal["idle", "signing"]:
        """Whether the signer is signing."""
        return "signing" if self.watching.signing else "idle"

    @property
    def timings(self) -> Timings:
        """Seconds spent in each stage so far."""
        return Timings(
            self.watching.spent_s,
            self.naming.spent_s,
            self.saying.compose_s,
            self.saying.speak_s,
        )

    def push(self, frame: Frame) -> tuple[Event, ...]:
        """Look at one frame; return what it led to. Frames that go back in time are ignored."""
        return () if self._finished else tuple(self._onward(self.watching.push(frame)))

    def finish(self) -> tuple[Event, ...]:
        """End the run: recognize and say what is left, and tell why nothing was found."""
        if self._finished:
            return ()
        self._finished = True
        events = tuple(self._onward(self.watching.finish()))
        self.close()
        return events

    def close(self) -> None:
        """Free the landmark stream; what was not finished is dropped."""
        self._finished = True
        self.watching.close()

    def _onward(self, watched: Iterator[Event | Signed]) -> Iterator[Event]:
        """Yield the events of what was watched, and of what the later stages make of it."""
        for item in watched:
            if not isinstance(item, Signed):
                yield item
                continue
            for named in self.naming.take(item):
                if isinstance(named, Named):
                    yield from self.saying.take(named)
                else:
                    yield named
