"""The `evaluate` command: a recognizer on labelled clips, and the report of it."""

from __future__ import annotations

import argparse
from pathlib import Path

from signbridge.console import note, progress, write


def add_evaluate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `evaluate` to the command line."""
    command = commands.add_parser("evaluate", help="score a recognizer on labelled clips")
    command.add_argument("--recognizer", required=True, metavar="NAME")
    command.add_argument("--labels", type=Path, required=True, metavar="LABELS.csv")
    command.add_argument("--out", type=Path, required=True, metavar="DIR")
    command.add_argument("--cache", type=Path, metavar="DIR", help="keep landmarks between runs")
    command.set_defaults(run=_evaluate)


def _evaluate(options: argparse.Namespace) -> int:
    from signbridge.evaluation.evaluate import run

    found = run(
        options.recognizer,
        options.labels,
        options.out,
        progress(options.labels.name, plain_lines=True),
        cache=options.cache,
    )
    lost, rows = len(found.unreadable), len(found.predictions) + len(found.unreadable)
    if lost:
        note(options.labels, f"{lost} of {rows} clips could not be evaluated; the report says why")
    write(f"{options.out / 'report.md'}\n{options.out / 'report.json'}")
    return 0
