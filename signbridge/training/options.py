"""The options of the training commands; light, so that asking for help loads no torch."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_signs_options(parser: argparse.ArgumentParser) -> None:
    """Add what `signs.run` takes."""
    parser.add_argument("--data", type=Path, required=True, help="holds wlasl, words, letters")
    parser.add_argument("--out", type=Path, default=Path("signbridge/assets/signs"))
    parser.add_argument("--state", type=Path, default=Path("runs/signs"), help="for resuming")
    parser.add_argument("--members", type=int, help="train only the first")
    parser.add_argument("--epochs", type=int, help="of every member, for a quick look")
    parser.add_argument("--taught", action="store_true", help="then each by what all answer")
    parser.add_argument("--without", nargs="*", default=[], help="WLASL sources to leave out")


def add_video_options(parser: argparse.ArgumentParser) -> None:
    """Add what `video.run.run` takes."""
    parser.add_argument(
        "--config", required=True, metavar="CONFIG.toml", help='"defaults" for the published recipe'
    )
    parser.add_argument(
        "--manifest",
        type=Path,
        nargs="+",
        required=True,
        metavar="TRAIN.csv",
        help="path, text, split, source; its rows of the split train",
    )
    parser.add_argument(
        "--val", type=Path, nargs="+", required=True, metavar="VAL.csv", help="its split val"
    )
    parser.add_argument("--base", required=True, metavar="DIR_OR_ID", help="a Qwen3-VL model")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keep landmarks here, for runs")
    parser.add_argument("--resume", action="store_true", help="go on where the run in DIR stopped")
