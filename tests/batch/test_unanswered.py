"""A model that is off while a clip is read is remembered; one that answers badly is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from signbridge.batch.folder import find
from signbridge.batch.unanswered import Unanswered
from signbridge.batch.work import TRANSLATE
from signbridge.breaker import FAILURES
from signbridge.compose.chat.composer import ChatComposer
from signbridge.compose.rules import RuleComposer
from signbridge.errors import BadInputError
from signbridge.pipeline import Engine
from signbridge.remote import Endpoint
from signbridge.session import Session
from signbridge.settings import Settings
from signbridge.types import Landmarks, Segment
from tests import fakes
from tests.chat_server import saying
from tests.http_server import Handler, serving
from tests.web.clips import write_clip

SEGMENT = Segment(Landmarks(fakes.person(raised=True)[None], 10.0), 0.0, 1.0)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "open_segmenter", fakes.FakeSegmenter)
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)


def refusing(status: int) -> Any:
    def reply(handler: Handler, _: dict[str, Any]) -> None:
        handler.send(status, b'{"error": {"message": "no"}}')

    return reply


@contextmanager
def composing(url: str) -> Iterator[tuple[Engine, Unanswered]]:
    """Yield an engine whose sentences this server writes, and what remembers its failures."""
    composer = ChatComposer(Endpoint(url, "key", "model", 5.0))
    engine = replace(fakes.engine(), composer=composer, spare=RuleComposer())
    unanswered = Unanswered()
    yield unanswered.watched(engine), unanswered


@pytest.mark.parametrize(
    ("reply", "names"),
    [
        (saying("Hello."), []),
        (saying("Call Anna!"), []),  # nobody signed it: the same question gets the same answer
        (refusing(400), []),
        (refusing(401), ["chat"]),
        (refusing(500), ["chat"]),
    ],
    ids=["answers", "makes things up", "refuses the question", "locks out", "fails"],
)
def test_composer_that_is_off_is_remembered_once(reply: Any, names: list[str]) -> None:
    with serving(reply) as server, composing(server.url) as (engine, unanswered):
        results, _ = engine.recognize(SEGMENT)
        for _ in range(2):
            engine.compose(results)
        assert unanswered.taken() == names
        assert unanswered.taken() == []


def test_server_that_is_spared_is_remembered_too() -> None:
    with composing("http://127.0.0.1:9/v1") as (engine, unanswered):
        results, _ = engine.recognize(SEGMENT)
        for _ in range(FAILURES):
            engine.compose(results)
        unanswered.taken()
        _, (notice,) = engine.compose(results)
        assert f"failed {FAILURES} times in a row; it is asked again in" in notice
        assert unanswered.taken() == ["chat"]


def test_recognizer_that_is_off_is_remembered() -> None:
    unanswered = Unanswered()
    off = fakes.FakeRecognizer(name="video-endpoint", error="can't be reached")
    engine = unanswered.watched(fakes.engine(off))
    assert engine.recognize(SEGMENT)[0] == ()
    assert unanswered.taken() == ["video-endpoint"]


def test_row_of_a_clip_names_who_was_off_for_this_clip_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = fakes.FakeComposer(name="chat", error="can't be reached")
    engine = fakes.engine(composer=chat).silent()
    monkeypatch.setattr("signbridge.build.build", lambda settings: engine)
    write_clip(tmp_path / "a.mp4")
    (tmp_path / "b.mp4").write_text("no video")
    a, b = find(tmp_path)
    work = TRANSLATE.start(Settings())
    assert work(a)["unanswered"] == ["chat"]
    with pytest.raises(BadInputError):
        work(b)
    chat.error = ""
    assert work(a)["unanswered"] == []
