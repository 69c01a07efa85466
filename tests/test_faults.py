"""What goes wrong around a clip: each fault gives a notice and a result, or one clear error."""

from __future__ import annotations

import os
import re
import resource
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from signbridge.clips import open_clip, translate
from signbridge.compose.chat.composer import ChatComposer
from signbridge.compose.rules import RuleComposer
from signbridge.errors import BadInputError
from signbridge.pipeline import Engine
from signbridge.remote import Endpoint
from signbridge.session import Session
from signbridge.speak.endpoint import EndpointSpeaker, Voice
from signbridge.web.upload import translate_clip
from tests import fakes
from tests.chat_server import begin, end, saying, write
from tests.endless_server import endless, sending, trickled_head
from tests.http_server import Handler, Reply, serving
from tests.web.clips import write_clip

NOBODY_THERE = "http://127.0.0.1:9/v1"
TIMEOUT_S = 0.3
GIVEN_UP = re.compile(r"did not (end its )?answer within")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "open_segmenter", fakes.FakeSegmenter)
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "hello.mp4")


def slow(handler: Handler, _: dict[str, Any]) -> None:
    time.sleep(4 * TIMEOUT_S)


def lying(handler: Handler, _: dict[str, Any]) -> None:
    handler.send(200, b"<html>It works!</html>")


def dying(handler: Handler, _: dict[str, Any]) -> None:
    begin(handler)
    write(handler, '{"sentence": "Hel')
    handler.connection.close()


FAULTS = {"slow": slow, "lying": lying, "dying": dying, "making things up": saying("Call Anna!")}


def say_hello(handler: Handler) -> None:
    write(handler, '{"sentence": "Hello.", "sources": []}')
    end(handler)


def begin_sources(handler: Handler) -> None:
    begin(handler)
    write(handler, '{"sentence": "Hello.", "sources": [')


def begin_sound(handler: Handler) -> None:
    handler.begin(kind="audio/pcm")


HUM = (4000 * np.sin(np.arange(2400) / 10)).astype("<i2").tobytes()
ENDLESS_CHATS = {
    "head": trickled_head(b"data: [DONE]\n\n", "text/event-stream"),
    "comments": endless(begin, sending(b": ping\n\n"), say_hello),
    "words without a letter": endless(begin, lambda one: write(one, ""), say_hello),
    "line": endless(begin, sending(b"x"), say_hello),
    "sources": endless(begin_sources, lambda one: write(one, " "), lambda one: write(one, "]}")),
}
ENDLESS_VOICES = {
    "head": trickled_head(HUM, "audio/pcm"),
    "sound": endless(begin_sound, sending(HUM[:20]), sending(HUM)),
}


@contextmanager
def endpoint(fault: str | Reply, name: str) -> Iterator[Endpoint]:
    """Give the address of a server with this fault."""
    if fault == "down":
        yield Endpoint(NOBODY_THERE, "key", "model", TIMEOUT_S, name)
        return
    with serving(FAULTS[fault] if isinstance(fault, str) else fault) as server:
        yield Endpoint(server.url, "key", "model", TIMEOUT_S, name)


def with_chat(place: Endpoint) -> Engine:
    return fakes.engine(
        change=lambda one: replace(one, composer=ChatComposer(place), spare=RuleComposer())
    )


@pytest.mark.parametrize("fault", ["down", *FAULTS])
def test_composer_at_fault_leaves_the_rules_sentence_and_a_notice(clip: Path, fault: str) -> None:
    with endpoint(fault, "SIGNBRIDGE_CHAT") as place:
        found = translate(with_chat(place), clip)
    assert found.utterance.text.rstrip(".!") == "Hello"
    assert found.utterance.composer == "rules"
    (notice,) = found.notices
    assert "Composer 'chat' failed, the rules write it" in notice


@pytest.mark.parametrize("fault", ["down", "slow", "dying"])
def test_voice_at_fault_leaves_the_sentence_and_a_notice(clip: Path, fault: str) -> None:
    with endpoint(fault, "SIGNBRIDGE_SPEECH") as place:
        voice = EndpointSpeaker(place, Voice("default", 1.0))
        found = translate(fakes.engine(change=lambda one: replace(one, speaker=voice)), clip)
    assert found.utterance.text == "hello."
    assert [notice for notice in found.notices if "there is no sound" in notice]


@pytest.mark.parametrize("answer", ENDLESS_CHATS.values(), ids=ENDLESS_CHATS)
def test_composer_without_end_leaves_the_rules_sentence_and_a_notice(
    clip: Path, answer: Reply
) -> None:
    with endpoint(answer, "SIGNBRIDGE_CHAT") as place:
        found = translate(with_chat(place), clip)
    assert found.utterance.text.rstrip(".!") == "Hello"
    (notice,) = found.notices
    assert GIVEN_UP.search(notice)
    assert "the rules write it" in notice


@pytest.mark.parametrize("answer", ENDLESS_VOICES.values(), ids=ENDLESS_VOICES)
def test_voice_without_end_leaves_the_sentence_and_a_notice(clip: Path, answer: Reply) -> None:
    with endpoint(answer, "SIGNBRIDGE_SPEECH") as place:
        voice = EndpointSpeaker(place, Voice("default", 1.0))
        found = translate(fakes.engine(change=lambda one: replace(one, speaker=voice)), clip)
    assert found.utterance.text == "hello."
    (notice,) = found.notices
    assert GIVEN_UP.search(notice)
    assert "there is no sound" in notice


def test_recognizer_at_fault_leaves_the_other_and_a_notice(clip: Path) -> None:
    broken = fakes.FakeRecognizer(name="video", error="the endpoint can't be reached")
    engine = fakes.engine(change=lambda one: replace(one, recognizers=(broken, *one.recognizers)))
    found = translate(engine, clip)
    assert found.utterance.text == "hello."
    assert [notice for notice in found.notices if "'video' did not answer" in notice]


@contextmanager
def disk_that_takes(most_bytes: int) -> Iterator[None]:
    """Let no file grow beyond this, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_full_disk_costs_the_clip_with_landmarks_alone(clip: Path, tmp_path: Path) -> None:
    annotated = tmp_path / "annotated.mp4"
    with disk_that_takes(100):
        found = translate_clip(fakes.engine(), clip, annotated)
    assert found.utterance.text == "hello."
    assert "clip with landmarks can't be written" in found.notices[-1]
    assert not annotated.exists()


def test_killed_decoder_is_one_line_and_the_next_clip_is_read(clip: Path) -> None:
    engine = fakes.engine()
    video = open_clip(engine, long_clip(clip.parent))
    frames = iter(video)
    next(frames)
    os.kill(video._process, signal.SIGKILL)
    with pytest.raises(BadInputError, match="broke the decoder"):
        list(frames)
    assert translate(engine, clip).utterance.text == "hello."


def long_clip(folder: Path) -> Path:
    """Return a clip of more pixels than a pipe holds."""
    return write_clip(folder / "long.mp4", (fakes.SIGNING, 25.0))
