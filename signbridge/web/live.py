"""One live visitor: webcam pictures in, what the Live tab shows out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from signbridge.capture.stream import WebcamStream
from signbridge.events import Event, Notice, Recognized, Said, Seen
from signbridge.pipeline import Engine
from signbridge.session import Session
from signbridge.types import RecognitionResult
from signbridge.web import overlay
from signbridge.web.words import guess_list, name_of, next_guesses, notice_list, player, score_bar

SIGNS_SHOWN = 8
SENTENCES_SHOWN = 6
QUIET_S = 2.0
"""No picture for this long: the camera was stopped."""

STATUS = {
    "off": "Camera is off. Allow it, then press Record. Nothing is kept of the pictures.",
    "loading": "Loading the models. This takes a few seconds after a start.",
    "nobody": "Nobody in the picture. Show yourself from the head to the waist.",
    "idle": "Ready. Raise your hands and sign.",
    "signing": "Signing.",
}


@dataclass(frozen=True, slots=True)
class LiveUpdate:
    """HTML for the parts of the Live tab that changed; None where nothing did."""

    overlay: str | None = None
    status: str | None = None
    signs: str | None = None
    sentences: str | None = None


class LiveRun:
    """Remembers one visitor's signs and sentences; a session is open while pictures come."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: Session | None = None
        self._camera = self._new_camera()
        self._last_s = float("-inf")
        self._status = ""
        self._signs: deque[RecognitionResult] = deque(maxlen=SIGNS_SHOWN)
        self._sentences: deque[str] = deque(maxlen=SENTENCES_SHOWN)
        self._notices = list(engine.notices)
        self._sound = ""  # of the latest sentence, as it stays on the page after it was played

    def push(self, pixels: NDArray[np.uint8], arrived_s: float) -> LiveUpdate:
        """Look at one webcam picture (H, W, 3) uint8 RGB that arrived at `arrived_s`."""
        self._last_s = arrived_s
        frame = self._camera.tick(pixels, arrived_s)
        if frame is None:
            return LiveUpdate()
        if self._session is None:
            self._session = Session(self._engine)
        height_px, width_px = frame.pixels.shape[:2]
        return self._take(self._session.push(frame), width_px, height_px)

    def quiet(self, now_s: float) -> bool:
        """Return whether pictures have stopped coming."""
        return now_s - self._last_s > QUIET_S

    def finish(self) -> LiveUpdate:
        """Translate what was signed until the camera stopped; the next picture starts afresh."""
        if self._session is None:
            return LiveUpdate(overlay="", status=status("off"))
        events = self._session.finish()
        self._session, self._camera = None, self._new_camera()
        update = self._take(events, 1, 1)
        self._status = "off"
        return LiveUpdate("", status("off"), update.signs, update.sentences)

    def close(self) -> None:
        """Free the session; what was not finished is dropped."""
        if self._session is not None:
            self._session.close()

    def _new_camera(self) -> WebcamStream:
        settings = self._engine.settings
        return WebcamStream(settings.max_fps, settings.max_side_px)

    def _take(self, events: Iterable[Event], width_px: int, height_px: int) -> LiveUpdate:
        drawn = changed = signs = sentences = None
        for event in events:
            match event:
                case Seen(points=points, signing=signing):
                    drawn = overlay.svg(points, width_px, height_px)
                    changed = self._new_status(points, signing)
                case Recognized(results=results):
                    self._signs.extendleft(results)
                    signs = sign_list(self._signs)
                case Said(utterance=utterance, speech=speech):
                    self._sentences.append(utterance.text)
                    sound = player(speech, utterance.text)
                    self._sound = player(speech, utterance.text, autoplay=False)
                    sentences = transcript(self._sentences, self._notices, sound)
                case Notice(text=text):
                    if text not in self._notices:
                        self._notices.append(text)
                    sentences = transcript(self._sentences, self._notices, self._sound)
        return LiveUpdate(drawn, changed, signs, sentences)

    def _new_status(self, points: NDArray[np.float32], signing: bool) -> str | None:
        """Return the status to show, or None while it stays what it is."""
        seen = bool(np.isfinite(points).any())
        state = "signing" if signing else "idle" if seen else "nobody"
        if state == self._status:
            return None
        self._status = state
        return status(state)


def status(state: str, text: str = "") -> str:
    """Return the line that says what the camera sees."""
    words = escape(text or STATUS[state])
    return f'<p class="sb-status sb-{state}" role="status"><i aria-hidden="true"></i>{words}</p>'


def sign_list(results: Iterable[RecognitionResult]) -> str:
    """Return recognized signs, the latest first, each with its score and next guesses."""
    items = "".join(
        f'<li class="sb-sign{" sb-unsure" if result.abstained else ""}">'
        f"<strong>{escape(name_of(result))}</strong>{score_bar(result)}"
        f"{guess_list(next_guesses(result))}</li>"
        for result in results
    )
    if not items:
        items = '<li class="sb-quiet">Signs appear here as they are recognized.</li>'
    return f'<h3>Signs, latest first</h3><ol class="sb-signs" aria-live="polite">{items}</ol>'


def transcript(sentences: Iterable[str], notices: Iterable[str] = (), sound: str = "") -> str:
    """Return the sentences, the latest last and largest, and the sound of the latest."""
    items = "".join(f"<li>{escape(text)}</li>" for text in sentences)
    if not items:
        items = '<li class="sb-quiet">The sentence appears when you rest your hands.</li>'
    return (
        '<section class="sb-answer"><h3>In English</h3>'
        f'<ol class="sb-transcript" aria-live="polite" lang="en">{items}</ol>'
        f"{sound}{notice_list(notices)}</section>"
    )
