"""Asks each server that the settings name one real question, and says what came back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from signbridge.build import RECOGNIZERS, endpoint_of, start
from signbridge.errors import SignBridgeError
from signbridge.landmarks.topology import N_POINTS
from signbridge.protocols import Recognizer
from signbridge.remote import NONE, Endpoint, Remote
from signbridge.settings import Settings
from signbridge.types import Clip, Guess, Landmarks, RecognitionResult, Segment

SPOKEN = "Hello."
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Seen:
    """What one server did; `fault` says in plain English why it can't be used, "" if it can."""

    name: str
    url: str
    found: str = ""
    fault: str = ""


def ask_all(settings: Settings) -> list[Seen]:
    """Ask every server that has an address, chosen or not; a server that fails raises nothing."""
    seen = []
    for prefix, (name, ask) in _QUESTIONS.items():
        endpoint = endpoint_of(settings, prefix)
        if endpoint.url == NONE:
            continue
        try:
            model = _model(endpoint)
            seen.append(Seen(name, endpoint.url, f"serves {model}; {ask(settings, endpoint)}"))
        except SignBridgeError as error:
            seen.append(Seen(name, endpoint.url, fault=str(error)))
    return seen


def _model(endpoint: Endpoint) -> str:
    """Return which model is asked: the one that is named, or the first that the server lists."""
    remote = Remote(endpoint)
    with remote.telling():
        return remote.model


def _chat(_: Settings, endpoint: Endpoint) -> str:
    from signbridge.compose.chat.composer import ChatComposer

    sign = RecognitionResult("landmark", 0.0, 0.5, (Guess("HELLO", 0.9),), False, 0.0)
    began_s = time.perf_counter()
    words: list[str] = []
    said = ChatComposer(endpoint).compose([sign], grow=lambda _: words.append(_since(began_s)))
    whole = _since(began_s)
    return f"first word after {next(iter(words), whole)}, the sentence after {whole}: {said.text}"


def _video(settings: Settings, _: Endpoint) -> str:
    recognizer: Recognizer = start("Recognizer", "video-endpoint", RECOGNIZERS, settings)
    began_s = time.perf_counter()
    result = recognizer.recognize(_moving_picture())
    text = result.guesses[0].text if result.guesses else "nothing"
    return f"read a made-up clip in {_since(began_s)}: {text[:_SHOWN_CHARACTERS]}"


def _speech(settings: Settings, endpoint: Endpoint) -> str:
    from signbridge.speak.endpoint import EndpointSpeaker
    from signbridge.speak.voice import Voice

    voice = Voice(settings.speech_voice, settings.speech_speed)
    began_s = time.perf_counter()
    pieces = EndpointSpeaker(endpoint, voice).stream(SPOKEN)
    sound_s = next(pieces).duration_s
    first = _since(began_s)
    sound_s += sum(piece.duration_s for piece in pieces)
    whole = _since(began_s)
    return f"first sound after {first}, {sound_s:.1f} s of it for “{SPOKEN}” after {whole}"


_QUESTIONS: dict[str, tuple[str, Callable[[Settings, Endpoint], str]]] = {
    "chat": ("composer", _chat),
    "video_endpoint": ("video", _video),
    "speech": ("voice", _speech),
}
"""By the settings that name the server: what it is for, and how it is asked."""


def _moving_picture(frames: int = 30, fps: float = 20.0) -> Segment:
    """Return 1.5 s of a bright square that moves, on which nobody is seen."""
    pixels = np.full((frames, 96, 128, 3), 90, np.uint8)
    for number, picture in enumerate(pixels):
        picture[30:60, 10 + 2 * number : 40 + 2 * number] = 220
    points = np.full((frames, N_POINTS, 3), np.nan, np.float32)
    return Segment(Landmarks(points, fps), 0.0, frames / fps, Clip(pixels, fps))


def _since(began_s: float) -> str:
    return f"{(time.perf_counter() - began_s) * 1000:.0f} ms"
