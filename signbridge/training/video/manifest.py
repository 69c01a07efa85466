"""A csv of clips and what they say -> rows to train on, checked at the door."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from signbridge.errors import BadInputError
from signbridge.training.video.config import Stage

COLUMNS = ("path", "text", "split", "source")


@dataclass(frozen=True, slots=True)
class Row:
    """One clip, the English it says, and the set that it comes from."""

    path: Path
    text: str
    split: str
    source: str


def read_manifests(paths: Sequence[Path], split: str) -> tuple[Row, ...]:
    """Return the rows of a split; the paths in a csv are relative to it."""
    rows = [row for path in paths for row in _read(path)]
    chosen = tuple(row for row in rows if row.split == split)
    names = ", ".join(map(str, paths))
    if not chosen:
        found = ", ".join(sorted({row.split for row in rows})) or "nothing"
        raise BadInputError(f"{names} has no row of the split {split!r}; it has {found}")
    seen: set[Path] = set()
    for row in chosen:
        if row.path in seen:
            raise BadInputError(f"{names} has the clip {row.path} twice; give each clip once")
        seen.add(row.path)
    return chosen


def check_apart(train: Sequence[Row], val: Sequence[Row]) -> None:
    """Refuse a clip that would be both learned from and measured on."""
    shared = sorted({row.path for row in train} & {row.path for row in val})
    if shared:
        raise BadInputError(
            f"{len(shared)} clips are in both train and val, such as {shared[0]}; take them out of "
            "one of the two"
        )


def of_stage(rows: Sequence[Row], stage: Stage) -> tuple[Row, ...]:
    """Return the rows that a stage learns from; raise where its sources have none."""
    chosen = tuple(row for row in rows if not stage.sources or row.source in stage.sources)
    if not chosen:
        raise BadInputError(
            f"the stage {stage.name!r} wants clips of {', '.join(stage.sources)}, but the "
            f"manifest's sources are {', '.join(sorted({row.source for row in rows}))}; change "
            "`sources` under [[stages]] in the configuration"
        )
    return chosen


def fingerprint(rows: Sequence[Row]) -> str:
    """Return a short text that differs where the clips, their text or their order do."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row.path}\0{row.text}\0{row.source}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:16]


def _read(path: Path) -> list[Row]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise BadInputError(
                    f"{path} lacks the columns {', '.join(missing)}; expected {', '.join(COLUMNS)}"
                )
            return [_row(path, reader.line_num, values) for values in reader]
    except OSError as error:
        raise BadInputError(f"{path} can't be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInputError(f"{path} is no UTF-8 csv: {error}") from error


def _row(manifest: Path, line: int, values: dict[str, str | None]) -> Row:
    given = {name: " ".join((values[name] or "").split()) for name in COLUMNS if name != "path"}
    name = (values["path"] or "").strip()
    empty = [column for column, value in {"path": name, **given}.items() if not value]
    if empty:
        raise BadInputError(f"{manifest} line {line}: {', '.join(empty)} is empty; fill it in")
    clip = (manifest.parent / name).resolve()
    if not clip.is_file():
        raise BadInputError(f"{manifest} line {line}: there is no clip {clip}")
    return Row(clip, **given)
