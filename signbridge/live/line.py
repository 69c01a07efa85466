"""A short line of things that wait for the next thread; it never grows beyond its length."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Line(Generic[T]):
    """Hands things from one thread to another, in order.

    change: told of every change; lines that belong together share one, so that a thread can wait
    for all of them.
    """

    def __init__(self, longest: int, change: threading.Condition) -> None:
        self._longest = longest
        self._change = change
        self._waiting: deque[T] = deque()
        self._taken: T | None = None
        self._ended = False

    @property
    def idle(self) -> bool:
        """Whether nothing waits and the taker has nothing in hand."""
        return not self._waiting and self._taken is None

    def holds(self, *kinds: type) -> bool:
        """Return whether a thing of these kinds waits or is in the taker's hand."""
        with self._change:
            return any(isinstance(each, kinds) for each in (*self._waiting, self._taken))

    def put(self, thing: T, *, wait: bool = True) -> None:
        """Add a thing; wait while the line is full. Dropped where the line has ended.

        wait: false for what a person does, which is rare and may not be held up.
        """
        with self._change:
            if wait:
                self._change.wait_for(lambda: self._ended or len(self._waiting) < self._longest)
            self._add(thing)

    def replace(self, thing: T) -> bool:
        """Add a thing at once, in place of what waits; return whether something was lost."""
        with self._change:
            lost = bool(self._waiting)
            self._waiting.clear()
            self._add(thing)
            return lost

    def take(self) -> T | None:
        """Wait for the next thing, as what was taken before is done; None where none will come."""
        with self._change:
            self._taken = None
            self._change.notify_all()
            self._change.wait_for(lambda: self._waiting or self._ended)
            self._taken = self._waiting.popleft() if self._waiting else None
            self._change.notify_all()
            return self._taken

    def end(self, *, drop: bool = False) -> None:
        """Let nothing more in; what waits is still taken, or dropped."""
        with self._change:
            self._ended = True
            if drop:
                self._waiting.clear()
            self._change.notify_all()

    def _add(self, thing: T) -> None:
        if not self._ended:
            self._waiting.append(thing)
            self._change.notify_all()
