"""One worker makes sound for all, first come, first served; who finds the queue full is sent away.

A GPU makes one sentence at a time fastest, and the model keeps what it was last asked.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from signbridge.errors import SignBridgeError

LOG = logging.getLogger("signbridge.xtts")
FIRST_GUESS_S = 2.0
"""What a sentence takes, until one has been timed."""


class FullError(Exception):
    """The queue is full; `retry_after_s` says when a place should be free."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many are waiting for the voice; ask again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class BrokenError(Exception):
    """The model failed with this sentence; the message says how."""


class Turn:
    """One place in the queue: the pieces come here as they are made."""

    def __init__(self, make: Callable[[], Iterator[bytes]]) -> None:
        self.make = make
        self.left = threading.Event()
        """Set when nobody listens any more: what is not made yet need not be."""
        self._loop = asyncio.get_running_loop()
        self._pieces: asyncio.Queue[bytes | BrokenError | None] = asyncio.Queue()

    def give(self, piece: bytes | BrokenError | None) -> None:
        """Hand over a piece from the worker's thread; None ends, an error breaks off."""
        try:
            self._loop.call_soon_threadsafe(self._pieces.put_nowait, piece)
        except RuntimeError:  # the server has been stopped
            self.left.set()

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the pieces as they come; raise `BrokenError` where the model fails."""
        try:
            while (piece := await self._pieces.get()) is not None:
                if isinstance(piece, BrokenError):
                    raise piece
                yield piece
        finally:
            self.left.set()


class Turns:
    """The queue and its one worker."""

    def __init__(self, places: int) -> None:
        """places: so many may wait, beside the one who is being spoken for."""
        self._most = places + 1
        self._worker = ThreadPoolExecutor(1, "xtts")
        self._lock = threading.Lock()
        self._here = 0
        self._usual_s = FIRST_GUESS_S

    @property
    def here(self) -> int:
        """How many wait or are being spoken for."""
        return self._here

    def take(self, make: Callable[[], Iterator[bytes]]) -> Turn:
        """Queue up; raise `FullError` if there is no place. Call it from the event loop."""
        with self._lock:
            if self._here >= self._most:
                raise FullError(max(1, round(self._usual_s)))
            self._here += 1
        turn = Turn(make)
        self._worker.submit(self._serve, turn).add_done_callback(partial(self._done, turn))
        return turn

    def _serve(self, turn: Turn) -> None:
        if turn.left.is_set():
            return
        started_s = time.monotonic()
        for piece in turn.make():
            if turn.left.is_set():
                return
            turn.give(piece)
        self._usual_s += 0.2 * (time.monotonic() - started_s - self._usual_s)

    def _done(self, turn: Turn, work: Future[None]) -> None:
        with self._lock:
            self._here -= 1
        error = work.exception()
        if error is None:
            turn.give(None)
            return
        known = isinstance(error, SignBridgeError | ValueError)
        LOG.error("a sentence failed: %s", error, exc_info=None if known else error)
        turn.give(BrokenError(str(error) if known else "the voice failed; see the server's log"))
