"""What happens in the "Make it yours" tab: each public method answers one event of the page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
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
from signbridge.web.lesson import Lesson, Sign, examples_of_clip
from signbridge.web.persons import Persons
from signbridge.web.sweeping import sweep
from signbridge.web.taught import LINES, cards, counted, line
from signbridge.web.uploads import Uploads
from signbridge.web.warmup import EngineSoon

QUIET_S = 2.0
"""No picture for this long: the camera was stopped."""
SWEEP_EVERY_S = 5.0
Parts = tuple[object, object, object, object, object]
"""Overlay, line, the cards, the choice of a sign to remove, and the timer that sees a camera stop;
Gradio's word for "leave it as it is" where nothing changed."""


@dataclass(slots=True)
class _Place:
    """One visitor's lesson; a picture that comes while the last is looked at is dropped.

    state: what the page last said of it.
    """

    lesson: Lesson
    gloss: str
    used_at_s: float
    state: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


class Teacher:
    """Answers the tab's events; remembers the cameras that are on, `persons` the rest."""

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
        self._most = settings.max_sessions
        self._persons = persons
        self._clock = clock
        self._lock = threading.Lock()
        self._places: dict[str, _Place] = {}

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
            place = self._place(visitor, gloss_named(name, of_someone), now_s)
            if place is None or not place.lock.acquire(blocking=False):
                return _parts()
            try:
                if self._places.get(visitor) is not place:  # ended since it was found
                    return _parts()
                place.used_at_s = now_s
                look = place.lesson.push(picture, now_s)
            finally:
                place.lock.release()
            if look is None:
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
        place = self._places.get(visitor)
        if place is not None and self._clock() - place.used_at_s <= QUIET_S:
            return _parts()
        signs = self._end(visitor)
        if place is None or not signs:
            return _parts("", line("off"), timer=gr.Timer(active=False))
        try:
            return self._added(visitor, place.gloss, signs, "", gr.Timer(active=False))
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
        self._end(visitor)

    def close_quiet(self) -> None:
        """Free the cameras that were stopped and not asked about again."""
        now_s = self._clock()
        quiet = [v for v, p in list(self._places.items()) if now_s - p.used_at_s > 2 * QUIET_S]
        for visitor in quiet:
            self._end(visitor)

    def sweep(self, every_s: float = SWEEP_EVERY_S) -> None:
        """Free stopped cameras, and forget idle visitors, while the program runs."""
        sweep("teach-sweep", every_s, self.close_quiet)
        sweep("taught-sweep", every_s, self._persons.close_idle)

    def _place(self, visitor: str, gloss: str, now_s: float) -> _Place | None:
        """Return the visitor's lesson in this sign, begun where there is none; None if they have
        just left."""
        place = self._places.get(visitor)
        if place is None:
            engine = self._engine()
            with self._lock:
                place = self._places.get(visitor)
                if place is None:
                    if self._persons.has_left(visitor):
                        return None
                    if len(self._places) >= self._most:
                        raise BackendUnavailableError(
                            f"All {self._most} cameras for teaching are taken; try again in a "
                            "minute, or upload clips"
                        )
                    place = self._places[visitor] = _Place(Lesson(engine), gloss, now_s)
        place.gloss = gloss
        return place

    def _end(self, visitor: str) -> tuple[Sign, ...]:
        with self._lock:
            place = self._places.pop(visitor, None)
        if place is None:
            return ()
        with place.lock:
            return place.lesson.finish()

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
        if visitor in self._places:
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
