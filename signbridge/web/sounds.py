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

from signbridge.errors import SignBridgeError
from signbridge.speak.wav import pcm, wav_head
from signbridge.types import Speech

KEPT_S = 120.0
MOST = 64
"""Sounds kept at once; the oldest goes first."""
PATH = "/sound"


class Sound:
    """A stream of speech, made in a thread of its own and kept for whoever listens."""

    def __init__(self, stream: Iterator[Speech]) -> None:
        self.began_s = time.monotonic()
        self.first_s = float("nan")
        """Seconds until the first piece came; NaN before."""
        self.fault = ""
        """Why there is no more of it."""
        self._stream = stream
        self._rate = 0
        self._pieces: list[bytes] = []
        self._done = False
        self._change = threading.Condition()
        threading.Thread(target=self._make, name="sound", daemon=True).start()

    def wait(self) -> bool:
        """Wait for the first piece; return whether there is one."""
        return bool(self._after(0))

    def wav(self) -> Iterator[bytes]:
        """Yield a WAV file whose head leaves its length open, as it is made."""
        number = 0
        while new := self._after(number):
            if not number:
                yield wav_head(self._rate)
            number += len(new)
            yield b"".join(new)

    def _after(self, number: int) -> list[bytes]:
        """Return the pieces after so many, as soon as there is one; none at the end."""
        with self._change:
            self._change.wait_for(lambda: self._done or len(self._pieces) > number)
            return self._pieces[number:]

    def _make(self) -> None:
        try:
            for piece in self._stream:
                with self._change:
                    if not self._pieces:
                        self.first_s = time.monotonic() - self.began_s
                        self._rate = piece.sample_rate
                    self._pieces.append(pcm(piece.samples))
                    self._change.notify_all()
        except (SignBridgeError, ValueError) as error:
            self.fault = str(error)
        finally:
            with self._change:
                self._done = True
                self._change.notify_all()


class Sounds:
    """The sounds of all visitors; only who was given an address can find one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Sound] = OrderedDict()

    @property
    def route(self) -> Route:
        """What the web server answers with them."""
        return Route(f"{PATH}/{{key}}", self.answer)

    def offer(self, sound: Sound) -> str:
        """Keep a sound for a while; return its address, relative to the page's."""
        key = secrets.token_urlsafe(16)
        with self._lock:
            self._sweep()
            self._kept[key] = sound
        return f"{PATH.lstrip('/')}/{key}"

    def answer(self, request: Request) -> Response:
        """Send a sound as it is made; who asks for a part, as Safari does, waits for the whole."""
        with self._lock:
            self._sweep()
            sound = self._kept.get(request.path_params["key"])
        if sound is None:
            return PlainTextResponse("This sound is no longer kept.", 404)
        headers = {"Cache-Control": "no-store"}
        asked = request.headers.get("range", "bytes=0-").removeprefix("bytes=")
        first, _, last = asked.partition("-")
        if not (first.isdecimal() and last.isdecimal()):
            return StreamingResponse(sound.wav(), media_type="audio/wav", headers=headers)
        whole = b"".join(sound.wav())
        part = whole[int(first) : int(last) + 1]
        end = int(first) + len(part) - 1
        headers["Content-Range"] = f"bytes {first}-{end}/{len(whole)}"
        return Response(part, 206, headers, "audio/wav")

    def _sweep(self) -> None:
        oldest_s = time.monotonic() - KEPT_S
        while self._kept:
            key, sound = next(iter(self._kept.items()))
            if len(self._kept) < MOST and sound.began_s > oldest_s:
                return
            del self._kept[key]
