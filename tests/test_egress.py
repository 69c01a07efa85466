"""The default path talks to no other machine: every connection that leaves this one is refused."""

from __future__ import annotations

import ipaddress
import json
import socket
from pathlib import Path
from typing import Any

import pytest

from signbridge.settings import Settings

EXAMPLE = Path(__file__).parents[1] / "examples" / "hello.mp4"


class LeftTheMachineError(AssertionError):
    """Something tried to reach another machine."""


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Refuse what leaves this machine; return where it would have gone."""
    found: list[object] = []

    def guard(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def checked(*arguments: Any, **options: Any) -> Any:
            where = arguments[0] if owner is socket else arguments[-1]
            if not local(where):
                found.append(where)
                raise LeftTheMachineError(f"{name} to {where}")
            return real(*arguments, **options)

        monkeypatch.setattr(owner, name, checked)

    for name in ("connect", "connect_ex", "sendto"):
        guard(socket.socket, name)
    guard(socket, "getaddrinfo")
    return found


def local(where: object) -> bool:
    """Whether a socket's address, or a host's name, is on this machine."""
    host = where[0] if isinstance(where, tuple) else where
    if (
        host is None
        or host == "localhost"
        or (isinstance(where, bytes | str) and "/" in str(where))
    ):
        return True  # a socket in the file system
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def test_guard_refuses_other_machines_and_knows_this_one(tried: list[object]) -> None:
    with pytest.raises(LeftTheMachineError):
        socket.create_connection(("example.org", 80))
    with pytest.raises(LeftTheMachineError), socket.socket() as probe:
        probe.connect(("192.0.2.1", 80))
    assert tried == ["example.org", ("192.0.2.1", 80)]
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


@pytest.mark.slow
def test_from_upload_to_sound_nothing_leaves_the_machine(tried: list[object]) -> None:
    import httpx  # Gradio's own client would ask the hub who it is

    from signbridge.build import build
    from signbridge.web.ui import launch

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings = Settings(port=probe.getsockname()[1])
    assert settings.hosts == ()
    blocks = launch(settings, lambda: build(settings), wait=False)
    try:
        api = f"http://127.0.0.1:{settings.port}/gradio_api"
        with EXAMPLE.open("rb") as clip:
            (path,) = httpx.post(f"{api}/upload", files={"files": clip}, timeout=60).json()
        call = f"{api}/call/translate_asl_clip"
        asked = {"data": [{"path": path, "meta": {"_type": "gradio.FileData"}}]}
        event = httpx.post(call, json=asked, timeout=60).json()["event_id"]
        answer = httpx.get(f"{call}/{event}", timeout=300).text
        found, speech = json.loads(answer.rsplit("data: ", 1)[-1])
        size = Path(speech["path"]).stat().st_size
    finally:
        blocks.close()
    assert any(not one["abstained"] for one in found["segments"])
    assert found["text"].rstrip(".!") == "Hello"
    assert size > 1000
    assert tried == []
