"""Speech that is heard while it is made."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from signbridge.types import Speech


class Sound:
    """A stream of speech, made in a thread of its own; whoever listens hears it from its start.

    All its pieces have the rate of the first. What goes wrong in the stream is raised where the
    listener comes to it.
    """

    def __init__(self, stream: Iterator[Speech], notices: Sequence[str] = ()) -> None:
        """notices: what went wrong on the way; it may grow while the sound is made."""
        self.notices = notices
        self.first_s = math.nan
        """Seconds until the first piece came; NaN before."""
        self.took_s = math.nan
        """Seconds until the last piece came; NaN before."""
        self.done = False
        self._stream = stream
        self._pieces: list[Speech] = []
        self._stopped = False
        self._change = threading.Condition()
        worker = ThreadPoolExecutor(1, "sound")
        self._work = worker.submit(self._make)
        worker.shutdown(wait=False)

    @classmethod
    def of(cls, speech: Speech) -> Sound:
        """Return the sound of what has been made already."""
        return cls(iter([speech]))

    def wait(self) -> bool:
        """Wait for the first piece; return whether there is one."""
        return bool(self._after(0))

    def settle(self, wait_s: float) -> bool:
        """Wait for the end, but no longer than this; return whether it was reached."""
        with self._change:
            return self._change.wait_for(lambda: self.done, wait_s)

    def stop(self) -> None:
        """Make no more of it."""
        self._stopped = True

    def pieces(self) -> Iterator[Speech]:
        """Yield the pieces from the first, each as soon as it is there."""
        number = 0
        while new := self._after(number):
            number += len(new)
            yield from new

    def whole(self) -> Speech | None:
        """Wait for the end; return everything, None if there is nothing."""
        pieces = list(self.pieces())
        if not pieces:
            return None
        return Speech(np.concatenate([each.samples for each in pieces]), pieces[0].sample_rate)

    @property
    def duration_s(self) -> float:
        """Seconds that can be heard so far."""
        return sum(piece.duration_s for piece in list(self._pieces))

    def _after(self, number: int) -> list[Speech]:
        """Return the pieces after so many, as soon as there is one; none at the end."""
        with self._change:
            self._change.wait_for(lambda: self.done or len(self._pieces) > number)
            new = self._pieces[number:]
        if not new:
            self._work.result()
        return new

    def _make(self) -> None:
        began_s = time.perf_counter()
        try:
            for piece in self._stream:
                if self._stopped:
                    return
                with self._change:
                    if not self._pieces:
                        self.first_s = time.perf_counter() - began_s
                    self._pieces.append(at_rate(piece, (self._pieces or [piece])[0].sample_rate))
                    self._change.notify_all()
        finally:
            try:
                # A stream that is left in the middle would hold its model or connection for ever.
                if isinstance(self._stream, Generator):
                    self._stream.close()
            finally:
                with self._change:
                    self.took_s = time.perf_counter() - began_s
                    self.done = True
                    self._change.notify_all()


def at_rate(speech: Speech, sample_rate: int) -> Speech:
    """Return the speech at another rate; a second voice need not have the first one's."""
    if speech.sample_rate == sample_rate:
        return speech
    from scipy.signal import resample_poly

    samples = resample_poly(speech.samples, sample_rate, speech.sample_rate)
    return Speech(np.clip(samples, -1, 1).astype(np.float32), sample_rate)
