"""A folder -> its clips in order, each with what tells whether it has changed since."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from signbridge.errors import BadInputError

SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".gif"})


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

    def refuse(error: OSError) -> None:
        raise BadInputError(
            f"{error.filename} can't be read: {error.strerror}; make it readable, or move it away"
        ) from error

    found = [
        Path(where) / name
        for where, _, names in os.walk(folder, onerror=refuse)
        for name in names
        if Path(name).suffix.lower() in SUFFIXES
    ]
    if not found:
        raise BadInputError(
            f"{folder} has no clip in it; expected files that end in {', '.join(sorted(SUFFIXES))}"
        )
    return tuple(_job(folder, path) for path in sorted(found))


def _job(folder: Path, path: Path) -> Job:
    clip = path.relative_to(folder).as_posix().encode("utf-8", "backslashreplace").decode()
    try:
        state = path.stat()
    except OSError:  # a link that leads nowhere: reading it will say so
        return Job(clip, path, 0, 0)
    return Job(clip, path, state.st_size, state.st_mtime_ns)
