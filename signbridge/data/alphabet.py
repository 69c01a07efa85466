"""The moving A-Z alphabet of the package spoken-to-signed: one signer, J and Z move."""

from __future__ import annotations

import csv
from importlib.util import find_spec
from pathlib import Path

from signbridge.data.copies import hand_prints
from signbridge.data.manifest import COLUMNS, EVALUATION, LICENCES, Entry
from signbridge.data.samples import Sample
from signbridge.errors import BackendUnavailableError
from signbridge.landmarks import topology
from signbridge.landmarks.body import in_body_frame
from signbridge.landmarks.files import read_landmarks
from signbridge.types import Landmarks

SIGNER = "alphabet-ase"
LANGUAGE = "ase"  # American Sign Language in ISO 639-3
LEXICON = Path("assets", "fingerspelling_lexicon")


def folder() -> Path:
    """Return the folder of the package's lexicon, without loading the package."""
    found = find_spec("spoken_to_signed")
    if found is None or not found.submodule_search_locations:
        raise BackendUnavailableError(
            "the moving alphabet needs spoken-to-signed: pip install -r requirements-dev.txt"
        )
    return Path(found.submodule_search_locations[0]) / LEXICON


def read_entries(lexicon: Path) -> list[Entry]:
    """Return the American letters of the lexicon's index, each once."""
    with (lexicon / "index.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["signed_language"] == LANGUAGE]
    letters = {row["glosses"]: row["path"] for row in reversed(rows) if len(row["glosses"]) == 1}
    return [
        Entry(
            dataset="alphabet",
            clip=letter,
            gloss=letter,
            signer=SIGNER,
            source="spoken-to-signed",
            split=EVALUATION,
            licence=LICENCES["alphabet"],
            recording=path,
        )
        for letter, path in sorted(letters.items())
    ]


def read_samples(lexicon: Path, only: str = "") -> list[Sample]:
    """Return the letters, or those in `only`, with their hands in body units."""
    return [
        _sample(entry, read_landmarks(lexicon / entry.recording))
        for entry in read_entries(lexicon)
        if not only or entry.gloss in only
    ]


def _sample(entry: Entry, landmarks: Landmarks) -> Sample:
    hands = landmarks.points[:, [*_indices(topology.LEFT_HAND), *_indices(topology.RIGHT_HAND)]]
    return Sample(
        **{name: getattr(entry, name) for name in COLUMNS},
        hands=in_body_frame(landmarks),
        prints=hand_prints(hands.reshape(-1, topology.HAND_POINTS, 3)),
    )


def _indices(part: slice) -> range:
    return range(part.start, part.stop)
