"""Clips on one worker, then on two -> how much faster, and what the machine did beside.

`python -m signbridge.evaluation.spread --out docs/reports/ray`
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from signbridge.batch.folder import Job, find
from signbridge.batch.pool import LOCAL, Pool, reached
from signbridge.batch.rows import Kind
from signbridge.batch.work import EXTRACT, TRANSLATE
from signbridge.errors import BadInputError
from signbridge.evaluation.cores import Cores, started
from signbridge.evaluation.spread_report import write
from signbridge.settings import Settings

EXAMPLES = Path(__file__).parents[2] / "examples"
KINDS = {kind.name: kind for kind in (TRANSLATE, EXTRACT)}
WORKERS = (1, 2)
REPEAT, RUNS = 3, 3


@dataclass(frozen=True, slots=True)
class Run:
    """The clips once through so many workers.

    start_s: until the first clip is begun: Ray and the models. work_s: from there to the last
    answer. cpu_s: of the workers and all that they started, for all clips but the first.
    memory_mb: resident, of the largest process at the end. others: cores that were busy for
    others, in the mean; see `Cores`.
    """

    workers: int
    clips: int
    start_s: float
    work_s: float
    cpu_s: float
    memory_mb: float
    others: float

    @property
    def rate(self) -> float:
        """Clips a second."""
        return self.clips / self.work_s


@dataclass(frozen=True, slots=True)
class Spreading:
    """All runs on one machine. clips: different ones; load: over a minute, before the first run."""

    kind: str
    clips: int
    repeat: int
    cores: int
    load: float
    runs: tuple[Run, ...]

    def median(self, workers: int, what: Callable[[Run], float]) -> float:
        """Return the median over the runs with so many workers."""
        return statistics.median(what(run) for run in self.runs if run.workers == workers)

    def speedup(self, workers: int) -> float:
        """Clips a second with so many workers over those with one."""
        return self.median(workers, lambda run: run.rate) / self.median(1, lambda run: run.rate)

    def efficiency(self, workers: int) -> float:
        """The speed-up over the number of workers; 1 would lose nothing."""
        return self.speedup(workers) / workers


def measure(
    kind: Kind, clips: Sequence[Job], repeat: int, runs: int, settings: Settings
) -> Iterator[Spreading]:
    """Run the clips, each `repeat` times over, on one and two workers by turns.

    Yields what is known after each turn: the last one has all runs.
    """
    jobs = [replace(job, clip=f"{time_}/{job.clip}") for time_ in range(repeat) for job in clips]
    load = os.getloadavg()[0]
    found = []
    for number in range(runs):
        for workers in WORKERS:
            found.append(once(kind, jobs, workers, settings))
            sys.stderr.write(f"run {number + 1} of {runs}, {found[-1]}\n")
        yield Spreading(kind.name, len(clips), repeat, os.cpu_count() or 1, load, tuple(found))


def once(kind: Kind, jobs: Sequence[Job], workers: int, settings: Settings) -> Run:
    """Run the clips once; every clip must be read."""
    began_s = time.time()
    starts: list[float] = []
    ends: list[float] = []
    with reached(LOCAL, workers) as count, ExitStack() as open_:
        pool = Pool(kind, settings, jobs[0].path.parent, count)
        for row in pool.spread(jobs, 1):
            (each,) = row.select(["clip", "error", "ended_at", "seconds"]).to_pylist()
            if each["error"]:
                raise BadInputError(f"{each['error']}; measure on clips that can be read")
            if not ends:
                cores = open_.enter_context(Cores())
            ends.append(each["ended_at"].timestamp())
            starts.append(ends[-1] - each["seconds"])
        open_.close()
        memory_mb = max(each.memory_info().rss for each in started()) / 1e6
    if len(ends) < len(jobs):
        raise BadInputError(f"{len(jobs) - len(ends)} clips got no answer; see Ray's log")
    return Run(
        workers=workers,
        clips=len(jobs),
        start_s=min(starts) - began_s,
        work_s=max(ends) - min(starts),
        cpu_s=cores.own_s,
        memory_mb=memory_mb,
        others=cores.others,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure one and two workers on real clips and write the report."""
    parser = argparse.ArgumentParser(prog="python -m signbridge.evaluation.spread")
    parser.add_argument("--clips", type=Path, default=EXAMPLES, metavar="FOLDER")
    parser.add_argument("--kind", choices=tuple(KINDS), default=TRANSLATE.name)
    parser.add_argument("--repeat", type=int, default=REPEAT, help="each clip so many times a run")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    options = parser.parse_args(arguments)
    settings = Settings.from_environment()
    clips = find(options.clips.resolve())
    for found in measure(KINDS[options.kind], clips, options.repeat, options.runs, settings):
        write(found, options.out)
    sys.stdout.write(f"{options.out / 'report.md'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
