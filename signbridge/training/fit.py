"""Fits one network: what an epoch draws from, the schedule, and a state that can be resumed."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from signbridge.data.collection import LETTER_PREFIX, Collection
from signbridge.data.letters import held
from signbridge.landmarks.features import STEPS
from signbridge.recognize.landmark.model import ModelConfig, SignModel, SignNet
from signbridge.training.augment import AugmentConfig, augmented
from signbridge.training.rows import training_rows as training_rows
from signbridge.training.score import score_strangers

LOG = logging.getLogger("signbridge.training")
Model = TypeVar("Model", bound=SignModel)
TEMPERATURE = 2.0  # at which a student hears its teacher: second guesses count too


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """What one run is made of; the card repeats it."""

    epochs: int = 50
    batch: int = 128
    rate: float = 2e-3
    weight_decay: float = 0.05
    smoothing: float = 0.1
    average: float = 0.998  # decay of the exponential moving average that is shipped
    seed: int = 0
    dropout: float = 0.3
    causal: bool = False  # see ModelConfig
    other_share: float = 0.6  # of the signs outside the vocabulary, drawn anew each epoch
    per_person: int = 3  # recordings of one word by one webcam signer an epoch
    per_letter: int = 18  # still handshapes a letter an epoch
    without: tuple[str, ...] = ()  # WLASL sources left out of training
    taught: float = 0.0  # share of the loss that is the distance to a teacher's answer


def train(
    collection: Collection,
    config: TrainConfig,
    state_path: Path,
    teacher: SignModel | None = None,
    start: SignNet | None = None,
) -> SignNet:
    """Return the averaged SignNet after all epochs, from the weights of `start`; see `fit`."""
    model_config = ModelConfig(
        classes=len(collection.glosses), dropout=config.dropout, causal=config.causal
    )

    def make() -> SignNet:
        network = SignNet(model_config)
        if start is not None:
            network.load_state_dict(start.state_dict())
        return network

    return fit(collection, config, state_path, make, teacher)


def fit(
    collection: Collection,
    config: TrainConfig,
    state_path: Path,
    make: Callable[[], Model],
    teacher: SignModel | None = None,
) -> Model:
    """Return the averaged network after all epochs, resuming from `state_path` if it exists.

    `make` is called twice once the seed is set: for the network and for its average. The teacher
    sees the same changed signs as the network (Beyer et al. 2022) and has the same glosses.
    """
    torch.manual_seed(config.seed)
    pool = Pool(collection, config)
    network, average = make(), make()
    average.load_state_dict(network.state_dict())
    optimiser = make_optimiser(network, config.rate, config.weight_decay)
    total = config.epochs * pool.batches
    step = first = 0
    if state_path.exists():
        state = torch.load(state_path, weights_only=False)
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["torch_rng"])
        pool.rng.bit_generator.state = state["numpy_rng"]
        step, first = state["step"], state["epoch"]
    for epoch in range(first, config.epochs):
        started, losses = time.monotonic(), []
        network.train()
        for hands, labels in pool.epoch():
            for group in optimiser.param_groups:
                group["lr"] = learning_rate(step, total, pool.batches, config.rate)
            inputs = augmented(hands, network.config.steps, AugmentConfig())
            loss = loss_of(network(inputs), labels, config, _answer(teacher, inputs))
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 2.0)
            optimiser.step()
            step += 1
            follow(average, network, min(config.average, (1 + step) / (10 + step)))
            losses.append(loss.item())
        save_state(
            state_path,
            {
                "network": network.state_dict(),
                "average": average.state_dict(),
                "optimiser": optimiser.state_dict(),
                "torch_rng": torch.get_rng_state(),
                "numpy_rng": pool.rng.bit_generator.state,
                "step": step,
                "epoch": epoch + 1,
            },
        )
        scores = score_strangers(average, collection) if epoch % 5 == 4 else ""
        LOG.info(
            "epoch %d of %d: loss %.3f in %.0f s %s",
            epoch + 1, config.epochs, np.mean(losses), time.monotonic() - started, scores,
        )  # fmt: skip
    return average.eval()


def loss_of(
    logits: Tensor, labels: Tensor, config: TrainConfig, taught: Tensor | None = None
) -> Tensor:
    """Return the loss of logits (B, classes): distance to labels (B,) and to a teacher's answer.

    The latter is the divergence at `TEMPERATURE`, times its square so that both pull alike
    (Hinton, Vinyals and Dean 2015).
    """
    own = nn.functional.cross_entropy(logits, labels, label_smoothing=config.smoothing)
    if taught is None:
        return own
    distance = nn.functional.kl_div(
        (logits / TEMPERATURE).log_softmax(dim=-1),
        (taught / TEMPERATURE).log_softmax(dim=-1),
        log_target=True,
        reduction="batchmean",
    )
    return config.taught * TEMPERATURE**2 * distance + (1 - config.taught) * own


@torch.no_grad()
def _answer(teacher: SignModel | None, inputs: Tensor) -> Tensor | None:
    return None if teacher is None else teacher.eval()(inputs)


class Pool:
    """What an epoch draws from: every sign of the vocabulary, some of the rest, still letters."""

    def __init__(self, collection: Collection, config: TrainConfig) -> None:
        self.config = config
        self.rng = np.random.default_rng(config.seed)
        self.signs = torch.from_numpy(collection.signs)
        self.labels = torch.from_numpy(collection.labels)
        self.shapes = collection.handshapes
        self.letter_labels = np.array(
            [collection.glosses.index(LETTER_PREFIX + letter) for letter in self.shapes.letters]
        )
        rows = training_rows(collection, config.without)
        dictionary = [i for i in rows if collection.samples[i].source != "words"]
        offered = collection.labels[dictionary] < collection.offered
        self.always = np.array(dictionary)[offered]
        self.sometimes = np.array(dictionary)[~offered]
        self.people: dict[tuple[str, int], list[int]] = {}
        for i in set(rows.tolist()) - set(dictionary):
            person = collection.samples[i].signer, int(collection.labels[i])
            self.people.setdefault(person, []).append(i)
        self.batches = math.ceil(len(self._rows()) / config.batch)

    def epoch(self) -> list[tuple[Tensor, Tensor]]:
        """Return the epoch's batches: hands (B, STEPS, 2, 21, 3) and labels (B,)."""
        rows = self.rng.permutation(self._rows())
        parts = np.array_split(rows, self.batches)
        letters = np.array_split(self._letters(), self.batches)
        return [self._batch(part, drawn) for part, drawn in zip(parts, letters, strict=True)]

    def _rows(self) -> NDArray[np.int64]:
        count = round(len(self.sometimes) * self.config.other_share)
        drawn = self.rng.permutation(self.sometimes)[:count]
        people = [
            self.rng.permutation(rows)[: self.config.per_person] for rows in self.people.values()
        ]
        return np.concatenate([self.always, drawn, *people])

    def _letters(self) -> NDArray[np.int64]:
        """Rows of the handshapes: the same number a letter, its sources drawn alike."""
        sources = np.array(self.shapes.sources)
        drawn = []
        for label in np.unique(self.letter_labels):
            for _ in range(self.config.per_letter):
                rows = np.flatnonzero(self.letter_labels == label)
                source = self.rng.choice(np.unique(sources[rows]))
                drawn.append(self.rng.choice(rows[sources[rows] == source]))
        return self.rng.permutation(drawn)

    def _batch(self, rows: NDArray[np.int64], letters: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        spelled = torch.from_numpy(held(self.shapes.points[letters], STEPS, self.rng))
        hands = torch.cat([self.signs[rows].float(), spelled])
        labels = torch.cat([self.labels[rows], torch.from_numpy(self.letter_labels[letters])])
        return hands, labels


def make_optimiser(network: nn.Module, rate: float, weight_decay: float) -> torch.optim.Optimizer:
    """AdamW; biases, norms and scales do not decay."""
    matrices = [p for p in network.parameters() if p.dim() > 1]
    vectors = [p for p in network.parameters() if p.dim() <= 1]
    groups = [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=rate)


def learning_rate(step: int, total: int, warm_up: int, peak: float) -> float:
    """Linear warm-up over one epoch, then a cosine to zero."""
    rise = min(1.0, (step + 1) / warm_up)
    return peak * rise * 0.5 * (1 + math.cos(math.pi * step / total))


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the average a little towards the network."""
    for mean, value in zip(
        average.state_dict().values(), network.state_dict().values(), strict=True
    ):
        if mean.is_floating_point():
            mean.lerp_(value, 1 - decay)
        else:
            mean.copy_(value)


def save_state(path: Path, state: dict[str, object]) -> None:
    """Write the training state so that a stop at any moment leaves a whole file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)
