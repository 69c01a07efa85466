"""Trains the landmark recognizer: `python -m signbridge.training.signs --data ../shared/data`.

Reads the sets, trains each member of the ensemble on every gloss they hold, a process for each,
fits temperature and threshold on signers none of them saw, scores the whole and writes the model
folder. Saves after each epoch; the same command goes on where it stopped. About 80 minutes on two
cores. With --taught each member then goes on for another hour, taught by what all together answer:
one alone does as well as the pair afterwards, the pair no better (LOG.md).
"""

from __future__ import annotations

import argparse
import logging
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from multiprocessing import get_context
from pathlib import Path

import torch

from signbridge.data.collection import CALIBRATION_SIGNERS, Collection, collect
from signbridge.recognize.landmark.checkpoint import Calibration, Checkpoint, save_checkpoint
from signbridge.recognize.landmark.model import SignEnsemble, SignNet
from signbridge.recognize.vocabulary import Vocabulary
from signbridge.training.calibrate import CalibrationReport, fit_calibration
from signbridge.training.card import write_card
from signbridge.training.fit import TrainConfig, train
from signbridge.training.onnx_export import write_onnx
from signbridge.training.options import add_signs_options
from signbridge.training.per_sign import count, write_counts
from signbridge.training.quiet import quiet_threshold
from signbridge.training.score import probabilities

# They err differently: other seeds, lengths, dropout, and convolutions.
MEMBERS = (
    TrainConfig(epochs=55, seed=0, dropout=0.3),
    TrainConfig(epochs=65, seed=1, dropout=0.2, causal=True),
)
# Each goes on from its own end, so that they still err differently.
TAUGHT = tuple(
    replace(one, epochs=36, rate=1e-3, seed=one.seed + len(MEMBERS), taught=0.7) for one in MEMBERS
)


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_signs_options(parser)
    run(parser.parse_args())


def run(options: argparse.Namespace) -> None:
    """Train as the options of `add_signs_options` ask."""
    configs = _asked(options, MEMBERS)
    networks = train_members(options.data, configs, options.state)
    if options.taught:
        taught = _asked(options, TAUGHT)
        networks = train_members(options.data, taught, options.state, networks)
        configs = [*configs, *taught]
    write_model(networks, collect(options.data), configs, options.out)


def _asked(options: argparse.Namespace, configs: Sequence[TrainConfig]) -> list[TrainConfig]:
    """Return the configs as the options change them."""
    asked = [replace(one, without=tuple(options.without)) for one in configs[: options.members]]
    return [replace(one, epochs=options.epochs) for one in asked] if options.epochs else asked


def train_members(
    data: Path, configs: Sequence[TrainConfig], state: Path, teachers: Sequence[SignNet] = ()
) -> list[SignNet]:
    """Return a trained network for each config, as many at a time as there are cores.

    With teachers, one for each config: each goes on from one of them, taught by all together.
    """
    workers = min(len(configs), os.cpu_count() or 1)
    states = [state.with_name(f"{state.name}-{one.seed}.pt") for one in configs]
    together = [SignEnsemble(teachers) if teachers else None] * len(configs)
    starts: list[SignNet | None] = list(teachers) if teachers else [None] * len(configs)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(
            pool.map(train_member, [data] * len(configs), configs, states, together, starts)
        )


def train_member(
    data: Path,
    config: TrainConfig,
    state: Path,
    teacher: SignEnsemble | None = None,
    start: SignNet | None = None,
) -> SignNet:
    """Return one trained network; runs in a process of its own."""
    logging.basicConfig(
        level=logging.INFO, format=f"%(asctime)s seed {config.seed}: %(message)s", force=True
    )
    torch.set_num_threads(1)  # one thread is faster than two for a network this small
    return train(collect(data), config, state, teacher, start)


def write_model(
    networks: Sequence[SignNet],
    collection: Collection,
    configs: Sequence[TrainConfig],
    out: Path,
) -> None:
    """Calibrate and score the networks as one ensemble and write the model folder."""
    torch.set_num_threads(1)
    ensemble = SignEnsemble(networks).eval()
    vocabulary = Vocabulary.of(collection.glosses[: collection.offered])
    calibration, _ = calibrated(ensemble, collection)
    save_checkpoint(out, Checkpoint(ensemble, vocabulary, calibration))
    write_onnx(out)
    # What is asked about clips without signs is the whole recognizer, so the folder comes first.
    calibration, fitted = calibrated(ensemble, collection, quiet_threshold(out, collection))
    save_checkpoint(out, Checkpoint(ensemble, vocabulary, calibration))
    training = [asdict(config) for config in configs]
    write_card(out, ensemble, collection, training, calibration, fitted)
    write_counts(out, count(ensemble, calibration, collection))


def calibrated(
    ensemble: SignEnsemble, collection: Collection, at_least: float = 0.0
) -> tuple[Calibration, CalibrationReport]:
    """Return the calibration of an ensemble on the signers held out, and what it gives there."""
    held_out = collection.of_signers(CALIBRATION_SIGNERS)
    return fit_calibration(
        probabilities(ensemble, collection.signs[held_out], logits=True),
        collection.labels[held_out],
        collection.offered,
        [collection.samples[i].signer for i in held_out],
        at_least,
    )


if __name__ == "__main__":
    main()
