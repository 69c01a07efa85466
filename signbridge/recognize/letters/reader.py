"""Reads one letter from a still hand or from a hand's way, with a trained model folder."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from signbridge.errors import CheckpointError
from signbridge.recognize.letters.model import SHAPES, LetterConfig, LetterNet
from signbridge.recognize.letters.motion import MotionRule, motion_cues

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DEFAULT_FOLDER = Path(__file__).parents[2] / "assets" / "letters"
WEIGHTS, CONFIG = "model.safetensors", "config.json"
STILL_SHARE = 0.5  # of the frames, the stillest, show the letter; the others come and go


class LetterReader:
    """Letters with probabilities; the same weights answer for every visitor.

    A left hand gets the answer of its mirrored right hand; size and place do not matter.
    """

    def __init__(self, network: LetterNet, motion: MotionRule) -> None:
        self._network = network.eval()
        self.motion = motion

    @classmethod
    def load(cls, folder: Path = DEFAULT_FOLDER) -> LetterReader:
        """Return the reader of a model folder; raise `CheckpointError` if it is broken."""
        try:
            settings = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
            network = LetterNet(LetterConfig(**settings["model"]))
            stored = load_file(folder / WEIGHTS)
            network.load_state_dict({name: value.float() for name, value in stored.items()})
            motion = MotionRule(
                tuple(map(tuple, settings["motion"]["weights"])),
                tuple(settings["motion"]["offsets"]),
            )
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as cause:
            raise CheckpointError(f"{folder} holds no letter model: {cause}") from cause
        network.requires_grad_(False)
        return cls(network, motion)

    def shapes(self, hands: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (N, 24) probabilities of SHAPES for still hands (N, 21, 3), isotropic units."""
        with torch.inference_mode():
            both = self._network(torch.from_numpy(np.ascontiguousarray(hands, np.float32)))
            return np.asarray(both.exp().sum(dim=1).numpy(), dtype=np.float32)

    def read(self, track: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (26,) probabilities of A-Z for one hand's way (T, 21, 3), isotropic, no NaN."""
        shapes = self.shapes(track)
        held, drawn_j, drawn_z = self.motion.probabilities(motion_cues(track, shapes))
        still = shapes[_stillest(track)].mean(axis=0)
        answer = np.zeros(len(LETTERS), dtype=np.float32)
        answer[[LETTERS.index(letter) for letter in SHAPES]] = held * still
        answer[LETTERS.index("J")], answer[LETTERS.index("Z")] = drawn_j, drawn_z
        return answer


def save_letters(folder: Path, network: LetterNet, motion: MotionRule) -> None:
    """Write the model folder; weights are stored in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({k: v.half().contiguous() for k, v in network.state_dict().items()}, folder / WEIGHTS)
    settings = {"model": asdict(network.config), "motion": asdict(motion)}
    (folder / CONFIG).write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def _stillest(track: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the frames of a way (T, 21, 3) in which the hand moves least, at least one."""
    if len(track) < 3:
        return np.arange(len(track))
    pace = np.abs(np.gradient(track[..., :2], axis=0)).sum(axis=(1, 2))
    return np.argsort(pace, kind="stable")[: max(1, round(STILL_SHARE * len(track)))]
