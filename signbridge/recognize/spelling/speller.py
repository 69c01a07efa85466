"""Reads a finger-spelled word from a stretch of signing with a trained model folder."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from signbridge.errors import CheckpointError
from signbridge.landmarks.activity import is_left_handed, mirrored
from signbridge.landmarks.body import LEFT, RIGHT, Hands
from signbridge.landmarks.features import raised_stretches, resampled
from signbridge.lexicon import NAMES as NAMES
from signbridge.recognize.about import digests
from signbridge.recognize.spelling.decode import Word, decoded
from signbridge.recognize.spelling.model import SpellingConfig, SpellingNet

FPS = 20.0
DEFAULT_FOLDER = Path(__file__).parents[2] / "assets" / "spelling"
WEIGHTS, CONFIG = "model.safetensors", "config.json"
BOTH_HANDS = 0.5  # with the other hand up for this share of the time, it is a sign
SHORTEST_S = 0.3


@dataclass(frozen=True, slots=True)
class SpellingCalibration:
    """How a score becomes the share of such words that are right (Platt 1999), fitted on held-out
    hands; a word under `threshold` is not believed."""

    scale: float = 1.0
    offset: float = 0.0
    threshold: float = 0.5

    def probability(self, score: float) -> float:
        """Return the probability that a word with this raw score in (0, 1) is right."""
        odds = math.log(max(score, 1e-6)) - math.log(max(1 - score, 1e-6))
        return 1 / (1 + math.exp(-(self.scale * odds + self.offset)))


class Speller:
    """Finger-spelled words with calibrated scores; the same weights answer for every visitor."""

    def __init__(self, folder: Path = DEFAULT_FOLDER) -> None:
        """Load a model folder; raise `CheckpointError` if it is broken."""
        try:
            settings = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
            self._network = SpellingNet(SpellingConfig(**settings["model"]))
            self.calibration = SpellingCalibration(**settings["calibration"])
            stored = load_file(folder / WEIGHTS)
            self._network.load_state_dict({name: v.float() for name, v in stored.items()})
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as cause:
            raise CheckpointError(f"{folder} holds no finger-spelling model: {cause}") from cause
        self._network.requires_grad_(False).eval()
        self.weights_sha256 = digests(folder, WEIGHTS)

    def spell(self, hands: Hands) -> Word:
        """Return the likeliest word of hands in body units; text is "" where nothing is spelled."""
        words = [self.read(track) for track in leading_hand(hands)]
        spelled = [word for word in words if word.text]
        return max(spelled, key=lambda word: (len(word.text), word.score), default=Word("", 0.0))

    def read(self, track: NDArray[np.float32]) -> Word:
        """Return the word of one hand's way (T, 21, 3) at FPS, in any unit of length."""
        word = decoded(self.log_probabilities(track), NAMES)
        return Word(word.text, self.calibration.probability(word.score) if word.text else 0.0)

    def log_probabilities(self, track: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (T, 27) log-probabilities of a track; see `SpellingNet`."""
        with torch.inference_mode():
            answer = self._network(torch.from_numpy(track)[None])[0]
        return np.asarray(answer.numpy(), dtype=np.float32)


def save_speller(folder: Path, network: SpellingNet, calibration: SpellingCalibration) -> None:
    """Write the model folder; weights are stored in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({k: v.half().contiguous() for k, v in network.state_dict().items()}, folder / WEIGHTS)
    settings = {"model": asdict(network.config), "calibration": asdict(calibration)}
    (folder / CONFIG).write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def leading_hand(hands: Hands) -> list[NDArray[np.float32]]:
    """Return (T, 21, 3) at FPS for each raised stretch: the leading hand, as a right hand.

    Stretches in which both hands are up, or that are too short for a letter, are left out.
    """
    found = []
    for stretch in raised_stretches(hands):
        points = mirrored(stretch) if is_left_handed(stretch, hands.leads) else stretch
        seen = ~np.isnan(points[:, :, 0, 0])
        if seen[:, LEFT].mean() > BOTH_HANDS or seen[:, RIGHT].sum() < SHORTEST_S * hands.fps:
            continue
        first, last = np.flatnonzero(seen[:, RIGHT])[[0, -1]]
        track = _filled(points[first : last + 1, RIGHT])
        found.append(resampled(track, max(2, round(len(track) / hands.fps * FPS))))
    return found


def _filled(track: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a track (T, 21, 3) with the hand held where it was last seen."""
    seen = ~np.isnan(track[:, 0, 0])
    last = np.maximum.accumulate(np.where(seen, np.arange(len(track)), 0))
    return np.asarray(track[last], dtype=np.float32)
