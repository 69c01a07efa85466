"""The voices that a visitor may choose; each is started when somebody first wants it."""

from __future__ import annotations

import threading
from dataclasses import replace

from signbridge import build
from signbridge.errors import BackendUnavailableError
from signbridge.pipeline import Engine
from signbridge.protocols import Speaker
from signbridge.settings import Settings

SILENT = "none"
REMOTE = "-endpoint"
"""How the names of voices end that are not on this machine."""


class Voices:
    """Shared by all visitors, as a voice takes seconds to load and many MB."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._started: dict[str, Speaker] = {}
        self._reasons: dict[str, str] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """What can be chosen: the operator's voice, those of this machine, and none.

        A voice on another machine is the operator's to switch on, not a visitor's.
        """
        own = self._settings.speaker
        here = (name for name in build.SPEAKERS if not name.endswith(REMOTE))
        return tuple(dict.fromkeys((own, *here, SILENT)))

    def engine(self, engine: Engine, name: str) -> tuple[Engine, str]:
        """Return the engine with the chosen voice, or without one and the reason."""
        own = engine.speaker.name if engine.speaker is not None else SILENT
        if name == own:
            return engine, ""
        if name == SILENT or name not in self.names:
            return engine.silent(), ""
        with self._lock:
            if name not in self._started and name not in self._reasons:
                try:
                    self._started[name] = build.start("Voice", name, build.SPEAKERS, self._settings)
                except BackendUnavailableError as error:
                    self._reasons[name] = str(error)
        speaker = self._started.get(name)
        return replace(engine, speaker=speaker), self._reasons.get(name, "")
