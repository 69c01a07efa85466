"""The app with its real models, and a browser whose camera plays a clip."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from signbridge.settings import Settings
from signbridge.web.chromium import filmed, opened, visit
from signbridge.web.examples import find_examples
from signbridge.web.live import LiveRun
from signbridge.web.sessions import SessionRegistry
from tests.web.patience import patient_launch  # noqa: F401 - takes effect by itself


@dataclass(frozen=True)
class Served:
    """Where the app is served, and the live visitors that it has."""

    address: str
    visitors: SessionRegistry[LiveRun]


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """Serve the app as app.py does, on a free port, and wait for its models."""
    from signbridge.build import build
    from signbridge.web.ui import launch
    from signbridge.web.warmup import EngineSoon

    if not find_examples():
        pytest.skip("examples/ is empty: run `python -m signbridge.training.examples`")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        # On a busy machine a page may give no sign of life for longer than a visitor's.
        settings = Settings(port=probe.getsockname()[1], session_idle_s=60.0)
    engine = EngineSoon(lambda: build(settings)).start().get()
    registries: list[SessionRegistry[LiveRun]] = []
    with pytest.MonkeyPatch.context() as patch:
        sweep = SessionRegistry.sweep
        patch.setattr(
            SessionRegistry, "sweep", lambda self: (registries.append(self), sweep(self))[1]
        )
        blocks = launch(settings, lambda: engine, wait=False)
    yield Served(f"http://127.0.0.1:{settings.port}/", registries[0])
    blocks.close()


@pytest.fixture(scope="session")
def address(served: Served) -> str:
    """Return where the app is served."""
    return served.address


@pytest.fixture(scope="session")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the first example as a camera sees it, at a third of its speed."""
    return filmed("hello", tmp_path_factory.mktemp("camera"), slower=3)


@pytest.fixture
def open_page(address: str, camera: Path) -> Iterator[Callable[..., object]]:
    """Return a function that opens the page in a fresh browser."""
    from playwright.sync_api import Page, sync_playwright

    if shutil.which("chromium") is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright, ExitStack() as browsers:

        def open_one(width_px: int = 1280, scheme: str = "light", camera: Path = camera) -> Page:
            browser = browsers.enter_context(opened(playwright, camera=camera))
            page = browser.new_page(
                viewport={"width": width_px, "height": 900}, color_scheme=scheme
            )
            page.asked_for = []
            page.on("request", lambda request: page.asked_for.append(request.url))
            visit(page, address)
            return page

        yield open_one
