"""Signers left out of training on a tiny made-up set: who is asked, by whom, and what is said."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from signbridge.data.collection import CALIBRATION_SIGNERS, Collection
from signbridge.data.letters import Handshapes
from signbridge.data.manifest import STRANGERS, TRAIN
from signbridge.data.samples import Sample
from signbridge.landmarks.body import Hands
from signbridge.landmarks.features import STEPS
from signbridge.training import left_out
from signbridge.training.fit import TrainConfig
from signbridge.training.left_out import Budget, asked_rows, folds, leave_out
from signbridge.training.left_out_report import SignerResult, by_word, means, write
from tests.signing import hand_shape

GLOSSES = ("HELLO", "YES", "NO", "FS-A")
STRANGER = "words-marikadin/ASL"
PEOPLE = ("words-a", "words-b", "words-c", "words-d", STRANGER)
SHORT = TrainConfig(epochs=3, batch=16, per_letter=2, other_share=0.0)
BUDGET = Budget(replace(SHORT, epochs=12), SHORT)


def sample(gloss: str, signer: str, place: int) -> Sample:
    return Sample(
        dataset="made",
        clip=str(place),
        gloss=gloss,
        signer=signer,
        source="words" if signer.startswith("words") else "made",
        recording=str(place),
        split=STRANGERS if signer == STRANGER else TRAIN,
        official_split="",
        licence="none",
        hands=Hands(np.zeros((0, 2, 21, 3), np.float32), 25.0),
    )


def made_collection() -> Collection:
    """Straight paths, a direction for each gloss; NO has three webcam signers alone."""
    rng, signs, labels, samples = np.random.default_rng(0), [], [], []
    for signer in ("wlasl-1", "wlasl-2", *PEOPLE):
        for label in range(3):
            if GLOSSES[label] == "NO" and signer in PEOPLE[3:]:
                continue
            for _ in range(6 if signer.startswith("wlasl") else 4):
                angle = 2 * np.pi * label / 3
                path = np.linspace(0, 0.8, STEPS)[:, None] * [np.cos(angle), np.sin(angle)]
                sign = np.full((STEPS, 2, 21, 3), np.nan, dtype=np.float16)
                sign[:, 0] = 0.3 * hand_shape() + rng.normal(0, 0.01, (21, 3))
                sign[:, 0, :, :2] += path[:, None] + rng.normal(0, 0.03, 2)
                signs.append(sign)
                labels.append(label)
                samples.append(sample(GLOSSES[label], signer, len(samples)))
    return Collection(
        signs=np.stack(signs),
        labels=np.array(labels),
        samples=tuple(samples),
        glosses=GLOSSES,
        offered=4,
        wlasl_class=np.array(labels),
        handshapes=Handshapes(np.repeat(hand_shape()[None] * 0.3, 4, 0), ("A",) * 4, ("x",) * 4),
    )


def test_words_of_three_signers_are_not_asked():
    collection = made_collection()
    asked = {GLOSSES[collection.labels[row]] for row in asked_rows(collection)}
    assert asked == {"HELLO", "YES"}
    assert {collection.samples[row].source for row in asked_rows(collection)} == {"words"}


def test_each_signer_is_in_one_fold():
    collection = made_collection()
    dealt = [signer for fold in folds(collection, asked_rows(collection)) for signer in fold]
    assert sorted(dealt) == sorted(PEOPLE)
    assert STRANGER in CALIBRATION_SIGNERS


def test_nobody_is_asked_by_a_network_that_saw_them(monkeypatch, tmp_path):
    collection, seen = made_collection(), []
    real = left_out.fit

    def watched(part, config, state, make):
        seen.append({one.signer for one in part.samples})
        return real(part, config, state, make)

    monkeypatch.setattr(left_out, "fit", watched)
    torch.set_num_threads(1)
    results = leave_out(collection, BUDGET, tmp_path)
    assert not any(signer.startswith("words") for signer in seen[0])
    for signers, fold in zip(seen[1:], folds(collection, asked_rows(collection)), strict=True):
        assert not signers & set(fold)
    assert {one.signer for one in results} == set(PEOPLE)
    assert means(results).top1 > 0.8  # three directions, learned from the dictionary signers


def test_mean_counts_each_signer_once(tmp_path):
    results = [
        SignerResult("often", 30, 1.0, 1.0, {"HELLO": (30, 1.0)}),
        SignerResult("rarely", 10, 0.5, 0.8, {"HELLO": (10, 0.5)}),
        SignerResult("twice", 2, 0.0, 0.0, {"YES": (2, 0.0)}),
    ]
    found = means(results)
    assert found.top1 == pytest.approx(0.5)
    assert found.worst == "rarely"  # two recordings say too little of a person
    assert by_word(results)["HELLO"] == (2, 40, 0.75)
    write(results, {}, 573, tmp_path)
    report = json.loads((tmp_path / "report.json").read_text())
    assert "mean top 1 0.50" in report["summary"]
    assert (tmp_path / "signers.png").stat().st_size > 5000
    assert "| rarely | 10 | 1 | 0.50 | 0.80 |" in (tmp_path / "report.md").read_text()
