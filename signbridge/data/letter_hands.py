"""Every hand that shows the alphabet, still or moving, in isotropic units and apart by person."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.data import words
from signbridge.data.manifest import require_sets
from signbridge.errors import BackendUnavailableError
from signbridge.landmarks import topology
from signbridge.landmarks.body import isotropic
from signbridge.landmarks.files import read_landmarks

Array = NDArray[np.float32]

# Width over height of the pictures. No set says; these make the palm's bones keep their lengths
# when the hand turns (see signbridge/training/LOG.md). The others come from square pictures or
# crops.
PICTURE = {
    "boris": 16 / 9,
    "kamil": 4 / 3,
    "nejohnson": 16 / 10,
    "traduttore/traduttore-model": 16 / 9,
    "jacksoncamp42/AI-Powered-ASL-Translator-App": 16 / 9,
    "hirak214/signLangWebApp": 16 / 9,
    "ryanestanton/ASL-TRANSLATOR": 16 / 9,
}
ALPHABET = "spoken-to-signed"  # the package with the moving alphabet; its signer's name here
ASL = "ase"
FEWEST_FRAMES = 3
REST_SHARE = 0.15  # of an alphabet clip: the hand comes up at its start and goes down at its end


@dataclass(frozen=True, slots=True)
class LetterHand:
    """One person's recordings of letters; a still picture is a recording of one frame.

    tracks: (T, 21, 3) each, wrist at 0 in depth, x, y and z in one unit. moves: recorded through
    time. sided: known to be right hands, as where MediaPipe Holistic told the sides apart.
    """

    name: str
    letters: tuple[str, ...]
    tracks: tuple[Array, ...]
    moves: bool
    sided: bool


def read_letter_hands(data: Path, most: int = 150) -> list[LetterHand]:
    """Return every hand below `data`, and the package's; `most` still pictures of each letter."""
    require_sets(data, "letters", "words")
    return [*_stills(data / "letters", most), *_recorded(data / "words"), _alphabet()]


def _stills(folder: Path, most: int) -> list[LetterHand]:
    with np.load(folder / "letters.npz") as stored:
        points = stored["points"].astype(np.float32)
        letters = np.char.upper(stored["label"].astype(str))
        sources = stored["source"].astype(str)
    rng, hands = np.random.default_rng(0), []
    for source in np.unique(sources):
        rows = []
        for letter in np.unique(letters):
            found = np.flatnonzero((sources == source) & (letters == letter))
            rows += sorted(rng.permutation(found)[:most])
        shapes = _as_seen(points[rows], str(source))
        hands.append(
            LetterHand(str(source), tuple(letters[rows]), tuple(shapes[:, None]), False, False)
        )
    return hands


def _recorded(folder: Path) -> list[LetterHand]:
    points, offsets = words.read_points(folder)
    found: dict[str, list[tuple[str, Array]]] = defaultdict(list)
    for row, start, end in zip(words.read_rows(folder), offsets[:-1], offsets[1:], strict=True):
        if not row["gloss"].startswith("letter_"):
            continue
        seen = _as_seen(points[start:end], row["signer"])
        track = _leading(seen[:, words.RIGHT_HAND], seen[:, words.LEFT_HAND])
        if len(track) >= FEWEST_FRAMES:
            found[row["signer"]].append((row["gloss"][-1].upper(), track))
    return [_moving(signer, recordings) for signer, recordings in sorted(found.items())]


def _alphabet() -> LetterHand:
    spec = find_spec("spoken_to_signed")
    if spec is None or spec.origin is None:
        raise BackendUnavailableError(
            "the moving alphabet comes with spoken-to-signed: pip install -r requirements-dev.txt"
        )
    folder = Path(spec.origin).parent / "assets" / "fingerspelling_lexicon"
    recordings = []
    with (folder / "index.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            letter = row["words"].upper()
            if row["signed_language"] != ASL or len(letter) != 1:
                continue
            points = isotropic(read_landmarks(folder / row["path"]))
            track = _leading(points[:, topology.RIGHT_HAND], points[:, topology.LEFT_HAND])
            rest = round(REST_SHARE * len(track))
            recordings.append((letter, track[rest : len(track) - rest]))
    return _moving(ALPHABET, recordings)


def _moving(name: str, recordings: list[tuple[str, Array]]) -> LetterHand:
    letters, tracks = zip(*recordings, strict=True)
    return LetterHand(name, letters, tracks, moves=True, sided=True)


def _as_seen(points: Array, source: str) -> Array:
    """Return fractions of a picture (..., 3) in units of its height; depth goes with the width."""
    shape = np.float32(PICTURE.get(source, 1.0))
    return points * np.array([shape, 1, shape], dtype=np.float32)


def _leading(right: Array, left: Array) -> Array:
    """Return the frames (T, 21, 3) of the hand seen longer, a left one mirrored."""
    seen_right, seen_left = (~np.isnan(hand[:, 0, 0]) for hand in (right, left))
    if seen_right.sum() >= seen_left.sum():
        return np.asarray(right[seen_right], dtype=np.float32)
    return np.asarray(left[seen_left] * np.array([-1, 1, 1]), dtype=np.float32)
