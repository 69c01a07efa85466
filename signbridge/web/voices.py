"""The voices that a visitor may choose; each is started when somebody first wants it."""

from __future__ import annotations

import threading
from dataclasses import replace

from signbridge import build, lacks
from signbridge.errors import BackendUnavailableError
from signbridge.pipeline import Engine
from signbridge.protocols import Speaker
from signbridge.settings import Settings
from signbridge.speak.xtts_model import TERMS

SILENT = "none"
REMOTE = "-endpoint"
"""How the names of voices end that are not on this machine."""
NOTES = {"xtts": TERMS}
"""What must be said wherever a voice is offered."""


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

        A voice on another machine is the operator's to switch on, not a visitor's; one that lacks
        something is not offered. Where the operator wants no voice, there is none.
        """
        own = self._settings.speaker
        if own == SILENT:
            return (SILENT,)
        here = (
            name for name in build.SPEAKERS if not name.endswith(REMOTE) and not self._lacks(name)
        )
        return tuple(dict.fromkeys((own, *here, SILENT)))

    def engine(self, engine: Engine, name: str, speed: float | None = None) -> tuple[Engine, str]:
        """Return the engine with the chosen voice, or with what steps in for it and the reason.

        speed: of the voice; None leaves the operator's.
        """
        if name == SILENT or name not in self.names:
            return engine.silent(), ""
        speaker, second, why = engine.speaker, engine.second_speaker, ""
        if name != self._settings.speaker:
            found, why = self.speaker(engine, name)
            speaker = found or second or speaker
        if why and speaker is not None:
            why += f"; {speaker.name!r} speaks instead"
        if speed is not None and speed != self._settings.speech_speed:
            speaker = speaker and speaker.at(speed)
            second = second and second.at(speed)
        return replace(engine, speaker=speaker, second_speaker=second), why

    def speaker(self, engine: Engine, name: str) -> tuple[Speaker | None, str]:
        """Return a voice by its name, or None and the reason; what runs is not started again."""
        for running in (engine.speaker, engine.second_speaker):
            if running is not None and running.name == name:
                return running, ""
        with self._lock:
            if name not in self._started and name not in self._reasons:
                try:
                    self._started[name] = build.start("Voice", name, build.SPEAKERS, self._settings)
                except BackendUnavailableError as error:
                    self._reasons[name] = str(error)
        return self._started.get(name), self._reasons.get(name, "")

    def _lacks(self, name: str) -> str:
        missing = lacks.SPEAKER_LACKS.get(name, lacks.missing_nothing)
        return missing(self._settings)
