"""What is turned away before it reaches the page, and what is left of a visitor afterwards."""

from __future__ import annotations

import json
import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from signbridge.errors import SettingsError
from signbridge.settings import Settings
from signbridge.types import RecognitionResult, Segment
from signbridge.web.login import Login
from signbridge.web.rate import Rate, visitor_of
from signbridge.web.ui import launch
from signbridge.web.uploads import EMPTY_S, Uploads
from tests import fakes
from tests.fakes import RESTING, SIGNING
from tests.web.clips import write_clip
from tests.web.test_page import free_port

WEB = httpx.Client(timeout=120)
CALL = "gradio_api/call/translate_asl_clip"


@contextmanager
def served(recognizer: fakes.FakeRecognizer | None = None, **settings: object) -> Iterator[str]:
    chosen = Settings(port=free_port(), **settings)  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        # Set, so that it is taken away again afterwards; and then chosen by the app itself.
        patch.setenv("GRADIO_TEMP_DIR", "unused")
        patch.delenv("GRADIO_TEMP_DIR")
        patch.setattr("signbridge.web.warmup.warm", lambda engine: None)
        blocks = launch(chosen, lambda: fakes.engine(recognizer), wait=False)
        yield f"http://127.0.0.1:{chosen.port}/"
        blocks.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as address:
        yield address


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "hello.mp4", (SIGNING, 1.0), (RESTING, 1.0))


def upload(address: str, clip: Path, name: str = "hello.mp4", **headers: str) -> httpx.Response:
    files = {"files": (name, clip.read_bytes(), "video/mp4")}
    return WEB.post(f"{address}gradio_api/upload", files=files, headers=headers)


def file_data(path: str) -> dict[str, object]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def test_web_address_instead_of_a_clip_is_refused_and_not_fetched(address):
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0.5)
        secret = f"http://127.0.0.1:{inside.getsockname()[1]}/clip.mp4"
        for path in (secret, "https://example.org/clip.mp4", "HTTP://example.org/a.mp4"):
            reply = WEB.post(address + CALL, json={"data": [file_data(path)]})
            assert reply.status_code == 400
            assert "this server fetches nothing" in reply.text
        with pytest.raises(TimeoutError):
            inside.accept()


def test_address_hidden_in_another_call_is_refused(address):
    body = {"data": [[{"deep": file_data("http://example.org/a.mp4")}]], "fn_index": 3}
    body["session_hash"] = "abc"
    reply = WEB.post(f"{address}gradio_api/queue/join", json=body)
    assert (reply.status_code, "fetches nothing" in reply.text) == (400, True)
    tool = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "translate_asl_clip", "arguments": {"clip": "http://10.0.0.1/a.mp4"}},
    }
    reply = WEB.post(f"{address}gradio_api/mcp/", json=tool)
    assert (reply.status_code, "fetches nothing" in reply.text) == (400, True)


def tool_call(clip: str) -> dict[str, object]:
    params = {"name": "translate_asl_clip", "arguments": {"clip": clip}}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


@pytest.mark.parametrize("size", [32_000_001, 45_000_000])
@pytest.mark.parametrize("path", ["gradio_api/mcp/", CALL])
def test_call_that_is_too_large_is_told_what_to_do(address, path, size):
    body = json.dumps(tool_call("data:video/mp4;base64,")).encode()
    reply = WEB.post(address + path, content=body.ljust(size))
    assert reply.status_code == 413
    assert "smaller clip, or upload it to /gradio_api/upload" in reply.text
    assert "\n" not in reply.text


def test_call_that_is_sent_piece_by_piece_is_measured_too(address):
    pieces = (bytes(1_000_000) for _ in range(40))
    reply = WEB.post(f"{address}gradio_api/mcp/", content=pieces)
    assert reply.status_code == 413


def test_largest_call_is_read_as_what_it_is(address):
    body = json.dumps(tool_call("http://10.0.0.1/a.mp4")).encode()
    reply = WEB.post(f"{address}gradio_api/mcp/", content=body.ljust(32_000_000))
    assert (reply.status_code, "fetches nothing" in reply.text) == (400, True)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("gradio_api/file=http://example.org/a.mp4", 403),
        ("gradio_api/file=http%3A%2F%2Fexample.org/a.mp4", 403),
        ("gradio_api/file/http://example.org/a.mp4", 403),
        ("gradio_api/vibe-code", 404),
        ("gradio_api/proxy=http://example.org/a.mp4", 404),
        ("gradio_api/deep_link?session_hash=a", 404),
        ("gradio_api/file=/etc/passwd", 403),
        ("gradio_api/file=../../../../etc/passwd", 404),
        ("gradio_api/file=%2e%2e/%2e%2e/etc/passwd", 403),
    ],
)
def test_neither_other_hosts_nor_other_files_are_fetched(address, path, code):
    assert WEB.get(address + path).status_code == code


