"""Sound, captions and pictures -> data addresses inside the page, so nothing is kept on disk."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from urllib.parse import quote


def address(content: bytes, kind: str) -> str:
    """Return a `data:` address that holds `content` of the media type `kind`."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def text_address(text: str, kind: str) -> str:
    """Return a `data:` address that holds `text`."""
    return f"data:{kind};charset=utf-8,{quote(text)}"


def pretty_json(value: Mapping[str, object]) -> str:
    """Return JSON that a person can read."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
