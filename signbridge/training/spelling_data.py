"""Hands that spell, and hands that sign something else, at the speller's frame rate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.data import letters, wlasl, words
from signbridge.data.collection import CALIBRATION_SIGNERS, LETTER_PREFIX, gloss_of
from signbridge.data.handedness import fit_handedness
from signbridge.data.samples import Sample
from signbridge.landmarks import topology
from signbridge.landmarks.body import PALM_OVER_SHOULDERS
from signbridge.recognize.spelling.speller import leading_hand
from signbridge.training.spelled import Hand

# One of each kind of recording, with every letter: their hands are seen by no training step.
HELD_OUT_HANDS = ("nejohnson", "massey-hand1", "jacksoncamp42/AI-Powered-ASL-Translator-App")
SHAPES_A_LETTER = 60  # from a webcam's recordings of it


@dataclass(frozen=True, slots=True)
class Others:
    """Hands (T, 21, 3) that spell nothing, of signers trained on and of signers held out."""

    training: list[NDArray[np.float32]]
    held_out: list[NDArray[np.float32]]


def read_hands(data: Path) -> list[Hand]:
    """Return every hand of the sets with at least a few letters."""
    handedness = fit_handedness(*words.labelled_hands(data / "words"))
    found: dict[str, dict[str, list[NDArray[np.float32]]]] = defaultdict(lambda: defaultdict(list))
    stills = letters.read_handshapes(data / "letters", handedness)
    shapes = stills.points / PALM_OVER_SHOULDERS
    for shape, letter, source in zip(shapes, stills.letters, stills.sources, strict=True):
        found[source][letter].append(shape)
    for sample in words.read_samples(data / "words"):
        gloss = gloss_of(sample.source, sample.gloss)
        letter = gloss.removeprefix(LETTER_PREFIX)
        if gloss != letter and letter not in letters.MOVING:
            found[sample.signer.removeprefix("words-")][letter] += _stills(sample)
    return [
        Hand(name, {letter: np.stack(some) for letter, some in shapes.items() if some})
        for name, shapes in sorted(found.items())
        if len(shapes) > 5
    ]


def read_recorded(data: Path) -> list[tuple[str, NDArray[np.float32]]]:
    """Return letters as held-out webcam signers recorded them (J and Z move) and their tracks."""
    found = []
    for sample in words.read_samples(data / "words"):
        gloss = gloss_of(sample.source, sample.gloss)
        held_out = sample.signer.removeprefix("words-") in HELD_OUT_HANDS
        if held_out and gloss.startswith(LETTER_PREFIX):
            tracks = _longest(leading_hand(sample.hands))
            found += [(gloss.removeprefix(LETTER_PREFIX), in_palms(track)) for track in tracks]
    return found


def _stills(sample: Sample) -> list[NDArray[np.float32]]:
    """Return two shapes from the middle of a recorded letter, wrist at 0, in palm lengths."""
    tracks = leading_hand(sample.hands)
    if not tracks:
        return []
    track = max(tracks, key=len)
    chosen = track[[len(track) // 3, 2 * len(track) // 3]]
    return [shape - shape[:1] for shape in in_palms(chosen)]


def in_palms(track: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a track (T, 21, 3) in palm lengths."""
    across = track[:, topology.MIDDLE_MCP, :2] - track[:, topology.WRIST, :2]
    size = np.quantile(np.linalg.norm(across, axis=-1), 0.75)
    return np.asarray(track / max(float(size), 1e-3), dtype=np.float32)


def read_others(data: Path) -> Others:
    """Return what signers do who do not spell: every sign and idle hand but the letters."""
    handedness = fit_handedness(*words.labelled_hands(data / "words"))
    samples = wlasl.read_samples(data / "wlasl", handedness) + words.read_samples(data / "words")
    found = Others([], [])
    for sample in samples:
        if gloss_of(sample.source, sample.gloss).startswith(LETTER_PREFIX):
            continue
        held_out = sample.official_split == "test" or sample.signer in CALIBRATION_SIGNERS
        kept = found.held_out if held_out else found.training
        kept += [in_palms(track) for track in _longest(leading_hand(sample.hands))]
    return found


def _longest(tracks: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    return [max(tracks, key=len)] if tracks else []
