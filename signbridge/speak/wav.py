"""Speech -> WAV, 16-bit mono PCM."""

from __future__ import annotations

import io
import struct
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.types import Speech


def wav_bytes(speech: Speech) -> bytes:
    """Return the speech as a WAV file's bytes."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(speech.sample_rate)
        file.writeframes(pcm(speech.samples))
    return buffer.getvalue()


def pcm(samples: NDArray[np.float32]) -> bytes:
    """Return samples in [-1, 1] as signed 16-bit numbers, the low byte first."""
    return bytes(np.rint(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def wav_head(sample_rate: int) -> bytes:
    """Return the head of a WAV file of unknown length; players play it as it comes."""
    unknown = struct.pack("<I", 0xFFFFFFFF)
    form = struct.pack("<HHIIHH", 1, 1, sample_rate, 2 * sample_rate, 2, 16)
    size = struct.pack("<I", len(form))
    return b"RIFF" + unknown + b"WAVEfmt " + size + form + b"data" + unknown


def write_wav(path: Path, speech: Speech) -> None:
    """Write the speech to a WAV file."""
    path.write_bytes(wav_bytes(speech))
