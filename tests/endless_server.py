"""Answers that come in pieces for ever: their server is never silent for long, and never done."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tests.http_server import Handler, Reply

LASTS_S = 30.0
"""For ever, as far as a test that nobody mends should have to wait."""
EVERY_S = 0.02

Step = Callable[[Handler], object]


def endless(begin: Step, again: Step, then: Step) -> Reply:
    """Begin, take a step again and again, and in the end answer as if nothing had been."""

    def reply(handler: Handler, _: dict[str, Any]) -> None:
        until_s = time.monotonic() + LASTS_S
        with suppress(OSError):  # nobody listens any more
            begin(handler)
            while time.monotonic() < until_s:
                again(handler)
                handler.wfile.flush()
                time.sleep(EVERY_S)
            then(handler)

    return reply


def sending(data: bytes) -> Step:
    """Return a step that sends this."""
    return lambda handler: handler.wfile.write(data)


def trickled_head(whole: bytes, kind: str) -> Reply:
    """Send one line of the head after another, and after the last all there is to say."""
    rest = f"Content-Type: {kind}\r\nContent-Length: {len(whole)}\r\n\r\n".encode() + whole
    return endless(sending(b"HTTP/1.1 200 OK\r\n"), sending(b"X-Wait: 1\r\n"), sending(rest))
