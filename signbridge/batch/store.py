"""A folder of results: a row is kept the moment it is there, and Parquet files are whole or absent.

Rows are added to `_part-00000.arrows`, which a kill at worst cuts in its last row; full, it becomes
`part-00000.parquet`, under another name first. What is done is what these files hold, so nothing
can disagree with them. Readers of Parquet folders pass over names that begin with `_`.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from signbridge.batch.rows import VERSION, Kind, arrow, schema
from signbridge.errors import BadInputError
from signbridge.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

ROWS, BYTES = 512, 64_000_000
"""A file of results is full with so many rows, or bytes before compression."""
MADE_WITH = "_made-with.json"


@dataclass(frozen=True, slots=True)
class Done:
    """What is known of a clip that has a row.

    failed: it is an error. unanswered: which models were off, whose answers it lacks.
    """

    size_bytes: int
    changed_ns: int
    failed: bool
    unanswered: tuple[str, ...]


class Store:
    """The results of one kind in one folder; one program at a time writes to it."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self._pa = arrow()
        self._folder = folder
        self._schema = schema(kind)
        for torn in folder.glob("_*.tmp"):
            torn.unlink()
        for journal in sorted(folder.glob("_part-*.arrows")):
            self._seal(journal)
        taken = [int(path.stem.removeprefix("part-")) for path in self._parts()]
        self._number = max(taken, default=-1) + 1
        self._journal: Path | None = None
        self._rows = self._bytes = 0

    def done(self) -> dict[str, Done]:
        """Return every clip that has a row."""
        found: dict[str, Done] = {}
        columns = ["clip", "size_bytes", "changed_ns", "error", "unanswered"]
        for path in self._parts():
            rows = self._read(path, columns).to_pylist()
            found |= {
                row["clip"]: Done(
                    row["size_bytes"],
                    row["changed_ns"],
                    failed=bool(row["error"]),
                    unanswered=tuple(row["unanswered"] or ()),
                )
                for row in rows
            }
        return found

    def add(self, rows: pa.Table) -> None:
        """Keep rows; once this returns, a kill does not lose them.

        The row that a clip had before stays until then, and is replaced when the file is whole.
        """
        if self._journal is None:
            self._journal = self._folder / f"_part-{self._number:05}.arrows"
            self._file = self._journal.open("wb")
            self._stream = self._pa.ipc.new_stream(self._file, self._schema)
            self._number += 1
        self._stream.write_table(rows.cast(self._schema))
        self._file.flush()
        self._rows += rows.num_rows
        self._bytes += rows.nbytes
        if self._rows >= ROWS or self._bytes >= BYTES:
            self.close()

    def close(self) -> None:
        """Turn the rows since the last whole file into one."""
        if self._journal is None:
            return
        journal, self._journal = self._journal, None
        self._rows = self._bytes = 0
        try:
            self._stream.close()
        finally:
            self._file.close()
        self._seal(journal)

    def _seal(self, journal: Path) -> None:
        """Turn a journal into Parquet; one that has been turned already is only removed."""
        path = journal.with_name(journal.stem.removeprefix("_") + ".parquet")
        if not path.exists():
            batches = list(self._whole(journal))
            if batches:
                rows = self._pa.Table.from_batches(batches)
                self._remove(set(rows["clip"].to_pylist()))  # a kill here leaves the journal
                self._write(rows, path)
        journal.unlink()

    def _remove(self, clips: set[str]) -> None:
        for path in self._parts():
            named = self._read(path, ["clip"])["clip"].to_pylist()
            kept = [index for index, clip in enumerate(named) if clip not in clips]
            if not kept:
                path.unlink()
            elif len(kept) < len(named):
                self._write(self._read(path).take(kept), path)

    def _whole(self, journal: Path) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a journal up to the one that a kill has cut."""
        with journal.open("rb") as file:
            try:
                yield from self._pa.ipc.open_stream(file)
            except (self._pa.ArrowInvalid, OSError):
                return

    def _write(self, rows: pa.Table, path: Path) -> None:
        import pyarrow.parquet

        torn = path.with_name(f"_{path.stem}.tmp")
        with torn.open("wb") as file:
            pyarrow.parquet.write_table(rows, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        torn.replace(path)

    def _read(self, path: Path, columns: list[str] | None = None) -> pa.Table:
        import pyarrow.parquet

        try:
            # With the schema, a column that was none when the folder was begun is null.
            return pyarrow.parquet.read_table(
                path, columns=columns, schema=self._schema, partitioning=None
            )
        except (self._pa.ArrowException, OSError, KeyError) as error:
            raise BadInputError(
                f"{path} can't be read as results; move it away, and its clips are done again"
            ) from error

    def _parts(self) -> list[Path]:
        return sorted(self._folder.glob("part-*.parquet"))


@contextmanager
def opened(folder: Path, kind: Kind, settings: Settings) -> Iterator[Store]:
    """Open the results in a folder, made if need be, for one program alone.

    Raises `BadInputError` where they are of another kind or of other settings, where another
    program writes to them, and where the disk is full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / MADE_WITH).open("a+", encoding="utf-8") as file:
            _lock(folder, file.fileno())
            _check(folder, file.fileno(), kind, settings)
            store = Store(folder, kind)
            try:
                yield store
            finally:
                store.close()
    except OSError as error:
        raise BadInputError(
            f"{folder} can't be written: {error.strerror or error}; the same command goes on "
            "where it stopped"
        ) from error


def _lock(folder: Path, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise BadInputError(
            f"{folder} is being written by another run; wait for it, or give another folder"
        ) from error


def _check(folder: Path, descriptor: int, kind: Kind, settings: Settings) -> None:
    """Write what the results are made with, or compare it with what stands there."""
    chosen = asdict(settings)
    mine = {"kind": kind.name, "version": VERSION}
    mine |= {name: json.loads(json.dumps(chosen[name])) for name in kind.fields}
    text = (folder / MADE_WITH).read_text("utf-8")
    try:
        theirs = json.loads(text or "{}")
    except ValueError:  # a kill cut it while it was written, before there was any row
        theirs = {}
    if not theirs:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, (json.dumps(mine, indent=2) + "\n").encode())
        return
    usual = asdict(Settings())  # what was no choice when a folder was begun
    other = [name for name in mine if theirs.get(name, usual.get(name)) != mine[name]]
    if other:
        raise BadInputError(
            f"{folder} holds results made with {other[0]}={theirs.get(other[0])!r}, not "
            f"{mine[other[0]]!r}; give another folder"
        )
