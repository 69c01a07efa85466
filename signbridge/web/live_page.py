"""What one live visitor sees: their signs and sentences, and which parts of the page changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
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
from signbridge.sound import Sound
from signbridge.types import RecognitionResult, Utterance
from signbridge.web import live_html, overlay
from signbridge.web.conversation import Conversation
from signbridge.web.correctable import Draft, Word
from signbridge.web.sounds import Sounds
from signbridge.web.words import player, streamed

SIGNS_SHOWN = 8
ALMOST_S = 0.03
"""A sound whose end is so near is waited for."""


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


@dataclass(frozen=True, slots=True)
class Late:
    """A sentence that came with a word corrected meanwhile: it is to be written and spoken anew.

    text: as it came; sound: of that.
    """

    key: str
    text: str
    sound: Sound | None
    autoplay: bool


class LivePage:
    """Turns a session's events into the parts of the page that they change.

    Waits for no composer and no voice: who holds it does, and brings what they made.
    """

    def __init__(self, notices: Iterable[str] = (), sounds: Sounds | None = None) -> None:
        self._sounds = sounds or Sounds()
        self._heard: Sound | None = None
        self.late: list[Late] = []
        """What waits to be put right, the first first."""
        self._notices = list(notices)
        self._changed: dict[str, str] = {}
        self.clear()
        # The page is blank as it is; or it still shows what was said before a lost connection.
        self._changed = {}

    def clear(self) -> None:
        """Forget the signs and sentences; notices stay."""
        self.conversation = Conversation()
        # The latest first; each with the offset of the session that its times count from.
        self._signs: deque[tuple[float, RecognitionResult]] = deque(maxlen=SIGNS_SHOWN)
        self._guess = self._draft = self._perhaps = ""
        self.show(overlay="", sound="", signs=live_html.sign_list(()))
        self._show_words()
        self._show_sentences()

    @property
    def heard_s(self) -> float:
        """How many seconds of the last sound there are, so far."""
        return 0.0 if self._heard is None else self._heard.duration_s

    def take(self, event: Event, offset_s: float, size: tuple[int, int], autoplay: bool) -> bool:
        """Show an event; return whether a sound begins with it.

        size: of the camera's picture, width and height in pixels.
        """
        match event:
            case Seen(points=points):
                self.show(overlay=overlay.svg(points, *size))
            case Guessed(text=text):
                self._guess = text
                self._show_words()
            case Recognized(results=results):
                kept = (
                    (since_s, sign)
                    for since_s, sign in self._signs
                    if since_s != offset_s or not event.replaces(sign)
                )
                latest = [*((offset_s, sign) for sign in reversed(event.shown)), *kept]
                self._signs = deque(latest[:SIGNS_SHOWN], maxlen=SIGNS_SHOWN)
                self.conversation.heard(event, offset_s)
                if self._perhaps and results[0].kind == "gloss":  # the next sentence has begun
                    self._perhaps = ""
                    self._show_sentences()
                self.show(signs=live_html.sign_list([sign for _, sign in self._signs]))
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
        return False

    def notice(self, *texts: str) -> None:
        """Show notices, each once."""
        for text in texts:
            if text not in self._notices:
                self._notices.append(text)
                self._show_sentences()

    def correct(self, word: Word, text: str) -> RecognitionResult | None:
        """Correct a word; return what becomes of it, None for nothing."""
        becomes = self.conversation.correct(word, text)
        self._show_words()
        self._show_sentences()
        return becomes

    def rewritten(self, draft: Draft, utterance: Utterance) -> None:
        """Show what was composed of a draft."""
        self.conversation.rewritten(draft, utterance)
        self._show_sentences()

    def complete(
        self, results: tuple[RecognitionResult, ...], utterance: Utterance, offset_s: float
    ) -> None:
        """Show a sentence of the words of a session that is gone."""
        timed = replace(utterance, start_s=results[0].start_s, end_s=results[-1].end_s)
        self._said(Said(timed, None, results), offset_s, autoplay=False)

    def play(self, sound: Sound, text: str, autoplay: bool) -> bool:
        """Put a sound that has begun into the page; return whether it is heard at once."""
        self._heard = sound
        if sound.settle(ALMOST_S):  # a whole one is put into the page, and kept nowhere
            html = player(sound.whole(), text, autoplay=autoplay)
        else:
            html = streamed(self._sounds.offer(sound), text, autoplay=autoplay)
        self.show(sound=html)
        return autoplay

    def show(self, **parts: str) -> None:
        """Change parts of the page."""
        self._changed |= parts

    def update(self) -> LiveUpdate:
        """Return what has changed since the last call."""
        changed, self._changed = self._changed, {}
        return LiveUpdate(**changed)

    def _said(self, event: Said, offset_s: float, autoplay: bool) -> bool:
        sentence = self.conversation.said(event, offset_s)
        self._guess = self._draft = ""
        self._show_words()
        self._show_sentences()
        if sentence is None:
            return False
        text, sound = sentence.utterance.text, event.sound
        if sentence.outdated:
            self.late.append(Late(sentence.key, text, sound, autoplay))
            return False
        return sound is not None and self.play(sound, text, autoplay)

    def _show_words(self) -> None:
        self.show(running=live_html.running(self.conversation.words, self._guess))

    def _show_sentences(self) -> None:
        sentences = tuple(self.conversation.sentences)
        self.show(
            sentences=live_html.transcript(sentences, self._notices, self._draft, self._perhaps),
            downloads=live_html.downloads(sentences),
        )
