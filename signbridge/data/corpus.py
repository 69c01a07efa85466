"""Sentences of a corpus of continuous signing, each with a landmark file as `extract` writes it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from signbridge.errors import BadInputError

SPLITS = ("train", "val", "test")
LANDMARKS = "landmarks"


@dataclass(frozen=True, slots=True)
class CorpusSentence:
    """One sentence: its landmark file, who signs, English or another text, glosses where told."""

    name: str
    path: Path
    signer: str
    text: str
    glosses: tuple[str, ...] = ()


def read_table(path: Path, delimiter: str, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Yield the lines of an annotation file; raise `BadInputError` where columns are missing."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter=delimiter, quoting=csv.QUOTE_NONE)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise BadInputError(f"{path} lacks the columns {', '.join(missing)}")
            for number, row in enumerate(reader, start=2):
                if any(row[name] is None for name in columns):
                    raise BadInputError(f"{path}, line {number}: a column is missing")
                yield row
    except (OSError, UnicodeDecodeError) as cause:
        raise BadInputError(f"{path} can't be read: {cause}") from cause


def landmark_file(folder: Path, split: str, name: str) -> Path | None:
    """Return where a clip's landmarks lie below `folder`; None if they were not extracted.

    Looked for are landmarks/SPLIT/NAME.npz, landmarks/NAME.npz, and the same as .pose.
    """
    for place in (folder / LANDMARKS / split, folder / LANDMARKS):
        for suffix in (".npz", ".pose"):
            if (place / f"{name}{suffix}").is_file():
                return place / f"{name}{suffix}"
    return None


def present(folder: Path, split: str, found: list[CorpusSentence | None]) -> list[CorpusSentence]:
    """Return the sentences whose landmarks are there; raise `BadInputError` if none are."""
    known = [one for one in found if one is not None]
    if not known:
        raise BadInputError(
            f"{folder} has landmarks of none of the {len(found)} {split} sentences; run "
            f"`python -m signbridge extract CLIP... -o {folder / LANDMARKS / split}`"
        )
    return known
