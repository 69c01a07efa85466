"""A clip's answer for the Upload tab, shown while its composer writes on."""

from __future__ import annotations

import contextvars
import queue
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from signbridge.protocols import Grow

T = TypeVar("T")


def as_it_grows(work: Callable[[Grow], T]) -> Iterator[str | T]:
    """Run `work` in a thread; yield what it tells as it is told, and at last what it returns.

    What was told before the last time it was asked for is left out: the page shows one at a time.
    """
    told: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    context = contextvars.copy_context()  # the progress bar finds its page in it
    pool = ThreadPoolExecutor(1, "clip")
    done = pool.submit(context.run, work, told.put)
    pool.shutdown(wait=False)  # who leaves the page must not make others wait for the clip's end
    done.add_done_callback(lambda _: told.put(None))
    while (text := _last(told)) is not None:
        yield text
    yield done.result()


def _last(told: queue.SimpleQueue[str | None]) -> str | None:
    """Wait for something; return the last of what is there. Nothing follows None."""
    text = told.get()
    while text is not None and not told.empty():
        text = told.get()
    return text
