"""The command line: arguments in, text or JSON on standard output, progress on standard error."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from signbridge import __version__
from signbridge.commands import video
from signbridge.commands.clips import add_extract, add_translate, names
from signbridge.commands.evaluate import add_evaluate
from signbridge.commands.replay import add_replay
from signbridge.commands.train import add_train
from signbridge.console import check_target, fail, progress, write, writing
from signbridge.errors import BadInputError, SignBridgeError

OK, NO_ANSWER = 0, 1
MAX_RENDER_FPS = 240  # more than a screen shows


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code: 0, or 2 with one line on standard error."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except SignBridgeError as error:
        return fail(error)
    except BrokenPipeError:  # the reader, say `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped\n")
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m signbridge",
        description="American Sign Language video into English text and speech.",
    )
    parser.add_argument("--version", action="version", version=f"signbridge {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_translate(commands)
    add_extract(commands)
    _add_render(commands)
    add_evaluate(commands)
    _add_score(commands)
    _add_bench(commands)
    add_train(commands)
    _add_compare(commands)
    doctor = commands.add_parser("doctor", help="say what is installed and what can start")
    doctor.add_argument(
        "--parity", type=Path, metavar="CLIP", help="compare the video model's paths"
    )
    doctor.set_defaults(run=_doctor)
    video.add_merge(commands)
    add_replay(commands)
    return parser


Commands = argparse._SubParsersAction  # argparse has no public name for it


def _add_render(commands: Commands[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("render", help="a landmark file into a drawn signer")
    command.add_argument("landmarks", type=Path, metavar="LANDMARKS")
    command.add_argument("-o", "--out", type=Path, required=True, metavar="OUT.mp4")
    command.add_argument("--fps", type=float, default=25.0)
    command.set_defaults(run=_render)


def _add_score(commands: Commands[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("score", help="score sentences beside references")
    command.add_argument("--hypotheses", type=Path, required=True, metavar="H.txt")
    command.add_argument(
        "--references", type=Path, required=True, metavar="R.txt", nargs="+", action="extend"
    )
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=_score)


def _add_bench(commands: Commands[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("bench", help="measure the speed of each stage")
    command.add_argument("--clip", type=Path, help="a clip of your own instead of an example")
    command.add_argument("--json", action="store_true")
    command.add_argument("--live", action="store_true", help="as a camera sees it, for a minute")
    command.set_defaults(run=_bench)


def _add_compare(commands: Commands[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("compare", help="recognizers side by side on one clip")
    command.add_argument("clip", type=Path, metavar="CLIP")
    command.add_argument("--json", action="store_true", help="one JSON object")
    command.add_argument("--recognizers", metavar="A,B", help="these, instead of all there are")
    command.add_argument("--reference", default="", help="what it means, to score the sentences")
    command.add_argument("--out-picture", type=Path, metavar="OUT.png")
    command.set_defaults(run=_compare)


def _render(options: argparse.Namespace) -> int:
    from signbridge.avatar.render import render_file

    if not 1 <= options.fps <= MAX_RENDER_FPS:
        raise BadInputError(f"--fps {options.fps:g} can't be drawn; give 1 to {MAX_RENDER_FPS}")
    if options.out.suffix.lower() != ".mp4":
        raise BadInputError(f"{options.out} would hold an mp4; give a name that ends in .mp4")
    check_target(options.out)
    show = progress(options.out.name)
    with writing(options.out):
        frames = render_file(
            options.landmarks, options.out, options.fps, progress=lambda done: show(done, "Drawing")
        )
    write(f"{options.out}: {frames} frames")
    return OK


def _score(options: argparse.Namespace) -> int:
    from signbridge.evaluation.score import as_json, as_text, score_files

    scores = score_files(options.hypotheses, options.references)
    write(json.dumps(as_json(scores)) if options.json else as_text(scores))
    return OK


def _bench(options: argparse.Namespace) -> int:
    from signbridge.evaluation import bench, live_bench
    from signbridge.evaluation.speed import as_json, as_text

    run = live_bench.run if options.live else bench.run
    report = run(options.clip, progress("bench"))
    write(json.dumps(as_json(report)) if options.json else as_text(report))
    return OK


def _compare(options: argparse.Namespace) -> int:
    if options.out_picture:
        check_target(options.out_picture)
    from signbridge.evaluation.comparison import contract, plain, run
    from signbridge.evaluation.comparison_picture import picture

    chosen = names(options.recognizers)
    found = run(options.clip, chosen, options.reference, progress(options.clip.name))
    write(json.dumps(contract(found), ensure_ascii=False) if options.json else plain(found))
    if options.out_picture:
        with writing(options.out_picture):
            options.out_picture.write_bytes(picture(found))
    return NO_ANSWER if all(one.error for one in found.comparison.columns) else OK


def _doctor(options: argparse.Namespace) -> int:
    from signbridge.doctor import examine

    if options.parity is None:
        write(examine())
        return OK
    return video.show_parity(options.parity, progress(options.parity.name))
