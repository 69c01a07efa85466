"""`doctor` asks each server a real question: here real local servers, good and bad."""

from __future__ import annotations

import re
import time
from typing import Any

import numpy as np
import pytest

from deploy.xtts.server import MODEL, make_app
from signbridge import doctor
from signbridge.build import without_models
from signbridge.servers import ask_all
from signbridge.settings import Settings
from signbridge.speak.voice import Voice
from tests.chat_server import saying
from tests.http_server import Handler, serving
from tests.uvicorn_server import serving_app

KEY = "sk-very-secret"


class Hum:
    """Hums for half a second, in two pieces."""

    sample_rate = 24000
    speakers = ("Ada",)

    def check(self, voice: Voice) -> None:
        if voice.name != "default":
            raise ValueError(f"{voice.name!r} is unknown; choose from {self.speakers}")

    def stream(self, text: str, voice: Voice):
        for _ in range(2):
            yield np.full(6000, 0.1, np.float32)


def reading(handler: Handler, _: dict[str, Any]) -> None:
    message = {"role": "assistant", "content": "I like coffee."}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    handler.send(200, body)


@pytest.fixture(autouse=True)
def no_retry_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)


def test_composer_says_how_soon_it_writes():
    with serving(saying("Hello.")) as server:
        (seen,) = ask_all(Settings(chat_url=server.url, chat_key=KEY))
    assert (seen.name, seen.url, seen.fault) == ("composer", server.url, "")
    wanted = r"serves served-model; first word after \d+ ms, the sentence after \d+ ms: Hello\."
    assert re.fullmatch(wanted, seen.found)


def test_video_model_is_shown_a_clip():
    with serving(reading) as server:
        (seen,) = ask_all(Settings(video_endpoint_url=server.url))
        asked = server.requests[0].body["messages"][1]["content"][0]
    assert asked["type"] == "video_url"
    assert re.search(r"read a made-up clip in \d+ ms: I like coffee\.", seen.found)


def test_voice_says_how_soon_it_sounds():
    with serving_app(make_app(Hum(), places=1, key=KEY)) as address:
        (seen,) = ask_all(Settings(speech_url=f"{address}/v1", speech_key=KEY))
    assert seen.name == "voice"
    assert re.fullmatch(
        rf"serves {MODEL}; first sound after \d+ ms, 0\.5 s of it for “Hello\.” after \d+ ms",
        seen.found,
    )


def test_what_is_wrong_is_said_in_plain_english_and_never_the_key():
    with serving_app(make_app(Hum(), places=1, key="another")) as address:
        (seen,) = ask_all(Settings(speech_url=f"{address}/v1", speech_key=KEY))
    assert "refused (401)" in seen.fault
    assert "the key is missing or wrong" in seen.fault
    assert KEY not in repr(seen)


def test_unknown_speaker_is_told_with_those_there_are():
    with serving_app(make_app(Hum(), places=1)) as address:
        (seen,) = ask_all(Settings(speech_url=f"{address}/v1", speech_voice="Eve"))
    assert "'Eve' is unknown; choose from" in seen.fault


def test_one_server_that_is_down_or_hangs_leaves_the_others():
    with serving(saying("Hello.")) as gone:
        pass
    with serving(saying("Hello.")) as chat, serving(lambda *_: time.sleep(2)) as hung:
        settings = Settings(
            chat_url=chat.url,
            speech_url=gone.url,
            video_endpoint_url=hung.url,
            video_endpoint_timeout_s=0.2,
        )
        seen = {one.name: one for one in ask_all(settings)}
    assert seen["composer"].fault == ""
    assert "can't be reached" in seen["voice"].fault
    assert "SIGNBRIDGE_SPEECH_URL" in seen["voice"].fault
    assert "did not answer within 0.2 s" in seen["video"].fault


def test_composer_that_makes_things_up_is_told():
    with serving(saying("The expensive store is closed.")) as server:
        (seen,) = ask_all(Settings(chat_url=server.url))
    assert "nobody signed" in seen.fault


def test_address_that_no_server_can_have_is_told_and_the_rules_write():
    broken = "http://a\x01b/v1"
    settings = Settings(composer="chat", chat_url=broken, speech_url=broken)
    assert "SIGNBRIDGE_CHAT_URL" in " ".join(without_models(settings).notices)
    assert without_models(settings).composer.name == "rules"
    seen = {one.name: one.fault for one in ask_all(settings)}
    assert "SIGNBRIDGE_CHAT_URL" in seen["composer"]
    assert "SIGNBRIDGE_SPEECH_URL" in seen["voice"]


def test_nothing_is_asked_where_no_server_is_set():
    assert ask_all(Settings()) == []


def test_report_has_a_line_for_each_server(monkeypatch):
    for backends in ("EXTRACTORS", "RECOGNIZERS", "COMPOSERS", "SPEAKERS"):
        monkeypatch.setattr(doctor, backends, {})
    with serving(saying("Hello.")) as server:
        env = {"SIGNBRIDGE_CHAT_URL": server.url, "SIGNBRIDGE_CHAT_KEY": KEY}
        report = doctor.examine(env | {"SIGNBRIDGE_SPEECH_URL": "http://127.0.0.1:9/v1"})
    assert f"  composer {server.url}: serves served-model; first word" in report
    assert "! voice: can't be used: the endpoint http://127.0.0.1:9/v1 can't be reached" in report
    assert KEY not in report
