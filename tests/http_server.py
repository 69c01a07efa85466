"""A real HTTP server on this machine, for the tests of what talks to another one."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[Any, dict[str, Any]], None]
"""Answers a POST: the handler, to answer with, and the body that was sent."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    path: str
    authorization: str
    body: dict[str, Any]


class Handler(BaseHTTPRequestHandler):
    """Keeps every POST, and answers it as the server's `reply` does; lists one model."""

    server: Server

    def do_GET(self) -> None:
        self.send(200, {"object": "list", "data": [{"id": "served-model", "object": "model"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(Asked(self.path, self.headers["Authorization"], body))
        self.server.reply(self, body)

    def begin(self, code: int = 200, kind: str = "application/json") -> None:
        """Send the head of an answer whose length is not known."""
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.end_headers()

    def send(self, code: int, body: object) -> None:
        """Send a whole answer: bytes as they are, anything else as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *_: object) -> None:
        """Stay quiet."""


class Server(ThreadingHTTPServer):
    """The requests it got, and the way it replies."""

    daemon_threads = True

    def __init__(self, reply: Reply, handler: type[Handler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.reply = reply
        self.requests: list[Asked] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def serving(reply: Reply, handler: type[Handler] = Handler) -> Iterator[Server]:
    """Serve for as long as the block runs."""
    server = Server(reply, handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
