"""English text -> speech with XTTS v2 in this process; an optional install, best on a GPU."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from signbridge.errors import BackendUnavailableError
from signbridge.speak.voice import Voice
from signbridge.speak.xtts_model import TERMS, XttsModel
from signbridge.types import Speech

NONE = "none"


def lacks(folder: str, *, accepted: bool) -> str:
    """Return why XTTS can't start, without loading anything; "" where it may."""
    if find_spec("TTS") is None:
        return (
            "the package coqui-tts is not installed; "
            "run `pip install -r requirements.txt -r requirements-xtts.txt`"
        )
    if not accepted:
        return (
            f"{TERMS}; read the licence, and if you accept it, set SIGNBRIDGE_XTTS_LICENCE=accepted"
        )
    if folder == NONE or not Path(folder).is_dir():
        return (
            "there are no weights; set SIGNBRIDGE_XTTS_WEIGHTS to a folder with XTTS v2, "
            "which docs/hosting.md says how to get"
        )
    return ""


class XttsSpeaker:
    """One voice for all visitors; they are spoken for in turn."""

    name = "xtts"

    def __init__(self, folder: str, voice: Voice | None = None, *, accepted: bool = False) -> None:
        """Load the model; raise `BackendUnavailableError` if something is missing.

        folder: with the weights, or "none".
        accepted: whether the operator has accepted the licence of the weights.
        """
        why = lacks(folder, accepted=accepted)
        if why:
            raise BackendUnavailableError(why)
        self._voice = voice or Voice()
        self._model = XttsModel(Path(folder))
        try:
            self._model.check(self._voice)
        except ValueError as error:
            raise BackendUnavailableError(f"SIGNBRIDGE_SPEECH_VOICE: {error}") from error

    def at(self, speed: float) -> XttsSpeaker:
        """Return the same voice at this speed, sharing what it speaks with."""
        other = copy(self)
        other._voice = replace(self._voice, speed=speed)
        return other

    def speak(self, text: str) -> Speech:
        """Return the whole text as mono speech, samples in [-1, 1].

        Raises `ValueError` for text without a letter or digit, `BackendUnavailableError` if the
        model gives no sound.
        """
        pieces = [piece.samples for piece in self.stream(text)]
        return Speech(np.concatenate(pieces), self._model.sample_rate)

    def stream(self, text: str) -> Iterator[Speech]:
        """Yield the sound piece by piece, the first long before the last word is made."""
        for samples in self._model.stream(text, self._voice):
            yield Speech(samples, self._model.sample_rate)
