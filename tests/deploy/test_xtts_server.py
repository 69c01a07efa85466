"""The voice server over real HTTP: with a model that hums, and with the app's own client."""

from __future__ import annotations

import io
import threading
import time
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from deploy.xtts.server import MODEL, make_app
from signbridge.errors import BackendUnavailableError
from signbridge.remote import Endpoint
from signbridge.speak.endpoint import EndpointSpeaker
from signbridge.speak.voice import Voice
from tests.uvicorn_server import serving_app

KEY = "sk-very-secret"
PIECE = 2400  # samples


class Hum:
    """Hums a tenth of a second a letter; waits at the gate before all but the first."""

    sample_rate = 24000
    speakers = ("Ada", "Ben")

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.asked: list[tuple[str, Voice]] = []
        self.made = 0
        self.at_once = 0
        self.most_at_once = 0

    def check(self, voice: Voice) -> None:
        if voice.name not in ("default", *self.speakers):
            raise ValueError(f"{voice.name!r} is unknown; choose from {self.speakers}")

    def stream(self, text: str, voice: Voice) -> Iterator[NDArray[np.float32]]:
        self.asked.append((text, voice))
        if text == "Break.":
            raise BackendUnavailableError("out of memory")
        if text == "Fall over.":
            raise ZeroDivisionError
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            for number in range(len(text)):
                if number:
                    assert self.gate.wait(10)
                self.made += 1
                yield np.full(PIECE, 0.1 * (1 + len(text) % 9), np.float32)
        finally:
            self.at_once -= 1


@pytest.fixture
def hum() -> Iterator[Hum]:
    model = Hum()
    yield model
    model.gate.set()


@pytest.fixture
def address(hum: Hum) -> Iterator[str]:
    with serving_app(make_app(hum, places=2, key=KEY)) as found:
        yield found


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    shown = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=address, headers=shown, timeout=120) as opened:
        yield opened


def speech(client: httpx.Client, text: str = "Hello.", **changed: object) -> httpx.Response:
    return client.post("/v1/audio/speech", json={"input": text, "model": MODEL} | changed)


def until(condition) -> None:
    deadline_s = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.01)


def test_pcm_is_the_models_sound_in_16_bits(client):
    answer = speech(client, "Hello.")
    assert answer.headers["content-type"] == "audio/pcm"
    samples = np.frombuffer(answer.content, "<i2")
    assert len(samples) == 6 * PIECE
    assert np.allclose(samples / 32767, 0.7, atol=1e-4)


def test_wav_is_whole_and_says_how_long_it_is(client):
    answer = speech(client, "Hello.", response_format="wav")
    with wave.open(io.BytesIO(answer.content)) as file:
        assert (file.getframerate(), file.getnframes()) == (24000, 6 * PIECE)


def test_first_piece_is_sent_before_the_next_is_made(hum, client):
    hum.gate.clear()
    asked = {"input": "Hello.", "model": MODEL}
    with client.stream("POST", "/v1/audio/speech", json=asked) as answer:
        pieces = answer.iter_bytes()
        first = next(pieces)
        assert len(first) == 2 * PIECE
        assert hum.made == 1
        hum.gate.set()
        assert len(b"".join(pieces)) == 5 * 2 * PIECE


def test_speaker_speed_and_language_reach_the_model(hum, client):
    speech(client, "Hallo.", voice="Ben", speed=1.5, language="de")
    assert hum.asked == [("Hallo.", Voice("Ben", 1.5, "de"))]


def test_models_and_voices_are_listed(client):
    assert [each["id"] for each in client.get("/v1/models").json()["data"]] == [MODEL]
    assert client.get("/v1/audio/voices").json() == {"voices": ["Ada", "Ben"]}


def test_health_needs_no_key_and_everything_else_does(address):
    assert httpx.get(f"{address}/health", timeout=120).json()["status"] == "ok"
    for path in ("/v1/models", "/v1/audio/voices"):
        assert httpx.get(address + path, timeout=120).status_code == 401
    answer = httpx.post(f"{address}/v1/audio/speech", json={"input": "Hello."}, timeout=120)
    assert answer.status_code == 401
    assert KEY not in answer.text


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"voice": "Eve"}, 400, "'Eve' is unknown; choose from"),
        ({"input": ""}, 400, "input"),
        ({"input": "?!"}, 400, "nothing to speak"),
        ({"input": "a" * 5000}, 400, "4096"),
        ({"speed": 9}, 400, "speed"),
        ({"response_format": "mp3"}, 400, "'pcm' or 'wav'"),
        ({"model": "tts-1"}, 404, MODEL),
        ({"input": "Break."}, 500, "out of memory"),
        ({"input": "Fall over."}, 500, "server's log"),
    ],
)
def test_what_goes_wrong_is_said_as_openai_says_it(client, changed, status, words):
    answer = speech(client, **changed)
    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]
    assert speech(client).status_code == 200


def test_sentences_are_made_one_after_another_and_none_is_mixed_up(hum, client):
    texts = ["Hello.", "Yes.", "How are you?"]
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda text: speech(client, text), texts))
    for text, answer in zip(texts, answers, strict=True):
        samples = np.frombuffer(answer.content, "<i2")
        assert len(samples) == len(text) * PIECE
        assert len(set(samples.tolist())) == 1
    assert hum.most_at_once == 1


def test_who_finds_the_queue_full_is_told_when_to_come_back(hum, client, address):
    hum.gate.clear()
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(speech, client, "Hello.") for _ in range(3)]
        until(lambda: httpx.get(f"{address}/health", timeout=120).json()["here"] == 3)
        answer = speech(client)
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) >= 1
        assert "too many" in answer.json()["error"]["message"]
        hum.gate.set()
        assert [each.result().status_code for each in waiting] == [200] * 3
    assert speech(client).status_code == 200


def test_nothing_more_is_made_for_who_has_left(hum, client, address):
    hum.gate.clear()
    asked = {"input": "A long sentence for somebody who leaves.", "model": MODEL}
    with client.stream("POST", "/v1/audio/speech", json=asked) as answer:
        next(answer.iter_bytes())
    time.sleep(0.2)
    hum.gate.set()
    until(lambda: httpx.get(f"{address}/health", timeout=120).json()["here"] == 0)
    assert hum.made <= 3


def test_apps_own_voice_hears_what_the_server_says(address):
    speaker = EndpointSpeaker(Endpoint(f"{address}/v1", KEY, timeout_s=10), Voice("Ada"))
    said = speaker.speak("Hello, Anna.")
    assert said.sample_rate == 24000
    assert np.abs(said.samples).max() == pytest.approx(0.7, abs=0.01)
