"""Handlers over fake models, and a clock that the tests turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from signbridge.pipeline import Engine
from signbridge.session import Session
from signbridge.settings import Settings
from signbridge.web import live_handlers as module
from signbridge.web.handlers import Handlers
from signbridge.web.live_handlers import LiveHandlers
from signbridge.web.voices import Voices
from signbridge.web.warmup import EngineSoon
from tests import fakes
from tests.web.patience import patient_launch  # noqa: F401 - takes effect by itself


@pytest.fixture(autouse=True)
def _fake_segmenter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "open_segmenter", fakes.FakeSegmenter)
    # The fakes need no warming, and would remember it.
    monkeypatch.setattr("signbridge.web.warmup.warm", lambda engine: None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type:
    class Clock:
        now_s = 100.0

        @classmethod
        def monotonic(cls) -> float:
            return cls.now_s

    monkeypatch.setattr(module, "time", Clock)
    return Clock


@pytest.fixture
def serve() -> Callable[..., Handlers]:
    """Return handlers over an engine whose models are loaded."""

    def start(engine: Engine | None = None, settings: Settings | None = None) -> Handlers:
        soon = EngineSoon(lambda: engine or fakes.engine())
        soon.start().get()
        return Handlers(soon, settings or Settings())

    return start


@pytest.fixture
def serve_live() -> Iterator[Callable[..., LiveHandlers]]:
    """Return the Live tab's handlers, whose answers wait for all that a picture leads to."""
    served: list[LiveHandlers] = []

    def start(engine: Engine | None = None, settings: Settings | None = None) -> LiveHandlers:
        soon = EngineSoon(lambda: engine or fakes.engine())
        soon.start().get()
        settings = settings or Settings()
        served.append(LiveHandlers(soon, settings, Voices(settings), settle_s=10.0))
        return served[-1]

    yield start
    for handlers in served:
        handlers.visitors.close_all()
