"""Clips of a folder -> rows in a folder: what is left is done, a clip that kills is given up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from signbridge.batch.folder import Job
from signbridge.batch.rows import Kind, answer, table
from signbridge.batch.store import Done, Store, opened
from signbridge.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

ATTEMPTS = 3
GIVEN_UP = (
    f"given up after {ATTEMPTS} attempts: each time its worker died, or met a defect that only "
    "Ray's log tells; see whether the clip plays at all"
)

Spread = Callable[[Sequence[Job], int], Iterator["pa.Table"]]
"""Clips and which attempt it is -> rows, as they come; none where a worker died."""


@dataclass(slots=True)
class Tally:
    """How far a run is.

    clips: of the folder. before: those that had a row when the run began, before_failed: with an
    error in it. answered: rows since. errors: why clips can't be read, of the answered; unanswered:
    which models were off when they were asked.
    """

    clips: int
    before: int = 0
    before_failed: int = 0
    answered: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    unanswered: dict[str, list[str]] = field(default_factory=dict)
    first_s: float = 0.0

    def add(self, clip: str, error: str, unanswered: Sequence[str]) -> None:
        """Count a clip by the row that it has now."""
        self.answered += 1
        self.first_s = self.first_s or time.monotonic()
        if error:
            self.errors[clip] = error
        if unanswered:
            self.unanswered[clip] = list(unanswered)

    @property
    def failed(self) -> int:
        """The clips whose row is an error."""
        return self.before_failed + len(self.errors)

    @property
    def rate(self) -> float:
        """Clips a second since the first answer; NaN until there are two."""
        passed_s = time.monotonic() - self.first_s
        return (self.answered - 1) / passed_s if self.answered > 1 and passed_s else float("nan")

    @property
    def left_s(self) -> float:
        """Seconds until the end, if it goes on like this."""
        return (self.clips - self.before - self.answered) / self.rate


@dataclass(frozen=True, slots=True)
class Batch:
    """What is asked for: clips, the kind of work, and the folder for its rows.

    again: whether clips whose row is an error are tried once more.
    """

    jobs: Sequence[Job]
    out: Path
    kind: Kind
    settings: Settings
    again: bool = False


def run(
    batch: Batch,
    spreading: Callable[[], AbstractContextManager[Spread]],
    show: Callable[[Tally], None],
) -> Tally:
    """Give each clip exactly one row; what has one already is left alone.

    But a row that lacks what a model would have said that was off is made anew, after the clips
    that have none.

    spreading: opened if anything is left to do.
    """
    with opened(batch.out, batch.kind, batch.settings) as store:
        done = store.done()
        left, tally = _left(batch, done)
        if not left:
            return tally
        keep = _Keeping(store, _good(batch.jobs, done), tally)
        with spreading() as spread:
            for attempt in range(1, ATTEMPTS + 1):
                named = {job.clip: job for job in left}
                for row in spread(left, attempt):
                    # Ray does a clip again if a machine is lost after its answer was on the way.
                    if named.pop(row["clip"][0].as_py(), None) is None:
                        continue
                    keep(row)
                    show(tally)
                left = list(named.values())
                if not left:
                    return tally
        for job in left:
            keep(table(batch.kind, job, {"error": GIVEN_UP}, ATTEMPTS))
        show(tally)
    return tally


def alone(batch: Batch) -> Spread:
    """Return what does the clips in this process, one after another."""
    work = batch.kind.start(batch.settings)
    return lambda jobs, attempt: (answer(batch.kind, work, job, attempt) for job in jobs)


@dataclass(frozen=True, slots=True)
class _Keeping:
    """Keeps a row, unless the clip has a better one; either way the clip is counted."""

    store: Store
    good: Mapping[str, Done]
    tally: Tally

    def __call__(self, row: pa.Table) -> None:
        (each,) = row.select(["clip", "error", "unanswered"]).to_pylist()
        before = self.good.get(each["clip"])
        if before and (each["error"] or len(each["unanswered"]) > len(before.unanswered)):
            self.tally.add(each["clip"], "", before.unanswered)
            return
        self.store.add(row)
        self.tally.add(**each)


def _good(jobs: Sequence[Job], done: Mapping[str, Done]) -> dict[str, Done]:
    """Return of the clips as they are the rows that are no errors."""
    return {
        job.clip: row
        for job in jobs
        if (row := done.get(job.clip)) and not row.failed and _same(job, row)
    }


def _left(batch: Batch, done: Mapping[str, Done]) -> tuple[list[Job], Tally]:
    """Return the clips without a row that still holds, first those without any."""
    left = [job for job in batch.jobs if not _holds(job, done.get(job.clip), batch.again)]
    left.sort(key=lambda job: job.clip in done)
    undone = {job.clip for job in left}
    failed = sum(done[job.clip].failed for job in batch.jobs if job.clip not in undone)
    return left, Tally(len(batch.jobs), len(batch.jobs) - len(left), failed)


def _holds(job: Job, done: Done | None, again: bool) -> bool:
    if done is None or done.unanswered or (done.failed and again):
        return False
    return _same(job, done)


def _same(job: Job, done: Done) -> bool:
    return (done.size_bytes, done.changed_ns) == (job.size_bytes, job.changed_ns)
