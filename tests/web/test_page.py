"""The page as it is served: what programs may call, and that two callers don't mix."""

from __future__ import annotations

import socket
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from signbridge.settings import Settings
from signbridge.types import Guess, RecognitionResult, Segment
from signbridge.web.ui import launch
from tests import fakes
from tests.fakes import RESTING, SIGNING
from tests.web.clips import write_clip

WEB = httpx.Client(timeout=120)


class LengthRecognizer(fakes.FakeRecognizer):
    """Calls a stretch LONG or SHORT by its length, so that answers tell the clips apart."""

    def recognize(self, segment: Segment) -> RecognitionResult:
        result = super().recognize(segment)
        gloss = "LONG" if segment.landmarks.duration_s > 1.5 else "SHORT"
        return replace(result, guesses=(Guess(gloss, 0.9),))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def address() -> Iterator[str]:
    settings = Settings(port=free_port())
    blocks = launch(settings, lambda: fakes.engine(LengthRecognizer()), wait=False)
    yield f"http://127.0.0.1:{settings.port}/"
    blocks.close()


def test_programs_may_call_the_translation_and_the_comparison_and_nothing_else(address):
    info = WEB.get(address + "gradio_api/info").json()
    assert list(info["named_endpoints"]) == ["/translate_asl_clip", "/compare_asl_clip"]
    assert info["unnamed_endpoints"] == {}
    public = [
        dependency["api_name"]
        for dependency in WEB.get(address + "config").json()["dependencies"]
        if dependency["api_visibility"] != "private"
    ]
    assert public == ["translate_asl_clip", "compare_asl_clip"]


def test_the_translation_is_an_mcp_tool_with_its_argument_explained(address):
    tool, _ = WEB.get(address + "gradio_api/mcp/schema").json()
    assert tool["name"] == "translate_asl_clip"
    assert "American Sign Language" in tool["description"]
    assert "Not for medical, legal or emergency use" in tool["description"].replace("\n", " ")
    assert list(tool["inputSchema"]["properties"]) == ["clip"]
    assert "signer" in tool["inputSchema"]["properties"]["clip"]["description"]


def test_the_comparison_is_an_mcp_tool_with_its_arguments_explained(address):
    _, tool = WEB.get(address + "gradio_api/mcp/schema").json()
    assert tool["name"] == "compare_asl_clip"
    assert "Not for medical, legal or emergency use" in " ".join(tool["description"].split())
    described = {key: one["description"] for key, one in tool["inputSchema"]["properties"].items()}
    assert list(described) == ["clip", "recognizers", "reference"]
    assert all(described.values())


def test_a_program_gets_the_comparison_of_a_clip(address, tmp_path):
    clip = write_clip(tmp_path / "a.mp4", (SIGNING, 1.0), (RESTING, 1.0))
    client = Client(address, verbose=False)
    result = client.predict(
        handle_file(str(clip)), "landmark", "Short.", api_name="/compare_asl_clip"
    )
    (column,) = result["columns"]
    assert (column["recognizer"], column["text"]) == ("landmark", "short.")
    assert column["scores"]["wer_normalised"]["score"] == 0
    with pytest.raises(AppError, match="'nobody' is unknown"):
        client.predict(handle_file(str(clip)), "nobody", "", api_name="/compare_asl_clip")


def test_the_tabs_stand_in_the_order_in_which_they_are_tried(address):
    components = WEB.get(address + "config").json()["components"]
    tabs = [one["props"]["label"] for one in components if one["type"] == "tabitem"]
    assert tabs == [
        "Live", "Upload", "Make it yours", "Compare", "Leaderboard", "Signs", "Benchmarks", "About"
    ]  # fmt: skip
    (grid,) = [one for one in components if one["props"].get("elem_id") == "signs"]
    assert 'data-gloss="FAMILY"' in grid["props"]["value"]


def test_two_clients_at_once_each_get_their_own_clip(address, tmp_path):
    clips = {
        "short.": write_clip(tmp_path / "a.mp4", (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 1.0)),
        "long.": write_clip(tmp_path / "b.mp4", (RESTING, 0.5), (SIGNING, 2.0), (RESTING, 1.0)),
    }

    def translate(clip: Path) -> list[str]:
        client = Client(address, verbose=False)
        calls = (
            client.predict(handle_file(str(clip)), api_name="/translate_asl_clip") for _ in range(3)
        )
        return [result["text"] for result, _ in calls]

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(translate, clips.values()))
    assert answers == [["short."] * 3, ["long."] * 3]


def test_the_speech_is_a_wav_file_with_sound(address, tmp_path):
    clip = write_clip(tmp_path / "a.mp4", (SIGNING, 1.0), (RESTING, 1.0))
    client = Client(address, verbose=False)
    _, speech = client.predict(handle_file(str(clip)), api_name="/translate_asl_clip")
    with wave.open(speech) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert np.abs(samples).max() > 10_000


def test_a_clip_that_is_none_gets_one_plain_line(address, tmp_path):
    fake = tmp_path / "notes.mp4"
    fake.write_text("not a video")
    with pytest.raises(AppError) as error:
        Client(address, verbose=False).predict(
            handle_file(str(fake)), api_name="/translate_asl_clip"
        )
    assert "notes.mp4" in str(error.value)
    assert "Traceback" not in str(error.value)
    assert "/tmp" not in str(error.value)


@pytest.mark.parametrize("path", ["/etc/passwd", "app.py", "../app.py", "signbridge/settings.py"])
def test_files_of_the_server_are_not_served(address, path):
    assert WEB.get(f"{address}gradio_api/file={path}").status_code in (403, 404)


def test_the_page_asks_for_nothing_from_elsewhere(address):
    config = WEB.get(address + "config").json()
    assert config["analytics_enabled"] is False
    stylesheets = config.get("stylesheets") or []
    assert [sheet for sheet in stylesheets if "//" in sheet] == []
