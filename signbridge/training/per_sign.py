"""Writes per_sign.csv: how often each sign was recognized in clips kept out of training.

Run: python -m signbridge.training.per_sign --data ../shared/data
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
import torch

from signbridge.data.collection import CALIBRATION_SIGNERS, Collection, collect
from signbridge.errors import CheckpointError
from signbridge.recognize.landmark.checkpoint import Calibration, load_checkpoint
from signbridge.recognize.landmark.model import SignModel
from signbridge.training.score import probabilities

TABLE = "per_sign.csv"
FOLDER = Path(__file__).resolve().parents[1] / "assets" / "signs"


@dataclass(frozen=True, slots=True)
class SignCount:
    """How one sign fared, asked among the whole vocabulary.

    clips: calibration signers' and WLASL's official test rows, none of them trained on; right:
    those whose best guess is the sign, sure or not; said: those that the recognizer answers, for
    its best score reaches the threshold; said_right: those it answers with this sign.
    people: how many signed them, for a webcam set repeats one person's sign thirty times.
    stranger_clips, stranger_right: those of people with no clip in training; most of the official
    test signers have others there.
    confusion: the commonest wrong answer, empty if there is none.
    """

    gloss: str
    clips: int
    right: int
    said: int
    said_right: int
    people: int
    stranger_clips: int
    stranger_right: int
    confusion: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Count for a trained model folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds wlasl, words, letters")
    parser.add_argument("--model", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    checkpoint, collection = load_checkpoint(options.model), collect(options.data)
    if checkpoint.vocabulary.glosses != collection.glosses[: collection.offered]:
        raise CheckpointError(
            f"{options.model} knows other signs than these sets: train it on them"
        )
    counts = count(checkpoint.network, checkpoint.calibration, collection)
    write_counts(options.model, counts)
    clips, right = sum(one.clips for one in counts), sum(one.right for one in counts)
    said, said_right = sum(one.said for one in counts), sum(one.said_right for one in counts)
    measured = sum(one.clips > 0 for one in counts)
    sys.stdout.write(
        f"{right} of {clips} clips right, {said} answered, {said_right} of them right; "
        f"{measured} of {len(counts)} signs measured\n"
    )
    return 0


def count(network: SignModel, calibration: Calibration, collection: Collection) -> list[SignCount]:
    """Return a line for each gloss of the vocabulary, in its order."""
    held_out = collection.where(
        lambda s: s.official_split == "test" or s.signer in CALIBRATION_SIGNERS
    )
    rows = held_out[collection.labels[held_out] < collection.offered]
    logits = probabilities(network, collection.signs[rows], logits=True)
    scores = calibration.scores(calibration.probabilities(logits, collection.offered))
    answers, said, labels = scores.argmax(axis=1), calibration.sure(scores), collection.labels[rows]
    trained_on = {one.signer for one in collection.samples if one.official_split != "test"}
    known = trained_on - set(CALIBRATION_SIGNERS)
    signers = [collection.samples[i].signer for i in rows]
    strange = np.array([signer not in known for signer in signers], dtype=bool)
    counts = []
    for label, gloss in enumerate(collection.glosses[: collection.offered]):
        its = labels == label
        right = its & (answers == label)
        wrong = Counter(collection.glosses[i] for i in answers[its & ~right])
        counts.append(
            SignCount(
                gloss=gloss,
                clips=int(its.sum()),
                right=int(right.sum()),
                said=int((its & said).sum()),
                said_right=int((right & said).sum()),
                people=len({signers[i] for i in np.flatnonzero(its)}),
                stranger_clips=int((its & strange).sum()),
                stranger_right=int((right & strange).sum()),
                confusion=wrong.most_common(1)[0][0] if wrong else "",
            )
        )
    return counts


def write_counts(folder: Path, counts: Sequence[SignCount]) -> None:
    """Write the counts into a model folder."""
    with (folder / TABLE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field.name for field in fields(SignCount))
        writer.writerows(astuple(one) for one in counts)


if __name__ == "__main__":
    raise SystemExit(main())
