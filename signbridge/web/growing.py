"""A clip's answer for the Upload tab, shown while its composer writes on."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from signbridge.protocols import Grow

T = TypeVar("T")


class _LeftError(Exception):
    """Nobody reads what is told any more: the work ends where it tells the next."""


def as_it_grows(work: Callable[[Grow], T]) -> Iterator[str | T]:
    """Run `work` in a thread; yield what it tells as it is told, and at last what it returns.

    What was told before the last time it was asked for is left out: the page shows one at a time.
    """
    told: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    left = threading.Event()

    def grow(text: str) -> None:
        if left.is_set():
            raise _LeftError
        told.put(text)

    context = contextvars.copy_context()  # the progress bar finds its page in it
    pool = ThreadPoolExecutor(1, "clip")
    done = pool.submit(context.run, work, grow)
    pool.shutdown(wait=False)  # who leaves the page must not make others wait for the clip's end
    done.add_done_callback(lambda _: told.put(None))
    try:
        while (text := _last(told)) is not None:
            yield text
        yield done.result()
    finally:
        left.set()


def _last(told: queue.SimpleQueue[str | None]) -> str | None:
    """Wait for something; return the last of what is there. Nothing follows None."""
    text = told.get()
    while text is not None and not told.empty():
        text = told.get()
    return text
