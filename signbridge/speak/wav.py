"""Speech -> WAV, 16-bit mono PCM."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np

from signbridge.types import Speech


def wav_bytes(speech: Speech) -> bytes:
    """Return the speech as a WAV file's bytes."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(speech.sample_rate)
        file.writeframes(np.rint(np.clip(speech.samples, -1, 1) * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def write_wav(path: Path, speech: Speech) -> None:
    """Write the speech to a WAV file."""
    path.write_bytes(wav_bytes(speech))
