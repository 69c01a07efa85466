"""Trains the letter reader: `python -m signbridge.training.letters --data DIR`.

Each hand is left out in turn and read by a network that never saw it; the report tells how well.
The shipped network is trained on all of them. A few minutes on one core.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from signbridge.data.letter_hands import LetterHand, read_letter_hands
from signbridge.errors import BackendUnavailableError, SignBridgeError
from signbridge.recognize.letters.model import SHAPES, LetterConfig, LetterNet
from signbridge.recognize.letters.motion import CUES, DRAWN, MotionRule
from signbridge.recognize.letters.reader import LETTERS, LetterReader, save_letters
from signbridge.training.letters_fit import (
    Bank,
    LetterTraining,
    fit_motion,
    fit_shapes,
    make_bank,
)
from signbridge.training.letters_page import LOW
from signbridge.training.letters_report import HandResult, write_card, write_letters_report
from signbridge.training.letters_why import Pose, Why, explained, poses, right_hands

LOG = logging.getLogger("signbridge.training")
FEWEST_LETTERS = 5  # a hand with fewer only teaches
FEWEST_OTHERS = 2  # hands that show a letter: one alone has no mean to be away from
TREES = 60
TREE_ROWS = 20  # of each letter and hand


def main() -> None:
    """Measure by leaving hands out, then train on all and write the model folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds letters and words")
    parser.add_argument("--out", type=Path, default=Path("signbridge/assets/letters"))
    parser.add_argument("--report", type=Path, default=Path("docs/reports/letters"))
    parser.add_argument("--steps", type=int, default=LetterTraining().steps)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    config, model = LetterTraining(steps=options.steps), LetterConfig()
    hands = read_letter_hands(options.data)
    banks = [make_bank(hand, config) for hand in hands]
    results = leave_one_out(hands, banks, config, model)
    reader, network = train(hands, banks, config, model)
    save_letters(options.out, network, reader.motion)
    report = write_letters_report(options.report, results)
    write_card(options.out, network, hands, config, report)


def train(
    hands: Sequence[LetterHand],
    banks: Sequence[Bank],
    config: LetterTraining,
    model: LetterConfig,
) -> tuple[LetterReader, LetterNet]:
    """Return a reader of letters trained on these hands and their banks, and its network."""
    network = fit_shapes(banks, config, model)
    unfitted = LetterReader(network, MotionRule(((0.0,) * CUES,) * 3, (0.0,) * 3))
    motion = fit_motion(unfitted, [hand for hand in hands if hand.moves], config.seed)
    return LetterReader(network, motion), network


def leave_one_out(
    hands: Sequence[LetterHand],
    banks: Sequence[Bank],
    config: LetterTraining,
    model: LetterConfig,
) -> list[HandResult]:
    """Return what each hand with enough letters is taken for by readers that never saw it."""
    results, righted = [], right_hands(hands)
    shown = [poses(hand) for hand in righted]
    for index, hand in enumerate(hands):
        if len(set(hand.letters)) < FEWEST_LETTERS:
            continue
        started_s = time.monotonic()
        others = [i for i in range(len(hands)) if i != index]
        reader, _ = train([hands[i] for i in others], [banks[i] for i in others], config, model)
        trees = tree_answers([hands[i] for i in others], hand)
        result = HandResult(hand.name, hand.moves, hand.letters, answers(reader, hand), trees)
        of_others = [shown[i] for i in others]
        why = reasons(reader, result, righted[index], shown[index], of_others)
        results.append(replace(result, why=why))
        LOG.info(
            "%s: %.3f, trees %.3f, in %.0f s",
            hand.name, results[-1].accuracy, results[-1].baseline, time.monotonic() - started_s,
        )  # fmt: skip
    return results


def reasons(
    reader: LetterReader,
    result: HandResult,
    hand: LetterHand,
    own: Mapping[str, Pose],
    others: Sequence[Mapping[str, Pose]],
) -> dict[str, Why]:
    """Return why each held letter under LOW is misread: `explained`, asked of the same reader."""
    found = {}
    for letter in sorted(set(SHAPES) & set(hand.letters)):
        alike = [pose[letter] for pose in others if letter in pose]
        if not result.share(letter) < LOW or len(alike) < FEWEST_OTHERS:
            continue

        def share(tracks: Sequence[NDArray[np.float32]], letter: str = letter) -> float:
            one = replace(hand, letters=(letter,) * len(tracks), tracks=tuple(tracks))
            return float(np.mean([answer == letter for answer in answers(reader, one)]))

        pairs = zip(hand.letters, hand.tracks, strict=True)
        tracks = [track for shown, track in pairs if shown == letter]
        found[letter] = explained(own[letter], alike, tracks, share, LOW)
    return found


def answers(reader: LetterReader, hand: LetterHand) -> tuple[str, ...]:
    """Return the letter read from each recording; a still picture can only show a held one."""
    if hand.moves:
        return tuple(LETTERS[int(reader.read(track).argmax())] for track in hand.tracks)
    shapes = reader.shapes(np.concatenate(hand.tracks))
    return tuple(SHAPES[i] for i in shapes.argmax(axis=1))


def tree_answers(training: Sequence[LetterHand], hand: LetterHand) -> tuple[str, ...]:
    """Return what extra-trees on the plain points say of the middle of each recording.

    One still cannot show a drawn letter: of J and Z they learn nothing and are asked nothing, "".
    """
    try:
        from sklearn.ensemble import ExtraTreesClassifier
    except ImportError as cause:
        raise BackendUnavailableError(
            "the extra-trees baseline needs scikit-learn: pip install -r requirements-dev.txt"
        ) from cause
    rng, points, letters = np.random.default_rng(0), [], []
    for other in training:
        names = np.array(other.letters)
        for letter in sorted(set(other.letters) - set(DRAWN)):
            for row in rng.permutation(np.flatnonzero(names == letter))[:TREE_ROWS]:
                points.append(_middle(other.tracks[row]))
                letters.append(letter)
    seen = np.stack(points)
    mirrored = seen * np.array([-1, 1, 1], dtype=np.float32)
    trees = ExtraTreesClassifier(TREES, random_state=0)
    trees.fit(np.concatenate([seen, mirrored]).reshape(2 * len(seen), -1), letters + letters)
    held = np.array([letter not in DRAWN for letter in hand.letters])
    asked = np.stack([_middle(track) for track in hand.tracks])[held]
    said = np.full(len(held), "", dtype="<U1")
    said[held] = trees.predict(asked.reshape(len(asked), -1))
    return tuple(map(str, said))


def _middle(track: NDArray[np.float32]) -> NDArray[np.float32]:
    shape = track[len(track) // 2]
    shape = shape - shape[:1]
    return np.asarray(shape / max(float(np.linalg.norm(shape[9, :2])), 1e-3), dtype=np.float32)


if __name__ == "__main__":
    try:
        main()
    except SignBridgeError as error:
        sys.exit(f"{error}")
