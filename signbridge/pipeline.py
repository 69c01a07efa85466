"""The shared models, and the only place that goes on without one: its error becomes a notice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from signbridge.errors import SettingsError, SignBridgeError
from signbridge.protocols import Composer, Grow, LandmarkExtractor, Recognizer, Speaker
from signbridge.settings import Settings
from signbridge.sound import Sound
from signbridge.types import RecognitionResult, Segment, Speech, Utterance

Notices = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Engine:
    """Models that all sessions share; nothing in it changes after start.

    notices: why something the settings asked for is off.
    spare: the composer that writes the sentence where the other could not.
    second_speaker: the voice that speaks where the other could not.
    """

    extractor: LandmarkExtractor
    recognizers: tuple[Recognizer, ...]
    composer: Composer
    speaker: Speaker | None
    settings: Settings
    notices: Notices = ()
    spare: Composer | None = None
    second_speaker: Speaker | None = None

    def only(self, recognizers: Sequence[str]) -> Engine:
        """Return an engine with just these recognizers, in this order."""
        by_name = {recognizer.name: recognizer for recognizer in self.recognizers}
        for name in recognizers:
            if name not in by_name:
                raise SettingsError(
                    f"recognizer {name!r} is not running; choose from {tuple(by_name)}"
                )
        return replace(self, recognizers=tuple(by_name[name] for name in recognizers))

    @property
    def reads_sentences(self) -> bool:
        """Whether a recognizer is given whole sentences."""
        return any(recognizer.reads == "sentences" for recognizer in self.recognizers)

    @property
    def sees_pictures(self) -> bool:
        """Whether a recognizer needs pictures, not landmarks alone."""
        return any(recognizer.sees == "pictures" for recognizer in self.recognizers)

    def without_pictures(self) -> Engine:
        """Return an engine for landmarks alone: recognizers that see pictures are off."""
        off = [each.name for each in self.recognizers if each.sees == "pictures"]
        notices = tuple(f"Recognizer {name!r} is off: it reads pictures." for name in off)
        kept = tuple(each for each in self.recognizers if each.name not in off)
        return replace(self, recognizers=kept, notices=(*self.notices, *notices))

    def silent(self) -> Engine:
        """Return an engine that writes sentences and does not speak them."""
        return replace(self, speaker=None, second_speaker=None)

    def recognize(
        self, segment: Segment, reads: Literal["signs", "sentences"] = "signs"
    ) -> tuple[tuple[RecognitionResult, ...], Notices]:
        """Return one result for each recognizer that could answer, and why others could not.

        reads: which recognizers are asked: a segment is one sign, or one sentence.
        """
        results: list[RecognitionResult] = []
        notices: list[str] = []
        for recognizer in (each for each in self.recognizers if each.reads == reads):
            try:
                results.append(recognizer.recognize(segment))
            except SignBridgeError as error:
                notices.append(f"Recognizer {recognizer.name!r} did not answer: {error}")
        return tuple(results), tuple(notices)

    def compose(
        self,
        results: Sequence[RecognitionResult],
        context: Sequence[str] = (),
        grow: Grow | None = None,
    ) -> tuple[Utterance, Notices]:
        """Return a sentence of `results`, or the bare glosses, and what went wrong.

        What a recognizer read as a sentence stays as it is. `grow` is told the sentence as it is
        written, and "" where what it was told does not stand.
        """
        if results and all(result.kind == "sentence" for result in results):
            text = " ".join(result.guesses[0].text for result in results)
            return Utterance(text, results[0].recognizer, 0.0), ()
        notices: Notices = ()
        for composer in (self.composer, self.spare):
            if composer is None:
                continue
            try:
                return composer.compose(results, context, grow), notices
            except SignBridgeError as error:
                if grow is not None:
                    grow("")
                instead = (
                    "the rules write it"
                    if composer is not self.spare and self.spare
                    else ("glosses are shown instead")
                )
                notices += (f"Composer {composer.name!r} failed, {instead}: {error}",)
        glosses = tuple(result.guesses[0].text for result in results)
        return Utterance(" ".join(glosses), "none", 0.0, glosses), notices

    def begin(self, text: str) -> Sound | None:
        """Begin to speak `text`; None without a voice or a word. What goes wrong is its notices.

        Where a voice fails the second says it, from the beginning.
        """
        if self.speaker is None or not any(map(str.isalnum, text)):
            return None
        notices: list[str] = []
        return Sound(self._spoken(text, notices), notices)

    def speak(self, text: str) -> tuple[Speech | None, Notices]:
        """Return the sound of `text`; None without a voice or a word, or if each voice failed."""
        sound = self.begin(text)
        return (None, ()) if sound is None else (sound.whole(), tuple(sound.notices))

    def _spoken(self, text: str, notices: list[str]) -> Iterator[Speech]:
        second = None if self.second_speaker is self.speaker else self.second_speaker
        for speaker, then in ((self.speaker, second), (second, None)):
            if speaker is None:
                continue
            try:
                yield from speaker.stream(text)
                return
            except SignBridgeError as error:
                instead = f"{then.name!r} speaks instead" if then else "there is no sound"
                notices.append(f"Voice {speaker.name!r} failed, {instead}: {error}")

    def say(
        self, results: Sequence[RecognitionResult], context: Sequence[str] = ()
    ) -> tuple[Utterance, Speech | None, Notices]:
        """Return the sentence of `results`, its sound, and what went wrong on the way."""
        utterance, compose_notices = self.compose(results, context)
        speech, speak_notices = self.speak(utterance.text)
        return utterance, speech, compose_notices + speak_notices
