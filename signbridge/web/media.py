"""Sound, captions and pictures -> data addresses inside the page, so nothing is kept on disk."""

from __future__ import annotations

import base64
import io
import json
import wave
from collections.abc import Mapping
from urllib.parse import quote

import numpy as np

from signbridge.types import Speech


def wav(speech: Speech) -> bytes:
    """Return the sound as a 16-bit mono WAV file."""
    whole = np.rint(np.clip(speech.samples, -1.0, 1.0) * 32767).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(speech.sample_rate)
        out.writeframes(whole.tobytes())
    return file.getvalue()


def address(content: bytes, kind: str) -> str:
    """Return a `data:` address that holds `content` of the media type `kind`."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def text_address(text: str, kind: str) -> str:
    """Return a `data:` address that holds `text`."""
    return f"data:{kind};charset=utf-8,{quote(text)}"


def pretty_json(value: Mapping[str, object]) -> str:
    """Return JSON that a person can read."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
