"""A real server that speaks the OpenAI protocol over HTTP: it decodes what it gets, and answers."""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from signbridge import patience, remote
from signbridge.breaker import Breaker
from signbridge.build import RECOGNIZERS, start
from signbridge.errors import BackendUnavailableError
from signbridge.landmarks.topology import N_POINTS
from signbridge.recognize.video import wire
from signbridge.recognize.video.endpoint import EndpointRecognizer
from signbridge.recognize.video.preprocess import prepare
from signbridge.recognize.video.prompt import PROMPTS
from signbridge.remote import Endpoint, Remote
from signbridge.settings import Settings
from signbridge.types import Clip, Landmarks, RecognitionResult, Segment
from tests import fakes
from tests.endless_server import endless, sending, trickled_head
from tests.http_server import Handler, Reply, Server, serving

KEY = "sk-very-secret"


def brightness(handler: Handler, body: dict[str, Any]) -> None:
    """Answer with what the video shows: its frames, size and mean brightness."""
    user = body["messages"][-1]["content"]
    pixels, fps = wire.decode(wire.from_data_url(user[0]["video_url"]["url"]))
    frames, height, width = pixels.shape[:3]
    text = f"{frames} frames of {width} x {height} at {fps:g}, {pixels.mean():.6f}"
    choices = [
        {
            "index": index,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": text if index == 0 else f"other {index}"},
            "logprobs": {"content": [token(-0.5 - index), token(-0.25)]},
        }
        for index in range(body["n"])
    ]
    handler.send(200, answer(choices))


def token(logprob: float) -> dict[str, Any]:
    return {"token": "a", "logprob": logprob, "bytes": None, "top_logprobs": []}


def answer(choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "served-model",
        "choices": choices,
    }


def plain(text: object) -> Reply:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant"}}
    choice["message"]["content"] = text
    return lambda handler, _: handler.send(200, answer([choice]))


def segment() -> Segment:
    pixels = np.random.default_rng(0).integers(0, 256, (30, 48, 64, 3)).astype(np.uint8)
    points = np.full((30, N_POINTS, 3), np.nan, np.float32)
    return Segment(Landmarks(points, 20.0), 0.0, 1.5, Clip(pixels, 20.0))


def ask(server: Server, timeout_s: float = 20.0, model: str = "first") -> RecognitionResult:
    where = Endpoint(server.url, KEY, model, timeout_s)
    return EndpointRecognizer(where, PROMPTS["training"]).recognize(segment())


@pytest.fixture(autouse=True)
def no_retry_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)


def test_server_gets_exactly_the_prepared_pictures() -> None:
    with serving(brightness) as server:
        result = ask(server)
    whole = segment()
    assert whole.clip is not None
    prepared = prepare(whole.clip, whole.landmarks)
    frames, height, width = prepared.pixels.shape[:3]
    expected = f"{frames} frames of {width} x {height} at 20, {prepared.pixels.mean():.6f}"
    assert result.guesses[0].text == expected
    assert (result.recognizer, result.kind) == ("video-endpoint", "sentence")


def test_request_asks_for_the_trained_prompt_and_untouched_pictures() -> None:
    with serving(brightness) as server:
        ask(server)
    (asked,) = server.requests
    path, body = asked.path, asked.body
    assert path == "/v1/chat/completions"
    assert body["model"] == "served-model"
    assert body["messages"][0]["content"][0]["text"] == "You are a sign language translator."
    assert body["messages"][1]["content"][1]["text"] == PROMPTS["training"].user
    assert body["mm_processor_kwargs"] == {"do_resize": False, "do_sample_frames": False}
    assert body["media_io_kwargs"] == {"video": {"num_frames": -1}}
    assert (body["use_beam_search"], body["n"], body["length_penalty"]) == (True, 5, 0.6)
    assert (body["max_tokens"], body["repetition_penalty"]) == (32, 1.1)


def test_score_is_the_beams_from_the_log_probabilities() -> None:
    with serving(brightness) as server:
        guesses = ask(server).guesses
    # Two tokens: sums -0.75 and -1.75, over 2^0.6.
    assert guesses[0].score == pytest.approx(math.exp(-0.75 / 2**0.6))
    assert guesses[1].score == pytest.approx(math.exp(-1.75 / 2**0.6))


