"""A recognizer that a comparison may ask: started when it is first needed, and once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from signbridge.compare.values import NAN, Reads
from signbridge.errors import BackendUnavailableError
from signbridge.protocols import Recognizer


class Contender:
    """One recognizer by name; threads may share it.

    begin: starts it; raises `BackendUnavailableError` where it can't. missing: says without
    starting it what it lacks, "" where nothing is known to be lacking.
    """

    def __init__(
        self,
        name: str,
        begin: Callable[[], Recognizer],
        missing: Callable[[], str] = lambda: "",
    ) -> None:
        self.name = name
        self._begin = begin
        self._missing = missing
        self._lock = threading.Lock()
        self._recognizer: Recognizer | None = None
        self._reason = ""
        self._given_up: list[threading.Thread] = []

    @classmethod
    def running(cls, recognizer: Recognizer) -> Contender:
        """Return a contender whose recognizer is started."""
        contender = cls(recognizer.name, lambda: recognizer)
        contender._recognizer = recognizer
        return contender

    @property
    def reason(self) -> str:
        """Why it can't start, as far as is known without trying; "" where it may."""
        if self._recognizer is not None:
            return ""
        return self._reason or self._missing()

    @property
    def may_read_pictures(self) -> bool:
        """Whether it sees pictures; true while it is not known."""
        return self._recognizer is None or self._recognizer.sees == "pictures"

    def start(self) -> tuple[Recognizer, float]:
        """Return the recognizer and the seconds it took to load, NaN where it was loaded."""
        with self._lock:
            if self._recognizer is not None:
                return self._recognizer, NAN
            began_s = time.perf_counter()
            try:
                self._recognizer = self._begin()
            except BackendUnavailableError as error:
                self._reason = str(error).removeprefix(f"Recognizer {self.name!r} is off: ")
                raise
            self._reason = ""
            return self._recognizer, time.perf_counter() - began_s

    @property
    def stuck(self) -> bool:
        """Whether it is still at a clip that was given up: it would only be asked in vain."""
        self._given_up = [thread for thread in self._given_up if thread.is_alive()]
        return bool(self._given_up)

    def give_up(self, thread: threading.Thread) -> None:
        """Remember a thread that did not answer in time; a thread can't be stopped."""
        self._given_up.append(thread)


def reads(recognizer: Recognizer) -> Reads:
    """Return what a recognizer takes in; signs, where it does not say."""
    return "sentences" if getattr(recognizer, "reads", "signs") == "sentences" else "signs"


def about(recognizer: Recognizer) -> Mapping[str, str]:
    """Return what a recognizer tells of its model; nothing where it tells nothing."""
    return {key: str(value) for key, value in getattr(recognizer, "about", {}).items()}
