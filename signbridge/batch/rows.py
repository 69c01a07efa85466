"""What a row of the results holds: one clip, what was found in it, or why nothing was.

Every row has these columns; in one with an error, the columns of the kind are null:

- clip: string, the name inside the folder
- size_bytes, changed_ns: int64, the file as it was; with another size or time it is done again
- error: string, empty where the clip was read
- unanswered: list<string>, the recognizers and the composer that could not be asked; where there
  are any, the row is what the others made of the clip, and the next run reads the clip again
- attempts: int32, how many workers have tried; above 1, earlier ones died
- worker: string, machine:process
- ended_at: timestamp in UTC, and seconds: float64, the time the clip took

`extract` adds frames int32, fps float64, width and height int32 (pixels), start_s float64,
notices list<string>, and points list<float32>: frames x 543 x 3 numbers in a row, x and y in
fractions of the picture, NaN where a point was not seen, as in the .npz files.
`translate` adds text, segments, notices, timings_s, frames and fps as in its JSON.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from signbridge.batch.folder import Job
from signbridge.errors import BackendUnavailableError, SignBridgeError
from signbridge.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

VERSION = 1
"""Of the columns; one that is renamed, removed or means something else makes it 2."""
INSTALL = "run `pip install -r requirements.txt -r requirements-ray.txt`"

Work = Callable[[Job], dict[str, object]]
"""What is done with a clip: its columns; raises `SignBridgeError` for one that can't be used."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work on clips.

    fields: the settings on which the answers depend; under others, results are not comparable.
    columns: what the rows hold beside the common columns.
    start: loads the models, once a worker.
    """

    name: str
    fields: tuple[str, ...]
    columns: Callable[[], pa.Schema]
    start: Callable[[Settings], Work]


def arrow() -> Any:
    """Return pyarrow; raise `BackendUnavailableError` with the command that installs it."""
    try:
        import pyarrow
    except ImportError as error:
        raise BackendUnavailableError(f"Parquet can't be written: {error}; {INSTALL}") from error
    return pyarrow


def schema(kind: Kind) -> pa.Schema:
    """Return the columns of a kind, with the version in the metadata."""
    pa = arrow()
    common = pa.schema(
        [
            pa.field("clip", pa.string(), nullable=False),
            ("size_bytes", pa.int64()),
            ("changed_ns", pa.int64()),
            ("error", pa.string()),
            ("unanswered", pa.list_(pa.string())),
            ("attempts", pa.int32()),
            ("worker", pa.string()),
            ("ended_at", pa.timestamp("us", tz="UTC")),
            ("seconds", pa.float64()),
        ]
    )
    return pa.schema(
        [*common, *kind.columns()],
        metadata={"signbridge.kind": kind.name, "signbridge.version": str(VERSION)},
    )


def answer(kind: Kind, work: Work, job: Job, attempt: int) -> pa.Table:
    """Return the row of a clip: what was found in it, or why it can't be used."""
    started_s = time.perf_counter()
    try:
        found = work(job) | {"error": ""}
    except SignBridgeError as error:
        found = {"error": " ".join(str(error).split())}
    return table(kind, job, found | {"seconds": time.perf_counter() - started_s}, attempt)


def table(kind: Kind, job: Job, found: dict[str, object], attempt: int) -> pa.Table:
    """Return a table of one row, with null in the columns that are not among those found."""
    row = {
        "unanswered": [],
        **found,
        "error": _readable(str(found.get("error", ""))),
        "clip": job.clip,
        "size_bytes": job.size_bytes,
        "changed_ns": job.changed_ns,
        "attempts": attempt,
        "worker": f"{platform.node()}:{os.getpid()}",
        "ended_at": datetime.now(UTC),
    }
    columns = schema(kind)
    pa = arrow()
    arrays = [pa.array([row.get(each.name)], each.type) for each in columns]
    return pa.Table.from_arrays(arrays, schema=columns)


def _readable(text: str) -> str:
    """Return the text as UTF-8 can have it: a file's name need not be."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