def test_recordings_are_not_run_through_programs(address, clip):
    files = {"video": ("a.mp4", clip.read_bytes(), "video/mp4")}
    assert WEB.post(f"{address}gradio_api/process_recording", files=files).status_code == 404


@pytest.mark.parametrize("name", ["../../evil.mp4", "/etc/evil.mp4", "..\\evil.mp4", ".."])
def test_name_of_an_upload_never_leads_out_of_its_folder(address, clip, name):
    reply = upload(address, clip, name)
    if reply.status_code == 200:
        folder = Path(os.environ["GRADIO_TEMP_DIR"]).resolve()
        (stored,) = map(Path, reply.json())
        assert stored.resolve().is_relative_to(folder)
        assert stored.resolve() != folder
        stored.unlink(missing_ok=True)


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/environ", "app.py"])
def test_file_of_the_server_is_no_clip(address, path):
    reply = WEB.post(address + CALL, json={"data": [file_data(path)]})
    told = WEB.get(f"{address}{CALL}/{reply.json()['event_id']}").text
    assert "event: error" in told
    assert "root:" not in told


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and path.stat().st_size}


def test_nothing_of_a_clip_is_left_on_the_disk(address, clip, tmp_path):
    folder = Path(os.environ["GRADIO_TEMP_DIR"])
    assert folder.stat().st_mode & 0o077 == 0
    places = [Path.cwd() / "signbridge", Path.cwd() / "docs"]
    clip = clip.rename(tmp_path / "of-a-visitor.mp4")
    started_s = time.time()
    before = files_in(folder)
    client = Client(address, verbose=False, download_files=str(tmp_path / "answers"))
    result, _ = client.predict(handle_file(str(clip)), api_name="/translate_asl_clip")
    assert result["text"] == "hello."
    client.predict(handle_file(str(clip)), "landmark", "", api_name="/compare_asl_clip")
    # The sound is there for the visitor to fetch; it goes minutes later, with the sweep.
    left = files_in(folder) - before
    assert {path.suffix for path in left} <= {".wav"}
    assert not [path for path in files_in(folder) if path.name == clip.name]
    if folder.is_relative_to("/dev/shm"):
        elsewhere = {path.name for path in files_in(Path(tempfile.gettempdir()) / "gradio")}
        assert not [name for name in elsewhere if name.startswith(clip.stem)]
    for place in places:
        new = (
            [p for p in files_in(place) if p.stat().st_mtime > started_s] if place.is_dir() else []
        )
        assert [p for p in new if p.suffix in (".mp4", ".wav", ".json", ".npz")] == []


def test_clip_that_can_not_be_read_is_deleted_too(address, tmp_path):
    fake = tmp_path / "notes-of-a-visitor.mp4"
    fake.write_text("not a video")
    with pytest.raises(AppError, match="is not a video"):
        Client(address, verbose=False).predict(
            handle_file(str(fake)), api_name="/translate_asl_clip"
        )
    folder = Path(os.environ["GRADIO_TEMP_DIR"])
    assert [path for path in files_in(folder) if path.name == fake.name] == []


def test_same_clip_of_two_visitors_is_there_until_both_have_their_answer(address, clip):
    (first,) = upload(address, clip).json()
    (second,) = upload(address, clip).json()
    assert first == second

    def ask(_: int) -> str:
        event = WEB.post(address + CALL, json={"data": [file_data(first)]}).json()["event_id"]
        return WEB.get(f"{address}{CALL}/{event}").text

    answers = [ask(0), ask(1)]
    assert all("hello." in answer for answer in answers)
    assert not Path(first).exists()


def test_empty_files_of_gradio_are_swept_and_those_of_running_uploads_are_not(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    old, young, full = (tmp_path / name for name in ("tmpold", "tmpyoung", "tmpfull"))
    for path in (old, young, full):
        path.touch()
    full.write_text("an upload")
    long_ago = time.time() - EMPTY_S - 1
    for path in (old, full):
        os.utime(path, (long_ago, long_ago))
    Uploads().sweep()
    assert set(tmp_path.iterdir()) == {young, full}


def test_file_that_another_sweep_deletes_meanwhile_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    (tmp_path / "tmpgone").symlink_to(tmp_path / "deleted")  # is listed, but not there
    Uploads().sweep()


def test_who_uploads_too_often_waits_and_nobody_else_does(clip):
    with served(uploads_per_minute=2) as address:
        codes = [upload(address, clip).status_code for _ in range(3)]
        assert codes == [200, 200, 429]
        told = upload(address, clip)
        assert "Too many uploads: 2 a minute are taken" in told.text
        assert told.headers["retry-after"] == "60"
        other = upload(address, clip, **{"X-Forwarded-For": "198.51.100.7"})
        assert other.status_code == 200


def test_after_a_minute_a_visitor_may_go_on():
    now = [0.0]
    rate = Rate(2, lambda: now[0])
    assert [rate.allow("a"), rate.allow("a"), rate.allow("a"), rate.allow("b")] == [
        True, True, False, True
    ]  # fmt: skip
    now[0] = 60.0
    assert rate.allow("a")


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        ("93.184.215.14", "", "93.184.215.14"),
        ("93.184.215.14", "198.51.100.1", "93.184.215.14"),
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "made-up, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "", "10.0.0.2"),
    ],
)
def test_visitor_is_known_by_the_address_that_nobody_can_make_up(peer, forwarded, visitor):
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    assert visitor_of({"type": "http", "client": (peer, 1), "headers": headers}) == visitor


