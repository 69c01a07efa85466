"""A csv of labelled clips -> the rows an evaluation reads."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from signbridge.errors import BadInputError

KINDS = ("sign", "letter", "sentence")
NO_KIND = "(none)"
COLUMNS = ("path", "kind", "label", "source")
SIGNER = "signer"


@dataclass(frozen=True, slots=True)
class LabelledClip:
    """One row: a video or landmark file, what is signed in it, and by whom where that is known."""

    path: Path
    name: str
    kind: str
    label: str
    source: str
    signer: str = ""


def read_labels(labels_csv: Path) -> tuple[LabelledClip, ...]:
    """Return the rows of kinds `KINDS`; paths are relative to the csv, other kinds are ignored."""
    rows = _rows(labels_csv)
    clips = tuple(_clip(labels_csv.parent, row) for row in rows if _kind(row) in KINDS)
    if not clips:
        raise BadInputError(f"{labels_csv} has no row of kind {', '.join(KINDS)}")
    if unnamed := [clip.name for clip in clips if not clip.label]:
        raise BadInputError(f"{labels_csv}: {unnamed[0]} has no label; say what is signed in it")
    return clips


def skipped_kinds(labels_csv: Path) -> dict[str, int]:
    """Return how many rows `read_labels` ignores, by their kind."""
    kinds = Counter(_kind(row) or NO_KIND for row in _rows(labels_csv))
    return {kind: kinds[kind] for kind in sorted(kinds) if kind not in KINDS}


def _rows(labels_csv: Path) -> list[dict[str, str]]:
    try:
        with labels_csv.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            found = tuple(reader.fieldnames or ())
            rows = list(reader)
    except FileNotFoundError as cause:
        raise BadInputError(f"{labels_csv} does not exist; give a csv of labelled clips") from cause
    except (OSError, UnicodeDecodeError, csv.Error) as cause:
        raise BadInputError(f"{labels_csv} can't be read as a csv: {cause}") from cause
    if missing := [name for name in COLUMNS if name not in found]:
        raise BadInputError(_missing(labels_csv, found, missing))
    return rows


def _missing(labels_csv: Path, found: Sequence[str], missing: Sequence[str]) -> str:
    wanted = f"it needs {', '.join(COLUMNS)}, separated by commas"
    # A spreadsheet writes `;` or tabs where the comma stands in numbers; all is one column then.
    other = next((mark for mark in ";\t|" if any(mark in name for name in found)), None)
    if other:
        names = ", ".join(name for one in found for name in one.split(other))
        return f"{labels_csv} is separated by {other!r} (columns found: {names}); {wanted}"
    names = ", ".join(found) or "none"
    return f"{labels_csv} lacks the columns {', '.join(missing)} (columns found: {names}); {wanted}"


def _kind(row: dict[str, str]) -> str:
    return (row["kind"] or "").strip().lower()


def _clip(folder: Path, row: dict[str, str]) -> LabelledClip:
    name, label, source = ((row[column] or "").strip() for column in ("path", "label", "source"))
    signer = (row.get(SIGNER) or "").strip()
    return LabelledClip(folder / name, name, _kind(row), label, source, signer)
