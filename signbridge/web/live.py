"""One live visitor: webcam pictures and choices in, what the Live tab shows out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.events import Seen
from signbridge.live.latency import Latencies
from signbridge.pipeline import Engine
from signbridge.types import Leads
from signbridge.web import live_html
from signbridge.web.correctable import Word
from signbridge.web.live_page import Late, LivePage, LiveUpdate
from signbridge.web.open_sessions import OpenSession, OpenSessions
from signbridge.web.rewriting import Rewriting
from signbridge.web.sounds import Sounds
from signbridge.web.voices import Voices

QUIET_S = 2.5
"""No picture for this long: the camera was stopped."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the visitor has chosen in the settings drawer.

    hand: which hand leads. voice: a name, "none" for silence. speaks: each sentence by itself.
    speed: of the voice, 1 is its own pace; None leaves the operator's.
    """

    hand: Leads = "found"
    voice: str = "piper"
    speaks: bool = True
    speed: float | None = None


class LiveRun:
    """Remembers one visitor's conversation; a session is open while pictures come.

    Calls may come from several threads. None of them composes, begins to speak or loads a voice
    under the lock, so that pictures, signs of life and `close` never wait for a slow model.
    """

    def __init__(
        self,
        engine: Engine,
        voices: Voices | None = None,
        sounds: Sounds | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._voices = voices or Voices(engine.settings)
        self._clock = clock
        self._lock = threading.RLock()
        self._turn = threading.Lock()
        self._choosing = threading.Lock()
        self._choices = Choices()
        self._page = LivePage(engine.notices, sounds)
        self._anew = Rewriting(engine, self._page, self._lock, self._heard)
        self._sessions = OpenSessions(engine, clock)
        self._last_s = self._speaking_from_s = float("-inf")
        self._someone = False
        self._error = self._status = ""
        self.hurried = False
        self.paused: bool | None = None
        """Whether no picture is looked at; None until the page has told."""
        self.hand = ""
        """Which hand was found to lead: left, right, or "" while that is not known."""

    def begin(self, paused: bool) -> None:
        """Take over from the page of a run that was lost whether it was paused.

        Counts once: a picture that was on its way at a pause must not end it.
        """
        with self._lock:
            if self.paused is None:
                self.paused = paused

    def choose(self, choices: Choices) -> None:
        """Take over what the visitor has chosen; waits where a voice is to be loaded for it."""
        if choices == self._choices or not self._choosing.acquire(blocking=False):
            return  # each picture brings them; none waits for a voice that another one loads
        try:
            speaks, why = self._anew.speaks, ""
            heard = (choices.voice, choices.speed)
            if heard != (self._choices.voice, self._choices.speed):
                speaks, why = self._voices.engine(self._engine, *heard)
            with self._lock:
                if why:
                    self._page.notice(why)
                self._choices, self._anew.speaks = choices, speaks
                if self._sessions.now is not None:
                    self._sessions.now.session.use(speaks, choices.hand)
        finally:
            self._choosing.release()

    def push(self, pixels: NDArray[np.uint8], arrived_s: float) -> None:
        """Take one webcam picture (H, W, 3) uint8 RGB that arrived at `arrived_s`."""
        with self._lock:
            self._last_s = max(self._last_s, arrived_s)
            self._push(pixels, arrived_s)

    def answer(self, wait_s: float) -> LiveUpdate:
        """Return what has changed since the last call.

        Waits until what was pushed is done, but no longer than `wait_s`. While one call waits,
        others return nothing at once, so that answers reach the page in their order.
        """
        if not self._turn.acquire(blocking=False):
            return LiveUpdate()
        try:
            for each in self._sessions.all:
                each.session.settle(wait_s)
            late = self._taken(self._clock())
            if not late:
                return self._update(self._clock())
        finally:
            self._turn.release()
        for sentence in late:  # others are answered meanwhile
            self._anew.put_right(sentence)
        with self._turn:
            return self._update(self._clock())

    def _taken(self, now_s: float) -> list[Late]:
        """Show what the sessions have done; return the sentences that are still to be put right."""
        with self._lock:
            for each in self._sessions.all:
                self._take(each, now_s)
            late, self._page.late = self._page.late, []
            return late

    def _update(self, now_s: float) -> LiveUpdate:
        with self._lock:
            state = self._state(now_s)
            if state + self._error != self._status:
                self._status = state + self._error
                self._page.show(status=live_html.status(state, self._error))
            return self._page.update()

    @property
    def late(self) -> bool:
        """Whether something is still to be said of what the camera showed before it went off."""
        return self._sessions.ending

    @property
    def latencies(self) -> Latencies | None:
        """The times of the session that is open, or was last."""
        return self._sessions.latencies

    @property
    def vocabulary(self) -> frozenset[str]:
        """The glosses that this visitor's recognizers know, those they were taught among them."""
        known = (getattr(each, "vocabulary", ()) for each in self._engine.recognizers)
        return frozenset(gloss for glosses in known for gloss in glosses)

    @property
    def last_sentence(self) -> str:
        """What this visitor said last; "" before the first sentence."""
        with self._lock:
            said = self._page.conversation.sentences
            return said[-1].utterance.text if said else ""

    def word(self, key: str) -> Word | None:
        """Return the word of this key, None where it is gone."""
        with self._lock:
            return self._page.conversation.word(key)

    def correct(self, key: str, text: str) -> bool:
        """Say what a word was, "" for none: its sentence is composed anew.

        Returns False where the word is gone.
        """
        with self._lock:
            conversation = self._page.conversation
            word = conversation.word(key)
            if word is None:
                return False
            said = conversation.sentence_with(word)
            becomes = self._page.correct(word, text)
            going_on = [each for each in self._sessions.all if each.offset_s == word.offset_s]
            if said is None and going_on:
                going_on[0].session.correct(word.result, becomes)
        if said is not None:
            self._anew.rewrite(said.key)
        elif not going_on:
            self._anew.complete(word.offset_s)
        return True

    def speak(self, key: str) -> None:
        """Say a sentence again, at once."""
        self._anew.speak(key)

    def quiet(self, now_s: float) -> bool:
        """Return whether pictures have stopped coming."""
        return now_s - self._last_s > QUIET_S

    def finish(self) -> None:
        """Let what was signed be said; the next picture starts afresh."""
        with self._lock:
            if self._sessions.finish():
                self._page.show(overlay="")

    def pause(self, paused: bool) -> None:
        """Look at no picture until told so; what was signed before is said."""
        with self._lock:
            self.paused = paused
            if paused:
                self.finish()

    def clear(self) -> None:
        """Forget the signs and sentences; what is going on is dropped."""
        with self._lock:
            self._sessions.drop()
            self._page.clear()

    def close(self) -> None:
        """Free the session; what was not finished is dropped."""
        with self._lock:
            self._anew.closed = True
            self._sessions.drop()

    def _push(self, pixels: NDArray[np.uint8], arrived_s: float) -> None:
        if self._anew.closed or self.paused:
            return
        if self._sessions.push(pixels, arrived_s, self._anew.speaks, self._choices.hand):
            self._error, self._someone = "", False

    def _heard(self) -> None:
        self._speaking_from_s = self._clock()

    def _take(self, each: OpenSession, now_s: float) -> None:
        """Show what a session has done; let go of one that is done."""
        done = each.session.done  # asked first: what it did last is then among its events
        for event in each.session.events():
            if isinstance(event, Seen):
                if each is not self._sessions.now:
                    continue  # the camera is off, or shows something else
                self._someone = bool(np.isfinite(event.points).any())
            if self._page.take(event, each.offset_s, self._sessions.size, self._choices.speaks):
                self._speaking_from_s = now_s
        self.hand = each.session.hand or self.hand
        if not done:
            return
        self._error = each.session.error
        if self._sessions.let_go(each, now_s):
            self._page.show(overlay="")

    def _state(self, now_s: float) -> str:
        session = self._sessions.now.session if self._sessions.now is not None else None
        if session is not None and session.signing:
            return "signing"
        if now_s < self._speaking_from_s + self._page.heard_s:
            return "speaking"
        if self.paused:
            return "paused"
        if session is None:
            return "thinking" if self._sessions.ending else "off"
        if not session.latencies.frames:
            return "loading"
        if self._page.conversation.sure or session.thinking:
            return "thinking"
        return "idle" if self._someone else "nobody"