class WaitingRecognizer(fakes.FakeRecognizer):
    """Answers when the gate opens."""

    gate = threading.Event()

    def recognize(self, segment: Segment) -> RecognitionResult:
        assert self.gate.wait(30)
        return super().recognize(segment)


def test_queue_that_is_full_says_so_and_loses_nobody_who_waits(clip):
    WaitingRecognizer.gate.clear()
    with served(WaitingRecognizer(), max_waiting=2) as address:
        body = {"data": [file_data(upload(address, clip).json()[0])]}
        events: list[str] = []
        deadline = time.monotonic() + 20
        while (reply := WEB.post(address + CALL, json=body)).status_code == 200:
            events.append(reply.json()["event_id"])
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert reply.status_code == 503
        assert "full" in reply.text
        WaitingRecognizer.gate.set()
        assert 2 <= len(events) <= 6
        with ThreadPoolExecutor() as pool:
            urls = [f"{address}{CALL}/{event}" for event in events]
            answers = list(pool.map(lambda url: WEB.get(url).text, urls))
        assert all("event: complete" in answer or "event: error" in answer for answer in answers)


def test_with_a_login_nothing_is_shown_to_strangers(clip, tmp_path):
    with served(login="anna:pass:word") as address:
        for path in ("", "config", "gradio_api/info", "metrics", "gradio_api/file=/etc/passwd"):
            reply = WEB.get(address + path)
            assert reply.status_code == 401
            assert reply.headers["www-authenticate"].startswith("Basic")
            assert "x-content-type-options" in reply.headers
        assert upload(address, clip).status_code == 401
        assert WEB.get(address + "config", auth=("anna", "wrong")).status_code == 401
        assert WEB.get(address + "healthz").status_code in (200, 503)
        client = Client(
            address,
            verbose=False,
            headers={"Authorization": httpx.BasicAuth("anna", "pass:word")._auth_header},
        )
        result, _ = client.predict(handle_file(str(clip)), api_name="/translate_asl_clip")
        assert result["text"] == "hello."


def test_login_file_has_a_line_for_each_user(tmp_path):
    file = tmp_path / "users"
    file.write_text("anna:one\n\nben:two:three\n")
    login = Login(str(file))
    assert login.needed
    known = httpx.BasicAuth("ben", "two:three")._auth_header
    assert login.knows(known)
    assert not login.knows(httpx.BasicAuth("ben", "one")._auth_header)
    assert not login.knows("Basic ***")
    assert not login.knows("")
    assert not Login("none").needed


@pytest.mark.parametrize("content", ["", "no colon here", "anna:", ":secret"])
def test_login_that_lets_nobody_in_is_refused_without_being_repeated(tmp_path, content):
    file = tmp_path / "users"
    file.write_text(content)
    with pytest.raises(SettingsError) as error:
        Login(str(file))
    assert "login" in str(error.value)
    assert content.strip() not in str(error.value).split() or not content
    with pytest.raises(SettingsError):
        Login(str(tmp_path / "nothing"))
    assert "secret" not in repr(Settings(login="anna:secret"))


def test_too_many_wrong_passwords_keep_even_the_right_one_out_for_a_minute():
    with served(login="anna:right", uploads_per_minute=3) as address:
        codes = [
            WEB.get(address + "config", auth=("anna", f"wrong{n}")).status_code for n in range(4)
        ]
        assert codes == [401, 401, 401, 429]
        assert WEB.get(address + "config", auth=("anna", "right")).status_code == 429
        other = {"X-Forwarded-For": "198.51.100.7"}
        reply = WEB.get(address + "config", auth=("anna", "right"), headers=other)
        assert reply.status_code == 200


def test_header_that_is_no_ascii_is_no_password():
    assert not Login("anna:right").knows("Basic \u00e9")
