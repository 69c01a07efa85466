"""Starting the voice server: its options, its image, and the real model behind it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import torch

from deploy.xtts.__main__ import load
from deploy.xtts.options import FILES, Options, folder
from deploy.xtts.server import make_app
from signbridge.errors import BackendUnavailableError, SettingsError
from signbridge.remote import Endpoint
from signbridge.speak import xtts_model
from signbridge.speak.endpoint import EndpointSpeaker
from signbridge.speak.voice import Voice
from signbridge.speak.xtts_model import LICENCE
from tests.tiny_xtts import narrow, needs_xtts, save_xtts
from tests.uvicorn_server import serving_app

ROOT = Path(__file__).parents[2]
IMAGE = (ROOT / "deploy" / "xtts" / "Dockerfile").read_text(encoding="utf-8")


def test_environment_sets_the_options_and_the_key_is_not_shown():
    env = {"XTTS_WEIGHTS": "/w", "XTTS_KEY": "sk-secret", "XTTS_PLACES": "3", "PATH": "/bin"}
    options = Options.from_environment(env)
    assert options == Options(weights=Path("/w"), key="sk-secret", places=3)
    assert "sk-secret" not in repr(options)


@pytest.mark.parametrize("places", ["many", "0"])
def test_number_that_means_nothing_is_refused(places):
    with pytest.raises(SettingsError, match="XTTS_PLACES"):
        Options.from_environment({"XTTS_PLACES": places})


def test_licence_is_shown_before_anything_is_fetched_or_loaded(tmp_path):
    with pytest.raises(SettingsError, match=re.escape(LICENCE)) as raised:
        load(Options(weights=tmp_path, revision="abc"))
    assert "XTTS_LICENCE=accepted" in str(raised.value)


def test_weights_that_are_there_are_used_and_others_need_a_commit(tmp_path):
    with pytest.raises(SettingsError, match="XTTS_REVISION"):
        folder(Options(weights=tmp_path))
    for name in FILES:
        (tmp_path / name).touch()
    assert folder(Options(weights=tmp_path)) == tmp_path


def test_server_fetches_the_files_that_the_model_reads():
    assert FILES == xtts_model.FILES


def copied() -> list[tuple[list[str], str]]:
    """Return what the image copies of the project, and to where."""
    lines = re.findall(r"^COPY (?:--\S+ )*(.+)$", IMAGE, flags=re.MULTILINE)
    return [(line.split()[:-1], line.split()[-1]) for line in lines]


def test_image_holds_all_that_the_server_imports(tmp_path):
    for sources, target in copied():
        for source in sources:
            found, to = ROOT / source, tmp_path / target.lstrip("/")
            if found.is_dir():
                shutil.copytree(found, to, dirs_exist_ok=True)
            else:
                to.mkdir(parents=True, exist_ok=True)
                shutil.copy(found, to)
    done = subprocess.run(
        [sys.executable, "-m", "deploy.xtts"],
        cwd=tmp_path / "app",
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert LICENCE in done.stderr
    assert done.stderr.count("\n") == 1


def test_image_is_not_run_as_root_and_says_whether_it_is_well():
    assert re.search(r"^USER (?!0|root)\w+$", IMAGE, flags=re.MULTILINE)
    assert "HEALTHCHECK" in IMAGE
    assert not re.search(r"LICENCE\s*=|TOS_AGREED", IMAGE)


def test_images_packages_are_pinned_and_leave_its_torch_alone():
    lines = (ROOT / "deploy" / "xtts" / "requirements.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)
    names = {pin.split("==")[0].lower() for pin in pins}
    assert len(names) == len(pins)
    assert not names & {"torch", "torchaudio", "torchvision", "triton"}
    assert "--no-deps" in IMAGE
    app = (ROOT / "requirements-xtts.txt").read_text() + (ROOT / "requirements.txt").read_text()
    assert next(pin for pin in pins if pin.startswith("coqui-tts==")) in app


@needs_xtts
def test_app_hears_xtts_over_http(tmp_path):
    with narrow():
        model = load(Options(weights=save_xtts(tmp_path), licence="accepted"))
        with serving_app(make_app(model, places=2)) as address:
            speaker = EndpointSpeaker(Endpoint(f"{address}/v1", timeout_s=30), Voice("Ben"))
            pieces = list(speaker.stream("Hello, Anna."))
    assert len(pieces) > 2
    assert 0.5 < sum(piece.duration_s for piece in pieces) < 6


@needs_xtts
@pytest.mark.slow
def test_started_by_hand_it_is_well_speaks_and_stops(tmp_path):
    with narrow(512):  # as the server, in a process of its own, builds it
        save_xtts(tmp_path, most_tokens=12)
    env = os.environ | {
        "XTTS_WEIGHTS": str(tmp_path),
        "XTTS_LICENCE": "accepted",
        "XTTS_HOST": "127.0.0.1",
        "XTTS_PORT": "8321",
        "OMP_NUM_THREADS": "1",
    }
    process = subprocess.Popen([sys.executable, "-m", "deploy.xtts"], cwd=ROOT, env=env)
    try:
        address = "http://127.0.0.1:8321"
        until_s = time.monotonic() + 240
        while not well(address):
            assert process.poll() is None
            assert time.monotonic() < until_s
            time.sleep(0.5)
        asked = {"input": "Hello.", "voice": "Ada"}
        answer = httpx.post(f"{address}/v1/audio/speech", json=asked, timeout=120)
        assert answer.status_code == 200
        assert len(answer.content) > 0
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in (0, -signal.SIGTERM)
    finally:
        process.kill()


def well(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health").status_code == 200
    except httpx.TransportError:
        return False


def test_a_gpu_that_is_asked_for_and_out_of_reach_is_no_slow_voice_but_an_error(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert xtts_model.usable_device("auto") == xtts_model.usable_device("cpu") == "cpu"
    with pytest.raises(BackendUnavailableError, match="no GPU that it may use"):
        xtts_model.usable_device("cuda:0")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert xtts_model.usable_device("auto") == "cuda"
