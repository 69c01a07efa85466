"""What operators and browsers are told: the app's health, its figures, and its headers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from signbridge.errors import BackendUnavailableError
from signbridge.settings import Settings
from signbridge.web.ui import launch
from tests import fakes
from tests.web.test_page import free_port

WEB = httpx.Client(timeout=120)


@pytest.fixture
def gate() -> threading.Event:
    """Lets the models be ready."""
    return threading.Event()


@pytest.fixture
def address(gate: threading.Event) -> Iterator[str]:
    settings = Settings(port=free_port(), max_sessions=3)

    def build():
        gate.wait(600)
        return fakes.engine()

    blocks = launch(settings, build, wait=False)
    yield f"http://127.0.0.1:{settings.port}/"
    gate.set()
    blocks.close()


def figures(address: str) -> dict[str, float]:
    text = WEB.get(address + "metrics").text
    return {
        sample.name + "".join(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def wait_until_well(address: str) -> httpx.Response:
    deadline = time.monotonic() + 300
    while (reply := WEB.get(address + "healthz")).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return reply


def test_app_is_well_once_its_models_are_loaded(address, gate):
    loading = WEB.get(address + "healthz")
    assert (loading.status_code, loading.json()["status"]) == (503, "loading")
    assert figures(address)["signbridge_ready"] == 0
    gate.set()
    assert wait_until_well(address).json()["status"] == "ok"
    assert figures(address)["signbridge_ready"] == 1


def test_app_whose_models_fail_is_not_well():
    settings = Settings(port=free_port())

    def build():
        raise BackendUnavailableError("no recognizer can start")

    blocks = launch(settings, build, wait=False)
    try:
        deadline = time.monotonic() + 300
        url = f"http://127.0.0.1:{settings.port}/healthz"
        while (reply := WEB.get(url)).json()["status"] == "loading":
            assert time.monotonic() < deadline
        assert (reply.status_code, reply.json()["status"]) == (503, "failed")
    finally:
        blocks.close()


def test_figures_count_responses_and_places(address):
    before = figures(address)
    WEB.get(address + "nothing-is-here")
    after = figures(address)
    assert after["signbridge_http_responses_total4xx"] == (
        before.get("signbridge_http_responses_total4xx", 0) + 1
    )
    assert after["signbridge_live_places"] == 3
    assert after["signbridge_live_sessions"] == 0
    assert after["process_resident_memory_bytes"] > 1e7


@pytest.mark.parametrize("path", ["", "healthz", "config", "nothing-is-here"])
def test_every_response_tells_browsers_what_they_may_not_do(address, path):
    headers = WEB.get(address + path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'self' https://huggingface.co" in headers["content-security-policy"]
    assert "camera=(self)" in headers["permissions-policy"]
