"""Half an hour of live streaming, then four sessions at once -> does memory grow, is it fair.

`nice python -m signbridge.evaluation.soak --out docs/reports/soak`
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from signbridge.build import build
from signbridge.errors import BadInputError
from signbridge.evaluation.cores import Cores
from signbridge.evaluation.soak_report import write
from signbridge.evaluation.streaming import (
    Pictures,
    Streamed,
    camera,
    sentence_clips,
    stream,
)
from signbridge.pipeline import Engine
from signbridge.settings import Settings

FPS = 10.0
MINUTES = 30.0
CROWD, CROWD_S = 4, 120.0
SAMPLE_S = 5.0
WARM_UP = 1 / 6
"""The first share of the run: caches fill, and every kind of sentence is said once."""
STATM = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Soak:
    """One run: memory over time, alone and then in a crowd.

    memory: (seconds, MB) of resident memory. load: the machine's mean load; above `cores`, other
    work was going on. others: how many cores were busy for others in the mean; see `Cores`.
    """

    memory: tuple[tuple[float, float], ...]
    alone: Streamed
    crowd: tuple[Streamed, ...]
    cores: int
    load: float
    others: float

    @property
    def before_mb(self) -> float:
        """Median memory of the first part of the run after the warm-up."""
        return self._median(WARM_UP, 2 * WARM_UP)

    @property
    def after_mb(self) -> float:
        """Median memory of the last part of the run, as long as that."""
        return self._median(1 - WARM_UP, 1.0)

    @property
    def growth_percent(self) -> float:
        """By how much memory has grown between the two."""
        return 100 * (self.after_mb / self.before_mb - 1)

    @property
    def fairness(self) -> float:
        """The slowest session's pictures a second over the fastest's; 1 is fair."""
        rates = [each.fps for each in self.crowd]
        return min(rates) / max(rates) if any(rates) else float("nan")

    def _median(self, start: float, end: float) -> float:
        last_s = self.memory[-1][0]
        values = [mb for at_s, mb in self.memory if start * last_s <= at_s <= end * last_s]
        return float(np.median(values)) if values else float("nan")


def resident_mb() -> float:
    """Return the memory that this process holds."""
    if not STATM.is_file():
        raise BadInputError(f"{STATM} is not there: the soak measures memory on Linux alone")
    pages = int(STATM.read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def soak(engine: Engine, pictures: Pictures, minutes: float, crowd_s: float = CROWD_S) -> Soak:
    """Stream to one session for so many minutes, sampling memory; then to four at once."""
    memory: list[tuple[float, float]] = []
    loads: list[float] = []

    def watch(at_s: float) -> None:
        if not memory or at_s - memory[-1][0] >= SAMPLE_S:
            memory.append((at_s, resident_mb()))
            loads.append(os.getloadavg()[0])

    with Cores() as cores:
        (alone,) = stream(engine, pictures, FPS, 60 * minutes, watch=watch)
        crowd = stream(engine, pictures, FPS, crowd_s, sessions=CROWD) if crowd_s else ()
    load = float(np.mean(loads))
    return Soak(tuple(memory), alone, crowd, os.cpu_count() or 1, load, cores.others)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the soak on the drawn sentences and write its report."""
    parser = argparse.ArgumentParser(prog="python -m signbridge.evaluation.soak")
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--crowd-s", type=float, default=CROWD_S)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    options = parser.parse_args(arguments)
    import torch

    torch.set_num_threads(1)
    engine = build(Settings.from_environment())
    if engine.speaker is not None:
        engine.speak("Hello.")
    found = soak(engine, camera(sentence_clips(), FPS), options.minutes, options.crowd_s)
    write(found, options.out)
    sys.stdout.write(f"{options.out / 'report.md'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
