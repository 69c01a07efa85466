"""What happens when a visitor does something: each public method answers one event of the page."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import gradio as gr
import numpy as np
from gradio import processing_utils, utils
from numpy.typing import NDArray

from signbridge.errors import SignBridgeError
from signbridge.export import contract
from signbridge.protocols import Grow
from signbridge.settings import Settings
from signbridge.web.about import about
from signbridge.web.growing import as_it_grows
from signbridge.web.live_handlers import LiveHandlers
from signbridge.web.live_html import status
from signbridge.web.persons import Persons
from signbridge.web.teacher import Teacher
from signbridge.web.upload import answer, details, translate_clip, unfinished
from signbridge.web.uploads import Uploads
from signbridge.web.voices import Voices
from signbridge.web.warmup import EngineSoon

Report = Callable[[float, str], None]
Part = str | dict[str, object] | None
"""A part of the page, nothing, or Gradio's word for "leave it as it is"."""
Shown = tuple[Part, Part, Part]
"""Of a clip: the annotated video, the answer, the details."""


class Handlers:
    """Answers the page's events; the Live tab's are answered by `live`."""

    def __init__(
        self, soon: EngineSoon, settings: Settings, uploads: Uploads | None = None
    ) -> None:
        self._soon = soon
        self.uploads = uploads or Uploads()
        self._settings = settings
        self.voices = Voices(settings)
        self.persons = Persons()
        self.live = LiveHandlers(soon, settings, self.voices, persons=self.persons)
        self.teacher = Teacher(soon, settings, self.persons, uploads=self.uploads)

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
        self,
        clip: str | None,
        report: Report,
        expected: str = "",
        visitor: str = "",
        grow: Grow | None = None,
    ) -> tuple[str | None, str, str]:
        """Translate a clip for the Upload tab: its annotated video, the answer and the details.

        visitor: whose own signs are known; "" for nobody's. grow: is told the answer as far as it
        is written.
        """
        served = Path(utils.get_upload_folder())
        served.mkdir(parents=True, exist_ok=True)
        with (
            told(),
            self.uploads.used(given(clip)) as path,
            tempfile.TemporaryDirectory(prefix="signbridge-", dir=served) as folder,
        ):
            annotated = Path(folder) / f"{path.stem}-landmarks.mp4"
            engine = self.persons.engine_for(visitor, self._soon.get())
            translation = translate_clip(engine, path, annotated, report, grow)
            kept = _kept(annotated, served)
        return kept, answer(translation, expected), details(translation, path.name)

    def follow_clip(
        self, clip: str | None, report: Report, expected: str = "", visitor: str = ""
    ) -> Iterator[Shown]:
        """Translate a clip as `show_clip` does; yield the answer as it is written, then all."""

        def show(grow: Grow) -> Shown:
            return self.show_clip(clip, report, expected, visitor, grow)

        for shown in as_it_grows(show):
            yield (gr.skip(), unfinished(shown), gr.skip()) if isinstance(shown, str) else shown

    def translate_clip(
        self, clip: str | None, report: Report
    ) -> tuple[dict[str, object], tuple[int, NDArray[np.int16]] | None]:
        """Translate a clip for a program: the command line's JSON, and the speech."""
        with told(), self.uploads.used(given(clip)) as path:
            translation = translate_clip(self._soon.get(), path, progress=report)
        speech = translation.speech
        if speech is None:
            return contract(translation, path.name), None
        whole = np.rint(np.clip(speech.samples, -1, 1) * 32767).astype(np.int16)
        return contract(translation, path.name), (speech.sample_rate, whole)


def _kept(annotated: Path, served: Path) -> str | None:
    """Return a copy where Gradio serves it, and minutes later deletes it; None if there is none."""
    try:
        kept: str = processing_utils.save_file_to_cache(annotated, str(served))
    except OSError:  # the disk is full, or there was nothing to copy: the answer does without
        return None
    return kept


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
