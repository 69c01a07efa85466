"""How long a server may take for one answer in all; httpx limits only each wait by itself.

A server that sends a little now and then is never silent long enough for httpx to give it up.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore2
import httpx2
from httpcore2 import SOCKET_OPTION, NetworkBackend, NetworkStream

MOST_BYTES = 32_000_000
"""Of one answer; a minute of raw sound is 3 MB."""
_WRITTEN_BYTES = 16_384  # at a time: httpx gives each part that the network takes the whole limit


class EndlessError(httpcore2.ReadTimeout):
    """A server did not come to an end; the message says what it did, without its name."""


class Patience(threading.local):
    """When this thread gives up the question that it asked last."""

    def __init__(self, whole_s: float) -> None:
        """whole_s: how long an answer may take, other attempts at the same question included."""
        self.whole_s = whole_s
        self.begin()

    def begin(self) -> None:
        """Give the next question all the time there is."""
        self.until_s = time.monotonic() + self.whole_s


def limit(client: httpx2.Client, patience: Patience) -> None:
    """Give up each answer that this client is sent when `patience` ends."""
    for transport in (client._transport, *client._mounts.values()):  # httpx offers no other way in
        if isinstance(transport, httpx2.HTTPTransport):
            pool = transport._pool
            pool._network_backend = _Backend(pool._network_backend, patience)


class _Backend(NetworkBackend):
    """Opens connections that keep to the limit."""

    def __init__(self, inner: NetworkBackend, patience: Patience) -> None:
        self._inner = inner
        self._patience = patience

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        stream = _Stream(self._patience)
        stream.inner = self._inner.connect_tcp(
            host, port, stream.left_s(timeout), local_address, socket_options
        )
        return stream

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _Stream(NetworkStream):
    """A connection; whoever writes to it asks, and what is read after that is the answer."""

    inner: NetworkStream

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._until_s = patience.until_s
        self._read_bytes = 0

    def left_s(self, timeout: float | None) -> float:
        """Return how long may be waited at once."""
        left_s = self._until_s - time.monotonic()
        if left_s <= 0:
            raise self._endless()
        return left_s if timeout is None else min(timeout, left_s)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        wait_s = self.left_s(timeout)
        try:
            data = self.inner.read(max_bytes, wait_s)
        except httpcore2.ReadTimeout as error:
            if timeout is None or wait_s < timeout:
                raise self._endless() from error
            raise
        self._read_bytes += len(data)
        if self._read_bytes > MOST_BYTES:
            raise EndlessError(f"sent more than {MOST_BYTES // 1_000_000} MB for one answer")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._until_s, self._read_bytes = self._patience.until_s, 0
        for start in range(0, len(buffer), _WRITTEN_BYTES):
            self.inner.write(buffer[start : start + _WRITTEN_BYTES], self.left_s(timeout))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> NetworkStream:
        stream = _Stream(self._patience)
        stream.inner = self.inner.start_tls(ssl_context, server_hostname, self.left_s(timeout))
        return stream

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)

    def _endless(self) -> EndlessError:
        did = "end its answer" if self._read_bytes else "answer"
        return EndlessError(f"did not {did} within {self._patience.whole_s:g} s")
