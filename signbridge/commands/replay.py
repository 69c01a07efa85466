"""The `replay` command: a recorded clip played as a live stream, scored where truth is known."""

from __future__ import annotations

import argparse
from pathlib import Path

from signbridge.console import progress, write, writing
from signbridge.errors import BadInputError

RATES = (1.0, 120.0)


def add_replay(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `replay` to the command line."""
    command = commands.add_parser("replay", help="a recorded clip as a live stream")
    command.add_argument("clip", type=Path, metavar="CLIP", help="a video, or landmarks as .npz")
    command.add_argument("--fps", type=float, help="frames a second, instead of the clip's own")
    command.add_argument("--jitter", type=float, default=0.0, help="how late: share of a frame")
    command.add_argument("--drop", type=float, default=0.0, help="share of frames lost")
    command.add_argument("--seed", type=int, default=0, help="of what is late and lost")
    command.add_argument("--realtime", action="store_true", help="by the clock, as a webcam would")
    command.add_argument(
        "--truth", type=Path, metavar="SPANS.csv", help="start_s,end_s,gloss of each sign, to score"
    )
    command.add_argument("--json", action="store_true", help="one JSON object")
    command.add_argument("--out", type=Path, metavar="DIR", help="write report.md and report.json")
    command.set_defaults(run=_replay)


def _replay(options: argparse.Namespace) -> int:
    if options.fps is not None and not RATES[0] <= options.fps <= RATES[1]:
        raise BadInputError(f"--fps {options.fps:g} is no camera's rate; give 1 to 120")
    for name in ("jitter", "drop"):
        if not 0 <= getattr(options, name) < 1:
            raise BadInputError(f"--{name} is a share; give a number from 0 to below 1")
    from signbridge.evaluation.playback import Conditions
    from signbridge.evaluation.replayed import as_json, as_text, read_truth, replay, write_files

    truth = read_truth(options.truth) if options.truth else ()
    conditions = Conditions(
        options.fps, options.jitter, options.drop, options.realtime, options.seed
    )
    found = replay(options.clip, conditions, truth, progress(options.clip.name))
    write(as_json(found) if options.json else as_text(found))
    if options.out:
        with writing(options.out):
            write_files(found, options.out)
        write(f"{options.out / 'report.md'}\n{options.out / 'report.json'}")
    return 0
