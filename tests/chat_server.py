"""A real HTTP server that speaks the streaming part of the OpenAI chat protocol."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Handler", dict[str, Any]], None]


class Handler(BaseHTTPRequestHandler):
    """Keeps every request, and answers a chat as the server's `reply` does."""

    server: Server

    def do_GET(self) -> None:
        self.send(200, {"object": "list", "data": [{"id": "llama", "object": "model"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.headers["Authorization"], body))
        self.server.reply(self, body)

    def send(self, code: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()

    def write(self, text: str) -> None:
        """Send one piece of the answer."""
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
        chunk = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "llama",
            "choices": [choice],
        }
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def end(self) -> None:
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, format: str, *_: object) -> None:
        """Stay quiet."""


class Server(ThreadingHTTPServer):
    """An HTTP server with the requests it got and the way it replies."""

    daemon_threads = True
    reply: Reply

    def __init__(self, reply: Reply) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.reply = reply
        self.requests: list[tuple[str, dict[str, Any]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def serving(reply: Reply) -> Iterator[Server]:
    server = Server(reply)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def saying(sentence: str, pieces: int = 5) -> Reply:
    """Answer every chat with this sentence, in so many pieces."""
    text = json.dumps({"sentence": sentence, "sources": []}, ensure_ascii=False)
    size = -(-len(text) // pieces)

    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.begin()
        for start in range(0, len(text), size):
            handler.write(text[start : start + size])
        handler.end()

    return reply
