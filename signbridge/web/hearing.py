"""The same sentence by each voice that is set up, one above the other, to be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from signbridge.errors import SignBridgeError
from signbridge.pipeline import Engine
from signbridge.sound import Sound
from signbridge.web.sounds import Sounds
from signbridge.web.voices import NOTES, SILENT, Voices
from signbridge.web.words import seconds

SENTENCE = "Nice to meet you. How are you today?"
"""Said where nothing has been signed yet."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What one voice made of the sentence: the address of its sound, or why there is none."""

    voice: str
    address: str = ""
    first_s: float = float("nan")
    fault: str = ""


def each_voice(
    engine: Engine, voices: Voices, sounds: Sounds, text: str, speed: float
) -> list[Heard]:
    """Let each voice begin the sentence, one after another, so that none slows another's start."""
    heard = []
    for name in voices.names:
        if name == SILENT:
            continue
        speaker, why = voices.speaker(engine, name)
        if speaker is None:
            heard.append(Heard(name, fault=why))
            continue
        sound = Sound(speaker.at(speed).stream(text))
        try:
            sound.wait()
            heard.append(Heard(name, sounds.offer(sound), sound.first_s))
        except SignBridgeError as error:
            heard.append(Heard(name, fault=str(error)))
    return heard


def shown(heard: Sequence[Heard], text: str) -> str:
    """Return the sentence in writing and a player for each voice."""
    if not heard:
        return '<p class="sb-quiet">No voice is set up.</p>'
    rows = "".join(f"<li>{_row(each, text)}</li>" for each in heard)
    return f'<p lang="en">“{escape(text)}”</p><ul class="sb-voices">{rows}</ul>'


def _row(heard: Heard, text: str) -> str:
    note = f'<p class="sb-quiet">{escape(NOTES[heard.voice])}</p>' if heard.voice in NOTES else ""
    if heard.fault:
        return f"<strong>{escape(heard.voice)}</strong><p>{escape(heard.fault)}</p>{note}"
    return (
        f"<strong>{escape(heard.voice)}</strong> "
        f'<span class="sb-quiet">first sound after {seconds(heard.first_s)}</span>'
        f'<audio class="sb-audio" controls preload="none" src="{heard.address}" '
        f'aria-label="{escape(heard.voice)} says: {escape(text)}"></audio>{note}'
    )
