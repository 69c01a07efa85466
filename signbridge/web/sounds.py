"""Sound that is played while it is made: an address for each, which gives what is there so far."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from signbridge.sound import Sound
from signbridge.speak.wav import pcm, wav_head

KEPT_S = 120.0
MOST = 64
"""Sounds kept at once; the oldest goes first."""
PATH = "/sound"


class Sounds:
    """The sounds of all visitors; only who was given an address can find one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, Sound]] = OrderedDict()

    @property
    def route(self) -> Route:
        """What the web server answers with them."""
        return Route(f"{PATH}/{{key}}", self.answer)

    def offer(self, sound: Sound) -> str:
        """Keep a sound for a while; return its address, relative to the page's."""
        key = secrets.token_urlsafe(16)
        with self._lock:
            self._sweep()
            self._kept[key] = (time.monotonic(), sound)
        return f"{PATH.lstrip('/')}/{key}"

    def answer(self, request: Request) -> Response:
        """Send a sound as it is made; who asks for a part, as Safari does, waits for the whole."""
        with self._lock:
            self._sweep()
            _, sound = self._kept.get(request.path_params["key"], (0.0, None))
        if sound is None:
            return PlainTextResponse("This sound is no longer kept.", 404)
        headers = {"Cache-Control": "no-store"}
        asked = request.headers.get("range", "bytes=0-").removeprefix("bytes=")
        first, _, last = asked.partition("-")
        if not (first.isdecimal() and last.isdecimal()):
            return StreamingResponse(_wav(sound), media_type="audio/wav", headers=headers)
        whole = b"".join(_wav(sound))
        part = whole[int(first) : int(last) + 1]
        end = int(first) + len(part) - 1
        headers["Content-Range"] = f"bytes {first}-{end}/{len(whole)}"
        return Response(part, 206, headers, "audio/wav")

    def _sweep(self) -> None:
        oldest_s = time.monotonic() - KEPT_S
        while self._kept:
            key, (offered_s, _) = next(iter(self._kept.items()))
            if len(self._kept) < MOST and offered_s > oldest_s:
                return
            del self._kept[key]


def _wav(sound: Sound) -> Iterator[bytes]:
    """Yield a WAV file whose head leaves its length open, as the sound is made."""
    for number, piece in enumerate(sound.pieces()):
        if not number:
            yield wav_head(piece.sample_rate)
        yield pcm(piece.samples)
