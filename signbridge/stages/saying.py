"""Third stage of a session: recognized signs -> an English sentence and its sound."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from signbridge.events import Event, Notice, Said
from signbridge.pipeline import Engine
from signbridge.protocols import Grow
from signbridge.stages.parcels import Leave, Named, Ready, Say
from signbridge.types import RecognitionResult

CONTEXT_SENTENCES = 3
"""How many earlier sentences the composer sees."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """What is said of some signs, and what went wrong before it was spoken."""

    said: Said
    notices: tuple[str, ...]


class Saying:
    """Composes and speaks; `engine` may be exchanged between two sentences, for another voice.

    grow: is told a sentence while a composer that takes its time writes it.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.grow: Grow | None = None
        self._context: deque[str] = deque(maxlen=CONTEXT_SENTENCES)
        self._ready: _Sentence | None = None
        self._told: set[str] = set()
        self.compose_s = 0.0
        """Seconds spent on composing."""
        self.speak_s = 0.0
        """Seconds spent on speaking."""

    def take(self, parcel: Named) -> Iterator[Event]:
        """Take the signs of a sentence; give the sentence once it is certain that it is one."""
        match parcel:
            case Ready(results=results):
                self._ready = self._made_of(results)
            case Say(results=results):
                sentence, self._ready = self._made_of(results), None
                self._context.append(sentence.said.utterance.text)
                yield from self._tell(sentence.notices)
                yield from self._speak(sentence.said)
            case Leave(notices=notices):
                yield from self._tell(notices)

    def _made_of(self, results: tuple[RecognitionResult, ...]) -> _Sentence:
        if self._ready is not None and self._ready.said.results == results:
            return self._ready
        if self._ready is not None and self._ready.said.sound is not None:
            self._ready.said.sound.stop()
        started_s = time.perf_counter()
        utterance, notices = self.engine.compose(results, tuple(self._context), self.grow)
        self.compose_s += time.perf_counter() - started_s
        timed = replace(utterance, start_s=results[0].start_s, end_s=results[-1].end_s)
        return _Sentence(Said(timed, self.engine.begin(utterance.text), results), notices)

    def _speak(self, said: Said) -> Iterator[Event]:
        """Give the sentence as soon as it can be heard; tell what went wrong before, and after."""
        sound = said.sound
        if sound is None:
            yield said
            return
        heard = sound.wait()
        yield from self._tell(tuple(sound.notices))
        yield said if heard else replace(said, sound=None)
        sound.whole()
        self.speak_s += sound.took_s
        yield from self._tell(tuple(sound.notices))

    def _tell(self, notices: tuple[str, ...]) -> Iterator[Notice]:
        """Yield each notice once in a session."""
        for text in notices:
            if text not in self._told:
                self._told.add(text)
                yield Notice(text)
