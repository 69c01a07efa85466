"""A folder with XTTS v2 and a text -> its sound in pieces; the only place that drives XTTS.

The voice in this process (`xtts.py`) and the server in `deploy/xtts` share it. coqui-tts is
MPL-2.0. The weights are under the Coqui Public Model License: for non-commercial use only.
"""

from __future__ import annotations

import json
import pickle
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from signbridge.errors import BackendUnavailableError
from signbridge.speak.clauses import clauses
from signbridge.speak.voice import PAUSE_S, Voice, heard

if TYPE_CHECKING:
    import torch
    from TTS.tts.models.xtts import Xtts

LICENCE = "https://tts-hub.github.io/cpml"
TERMS = f"XTTS's weights are for non-commercial use only ({LICENCE})"
FILES = ("config.json", "model.pth", "vocab.json", "speakers_xtts.pth")
DEFAULT = Voice().name
TOKENS_A_PIECE = 20  # 0.9 s of sound: less, and the joins between pieces are heard
LONGEST = 200  # characters at once; the model was trained on up to 250 of English

# XTTS may talk on when the words are over. Speech takes about 0.07 s a character.
LIMIT_S, LIMIT_S_A_CHARACTER = 2.0, 0.2

_UNREADABLE = (OSError, ValueError, KeyError, RuntimeError, EOFError, pickle.UnpicklingError)
_FAILED = (RuntimeError, IndexError, AssertionError)  # out of memory, a text of too many tokens


class XttsModel:
    """One model for all; whoever speaks waits for the one before, clause by clause."""

    def __init__(self, folder: Path, device: str = "auto") -> None:
        """Load the weights; raise `BackendUnavailableError` if something is missing.

        device: as torch names it; "auto" is a GPU where there is one.
        """
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise BackendUnavailableError(
                f"XTTS can't start: {', '.join(missing)} not in the folder {folder}; "
                "docs/hosting.md says how to get the weights"
            )
        self._model = _load(folder, device)
        # The model keeps what it was last asked, so that two may not ask at once.
        self._lock = threading.Lock()
        self.sample_rate = int(self._model.config.audio.output_sample_rate)
        self.speakers: tuple[str, ...] = tuple(self._model.speaker_manager.speaker_names)
        self.languages: tuple[str, ...] = tuple(self._model.config.languages)

    def check(self, voice: Voice) -> None:
        """Raise `ValueError` with the choices if this model has no such voice."""
        for value, choices in (
            (voice.name, (DEFAULT, *self.speakers)),
            (voice.language, self.languages),
        ):
            if value not in choices:
                raise ValueError(f"{value!r} is unknown to XTTS; choose from {', '.join(choices)}")

    def stream(self, text: str, voice: Voice) -> Iterator[NDArray[np.float32]]:
        """Yield the sound, samples in [-1, 1], piece by piece as the model makes it.

        Raises `ValueError` for text without a letter or digit, `BackendUnavailableError` if the
        model gives no sound.
        """
        self.check(voice)
        pause = np.zeros(round(PAUSE_S * self.sample_rate), dtype=np.float32)
        for number, clause in enumerate(clauses(text)):
            if number:
                yield pause
            for part in textwrap.wrap(clause, LONGEST):
                yield from self._spoken(part, voice)

    def _spoken(self, text: str, voice: Voice) -> Iterator[NDArray[np.float32]]:
        def failed(what: str) -> BackendUnavailableError:
            return BackendUnavailableError(f"XTTS {what} for {text!r}")

        with self._lock:
            yield from heard(self._limited(text, voice), failed)

    def _limited(self, text: str, voice: Voice) -> Iterator[NDArray[np.float32]]:
        left = round((LIMIT_S + LIMIT_S_A_CHARACTER * len(text)) / voice.speed * self.sample_rate)
        for piece in self._pieces(text, voice):
            if len(piece):
                yield piece[:left]
            left -= len(piece)
            if left <= 0:
                return

    def _pieces(self, text: str, voice: Voice) -> Iterator[NDArray[np.float32]]:
        name = self.speakers[0] if voice.name == DEFAULT else voice.name
        latents: dict[str, torch.Tensor] = self._model.speaker_manager.speakers[name]
        try:
            for piece in self._model.inference_stream(
                text,
                voice.language,
                latents["gpt_cond_latent"],
                latents["speaker_embedding"],
                stream_chunk_size=TOKENS_A_PIECE,
                speed=voice.speed,
            ):
                yield np.clip(piece.float().cpu().numpy(), -1, 1)
        except _FAILED as error:
            raise BackendUnavailableError(f"XTTS failed at {text!r}: {error}") from error


def usable_device(device: str) -> str:
    """Return the device as torch names it; `BackendUnavailableError` for a GPU out of reach."""
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise BackendUnavailableError(
            f"XTTS can't start on {device}: torch finds no GPU that it may use; on AMD, give its "
            "user the group of /dev/kfd"
        )
    return device


def _load(folder: Path, device: str) -> Xtts:
    try:
        from signbridge.torch_extensions import make_torchaudio_loadable, make_torchvision_loadable

        make_torchvision_loadable()
        make_torchaudio_loadable()
        from TTS.tts.configs.xtts_config import XttsConfig
        from TTS.tts.models.xtts import Xtts
    except ImportError as error:
        raise BackendUnavailableError(
            f"XTTS can't start: {error}; "
            "run `pip install -r requirements.txt -r requirements-xtts.txt`"
        ) from error
    device = usable_device(device)
    config = XttsConfig()
    try:
        # The tokenizer's own error for a file that is no JSON has no class of its own.
        json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        config.load_json(str(folder / "config.json"))
        model = Xtts(config)
        model.load_checkpoint(config, checkpoint_dir=str(folder))
    except _UNREADABLE as error:
        raise BackendUnavailableError(
            f"XTTS can't start: its files in {folder} can't be read ({error}); get them again"
        ) from error
    return model.to(device)
