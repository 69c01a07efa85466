"""The `train` command: which model, and the options of its trainer."""

from __future__ import annotations

import argparse
import logging
import sys

from signbridge.training.options import add_signs_options, add_video_options


def add_train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `train video` and `train signs` to the commands."""
    command = commands.add_parser("train", help="train a model")
    models = command.add_subparsers(required=True, metavar="MODEL")
    video = models.add_parser("video", help="the adapter of the video-language model")
    add_video_options(video)
    video.set_defaults(run=_video)
    signs = models.add_parser("signs", help="the landmark recognizer")
    add_signs_options(signs)
    signs.set_defaults(run=_signs)


def _video(options: argparse.Namespace) -> int:
    from signbridge.training.video.run import run

    _log()
    adapter = run(options)
    if adapter is not None:
        sys.stdout.write(f"{adapter}\n")
    return 0


def _signs(options: argparse.Namespace) -> int:
    from signbridge.training.signs import run

    _log()
    run(options)
    sys.stdout.write(f"{options.out}\n")
    return 0


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
