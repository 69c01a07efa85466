"""The voice on another machine, against a real local server that sends raw sound in pieces."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import numpy as np
import pytest

from signbridge.build import SPEAKERS, start
from signbridge.errors import BackendUnavailableError
from signbridge.remote import Endpoint
from signbridge.settings import Settings
from signbridge.speak.endpoint import PAUSE_S, SAMPLE_RATE, EndpointSpeaker, Voice
from tests import fakes
from tests.endless_server import endless, sending
from tests.http_server import Handler, serving

KEY = "sk-very-secret"


def tone(text: str) -> np.ndarray:
    """A tenth of a second a letter, higher for longer texts: each clause has its own sound."""
    at = np.arange(len(text) * SAMPLE_RATE // 10) / SAMPLE_RATE
    return (8000 * np.sin(2 * np.pi * (200 + 10 * len(text)) * at)).astype("<i2")


def sounding(handler: Handler, body: dict[str, Any]) -> None:
    data = tone(body["input"]).tobytes()
    handler.begin(kind="audio/pcm")
    for first in range(0, len(data), 999):  # odd: samples are cut in two
        handler.wfile.write(data[first : first + 999])
        handler.wfile.flush()


def speaker(url: str, timeout_s: float = 5.0, **voice: Any) -> EndpointSpeaker:
    return EndpointSpeaker(
        Endpoint(url, KEY, "xtts", timeout_s, "SIGNBRIDGE_SPEECH"), Voice(**voice)
    )


@pytest.fixture(autouse=True)
def no_retry_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)


def test_sound_is_what_the_server_made_with_a_breath_between_clauses():
    with serving(sounding) as server:
        said = speaker(server.url).speak("Hello, Anna.")
    pause = np.zeros(round(PAUSE_S * SAMPLE_RATE), dtype=np.float32)
    expected = np.concatenate([tone("Hello,") / 32768, pause, tone("Anna.") / 32768])
    assert said.sample_rate == SAMPLE_RATE
    np.testing.assert_allclose(said.samples, expected, atol=1e-6)


def test_server_is_asked_for_raw_sound_by_the_chosen_voice():
    with serving(sounding) as server:
        speaker(server.url, name="claribel", speed=1.2).speak("Hello.")
    (asked,) = server.requests
    path, authorization, body = asked.path, asked.authorization, asked.body
    assert path == "/v1/audio/speech"
    assert authorization == f"Bearer {KEY}"
    assert body == {
        "model": "xtts",
        "voice": "claribel",
        "input": "Hello.",
        "response_format": "pcm",
        "speed": 1.2,
    }


def test_voice_at_another_speed_asks_for_it_and_leaves_the_first_as_it_is():
    with serving(sounding) as server:
        own = speaker(server.url, name="claribel")
        for voice in (own.at(1.5), own):
            voice.speak("Hello.")
    assert [asked.body["speed"] for asked in server.requests] == [1.5, 1.0]


def test_server_that_failed_often_is_left_alone_for_a_while():
    with serving(silent) as server:
        voice = speaker(server.url)
        for _ in range(3):
            with pytest.raises(BackendUnavailableError, match="silence"):
                voice.speak("Hello.")
        with pytest.raises(BackendUnavailableError, match="failed 3 times in a row"):
            voice.at(1.5).speak("Hello.")
    assert len(server.requests) == 3


def test_first_sound_comes_before_the_server_has_made_the_last():
    made = threading.Event()

    def slowly(handler: Handler, _: dict[str, Any]) -> None:
        handler.begin(kind="audio/pcm")
        handler.wfile.write(tone("Hello there.").tobytes()[: SAMPLE_RATE // 2])
        handler.wfile.flush()
        made.wait(5)
        handler.wfile.write(tone("Hello there.").tobytes()[SAMPLE_RATE // 2 :])

    with serving(slowly) as server:
        pieces = speaker(server.url).stream("Hello there.")
        first = next(pieces)
        assert len(first.samples) > 0
        made.set()
        rest = list(pieces)
    total = len(first.samples) + sum(len(piece.samples) for piece in rest)
    assert total == len(tone("Hello there."))


def silent(handler: Handler, _: dict[str, Any]) -> None:
    handler.begin(kind="audio/pcm")
    handler.wfile.write(bytes(48000))


def empty(handler: Handler, _: dict[str, Any]) -> None:
    handler.begin(kind="audio/pcm")


def talking(handler: Handler, _: dict[str, Any]) -> None:
    handler.begin()
    handler.wfile.write(b'{"error": "loading"}')


def packed(handler: Handler, _: dict[str, Any]) -> None:
    handler.begin(kind="audio/mpeg")
    handler.wfile.write(b"ID3" + bytes(range(250)) * 20)


def refusing(handler: Handler, _: dict[str, Any]) -> None:
    handler.begin(401)
    handler.wfile.write(json.dumps({"error": {"message": f"{KEY} is wrong"}}).encode())


def hanging(handler: Handler, _: dict[str, Any]) -> None:
    handler.begin(kind="audio/pcm")
    time.sleep(1.0)


@pytest.mark.parametrize(
    ("reply", "words", "timeout_s"),
    [
        (silent, "silence", 20.0),
        (empty, "no sound", 20.0),
        (talking, "not raw sound", 20.0),
        (packed, "not raw sound", 20.0),
        (refusing, r"refused \(401\)", 20.0),
        (hanging, "did not answer|broke off", 0.3),
    ],
)
def test_server_without_sound_is_named_with_what_it_did(reply, words, timeout_s):
    with serving(reply) as server, pytest.raises(BackendUnavailableError, match=words) as raised:
        speaker(server.url, timeout_s=timeout_s).speak("Hello.")
    assert KEY not in str(raised.value)


def test_sound_without_end_is_cut_off_and_counts_as_a_failure():
    second = tone("0123456789").tobytes()
    flood = endless(lambda one: one.begin(kind="audio/pcm"), sending(second), sending(b""))
    with serving(flood) as server:
        voice = speaker(server.url)
        for _ in range(3):
            with pytest.raises(BackendUnavailableError, match="sent more than 8 s of sound"):
                voice.speak("Hello.")
        with pytest.raises(BackendUnavailableError, match="failed 3 times in a row"):
            voice.speak("Hello.")


def test_long_number_is_read_to_its_end():
    read_out = 48 * tone("0123456789").tobytes()  # 48 s: 88 figures
    with serving(lambda one, _: (one.begin(kind="audio/pcm"), one.wfile.write(read_out))) as server:
        assert speaker(server.url).speak(88 * "7").duration_s == 48


def test_sentence_stays_where_the_voice_fails():
    with serving(silent) as server:
        engine = fakes.engine(speaker=speaker(server.url))
        speech, notices = engine.speak("Hello.")
    assert speech is None
    assert "silence" in notices[0]


def test_voice_without_an_address_says_what_to_set():
    with pytest.raises(BackendUnavailableError, match="SIGNBRIDGE_SPEECH_URL"):
        start("Voice", "speech-endpoint", SPEAKERS, Settings(speaker="speech-endpoint"))


def test_host_is_named_while_the_voice_is_on():
    address = "http://voice.example:8020/v1"
    assert Settings(speaker="speech-endpoint", speech_url=address).hosts == ("voice.example:8020",)
    assert Settings(speech_url=address).hosts == ()
