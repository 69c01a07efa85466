"""`--ray`: thousands of clips on many cores or machines, into rows that outlive a kill."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from signbridge.console import BAD_INPUT, CLEAR_LINE, clear_progress, note, write
from signbridge.errors import BadInputError
from signbridge.settings import Settings

if TYPE_CHECKING:
    from signbridge.batch.rows import Kind
    from signbridge.batch.run import Spread, Tally

ERRORS_SHOWN = 20
PLAIN_STEP_PERCENT = 10


def add_ray(command: argparse.ArgumentParser) -> None:
    """Add the options of work on Ray."""
    command.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="a folder into Parquet in DIR, on Ray: `local`, or HOST:PORT; the same command again "
        "goes on where it stopped, and reads again the clips for which a server did not answer",
    )
    command.add_argument("--workers", type=int, metavar="N", help="for --ray; else one a core")
    command.add_argument(
        "--again", action="store_true", help="for --ray: also the clips that failed before"
    )


def spread(options: argparse.Namespace, kind: Kind, settings: Settings) -> int:
    """Run one kind of work on a folder; return the exit code: 2 where a row is an error."""
    from signbridge.batch.folder import find, passed_over
    from signbridge.batch.run import Batch, run

    if len(options.clips) != 1:
        raise BadInputError("--ray takes one folder of clips; give one")
    if options.out is None:
        raise BadInputError("--ray writes Parquet; name the folder for it with -o DIR")
    if options.workers is not None and options.workers < 1:
        raise BadInputError(f"--workers {options.workers} can't work; give 1 or more")
    folder = options.clips[0].resolve()
    batch = Batch(find(folder), options.out, kind, settings, options.again)
    done = run(batch, _spreading(options, kind, settings, folder), _progress(kind.name))
    clear_progress()
    if others := passed_over(folder):
        note(folder, others)
    write(_summary(done, options.out))
    return BAD_INPUT if done.failed else 0


def _spreading(
    options: argparse.Namespace, kind: Kind, settings: Settings, folder: Path
) -> Callable[[], AbstractContextManager[Spread]]:
    from signbridge.batch.pool import Pool, reached

    @contextmanager
    def spreading() -> Iterator[Spread]:
        with reached(options.ray, options.workers) as workers:
            yield Pool(kind, settings, folder, workers).spread

    return spreading


def _progress(name: str) -> Callable[[Tally], None]:
    """Return a line that each answer renews on a terminal; elsewhere a line every 10%."""
    on_terminal = sys.stderr.isatty()
    shown = -1

    def show(tally: Tally) -> None:
        nonlocal shown
        percent = 100 * (tally.before + tally.answered) // tally.clips
        if not on_terminal and percent // PLAIN_STEP_PERCENT == shown // PLAIN_STEP_PERCENT:
            return
        shown = percent
        line = f"{name}: {percent:3d}% {_line(tally)}"
        sys.stderr.write(CLEAR_LINE + line if on_terminal else line + "\n")
        sys.stderr.flush()

    return show


def _line(tally: Tally) -> str:
    parts = [f"{tally.before + tally.answered} of {tally.clips} clips"]
    if math.isfinite(tally.rate):
        parts += [f"{tally.rate:.2f} a second", f"{_span(tally.left_s)} left"]
    if tally.failed:
        parts.append(f"{tally.failed} failed")
    if tally.unanswered:
        parts.append(f"{len(tally.unanswered)} without an answer")
    return ", ".join(parts)


def _span(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"


def _summary(tally: Tally, out: Path) -> str:
    lines = [f"{clip}: {error}" for clip, error in list(tally.errors.items())[:ERRORS_SHOWN]]
    if len(tally.errors) > ERRORS_SHOWN:
        lines.append(f"... and {len(tally.errors) - ERRORS_SHOWN} more, in the column error")
    for line in lines:
        sys.stderr.write(line + "\n")
    said = (
        f"{out}: {tally.clips} clips, {tally.answered} of them done in this run, "
        f"{tally.failed} failed"
    )
    if tally.unanswered:
        names = sorted({name for each in tally.unanswered.values() for name in each})
        said += (
            f"; {len(tally.unanswered)} without an answer of {', '.join(names)}: the same command "
            "reads them again"
        )
    return said
