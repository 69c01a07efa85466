"""A folder -> its clips in order, each with what tells whether it has changed since."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from signbridge.capture.sniff import HEAD_BYTES, SUFFIXES, demuxer
from signbridge.errors import BadInputError

_AMBIGUOUS = frozenset((".ts", ".mts"))  # TypeScript's as well
_NAMED = 8


@dataclass(frozen=True, slots=True)
class Job:
    """One clip to work on.

    clip: its name inside the folder, with `/`; bytes that are no text are written \\udcXX.
    size_bytes, changed_ns: as the file system states them; another of either is another clip.
    """

    clip: str
    path: Path
    size_bytes: int
    changed_ns: int


def find(folder: Path) -> tuple[Job, ...]:
    """Return the clips in a folder and the folders inside it, in the order of their names."""
    if not folder.is_dir():
        raise BadInputError(f"{folder} is not a folder; give one with clips in it")
    found = [path for path in _files(folder) if _is_clip(path)]
    if not found:
        raise BadInputError(
            f"{folder} has no clip in it; expected files that end in {', '.join(sorted(SUFFIXES))}"
        )
    return tuple(_job(folder, path) for path in sorted(found))


def passed_over(folder: Path) -> str:
    """Return how many files of a folder are not among its clips, and how they end; "" for none."""
    ends = [
        path.suffix.lower().encode("unicode_escape").decode() or "no suffix"
        for path in _files(folder)
        if not _is_clip(path) and not path.name.startswith(".")
    ]
    if not ends:
        return ""
    files = "1 file" if len(ends) == 1 else f"{len(ends)} files"
    named = sorted(set(ends))
    more = [f"{len(named) - _NAMED} others"] if len(named) > _NAMED else []
    return f"{files} passed over, not named as a video: {', '.join([*named[:_NAMED], *more])}"


def _files(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise BadInputError(
            f"{error.filename} can't be read: {error.strerror}; make it readable, or move it away"
        ) from error

    for where, _, names in os.walk(folder, onerror=refuse):
        yield from (Path(where) / name for name in names)


def _is_clip(path: Path) -> bool:
    suffix = path.suffix.lower()
    return suffix in SUFFIXES and not (suffix in _AMBIGUOUS and _is_text(path))


def _is_text(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return False  # reading it as a clip will say why
    return bool(head) and not demuxer(head) and b"\0" not in head


def _job(folder: Path, path: Path) -> Job:
    clip = path.relative_to(folder).as_posix().encode("utf-8", "backslashreplace").decode()
    try:
        state = path.stat()
    except OSError:  # a link that leads nowhere: reading it will say so
        return Job(clip, path, 0, 0)
    return Job(clip, path, state.st_size, state.st_mtime_ns)
