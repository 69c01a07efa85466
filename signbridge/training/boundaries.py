"""Trains the network that finds signs in a stream: `python -m signbridge.training.boundaries`.

Composes streams of the signers trained on, for as long as the settings say, fits the thresholds on
signers held back from that, and writes the model folder. About an hour on two cores.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from signbridge.data.collection import CALIBRATION_SIGNERS, collect
from signbridge.landmarks.boundaries import (
    DEFAULT_FOLDER,
    HEADS,
    BoundaryConfig,
    BoundaryNet,
    load_boundaries,
)
from signbridge.landmarks.motion import FEATURES
from signbridge.training.boundary_net import TrainableBoundaries
from signbridge.training.boundary_streams import Sources, example
from signbridge.training.boundary_thresholds import Fitted, fit_thresholds, fitted_config
from signbridge.training.card import LICENCE
from signbridge.training.rows import training_rows
from signbridge.training.streams import recordings
from signbridge.training.streams.recordings import Recordings

LOG = logging.getLogger("signbridge.training")

# Signers of three sites kept back for the thresholds: no stream of theirs is learned from.
HELD_BACK = ("wlasl-10", "wlasl-31", "wlasl-37", "wlasl-41", "wlasl-56", "wlasl-6")

STEPS = 7000


@dataclass(frozen=True, slots=True)
class BoundaryTraining:
    """What a run is made of; the card repeats it."""

    steps: int = STEPS
    batch: int = 16
    length: int = 200  # steps of the network a stream: 8 seconds
    rate: float = 3e-3
    weight_decay: float = 0.01
    positive: float = 3.0  # moments are rare: how much more they count
    average: float = 0.998
    seed: int = 0


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds wlasl, words, letters")
    parser.add_argument("--out", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--state", type=Path, default=Path("runs/boundaries.pt"), help="resumes")
    parser.add_argument("--start", type=Path, help="model folder whose weights to begin with")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--workers", type=int, default=1, help="processes that compose streams")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    collection = collect(options.data)
    rows = training_rows(collection, ())
    signers = recordings.recordings(collection, rows, offered_only=False)
    settings = replace(BoundaryTraining(), steps=options.steps)
    config = BoundaryConfig()
    learned_from, held_back = parted(signers)
    sources = Sources.of(learned_from, collection, rows)
    start = load_boundaries(options.start) if options.start else None
    network = train(sources, settings, config, options.state, start, options.workers)
    net = BoundaryNet(config, as_arrays(network))
    fitted = fit_thresholds(net, Sources.of(held_back, collection, rows))
    save(network, fitted_config(config, fitted), options.out)
    begun_with = str(options.start or "random weights")
    write_card(options.out, settings, fitted, (learned_from, held_back), begun_with)


def parted(signers: Recordings) -> tuple[Recordings, Recordings]:
    """Return the signers to learn from and those held back for the thresholds."""
    back = {name: glosses for name, glosses in signers.by_signer.items() if name in HELD_BACK}
    rest = {name: glosses for name, glosses in signers.by_signer.items() if name not in HELD_BACK}
    return Recordings(rest), Recordings(back)


def train(
    sources: Sources,
    settings: BoundaryTraining,
    config: BoundaryConfig,
    state: Path,
    start: BoundaryNet | None = None,
    workers: int = 0,
) -> TrainableBoundaries:
    """Return the averaged network after all steps, going on from `state` if it exists.

    start: a network whose weights are begun with, instead of random ones. workers: processes that
    compose streams ahead; the streams are the same with any number of them.
    """
    torch.manual_seed(settings.seed)
    network, average = TrainableBoundaries(config), TrainableBoundaries(config)
    if start is not None:
        network.load(start.weights)
    average.load_state_dict(network.state_dict())
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=settings.rate, weight_decay=settings.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, settings.rate, total_steps=settings.steps, pct_start=0.1
    )
    parts: dict[str, Any] = {
        "network": network,
        "average": average,
        "optimiser": optimiser,
        "schedule": schedule,
    }
    first = _resumed(parts, state)
    losses, started_s = [], time.monotonic()
    batches = _batches(Batches(sources, settings, config), first, workers)
    for step, (features, truth, known) in enumerate(batches, first):
        loss = _loss(network(features), truth, known, settings.positive)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        _follow(average, network, min(settings.average, (1 + step) / (10 + step)))
        losses.append(loss.item())
        if step % 100 == 99 or step + 1 == settings.steps:
            spent_s, started_s = time.monotonic() - started_s, time.monotonic()
            LOG.info("step %d: loss %.4f, %.0f s", step + 1, np.mean(losses[-100:]), spent_s)
            state.parent.mkdir(parents=True, exist_ok=True)
            kept = {name: part.state_dict() for name, part in parts.items()}
            torch.save({**kept, "step": step + 1}, state)
    return average.eval()


class Batches(Dataset[tuple[Tensor, Tensor, Tensor]]):
    """The batch of each step, composed when asked for: the same one each time."""

    def __init__(
        self, sources: Sources, settings: BoundaryTraining, config: BoundaryConfig
    ) -> None:
        self._sources, self._settings, self._config = sources, settings, config

    def __len__(self) -> int:
        return self._settings.steps

    def __getitem__(self, step: int) -> tuple[Tensor, Tensor, Tensor]:
        rng = np.random.default_rng((self._settings.seed, step))
        return batch(self._sources, self._settings, self._config, rng)


def _batches(batches: Batches, first: int, workers: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    steps = range(first, len(batches))
    # Forked, not spawned: the recordings are gigabytes that nobody writes to.
    forked = "fork" if workers else None
    # A generator of its own: a loader draws from the one that dropout uses.
    drawn = torch.Generator().manual_seed(0)
    return iter(
        DataLoader(
            batches,
            batch_size=None,
            sampler=steps,
            num_workers=workers,
            multiprocessing_context=forked,
            generator=drawn,
        )
    )


def batch(
    sources: Sources,
    settings: BoundaryTraining,
    config: BoundaryConfig,
    rng: np.random.Generator,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return features (B, T, FEATURES), truths (B, T, HEADS), and where these are known."""
    count, length, delay = settings.batch, settings.length, config.delay
    features = np.zeros((count, length, FEATURES), np.float32)
    truth = np.zeros((count, length, HEADS), np.float32)
    known = np.zeros((count, length, HEADS), np.float32)
    for row in range(count):
        one = example(sources, rng)
        steps = min(length, len(one.features))
        features[row, :steps] = one.features[:steps]
        truth[row, delay:steps] = one.targets[: max(0, steps - delay)]
        known[row, delay:steps] = one.known
    return torch.from_numpy(features), torch.from_numpy(truth), torch.from_numpy(known)


