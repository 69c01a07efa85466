"""Which models could not be asked while a clip was read: its row lacks their answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

from signbridge.errors import BackendUnavailableError, QuestionRefusedError
from signbridge.pipeline import Engine
from signbridge.protocols import Composer, Grow, Recognizer
from signbridge.types import RecognitionResult, Segment, Utterance


class Unanswered:
    """Remembers the models of an engine that were off when they were asked.

    What a model refuses, or answers badly, it would refuse again: that is not remembered.
    """

    def __init__(self) -> None:
        self._names: list[str] = []

    def watched(self, engine: Engine) -> Engine:
        """Return the same engine, whose failures are remembered here."""
        return replace(
            engine,
            recognizers=tuple(_WatchedRecognizer(each, self) for each in engine.recognizers),
            composer=_WatchedComposer(engine.composer, self),
        )

    def taken(self) -> list[str]:
        """Return the names since the last call, each once."""
        names, self._names = self._names, []
        return list(dict.fromkeys(names))

    @contextmanager
    def remembering(self, name: str) -> Iterator[None]:
        """Run the block; where it says that the model is off, remember the name."""
        try:
            yield
        except QuestionRefusedError:
            raise
        except BackendUnavailableError:
            self._names.append(name)
            raise


@dataclass(frozen=True, slots=True)
class _WatchedRecognizer:
    inner: Recognizer
    unanswered: Unanswered

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def reads(self) -> Literal["signs", "sentences"]:
        return self.inner.reads

    @property
    def sees(self) -> Literal["landmarks", "pictures"]:
        return self.inner.sees

    def recognize(self, segment: Segment) -> RecognitionResult:
        with self.unanswered.remembering(self.name):
            return self.inner.recognize(segment)


@dataclass(frozen=True, slots=True)
class _WatchedComposer:
    inner: Composer
    unanswered: Unanswered

    @property
    def name(self) -> str:
        return self.inner.name

    def compose(
        self,
        results: Sequence[RecognitionResult],
        context: Sequence[str] = (),
        grow: Grow | None = None,
    ) -> Utterance:
        with self.unanswered.remembering(self.name):
            return self.inner.compose(results, context, grow)
