"""A gloss -> an mp4 of the drawn signer; each is rendered once and then remembered."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from signbridge.avatar.drawings import Drawing, load_drawings
from signbridge.avatar.render import render
from signbridge.web.lexicon import ASSETS

FPS, WIDTH_PX, HEIGHT_PX = 15.0, 320, 240  # rendered in two seconds, while the visitor waits
DRAWINGS = "drawings.npz"


class DrawnSigns:
    """Renders one sign at a time, so that the models keep the rest of the machine."""

    def __init__(self, drawings: Mapping[str, Drawing]) -> None:
        self._drawings = drawings
        self._rendering = threading.Lock()
        self._clips: dict[str, bytes] = {}  # about 40 KB a sign, all of them 20 MB

    @classmethod
    def shipped(cls, assets: Path = ASSETS) -> DrawnSigns:
        """Read the project's own drawings; none where the file is absent."""
        path = assets / "drawings" / DRAWINGS
        return cls(load_drawings(path) if path.is_file() else {})

    def __contains__(self, gloss: str) -> bool:
        return gloss in self._drawings

    def clip(self, gloss: str, progress: Callable[[float], None] | None = None) -> bytes:
        """Return the mp4 of a sign that has a drawing; waits while another is rendered."""
        if gloss not in self._clips:
            with self._rendering:
                if gloss not in self._clips:
                    self._clips[gloss] = _rendered(self._drawings[gloss], progress)
        return self._clips[gloss]


def _rendered(drawing: Drawing, progress: Callable[[float], None] | None) -> bytes:
    with tempfile.TemporaryDirectory(prefix="signbridge-") as folder:
        path = Path(folder) / "sign.mp4"
        render(drawing.landmarks(), path, FPS, WIDTH_PX, HEIGHT_PX, progress)
        return path.read_bytes()
