"""What one live visitor sees: their signs and sentences, and which parts of the page changed."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from signbridge.events import (
    Event,
    Guessed,
    Notice,
    Perhaps,
    Recognized,
    Said,
    Seen,
    Writing,
)
from signbridge.pipeline import Engine
from signbridge.types import RecognitionResult, Speech, Utterance
from signbridge.web import live_html, overlay
from signbridge.web.conversation import Conversation, Word, counted
from signbridge.web.words import player

SIGNS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class LiveUpdate:
    """HTML for the parts of the Live tab that changed; None where nothing did."""

    overlay: str | None = None
    status: str | None = None
    running: str | None = None
    sentences: str | None = None
    sound: str | None = None
    downloads: str | None = None
    signs: str | None = None


class LivePage:
    """Turns a session's events into the parts of the page that they change."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.spoken_with = engine
        """Speaks what is composed anew, with the voice that the visitor chose."""
        self._notices = list(engine.notices)
        self._changed: dict[str, str] = {}
        self.clear()
        # The page is blank as it is; or it still shows what was said before a lost connection.
        self._changed = {}

    def clear(self) -> None:
        """Forget the signs and sentences; notices stay."""
        self.conversation = Conversation(self._compose)
        self._signs: deque[RecognitionResult] = deque(maxlen=SIGNS_SHOWN)
        self._guess = self._draft = self._perhaps = ""
        self.show(overlay="", sound="", signs=live_html.sign_list(()))
        self._show_words()
        self._show_sentences()

    def take(self, event: Event, offset_s: float, size: tuple[int, int], autoplay: bool) -> float:
        """Show an event; return for how many seconds it will be heard.

        size: of the camera's picture, width and height in pixels.
        """
        match event:
            case Seen(points=points):
                self.show(overlay=overlay.svg(points, *size))
            case Guessed(text=text):
                self._guess = text
                self._show_words()
            case Recognized(results=results):
                kept = (sign for sign in self._signs if not event.replaces(sign))
                latest = [*reversed(event.shown), *kept]
                self._signs = deque(latest[:SIGNS_SHOWN], maxlen=SIGNS_SHOWN)
                self.conversation.heard(event)
                if self._perhaps and results[0].kind == "gloss":  # the next sentence has begun
                    self._perhaps = ""
                    self._show_sentences()
                self.show(signs=live_html.sign_list(self._signs))
                self._show_words()
            case Perhaps():
                self._perhaps = event.told
                self._show_sentences()
            case Writing(text=text):
                self._draft = text
                self._show_sentences()
            case Said():
                return self._said(event, offset_s, autoplay)
            case Notice(text=text):
                self.notice(text)
        return 0.0

    def notice(self, text: str) -> None:
        """Show a notice, once."""
        if text not in self._notices:
            self._notices.append(text)
            self._show_sentences()

    def correct(self, key: str, text: str) -> tuple[Word, RecognitionResult | None] | None:
        """Correct a word; return what the session must know of the sentence going on."""
        told = self.conversation.correct(key, text)
        self._show_words()
        self._show_sentences()
        return told

    def complete(self, offset_s: float) -> None:
        """Make a sentence of the words that are there: no session will."""
        results = counted(self.conversation.words)
        if results:
            made = self._compose(results, ())
            timed = replace(made, start_s=results[0].start_s, end_s=results[-1].end_s)
            self._said(Said(timed, None, results), offset_s, autoplay=False)

    def speak(self, key: str, engine: Engine) -> float:
        """Say a sentence as it stands, at once; return for how many seconds."""
        sentence = self.conversation.sentence(key)
        if sentence is None:
            return 0.0
        text = sentence.utterance.text
        speech, notices = engine.speak(text)
        for notice in notices:
            self.notice(notice)
        if speech is None:
            self.notice("There is no voice to speak with. Choose one in the settings.")
            return 0.0
        return self._heard(speech, text, autoplay=True)

    def show(self, **parts: str) -> None:
        """Change parts of the page."""
        self._changed |= parts

    def update(self) -> LiveUpdate:
        """Return what has changed since the last call."""
        changed, self._changed = self._changed, {}
        return LiveUpdate(**changed)

    def _compose(self, results: tuple[RecognitionResult, ...], said: tuple[str, ...]) -> Utterance:
        utterance, notices = self._engine.compose(results, said)
        for text in notices:
            self.notice(text)
        return utterance

    def _said(self, event: Said, offset_s: float, autoplay: bool) -> float:
        sentence = self.conversation.said(event, offset_s)
        self._guess = self._draft = ""
        self._show_words()
        self._show_sentences()
        if sentence is None:
            return 0.0
        text, speech = sentence.utterance.text, event.speech
        if text != event.utterance.text:  # it was corrected at the last moment
            speech, notices = self.spoken_with.speak(text) if speech else (None, ())
            for notice in notices:
                self.notice(notice)
        return 0.0 if speech is None else self._heard(speech, text, autoplay)

    def _heard(self, speech: Speech, text: str, autoplay: bool) -> float:
        self.show(sound=player(speech, text, autoplay=autoplay))
        return speech.duration_s if autoplay else 0.0

    def _show_words(self) -> None:
        self.show(running=live_html.running(self.conversation.words, self._guess))

    def _show_sentences(self) -> None:
        sentences = tuple(self.conversation.sentences)
        self.show(
            sentences=live_html.transcript(sentences, self._notices, self._draft, self._perhaps),
            downloads=live_html.downloads(sentences),
        )
