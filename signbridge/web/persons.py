"""What each visitor taught: kept in memory while they are here, and seen by nobody else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, runtime_checkable

from signbridge.errors import SignBridgeError
from signbridge.pipeline import Engine
from signbridge.protocols import Recognizer
from signbridge.recognize.landmark.personal import Personal
from signbridge.types import RecognitionResult, Segment
from signbridge.web.sessions import GONE_S

IDLE_S = 1800.0
"""Half an hour without a sign or a visit to the panel: what was taught is forgotten."""
MOST_PEOPLE = 256
"""At most about 800 MB, if each showed as much as is allowed; most show a hundredth of it."""
MISSED_S = 86_400.0
"""A page left open for a day is still told that what it shows is forgotten."""
NOBODY = Personal()


@runtime_checkable
class Teachable(Protocol):
    """A recognizer that a signer can calibrate and teach."""

    def taught(self, personal: Personal) -> Recognizer:
        """Return the recognizer as these examples make it."""
        ...


class TooManyPeopleError(SignBridgeError):
    """More visitors have taught signs than this machine remembers."""


class JustLeftError(SignBridgeError):
    """The page closed, or its connection broke, a moment ago."""


@dataclass(slots=True)
class _Person:
    personal: Personal
    used_at_s: float


class Persons:
    """Remembers each visitor's signs until they leave or stay away for too long."""

    def __init__(
        self,
        *,
        idle_s: float = IDLE_S,
        most: int = MOST_PEOPLE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._idle_s = idle_s
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._people: dict[str, _Person] = {}
        self._gone: dict[str, float] = {}  # who left, and when: what comes late is not kept
        self._missed: dict[str, float] = {}  # whose signs were forgotten, and when

    def __len__(self) -> int:
        return len(self._people)

    def of(self, visitor: str) -> Personal:
        """Return what this visitor taught; whoever is asked about is here."""
        with self._lock:
            person = self._people.get(visitor)
            if person is None:
                return NOBODY
            person.used_at_s = self._clock()
            return person.personal

    def change(self, visitor: str, change: Callable[[Personal], Personal]) -> Personal:
        """Let `change` turn what this visitor taught into what they teach; return the latter.

        Raises `JustLeftError` for what comes after they left: a page whose connection broke goes on
        with the same id, so this passes.
        """
        self.close_idle()
        with self._lock:
            if visitor in self._gone:
                raise JustLeftError(
                    "The connection was lost a moment ago, so this was not kept. Try again in a "
                    "few seconds."
                )
            person = self._people.get(visitor)
            changed = change(person.personal if person else NOBODY)
            if not len(changed):
                self._people.pop(visitor, None)
                return changed
            if person is None and len(self._people) >= self._most:
                raise TooManyPeopleError(
                    "Too many visitors are teaching signs. Try again in some minutes."
                )
            self._people[visitor] = _Person(changed, self._clock())
            return changed

    def has_left(self, visitor: str) -> bool:
        """Say whether this visitor left so short a time ago that what comes was on its way."""
        self.close_idle()
        return visitor in self._gone

    def missed(self, visitor: str) -> bool:
        """Say, once, whether signs of this visitor, who is back, were forgotten meanwhile."""
        with self._lock:
            return self._missed.pop(visitor, None) is not None

    def engine_for(self, visitor: str, engine: Engine) -> Engine:
        """Return the engine as this visitor taught it, and goes on to teach it."""
        recognizers = tuple(
            _Taught(one, self, visitor) if isinstance(one, Teachable) else one
            for one in engine.recognizers
        )
        return replace(engine, recognizers=recognizers)

    def close(self, visitor: str) -> None:
        """Forget a visitor who has left."""
        with self._lock:
            self._gone[visitor] = self._clock()
            self._forget(visitor)

    def close_idle(self) -> None:
        """Forget those who were not here for longer than the limit."""
        now_s = self._clock()
        with self._lock:
            for visitor, person in list(self._people.items()):
                if now_s - person.used_at_s > self._idle_s:
                    self._forget(visitor)
            self._gone = {v: at_s for v, at_s in self._gone.items() if now_s - at_s < GONE_S}
            self._missed = {v: at_s for v, at_s in self._missed.items() if now_s - at_s < MISSED_S}

    def _forget(self, visitor: str) -> None:
        if self._people.pop(visitor, None):
            self._missed[visitor] = self._clock()


class _Taught:
    """A shared recognizer as one visitor taught it: asks what that is when a sign has ended."""

    def __init__(self, shared: Recognizer, persons: Persons, visitor: str) -> None:
        self._shared = shared
        self._persons = persons
        self._visitor = visitor
        self._current: tuple[Personal, Recognizer] = (NOBODY, shared)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shared, name)

    @property
    def name(self) -> str:
        return self._shared.name

    @property
    def reads(self) -> Literal["signs", "sentences"]:
        return self._shared.reads

    @property
    def sees(self) -> Literal["landmarks", "pictures"]:
        return self._shared.sees

    def recognize(self, segment: Segment) -> RecognitionResult:
        """Return the answer of the recognizer with this visitor's signs."""
        return self._own().recognize(segment)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The glosses it can answer, this visitor's own among them."""
        return tuple(getattr(self._own(), "vocabulary", ()))

    def _own(self) -> Recognizer:
        personal, recognizer = self._current
        found = self._persons.of(self._visitor)
        if found is not personal:
            assert isinstance(self._shared, Teachable)
            recognizer = self._shared.taught(found) if len(found) else self._shared
            self._current = (found, recognizer)
        return recognizer
