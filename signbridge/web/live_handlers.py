"""What happens on the Live tab: each public method answers one event of one visitor."""

from __future__ import annotations

import time
from dataclasses import astuple
from typing import cast

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from signbridge.errors import SignBridgeError
from signbridge.settings import Settings
from signbridge.types import Leads
from signbridge.web import live_html, typed
from signbridge.web.hearing import SENTENCE, each_voice, shown
from signbridge.web.live import Choices, LiveRun
from signbridge.web.live_page import LiveUpdate
from signbridge.web.persons import Persons
from signbridge.web.sessions import SessionRegistry
from signbridge.web.sounds import Sounds
from signbridge.web.voices import Voices
from signbridge.web.warmup import EngineSoon

SETTLE_S = 0.08
"""A picture's answer waits so long for what the picture leads to: under the tenth of a second in
which the next picture comes. What takes longer is shown with a later one."""

BEAT_S, LATE_S = 1.0, 0.1
"""How often a page asks what came late; the second while a sentence is still being written of what
a camera showed that is off: no picture asks then."""

PAUSE, RESUME = "Pause", "Resume"
"""What the pause button says, and so what a press on it does."""
ONE_WORD = "Or type it; what is no known sign is finger-spelled", typed.LONGEST_WORD
WHOLE = "Or type the sentence as it should be", typed.LONGEST_SENTENCE
"""The label of the box to type in, and how many characters it takes."""
GONE = "This sign is no longer kept."
Html = str | dict[str, object]
"""New HTML for a part of the page, or Gradio's word for "leave it as it is"."""
LiveParts = tuple[Html, Html, Html, Html, Html, Html, Html, gr.Timer | dict[str, object]]
"""The parts of `LiveUpdate` in their order, and the timer that is the page's sign of life."""
Panel = tuple[gr.Column, Html, gr.Radio, gr.Textbox, str]
"""The panel that corrects a word: itself, its heading, the guesses, the typed word, the key."""


