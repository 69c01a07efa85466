"""Trains the sequence recognizer: `python -m signbridge.training.translator --data ../shared/data`.

Composes sentences from isolated recordings of many signers as it trains, fits the search on
sentences of signers held out, scores it there and writes the model folder and a report. Saves as it
goes; the same command goes on where it stopped. Over an hour of one core. With --corpus
how2sign or phoenix14t it trains on a corpus of sentences, whose landmarks `extract` has written,
and calibrates on its val split; the model folder is runs/CORPUS unless --out names another.
"""

from __future__ import annotations

import argparse
import logging
import sys
from dataclasses import replace
from pathlib import Path

import torch

from signbridge.errors import SignBridgeError
from signbridge.recognize.translator.folder import DEFAULT_FOLDER
from signbridge.training.translator.config import PRESETS
from signbridge.training.translator.corpora import train_on_corpus
from signbridge.training.translator.shipped import train_on_streams


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m signbridge.training.translator", description=__doc__
    )
    parser.add_argument("--data", type=Path, required=True, help="the sets, or the corpus")
    parser.add_argument("--corpus", choices=sorted(PRESETS), default="composed")
    parser.add_argument("--out", type=Path, help="the model folder")
    parser.add_argument("--report", type=Path, default=Path("docs/reports/translator"))
    parser.add_argument("--state", type=Path, help="for resuming, a file for each corpus")
    parser.add_argument("--clips", type=Path, help="labels.csv of real sentences, to be reported")
    parser.add_argument("--cache", type=Path, help="landmarks of those clips, kept between runs")
    parser.add_argument("--steps", type=int, help="for a quick look")
    parser.add_argument(
        "--refit", action="store_true",
        help="keep the networks in --out; fit the search anew, as after new weights for signs",
    )  # fmt: skip
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    torch.set_num_threads(1)
    config = PRESETS[options.corpus]
    if options.steps:
        config = replace(config, steps=options.steps)
    own = options.corpus == "composed"
    name = "translator" if own else options.corpus
    options.state = options.state or Path("runs") / f"{name}.pt"
    options.out = options.out or (DEFAULT_FOLDER if own else Path("runs") / name)
    if own:
        train_on_streams(options, config)
    else:
        train_on_corpus(options.corpus, options.data, config, options.state, options.out)


if __name__ == "__main__":
    try:
        main()
    except SignBridgeError as error:
        sys.exit(f"{error}")
