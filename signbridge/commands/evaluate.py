"""The `evaluate` command: a recognizer on labelled clips, and the report of it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from signbridge.console import note, progress, write

if TYPE_CHECKING:
    from signbridge.evaluation.baseline import Baseline


def add_evaluate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `evaluate` to the command line."""
    command = commands.add_parser("evaluate", help="score a recognizer on labelled clips")
    command.add_argument("--recognizer", required=True, metavar="NAME")
    command.add_argument("--labels", type=Path, required=True, metavar="LABELS.csv")
    command.add_argument("--out", type=Path, required=True, metavar="DIR")
    command.add_argument("--cache", type=Path, metavar="DIR", help="keep landmarks between runs")
    command.add_argument(
        "--trees", type=Path, metavar="DATA", help="beside it, extra-trees on the training data"
    )
    command.set_defaults(run=_evaluate)


def _evaluate(options: argparse.Namespace) -> int:
    from signbridge.evaluation.evaluate import run

    found = run(
        options.recognizer,
        options.labels,
        options.out,
        progress(options.labels.name, plain_lines=True),
        cache=options.cache,
        baseline=_trees(options.trees) if options.trees else None,
    )
    lost, rows = len(found.unreadable), len(found.predictions) + len(found.unreadable)
    if lost:
        note(options.labels, f"{lost} of {rows} clips could not be evaluated; the report says why")
    write(f"{options.out / 'report.md'}\n{options.out / 'report.json'}")
    return 0


def _trees(data: Path) -> Callable[[], Baseline]:
    from signbridge.training.trees_recognizer import trees_recognizer

    return partial(trees_recognizer, data, progress("extra-trees", plain_lines=True))
