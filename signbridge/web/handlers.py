"""What happens when a visitor does something: each public method answers one event of the page."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import gradio as gr
import numpy as np
from gradio import processing_utils, utils
from numpy.typing import NDArray

from signbridge.errors import SignBridgeError
from signbridge.export import contract
from signbridge.settings import Settings
from signbridge.web.about import about
from signbridge.web.live import LiveRun, LiveUpdate, sign_list, status, transcript
from signbridge.web.sessions import SessionRegistry
from signbridge.web.upload import answer, details, translate_clip
from signbridge.web.warmup import EngineSoon

Report = Callable[[float, str], None]
Html = str | dict[str, object]
"""New HTML for a part of the page, or Gradio's word for "leave it as it is"."""
LiveParts = tuple[Html, Html, Html, Html, gr.Timer | dict[str, object]]
"""Overlay, status, signs, sentences, and the timer that notices a stopped camera."""


class Handlers:
    """Answers the page's events; remembers nothing but the live visitors' sessions."""

    def __init__(self, soon: EngineSoon, settings: Settings) -> None:
        self._soon = soon
        self._settings = settings
        self.visitors = SessionRegistry(
            lambda: LiveRun(soon.get()),
            max_sessions=settings.max_sessions,
            idle_s=settings.session_idle_s,
        )

    def welcome(self) -> tuple[gr.HTML, gr.Timer]:
        """Say that the models are loading, or why they can't; stop asking once it is decided."""
        if not self._soon.ready:
            return gr.HTML(status("loading"), visible=True), gr.Timer(active=True)
        error = self._soon.error
        return gr.HTML(status("off", error), visible=bool(error)), gr.Timer(active=False)

    def about(self) -> str:
        """Return the About tab."""
        ready = self._soon.ready and not self._soon.error
        return about(self._settings, self._soon.get().notices if ready else ())

    def show_clip(
        self, clip: str | None, report: Report, expected: str = ""
    ) -> tuple[str, str, str]:
        """Translate a clip for the Upload tab: its annotated video, the answer and the details."""
        path = given(clip)
        with tempfile.TemporaryDirectory(prefix="signbridge-") as folder, told():
            annotated = Path(folder) / f"{path.stem}-landmarks.mp4"
            translation = translate_clip(self._soon.get(), path, annotated, report)
            # Gradio serves, and after some minutes deletes, what lies in its own temporary folder.
            kept = processing_utils.save_file_to_cache(annotated, utils.get_upload_folder())
        return kept, answer(translation, expected), details(translation, path.name)

    def translate_clip(
        self, clip: str | None, report: Report
    ) -> tuple[dict[str, object], tuple[int, NDArray[np.int16]] | None]:
        """Translate a clip for a program: the command line's JSON, and the speech."""
        path = given(clip)
        with told():
            translation = translate_clip(self._soon.get(), path, progress=report)
        speech = translation.speech
        if speech is None:
            return contract(translation, path.name), None
        whole = np.rint(np.clip(speech.samples, -1, 1) * 32767).astype(np.int16)
        return contract(translation, path.name), (speech.sample_rate, whole)

    def tick(self, picture: NDArray[np.uint8] | None, request: gr.Request) -> LiveParts:
        """Look at one webcam picture (H, W, 3) uint8 RGB of this visitor."""
        arrived_s = time.monotonic()
        if picture is None:
            return _parts(LiveUpdate())
        if not self._soon.ready:
            return _parts(LiveUpdate(status=status("loading")))
        try:
            with self.visitors.visit(_visitor(request)) as run:
                # None: the last picture is still being looked at, so this one is dropped.
                update = LiveUpdate() if run is None else run.push(picture, arrived_s)
        except SignBridgeError as error:
            return _parts(LiveUpdate(overlay="", status=status("off", str(error))))
        return _parts(update, gr.Timer(active=True) if update.status else gr.skip())

    def check_camera(self, request: gr.Request) -> LiveParts:
        """Once a second: finish the sentence of a visitor whose camera was stopped."""
        visitor = _visitor(request)
        if visitor not in self.visitors:
            return _parts(LiveUpdate("", status("off")), gr.Timer(active=False))
        with self.visitors.visit(visitor) as run:
            if run is None or not run.quiet(time.monotonic()):
                return _parts(LiveUpdate())
            return _parts(run.finish(), gr.Timer(active=False))

    def clear(self, request: gr.Request) -> LiveParts:
        """Forget this visitor's signs and sentences; the next picture starts afresh."""
        self.visitors.close(_visitor(request))
        blank = LiveUpdate("", status("off"), sign_list(()), transcript(()))
        return _parts(blank, gr.Timer(active=False))

    def leave(self, request: gr.Request) -> None:
        """Close the session of a visitor who closed or reloaded the page."""
        self.visitors.close(_visitor(request))


@contextmanager
def told() -> Iterator[None]:
    """Show an error that the visitor can act on as one line; others stay in the server's log."""
    try:
        yield
    except SignBridgeError as error:
        raise gr.Error(str(error), duration=None, print_exception=False) from error


def given(clip: str | None) -> Path:
    """Return the clip that a visitor gave; ask for one where there is none."""
    if not clip:
        raise gr.Error("No clip was given. Choose a video first.", print_exception=False)
    return Path(clip)


def _visitor(request: gr.Request) -> str:
    """Return the id that Gradio gives each open page: random, and known to that page alone."""
    return str(request.session_hash)


def _parts(update: LiveUpdate, timer: gr.Timer | dict[str, object] | None = None) -> LiveParts:
    overlay, line, signs, sentences = (
        gr.skip() if part is None else part
        for part in (update.overlay, update.status, update.signs, update.sentences)
    )
    return overlay, line, signs, sentences, gr.skip() if timer is None else timer
