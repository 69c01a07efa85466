"""What happens in the "Make it yours" tab: each public method answers one event of the page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

import gradio as gr
import numpy as np
from numpy.typing import NDArray

from signbridge.errors import BackendUnavailableError, BadInputError, SignBridgeError
from signbridge.pipeline import Engine
from signbridge.recognize.landmark.personal import (
    MOST_BYTES,
    Personal,
    from_bytes,
    gloss_named,
)
from signbridge.recognize.landmark.recognizer import LandmarkRecognizer
from signbridge.recognize.landmark.review import reviewed
from signbridge.settings import Settings
from signbridge.web import overlay
from signbridge.web.lesson import Sign, examples_of_clip
from signbridge.web.lessons import Lessons
from signbridge.web.persons import Persons
from signbridge.web.sweeping import sweep
from signbridge.web.taught import LINES, cards, counted, line
from signbridge.web.uploads import Uploads
from signbridge.web.warmup import EngineSoon

SWEEP_EVERY_S = 5.0
Parts = tuple[object, object, object, object, object]
"""Overlay, line, the cards, the choice of a sign to remove, and the timer that sees a camera stop;
Gradio's word for "leave it as it is" where nothing changed."""


class Teacher:
    """Answers the tab's events; `lessons` remember the cameras that are on, `persons` the rest."""

    def __init__(
        self,
        soon: EngineSoon,
        settings: Settings,
        persons: Persons,
        clock: Callable[[], float] = time.monotonic,
        uploads: Uploads | None = None,
    ) -> None:
        self._soon = soon
        self._uploads = uploads or Uploads()
        self._persons = persons
        self._clock = clock
        self.lessons = Lessons(settings.max_sessions, persons, clock)

    def tick(
        self,
        picture: NDArray[np.uint8] | None,
        name: str,
        request: gr.Request,
        of_someone: bool = False,
    ) -> Parts:
        """Look at one webcam picture (H, W, 3) uint8 RGB of a visitor who shows a sign.

        of_someone: it is the name of a person or a place.
        """
        visitor, now_s = _visitor(request), self._clock()
        if picture is None:
            return _parts()
        try:
            gloss = gloss_named(name, of_someone)
            place = self.lessons.place(visitor, gloss, now_s, self._engine)
            look = self.lessons.push(visitor, place, picture, now_s) if place else None
            if place is None or look is None:
                return _parts()
            drawn = overlay.svg(look.points, look.width_px, look.height_px)
            state = "signing" if look.signing else "idle"
            if look.signs:
                place.state = "idle"
                return self._added(visitor, place.gloss, look.signs, drawn)
            # What was said of the last example stays until the next one begins.
            new = state != place.state and (state == "signing" or not place.state)
            place.state = state
            return _parts(drawn, line(state) if new else None, timer=gr.Timer(active=True))
        except SignBridgeError as error:
            return _parts("", line("off", str(error)))

    def check_camera(self, request: gr.Request) -> Parts:
        """Once a second: keep the last example of a visitor whose camera was stopped."""
        visitor = _visitor(request)
        if self.lessons.goes_on(visitor):
            return _parts()
        gloss, signs = self.lessons.end(visitor)
        if not signs:
            return _parts("", line("off"), timer=gr.Timer(active=False))
        try:
            return self._added(visitor, gloss, signs, "", gr.Timer(active=False))
        except SignBridgeError as error:
            return _parts("", line("off", str(error)), timer=gr.Timer(active=False))

    def upload(
        self,
        files: Sequence[str] | None,
        name: str,
        request: gr.Request,
        of_someone: bool = False,
    ) -> Parts:
        """Take the examples in some clips; say of each clip that has none why."""
        found: list[Sign] = []
        failed: list[str] = []
        with ExitStack() as answered:
            paths = [answered.enter_context(self._uploads.used(Path(f))) for f in files or ()]
            try:
                gloss = gloss_named(name, of_someone)
            except BadInputError as error:
                return _parts("", line("off", f"Name the sign first: {error}"))
            for path in paths:
                try:
                    signs = examples_of_clip(self._engine(), path)
                    found += signs
                    if not signs:
                        failed.append(f"{path.name}: no hand was found")
                except SignBridgeError as error:
                    failed.append(str(error).replace(str(path), path.name))
        try:
            return self._added(_visitor(request), gloss, found, "", failed=failed)
        except SignBridgeError as error:
            return _parts("", line("off", str(error)))

    def remove(self, gloss: str | None, request: gr.Request) -> Parts:
        """Forget one sign."""
        if not gloss:
            return _parts("", line("off", "Choose the sign to remove first."))
        visitor = _visitor(request)
        try:
            recognizer = self._recognizer()
            personal = self._persons.change(visitor, lambda one: one.without(gloss))
        except SignBridgeError as error:
            return _parts("", line("off", str(error)))
        said = LINES["missed"] if self._persons.missed(visitor) else f"{gloss} is forgotten."
        return _shown(recognizer, personal, line("off", said))

    def load(self, file: str | None, request: gr.Request) -> Parts:
        """Take the signs in a file that a signer kept, in place of those here."""
        if not file:
            return _parts()
        visitor = _visitor(request)
        try:
            # The server keeps no copy of the file. One byte more than is allowed says enough.
            with self._uploads.used(Path(file)) as path, path.open("rb") as stored:
                loaded = from_bytes(stored.read(MOST_BYTES + 1))
            recognizer = self._recognizer()
            personal = self._persons.change(visitor, lambda _: loaded)
        except (SignBridgeError, OSError) as error:
            reason = "it can't be read" if isinstance(error, OSError) else str(error)
            return _parts("", line("off", f"{Path(file).name} was not loaded: {reason}"))
        self._persons.missed(visitor)  # what was there before is replaced in any case
        signs = counted(len(personal.names), "sign")
        text = f"Loaded: {signs}, {counted(len(personal), 'example')}."
        return _shown(recognizer, personal, line("off", text))

    def leave(self, request: gr.Request) -> None:
        """Forget a visitor who closed or reloaded the page."""
        visitor = _visitor(request)
        self._persons.close(visitor)
        self.lessons.end(visitor)

    def sweep(self, every_s: float = SWEEP_EVERY_S) -> None:
        """Free stopped cameras, and forget idle visitors, while the program runs."""
        sweep("teach-sweep", every_s, self.lessons.close_quiet)
        sweep("taught-sweep", every_s, self._persons.close_idle)

    def _engine(self) -> Engine:
        if not self._soon.ready:
            raise BackendUnavailableError("the models are still loading; try again in a moment")
        return self._soon.get()

    def _recognizer(self) -> LandmarkRecognizer:
        for one in self._engine().recognizers:
            if isinstance(one, LandmarkRecognizer):
                return one
        raise BackendUnavailableError(
            "only the landmark recognizer can be taught, and it is off; set "
            "SIGNBRIDGE_RECOGNIZERS=landmark"
        )

    def _added(
        self,
        visitor: str,
        gloss: str,
        signs: Iterable[Sign],
        drawn: str,
        timer: gr.Timer | None = None,
        failed: Sequence[str] = (),
    ) -> Parts:
        recognizer = self._recognizer()

        def more(personal: Personal) -> Personal:
            for sign in signs:
                personal = personal.adding(gloss, sign)
            return personal

        personal = self._persons.change(visitor, more)
        said = [f"{gloss}: {counted(len(personal.of(gloss)), 'example')}."]
        if self._persons.missed(visitor):
            said.append(LINES["missed"])
        if visitor in self.lessons:
            said.append(LINES["again"])
        text = line("idle", " ".join([*said, *failed]))
        return _shown(recognizer, personal, text, drawn, timer)


def _shown(
    recognizer: LandmarkRecognizer,
    personal: Personal,
    said: str,
    drawn: str = "",
    timer: gr.Timer | None = None,
) -> Parts:
    choice = gr.Dropdown(choices=list(personal.names), value=None)
    return _parts(drawn, said, cards(reviewed(recognizer, personal), personal), choice, timer)


def _visitor(request: gr.Request) -> str:
    """Return the id that Gradio gives each open page: random, and known to that page alone."""
    return str(request.session_hash)


def _parts(
    drawn: str | None = None,
    said: str | None = None,
    html: str | None = None,
    choice: gr.Dropdown | None = None,
    timer: gr.Timer | None = None,
) -> Parts:
    drawn_, said_, html_, choice_, timer_ = (
        gr.skip() if part is None else part for part in (drawn, said, html, choice, timer)
    )
    return drawn_, said_, html_, choice_, timer_
