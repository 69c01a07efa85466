"""Starts the models in the background, so that the page is there while they load."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from signbridge.capture.decoders import decoders
from signbridge.errors import BackendUnavailableError, SignBridgeError
from signbridge.landmarks.topology import N_POINTS
from signbridge.pipeline import Engine
from signbridge.types import Frame, Landmarks, Segment


class EngineSoon:
    """An engine that is being built: ask whether it is ready, or wait for it."""

    def __init__(self, build: Callable[[], Engine]) -> None:
        self._build = build
        self._done = threading.Event()
        self._engine: Engine | None = None
        self.error = ""

    def start(self) -> EngineSoon:
        """Build and warm the engine in a background thread."""
        threading.Thread(target=self._run, name="models", daemon=True).start()
        return self

    @property
    def ready(self) -> bool:
        """Whether `get` answers at once."""
        return self._done.is_set()

    def get(self) -> Engine:
        """Wait for the engine; raise `BackendUnavailableError` if it could not be built."""
        self._done.wait()
        if self._engine is None:
            raise BackendUnavailableError(f"SignBridge can't start: {self.error}")
        return self._engine

    def _run(self) -> None:
        self.error = "the models could not be loaded; the server's log says why"
        try:
            engine = self._build()
            warm(engine)
            self._engine, self.error = engine, ""
        except SignBridgeError as error:
            self.error = str(error)
        finally:
            self._done.set()


def warm(engine: Engine) -> None:
    """Run every model once: the first call of each is many times slower than the next."""
    decoders().start()
    stream = engine.extractor.open()
    try:
        stream.push(Frame(np.zeros((480, 640, 3), np.uint8), 0.0))
    finally:
        stream.close()
    noise = np.random.default_rng(0).random((30, N_POINTS, 3), np.float32)
    segment = Segment(Landmarks(noise, 25.0), 0.0, 30 / 25.0)
    engine.recognize(segment)
    engine.without_pictures().recognize(segment, "sentences")
    engine.speak("Ready.")
