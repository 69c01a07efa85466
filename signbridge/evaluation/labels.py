"""A csv of labelled clips -> the rows an evaluation reads."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from signbridge.errors import BadInputError

KINDS = ("sign", "letter", "sentence")
COLUMNS = ("path", "kind", "label", "source")


@dataclass(frozen=True, slots=True)
class LabelledClip:
    """One row: a video or landmark file and what is signed in it."""

    path: Path
    name: str
    kind: str
    label: str
    source: str


def read_labels(labels_csv: Path) -> tuple[LabelledClip, ...]:
    """Return the rows of kinds `KINDS`; paths are relative to the csv, other kinds are ignored."""
    try:
        with labels_csv.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            rows = list(reader)
    except FileNotFoundError as cause:
        raise BadInputError(f"{labels_csv} does not exist; give a csv of labelled clips") from cause
    except (OSError, UnicodeDecodeError, csv.Error) as cause:
        raise BadInputError(f"{labels_csv} can't be read as a csv: {cause}") from cause
    if missing:
        raise BadInputError(
            f"{labels_csv} lacks the columns {', '.join(missing)}; it needs {', '.join(COLUMNS)}"
        )
    clips = tuple(_clip(labels_csv.parent, row) for row in rows if _kind(row) in KINDS)
    if not clips:
        raise BadInputError(f"{labels_csv} has no row of kind {', '.join(KINDS)}")
    return clips


def _kind(row: dict[str, str]) -> str:
    return (row["kind"] or "").strip().lower()


def _clip(folder: Path, row: dict[str, str]) -> LabelledClip:
    name, label, source = ((row[column] or "").strip() for column in ("path", "label", "source"))
    return LabelledClip(folder / name, name, _kind(row), label, source)