class LiveHandlers:
    """Answers the Live tab's events; remembers nothing but the visitors' runs."""

    def __init__(
        self,
        soon: EngineSoon,
        settings: Settings,
        voices: Voices,
        settle_s: float = SETTLE_S,
        persons: Persons | None = None,
    ) -> None:
        self._soon = soon
        self._settle_s = settle_s
        self._voices = voices
        self.sounds = Sounds()
        taught = persons or Persons()
        self.visitors = SessionRegistry(
            lambda visitor: LiveRun(
                taught.engine_for(visitor, soon.get()),
                voices,
                self.sounds,
                lambda: time.monotonic(),
            ),
            max_sessions=settings.max_sessions,
            idle_s=settings.session_idle_s,
            clock=lambda: time.monotonic(),
        )

    def tick(
        self,
        picture: NDArray[np.uint8] | None,
        hand: str,
        voice: str,
        speaks: bool,
        speed: float,
        button: str,
        request: gr.Request,
    ) -> LiveParts:
        """Take one webcam picture (H, W, 3) uint8 RGB of this visitor, and their choices.

        button: what the pause button says; the page knows of a pause when its run is lost.
        """
        arrived_s = time.monotonic()
        if picture is None:
            return _parts(LiveUpdate())
        if not self._soon.ready:
            return _parts(LiveUpdate(status=live_html.status("loading")))
        visitor = _visitor(request)
        try:
            run = self.visitors.open(visitor)
            if run is None:
                return _parts(LiveUpdate())
            run.begin(paused=button == RESUME)
            # The page's first picture may have to wait for a voice; no beat tells of it yet.
            with self.visitors.serving(visitor):
                run.choose(Choices(cast(Leads, hand), voice, speaks, speed))
            run.push(picture, arrived_s)
        except SignBridgeError as error:
            text = live_html.status("off", str(error))
            return _parts(LiveUpdate(overlay="", status=text))
        with self.visitors.serving(visitor):
            update = run.answer(self._settle_s)
        return _parts(update, gr.Timer(active=True) if update.status else gr.skip())

    def beat(self, request: gr.Request) -> tuple[object, ...]:
        """Once a second while the page is open: what came late, the speed, and the hand."""
        visitor = _visitor(request)
        run = self.visitors.find(visitor)
        if run is None:
            update = LiveUpdate("", live_html.status("off"))
            return (*_parts(update, gr.Timer(active=False)), gr.skip(), gr.skip())
        if run.quiet(time.monotonic()):
            run.finish()
        with self.visitors.serving(visitor):  # a sentence that was corrected is composed in there
            update = run.answer(self._settle_s)
        timer = gr.skip()
        if run.late != run.hurried:
            run.hurried = run.late
            timer = gr.Timer(LATE_S if run.hurried else BEAT_S)
        return (*_parts(update, timer), live_html.speed(run.latencies), live_html.hand(run.hand))

    def pause(self, button: str, request: gr.Request) -> tuple[object, ...]:
        """Pause, or resume after a pause: do what the button says.

        Where there is no run, one is opened that knows of it: a picture that comes next may have
        been sent before.
        """
        paused = button == PAUSE
        pressed = gr.Button(RESUME if paused else PAUSE)
        run = None
        if self._soon.ready:
            try:
                run = self.visitors.open(_visitor(request))
            except SignBridgeError as error:
                text = live_html.status("off", str(error))
                return (*_parts(LiveUpdate(status=text)), pressed)
        if run is None:
            return (*_parts(LiveUpdate()), pressed)
        run.pause(paused)
        return (*_parts(run.answer(self._settle_s), gr.Timer(active=True)), pressed)

    def clear(self, request: gr.Request) -> tuple[object, ...]:
        """Forget this visitor's signs and sentences; the next picture starts afresh."""
        run = self.visitors.find(_visitor(request))
        if run is None:
            return (*_parts(blank()), *self.dismiss())
        run.clear()
        return (*_parts(run.answer(0.0)), *self.dismiss())

    def ask(self, key: str, request: gr.Request) -> Panel:
        """Open the panel that corrects a word."""
        run = self.visitors.find(_visitor(request))
        word = run.word(key) if run is not None else None
        if word is None:
            gr.Warning(GONE)
            return self.dismiss()
        shown = None if word.result.abstained else word.shown
        offered = [guess.text for guess in word.result.guesses if guess is not shown]
        choices = offered[: live_html.OFFERED]
        return (
            gr.Column(visible=True),
            live_html.asked(word),
            gr.Radio(choices, value=None, visible=bool(choices)),
            self._box(sentence=word.result.kind == "sentence"),
            key,
        )

    def dismiss(self) -> Panel:
        """Close the panel that corrects a word."""
        return gr.Column(visible=False), "", gr.Radio([], value=None), self._box(), ""

    def _box(self, *, sentence: bool = False) -> gr.Textbox:
        """Return an empty box to type a word in, or a whole sentence."""
        label, longest = WHOLE if sentence else ONE_WORD
        return gr.Textbox("", label=label, max_length=longest)

    def correct(self, key: str, gloss: str, request: gr.Request) -> tuple[object, ...]:
        """Say what a word was, "" for none; its sentence is composed anew."""
        run = self.visitors.find(_visitor(request))
        if run is None:
            gr.Warning(GONE)
            return (*_parts(LiveUpdate()), *self.dismiss())
        with self.visitors.serving(_visitor(request)):
            if not run.correct(key, gloss):
                gr.Warning(GONE)
        return (*_parts(run.answer(self._settle_s)), *self.dismiss())

    def spell(self, key: str, text: str, request: gr.Request) -> tuple[object, ...]:
        """Say what a word was by typing it: a sign by its name, else it was spelled.

        What was read as a whole sentence becomes the sentence that is typed.
        """
        run = self.visitors.find(_visitor(request))
        word = run.word(key) if run is not None else None
        if run is None or word is None:
            return self.correct(key, text, request)  # which says that it is gone
        whole = word.result.kind == "sentence"
        _, longest = WHOLE if whole else ONE_WORD
        if len(text) > longest:
            raise gr.Error(f"Type at most {longest} characters.", print_exception=False)
        if whole:
            told = typed.sentence(text)
            if not told:
                raise gr.Error("Type what was signed first.", print_exception=False)
            return self.correct(key, told, request)
        spelled = typed.word(text, run.vocabulary)
        if not spelled.gloss:
            raise gr.Error("Type a word in letters A to Z first.", print_exception=False)
        if spelled.left_out:
            gr.Warning(f"Hands spell A to Z and digits; left out: {spelled.left_out}")
        return self.correct(key, spelled.gloss, request)

    def speak(self, key: str, request: gr.Request) -> LiveParts:
        """Say a sentence again, as it stands."""
        run = self.visitors.find(_visitor(request))
        if run is None:
            return _parts(LiveUpdate())
        with self.visitors.serving(_visitor(request)):
            run.speak(key)
        return _parts(run.answer(0.0))

    def hear_voices(self, speed: float, request: gr.Request) -> str:
        """Let each voice say this visitor's last sentence, or another where there is none yet."""
        if not self._soon.ready:
            return live_html.status("loading")
        run = self.visitors.find(_visitor(request))
        text = (run.last_sentence if run is not None else "") or SENTENCE
        try:
            heard = each_voice(self._soon.get(), self._voices, self.sounds, text, speed)
        except SignBridgeError as error:
            return live_html.status("off", str(error))
        return shown(heard, text)

    def leave(self, request: gr.Request) -> None:
        """Close the session of a visitor who closed or reloaded the page."""
        self.visitors.close(_visitor(request))


def blank() -> LiveUpdate:
    """Return the tab as it is before anything was signed."""
    return LiveUpdate(
        overlay="",
        status=live_html.status("off"),
        running=live_html.running(()),
        sentences=live_html.transcript(()),
        sound="",
        downloads="",
        signs=live_html.sign_list(()),
    )


def _visitor(request: gr.Request) -> str:
    """Return the id that Gradio gives each open page: random, and known to that page alone."""
    return str(request.session_hash)


def _parts(update: LiveUpdate, timer: gr.Timer | dict[str, object] | None = None) -> LiveParts:
    parts = [gr.skip() if part is None else part for part in astuple(update)]
    return cast(LiveParts, (*parts, gr.skip() if timer is None else timer))
