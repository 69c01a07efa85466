"""A visitor of the Live tab: sends grey pictures, and remembers what their page shows."""

from __future__ import annotations

import re
from dataclasses import fields
from types import SimpleNamespace

import gradio as gr
import numpy as np

from signbridge.web.live_page import LiveUpdate
from tests.fakes import RESTING, SIGNING

SKIP = gr.skip()


def picture(kind: int) -> np.ndarray:
    return np.full((48, 64, 3), kind, np.uint8)


def visitor(name: str) -> SimpleNamespace:
    return SimpleNamespace(session_hash=name)


class Shown:
    """What one visitor's page shows after all updates so far."""

    def __init__(self) -> None:
        self.overlay = self.status = self.running = self.sentences = ""
        self.sound = self.downloads = self.signs = ""
        self.statuses: list[str] = []

    def take(self, parts: tuple) -> None:
        for part in fields(LiveUpdate):
            value = parts[[each.name for each in fields(LiveUpdate)].index(part.name)]
            if value != SKIP:
                setattr(self, part.name, value)
                if part.name == "status":
                    self.statuses.append(value)


def tick(
    handlers,
    kind: int,
    name: str,
    hand="found",
    voice="piper",
    speaks=True,
    speed=1.0,
    button="Pause",
) -> tuple:
    return handlers.tick(picture(kind), hand, voice, speaks, speed, button, visitor(name))


def play(
    handlers, clock, name: str, *stretches: tuple[int, float], fps: float = 10.0, **choices
) -> Shown:
    shown = Shown()
    for kind, seconds in stretches:
        for _ in range(round(seconds * fps)):
            clock.now_s += 1 / fps
            shown.take(tick(handlers, kind, name, **choices))
    return shown


ONE_SIGN = ((RESTING, 0.5), (SIGNING, 1.0), (RESTING, 2.0))


def key_of(html: str, name: str) -> str:
    (key,) = re.findall(rf'data-word="(\w+)"[^>]*>{re.escape(name)}<', html)
    return str(key)