def test_server_that_tells_no_probabilities_leaves_the_score_unmeasured() -> None:
    with serving(plain("Hello.")) as server:
        (guess,) = ask(server, model="mine").guesses
        assert server.requests[0].body["model"] == "mine"
    assert guess.text == "Hello."
    assert math.isnan(guess.score)


def test_key_opens_the_server() -> None:
    with serving(brightness) as server:
        ask(server)
    assert server.requests[0].authorization == f"Bearer {KEY}"


def test_key_is_in_no_message_log_or_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def quote(handler: Handler, _: dict[str, Any]) -> None:
        handler.send(401, {"error": {"message": f"Incorrect API key provided: {KEY}"}})

    with serving(quote) as server, pytest.raises(BackendUnavailableError) as error:
        ask(server)
    assert "refused (401): " in str(error.value)
    assert "[key]" in str(error.value)
    said = [str(error.value), caplog.text, repr(Endpoint("http://x", KEY))]
    said.append(repr(Settings(video_endpoint_key=KEY)))
    assert not [text for text in said if KEY in text]


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (lambda handler, _: handler.send(400, {"error": {"message": "too long"}}), "(400): "),
        (lambda handler, _: handler.send(500, {"error": {"message": "broken"}}), "(500): "),
        (lambda handler, _: handler.send(200, b"{not json"), "what is no answer"),
        (lambda handler, _: handler.send(200, b"[]"), "what is no answer"),
        (lambda handler, _: handler.send(200, b'"Hello."'), "what is no answer"),
        (lambda handler, _: handler.send(200, {"choices": []}), "there is no sentence in it"),
        (lambda handler, _: handler.send(200, {"choices": None}), "there is no sentence in it"),
        (plain(None), "there is no sentence in it"),
        (plain(["Hello."]), "there is no sentence in it"),
        (lambda handler, _: handler.connection.close(), "can't be reached"),
    ],
)
def test_server_that_fails_is_named_with_what_it_did(reply: Reply, message: str) -> None:
    with serving(reply) as server, pytest.raises(BackendUnavailableError) as error:
        ask(server)
    assert message in str(error.value)
    assert server.url in str(error.value)


def test_failure_that_may_pass_is_tried_again() -> None:
    calls = []

    def second(handler: Handler, body: dict[str, Any]) -> None:
        calls.append(body)
        if len(calls) == 1:
            handler.send(503, {"error": {"message": "starting"}})
        else:
            plain("Hello.")(handler, body)

    with serving(second) as server:
        assert ask(server).guesses[0].text == "Hello."
    assert len(calls) == 2


def test_server_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "RETRIES", 0)
    told = pytest.raises(BackendUnavailableError, match=r"did not answer within 0\.2 s")
    with serving(lambda *_: time.sleep(1.0)) as server, told:
        ask(server, timeout_s=0.2, model="mine")


ENDLESS = {
    "head": trickled_head(b"{}", "application/json"),
    "body": endless(lambda one: one.begin(), sending(b" "), sending(b"{}")),
}


@pytest.mark.parametrize("reply", ENDLESS.values(), ids=ENDLESS)
def test_answer_without_end_is_given_up(reply: Reply) -> None:
    told = pytest.raises(BackendUnavailableError, match=r"did not (end its )?answer within 0\.5 s")
    with serving(reply) as server, told:
        ask(server, timeout_s=0.5, model="mine")


def test_answer_of_no_reasonable_size_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "MOST_BYTES", 1_000_000)
    flood = endless(lambda one: one.begin(), sending(bytes(100_000)), sending(b""))
    told = pytest.raises(BackendUnavailableError, match="sent more than 1 MB for one answer")
    with serving(flood) as server, told:
        ask(server, model="mine")