def _loss(logits: Tensor, truth: Tensor, known: Tensor, positive: float) -> Tensor:
    weight = torch.tensor([1.0, positive, positive, positive])
    each = functional.binary_cross_entropy_with_logits(
        logits, truth, pos_weight=weight, reduction="none"
    )
    return HEADS * (each * known).sum() / known.sum()


def _resumed(parts: dict[str, Any], state: Path) -> int:
    if not state.exists():
        return 0
    kept = torch.load(state, weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(kept[name])
    return int(kept["step"])


def _follow(average: TrainableBoundaries, network: TrainableBoundaries, keep: float) -> None:
    with torch.no_grad():
        for slow, fast in zip(average.parameters(), network.parameters(), strict=True):
            slow.lerp_(fast, 1 - keep)


def as_arrays(network: TrainableBoundaries) -> dict[str, NDArray[np.float32]]:
    """Return the weights as they are stored and read again: rounded to halves."""
    return {name: weight.half().float().numpy() for name, weight in network.weights().items()}


def save(network: TrainableBoundaries, config: BoundaryConfig, out: Path) -> None:
    """Write the weights, as halves, and the configuration into a model folder."""
    out.mkdir(parents=True, exist_ok=True)
    halves = {name: weight.half() for name, weight in network.weights().items()}
    save_file(halves, out / "model.safetensors")
    text = json.dumps(asdict(config), indent=2) + "\n"
    (out / "config.json").write_text(text, encoding="utf-8")


def write_card(
    out: Path,
    settings: BoundaryTraining,
    fitted: Fitted,
    sides: tuple[Recordings, Recordings],
    begun_with: str,
) -> None:
    """Write what the network was made of, and what its thresholds gave where they were fitted.

    sides: those learned from and those held back.
    """
    learned_from, held_back = sides
    card = {
        "what": "finds where a sign begins, ends and gives way to the next",
        "data": "streams composed from WLASL (C-UDA: academic and computational use only), webcam "
        "recordings of common words and still letters, hands only; no continuous signing",
        "training": asdict(settings),
        "begun with": begun_with,
        "signers": len(learned_from.signers),
        "held back for thresholds": list(held_back.signers),
        "thresholds": asdict(fitted),
        "never trained on": list(CALIBRATION_SIGNERS),
        "report": "docs/reports/replay",
        "scores": [],
        "licence": LICENCE,
    }
    (out / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
