"""Sentences composed and spoken anew: it may take seconds, and holds no lock meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable

from signbridge.pipeline import Engine
from signbridge.sound import Sound
from signbridge.web.live_page import Late, LivePage

OVERTAKEN = "A sentence was corrected while the next one was said. Press Speak to hear it."


class Rewriting:
    """Puts right what one visitor's page says; the lock is the one that guards the page.

    engine: composes. speaks: speaks, another engine where the visitor chose another voice.
    heard: called with the lock held when a sentence begins to be heard.
    """

    def __init__(
        self,
        engine: Engine,
        page: LivePage,
        lock: threading.RLock,
        heard: Callable[[], None],
    ) -> None:
        self._engine, self._page, self._lock, self._heard = engine, page, lock, heard
        self.speaks = engine
        self.closed = False

    def rewrite(self, key: str) -> None:
        """Compose a sentence anew, until it is of its words as they stand."""
        while True:
            with self._lock:
                draft = self._page.conversation.draft(key)
            if draft is None or self.closed:
                return
            utterance, notices = self._engine.compose(draft.results, draft.context)
            with self._lock:
                self._page.notice(*notices)
                self._page.rewritten(draft, utterance)

    def complete(self, offset_s: float) -> None:
        """Make a sentence of the words of a session that is gone, once, as they stand."""
        conversation = self._page.conversation
        while True:
            with self._lock:
                results = conversation.waiting(offset_s)
            if not results or self.closed or self._page.conversation is not conversation:
                return
            utterance, notices = self._engine.compose(results)
            with self._lock:
                self._page.notice(*notices)
                if self._page.conversation is not conversation:
                    return  # cleared meanwhile
                if results == conversation.waiting(offset_s):
                    self._page.complete(results, utterance, offset_s)

    def put_right(self, late: Late) -> None:
        """Write a sentence anew that was corrected while it was composed, and speak it."""
        self.rewrite(late.key)
        with self._lock:
            sentence, engine = self._page.conversation.sentence(late.key), self.speaks
        text, sound = sentence.utterance.text if sentence else "", late.sound
        if sound is None:
            return
        if text != late.text:
            sound.stop()
            sound = self.begun(engine, text)
        if sound is None:
            return
        with self._lock:
            said = self._page.conversation.sentences
            if sentence is not None and said and said[-1].key != late.key:
                sound.stop()  # the next sentence is heard already
                self._page.notice(OVERTAKEN)
            else:
                self.play(sound, late.key, text, late.autoplay)

    def speak(self, key: str) -> None:
        """Say a sentence again, at once."""
        with self._lock:
            sentence, engine = self._page.conversation.sentence(key), self.speaks
        if sentence is None or self.closed:
            return
        text = sentence.utterance.text
        sound = self.begun(engine, text)
        if sound is not None:
            self.play(sound, key, text, autoplay=True)
            return
        with self._lock:
            self._page.notice("There is no voice to speak with. Choose one in the settings.")

    def begun(self, engine: Engine, text: str) -> Sound | None:
        """Begin to speak; return the sound as soon as there is some, None where there is none."""
        sound = None if self.closed else engine.begin(text)
        if sound is None:
            return None
        heard = sound.wait()
        with self._lock:
            self._page.notice(*sound.notices)
        return sound if heard else None

    def play(self, sound: Sound, key: str, text: str, autoplay: bool) -> None:
        """Let a sentence be heard, unless it was cleared before its sound began."""
        with self._lock:
            if self.closed or self._page.conversation.sentence(key) is None:
                sound.stop()
            elif self._page.play(sound, text, autoplay):
                self._heard()
