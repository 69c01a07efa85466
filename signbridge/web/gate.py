"""Before a request reaches the page: who asks, how often, and for what no visitor may have."""

from __future__ import annotations

import errno
import json
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from signbridge.settings import Settings
from signbridge.web.login import Login
from signbridge.web.rate import Rate, visitor_of
from signbridge.web.uploads import Uploads

API = "/gradio_api"
OPEN = ("/healthz", f"{API}/startup-events")
"""What answers without a login: is it well, and what the server asks itself when it starts."""
# Parts of Gradio that this app has no use for: they fetch addresses, run programs on what was sent,
# or keep it.
_UNUSED = (
    "proxy=", "process_recording", "deep_link", "component_server", "dev/", "runs", "run-history",
    "vibe", "undo-vibe", "profiling",
)  # fmt: skip
CLOSED = ("/monitoring", *(f"{API}/{route}" for route in _UNUSED))
UPLOAD = f"{API}/upload"
CALLS = tuple(f"{API}/{call}" for call in ("queue/join", "call/", "run/", "api/", "mcp", "stream/"))
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
MOST_JSON_BYTES = 32_000_000
MOST_READ_BYTES = 10 * MOST_JSON_BYTES
TOO_LARGE = (
    "A call takes 32 MB at most, which as a data: URL is a clip of 24 MB. Send a smaller clip, or "
    f"upload it to {UPLOAD} and call the API with the path that comes back (docs/api.md)."
)
NO_ADDRESSES = (
    "Clips are taken as files, not as web addresses: this server fetches nothing. Download the "
    "clip and upload it."
)


class Gate:
    """Turns away what may not pass, each time with one line that says why."""

    def __init__(self, app: ASGIApp, settings: Settings, login: Login, uploads: Uploads) -> None:
        self._app = app
        self._login = login
        self._takes_addresses = settings.clip_addresses == "on"
        self._uploads = uploads
        self._rate = Rate(settings.uploads_per_minute)
        self._guesses = Rate(settings.uploads_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] == "websocket":  # nothing here speaks them
            await send({"type": "websocket.close"})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = _path(scope)
        refusal = self._refusal(scope, path)
        body: bytes | None = None
        if refusal is None and scope["method"] == "POST":
            if path.rstrip("/") == UPLOAD:
                refusal = self._too_often(scope)
                send = self._counting(send)
            elif path.startswith(CALLS) and not self._takes_addresses:
                body = await _whole(receive)
                refusal = _TOO_LARGE if body is None else _addresses_in(body)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        try:
            await self._app(scope, receive if body is None else _again(body, receive), send)
        except OSError as error:
            if error.errno not in FULL:
                raise
            full = PlainTextResponse("The server has no room for this. Try again later.", 507)
            await full(scope, receive, send)

    def _refusal(self, scope: Scope, path: str) -> Response | None:
        if self._login.needed and path not in OPEN:
            said = Headers(scope=scope).get("authorization", "")
            if said and self._guesses.full(visitor_of(scope)):
                return PlainTextResponse("Too many attempts. Wait a minute.", 429)
            if not self._login.knows(said):
                if said:
                    self._guesses.allow(visitor_of(scope))
                asks = {"WWW-Authenticate": 'Basic realm="SignBridge", charset="UTF-8"'}
                return PlainTextResponse("A user name and a password are needed.", 401, asks)
        if path.startswith(CLOSED):
            return PlainTextResponse("This app does not offer that.", 404)
        if path.startswith((f"{API}/file=", f"{API}/file/")) and "://" in unquote(path):
            return PlainTextResponse("This server fetches no web addresses.", 403)
        return None

    def _too_often(self, scope: Scope) -> Response | None:
        if self._rate.allow(visitor_of(scope)):
            return None
        return PlainTextResponse(
            f"Too many uploads: {self._rate.most} a minute are taken. Wait a minute and try again.",
            429,
            {"Retry-After": "60"},
        )

    def _counting(self, send: Send) -> Send:
        """Return a `send` that notes which files an upload became."""
        body = bytearray()
        code = 0

        async def sent(message: Message) -> None:
            nonlocal code
            if message["type"] == "http.response.start":
                code = message["status"]
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if code == 200 and not message.get("more_body"):
                    self._uploads.came(map(str, json.loads(bytes(body))))
            await send(message)

        return sent


def _path(scope: Scope) -> str:
    """Return the path as the app's routes know it, without what a proxy puts before it."""
    return str(scope["path"]).removeprefix(str(scope.get("root_path", "")).rstrip("/"))


async def _whole(receive: Receive) -> bytes | None:
    """Return a request's body; empty where it breaks off, None where it is too large."""
    body = bytearray()
    came = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        part = message.get("body", b"")
        came += len(part)
        if came <= MOST_JSON_BYTES:
            body.extend(part)
        # Who is still sending hears no answer: what is too large is read on, and not kept.
        if not message.get("more_body") or came > MOST_READ_BYTES:
            return bytes(body) if came <= MOST_JSON_BYTES else None


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives a body that was read once more."""
    given = False

    async def received() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return received


def _addresses_in(body: bytes) -> Response | None:
    """Return the refusal of a call that names a web address where a file should be."""
    if not body:
        return None
    try:
        sent = json.loads(body)
    except ValueError:
        return PlainTextResponse("The request is no JSON.", 400)
    left = [sent]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            for name in ("path", "clip"):  # "url" is where the page shows it from; never fetched
                named = value.get(name)
                if isinstance(named, str) and named.strip().lower().startswith(_SCHEMES):
                    return PlainTextResponse(NO_ADDRESSES, 400)
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)
    return None


_TOO_LARGE = PlainTextResponse(TOO_LARGE, 413)
_SCHEMES = ("http:", "https:", "ftp:", "file:", "//", "s3:", "hf:", "gs:")
