"""Answers in the streaming part of the OpenAI chat protocol."""

from __future__ import annotations

import json
from typing import Any

from tests.http_server import Handler, Reply


def write(handler: Handler, text: str) -> None:
    """Send one piece of the answer."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    chunk = {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "llama",
        "choices": [choice],
    }
    handler.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
    handler.wfile.flush()


def begin(handler: Handler) -> None:
    handler.begin(kind="text/event-stream")


def end(handler: Handler) -> None:
    handler.wfile.write(b"data: [DONE]\n\n")


def saying(sentence: str, pieces: int = 5) -> Reply:
    """Answer every chat with this sentence, in so many pieces."""
    text = json.dumps({"sentence": sentence, "sources": []}, ensure_ascii=False)
    size = -(-len(text) // pieces)

    def reply(handler: Handler, _: dict[str, Any]) -> None:
        begin(handler)
        for start in range(0, len(text), size):
            write(handler, text[start : start + size])
        end(handler)

    return reply
