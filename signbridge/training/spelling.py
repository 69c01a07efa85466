"""Trains the finger-spelling reader: `python -m signbridge.training.spelling --data DIR`.

Words are made up from the still letters of many hands (`spelled`); real signs and idle hands teach
it when nothing is spelled. Whole hands are held out for the figures and for the threshold. Saves as
it goes; the same command goes on where it stopped. About 25 minutes on one core.
"""

from __future__ import annotations

import argparse
import logging
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from signbridge.recognize.spelling.model import LETTERS, SpellingConfig, SpellingNet
from signbridge.recognize.spelling.speller import NAMES
from signbridge.training.spelled import FPS, Hand, spelled
from signbridge.training.spelling_data import (
    HELD_OUT_HANDS,
    read_hands,
    read_others,
    read_recorded,
)
from signbridge.training.spelling_report import write_speller

LOG = logging.getLogger("signbridge.training")
SECONDS_MOST = 8.0
SAVE_EVERY = 10  # chunks


@dataclass(frozen=True, slots=True)
class SpellingTraining:
    """What one run is made of; the card repeats it."""

    steps: int = 3000
    words: int = 40  # spelled words in a batch
    others: int = 16  # signs and idle hands in a batch, in which nothing is spelled
    rate: float = 2e-3
    weight_decay: float = 0.02
    chunk: int = 8  # batches made at a time and sorted by length
    seed: int = 0


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds wlasl, words, letters")
    parser.add_argument("--out", type=Path, default=Path("signbridge/assets/spelling"))
    parser.add_argument("--state", type=Path, default=Path("runs/spelling.pt"), help="for resuming")
    parser.add_argument("--steps", type=int, default=SpellingTraining().steps)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    config = SpellingTraining(steps=options.steps)
    hands = read_hands(options.data)
    others = read_others(options.data)
    training = [hand for hand in hands if hand.name not in HELD_OUT_HANDS]
    network = train(training, others.training, config, options.state)
    held_out = [hand for hand in hands if hand.name in HELD_OUT_HANDS]
    recorded = read_recorded(options.data)
    write_speller(options.out, network, held_out, others.held_out, recorded, config)


def train(
    hands: Sequence[Hand],
    others: Sequence[NDArray[np.float32]],
    config: SpellingTraining,
    state_path: Path,
) -> SpellingNet:
    """Return the network after all steps, resuming from `state_path` if it exists."""
    torch.manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    network = SpellingNet(SpellingConfig())
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=config.rate, weight_decay=config.weight_decay
    )
    first = 0
    if state_path.exists():
        state = torch.load(state_path, weights_only=False)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["torch_rng"])
        rng.bit_generator.state = state["numpy_rng"]
        first = state["step"]
    network.train()
    started_s, losses = time.monotonic(), []
    for chunk in range(first // config.chunk, math.ceil(config.steps / config.chunk)):
        for offset, (frames, lengths, words) in enumerate(_batches(hands, others, config, rng)):
            step = chunk * config.chunk + offset
            for group in optimiser.param_groups:
                group["lr"] = _rate(step, config)
            loss = ctc_loss(network(frames), lengths, words)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            losses.append(loss.item())
        if chunk % SAVE_EVERY == SAVE_EVERY - 1:
            LOG.info(
                "step %d of %d: loss %.3f in %.0f s",
                step + 1, config.steps, np.mean(losses), time.monotonic() - started_s,
            )  # fmt: skip
            started_s, losses = time.monotonic(), []
            _save(state_path, network, optimiser, rng, step + 1)
    return network.eval()


def ctc_loss(log_probabilities: Tensor, lengths: Sequence[int], words: Sequence[str]) -> Tensor:
    """Return the mean CTC loss of (B, T, 27) log-probabilities; "" is a target like any other."""
    targets = torch.tensor([1 + LETTERS.index(letter) for word in words for letter in word])
    loss = nn.functional.ctc_loss(
        log_probabilities.transpose(0, 1),
        targets,
        torch.tensor(lengths),
        torch.tensor([len(word) for word in words]),
        reduction="none",
        zero_infinity=True,
    )
    return (loss / torch.tensor([1 + len(word) for word in words])).mean()


def _batches(
    hands: Sequence[Hand],
    others: Sequence[NDArray[np.float32]],
    config: SpellingTraining,
    rng: np.random.Generator,
) -> Iterator[tuple[Tensor, list[int], list[str]]]:
    """Yield batches of like length: frames (B, T, 21, 3), their lengths, their words."""
    made: list[tuple[NDArray[np.float32], str]] = []
    for _ in range(config.chunk * config.words):
        hand = hands[rng.integers(len(hands))]
        word = some_word(hand, rng)
        made.append((spelled(word, hand, rng), word))
    for index in rng.integers(len(others), size=config.chunk * config.others):
        made.append((others[index] * np.float32(rng.uniform(0.8, 1.2)), ""))
    made.sort(key=lambda one: len(one[0]))
    size = config.words + config.others
    for start in rng.permutation(np.arange(0, len(made), size)):
        part = made[start : start + size]
        frames = [hand[: round(SECONDS_MOST * FPS)] for hand, _ in part]
        longest = max(map(len, frames))
        padded = [np.pad(f, ((0, longest - len(f)), (0, 0), (0, 0)), mode="edge") for f in frames]
        yield torch.from_numpy(np.stack(padded)), list(map(len, frames)), [word for _, word in part]


def some_word(hand: Hand, rng: np.random.Generator) -> str:
    """Return a name, or letters as they fall, that this hand has the shapes for."""
    while True:
        if rng.random() < 0.5:
            word = NAMES[rng.integers(len(NAMES))]
        else:
            word = "".join(rng.choice(list(LETTERS), size=rng.integers(1, 9)))
        if hand.can_spell(word):
            return word


def _rate(step: int, config: SpellingTraining) -> float:
    rise = min(1.0, (step + 1) / 100)
    return config.rate * rise * 0.5 * (1 + math.cos(math.pi * min(1.0, step / config.steps)))


def _save(
    path: Path,
    network: SpellingNet,
    optimiser: torch.optim.Optimizer,
    rng: np.random.Generator,
    step: int,
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.save(
        {
            "network": network.state_dict(),
            "optimiser": optimiser.state_dict(),
            "torch_rng": torch.get_rng_state(),
            "numpy_rng": rng.bit_generator.state,
            "step": step,
        },
        part,
    )
    part.replace(path)


if __name__ == "__main__":
    main()