def test_each_question_has_all_the_time_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    passed_s = [0.0]
    monkeypatch.setattr(patience, "time", SimpleNamespace(monotonic=lambda: passed_s[0]))

    def slowly(handler: Handler, body: dict[str, Any]) -> None:
        passed_s[0] += 40
        plain("Hello.")(handler, body)

    with serving(slowly) as server:
        where = Endpoint(server.url, KEY, "mine", 60.0)
        recognizer = EndpointRecognizer(where, PROMPTS["training"])
        for _ in range(3):  # on the same connection
            assert recognizer.recognize(segment()).guesses[0].text == "Hello."


def test_clips_that_a_server_refuses_close_it_to_nobody() -> None:
    asked = []

    def too_long(handler: Handler, body: dict[str, Any]) -> None:
        asked.append(body)
        if len(asked) > 4:
            plain("Hello.")(handler, body)
        else:
            handler.send(400, {"error": {"message": "too long"}})

    with serving(too_long) as server:
        recognizer = EndpointRecognizer(
            Endpoint(server.url, KEY, "mine", 60.0), PROMPTS["training"]
        )
        for _ in range(4):
            with pytest.raises(BackendUnavailableError, match=r"refused \(400\)"):
                recognizer.recognize(segment())
        assert recognizer.recognize(segment()).guesses[0].text == "Hello."


def test_server_that_hangs_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "RETRIES", 0)
    now = [0.0]
    over = threading.Event()

    def hang(_: Handler, __: dict[str, Any]) -> None:
        over.wait(30)

    with serving(hang) as server:
        where = Endpoint(server.url, KEY, "mine", 0.3, "SIGNBRIDGE_VIDEO_ENDPOINT")
        recognizer = EndpointRecognizer(where, PROMPTS["training"])
        recognizer._breaker = Breaker(clock=lambda: now[0])
        for _ in range(3):
            with pytest.raises(BackendUnavailableError, match="did not answer within"):
                recognizer.recognize(segment())
        engine = fakes.engine(
            change=lambda one: replace(one, recognizers=(recognizer, *one.recognizers))
        )
        results, notices = engine.recognize(segment(), "sentences")
        assert results == ()
        assert "'video-endpoint' did not answer" in notices[0]
        assert "failed 3 times in a row; it is asked again in 30 s" in notices[0]
        assert len(server.requests) == 3
        over.set()
    with serving(plain("Hello.")) as mended:
        recognizer._remote = Remote(replace(where, url=mended.url, timeout_s=20.0))
        now[0] = 31.0
        assert recognizer.recognize(segment()).guesses[0].text == "Hello."


def test_clip_too_short_to_ask_about_does_not_speak_for_the_server() -> None:
    whole = segment()
    assert whole.clip is not None
    short = replace(whole, clip=replace(whole.clip, pixels=whole.clip.pixels[:8]))
    broken = plain(None)
    with serving(broken) as server:
        recognizer = EndpointRecognizer(Endpoint(server.url, KEY), PROMPTS["training"])
        for _ in range(5):
            with pytest.raises(BackendUnavailableError):
                recognizer.recognize(whole)
            assert recognizer.recognize(short).abstained
    assert len(server.requests) == 3


def test_server_that_is_not_there_is_told_so() -> None:
    with serving(brightness) as server:
        pass
    with pytest.raises(BackendUnavailableError, match="can't be reached"):
        ask(server)


def test_endpoint_without_an_address_says_what_to_set() -> None:
    with pytest.raises(BackendUnavailableError, match="SIGNBRIDGE_VIDEO_ENDPOINT_URL"):
        start("Recognizer", "video-endpoint", RECOGNIZERS, Settings())


def test_settings_reach_the_server() -> None:
    with serving(brightness) as server:
        settings = Settings(
            recognizers=("video-endpoint",),
            video_endpoint_url=server.url,
            video_endpoint_key=KEY,
            video_endpoint_model="mine",
            video_prompt="card",
        )
        start("Recognizer", "video-endpoint", RECOGNIZERS, settings).recognize(segment())
    (asked,) = server.requests
    authorization, body = asked.authorization, asked.body
    assert authorization == f"Bearer {KEY}"
    assert body["model"] == "mine"
    assert body["messages"][-1]["content"][1]["text"] == PROMPTS["card"].user
