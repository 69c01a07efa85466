"""A model's card: scores with their intervals, and scored again without touching the rest."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from signbridge.evaluation.metrics import SEED, Interval, bootstrap
from signbridge.recognize.landmark.checkpoint import Calibration, Checkpoint, save_checkpoint
from signbridge.recognize.landmark.model import ModelConfig, SignEnsemble, SignNet
from signbridge.recognize.vocabulary import Vocabulary
from signbridge.training import card
from signbridge.training.calibrate import CalibrationReport
from signbridge.training.score import score
from tests.training.test_signs_training import GLOSSES, collection  # noqa: F401 - a fixture

FITTED = CalibrationReport(12, 3, 0.5, 0.8, 0.1, 0.2, 0.1)


@pytest.fixture
def folder(collection, tmp_path):  # noqa: F811 - the fixture itself
    """A model folder whose network learned nothing."""
    torch.manual_seed(0)
    config = ModelConfig(
        classes=5, steps=16, hand_width=8, width=32, stages=1, convolutions=1, dropout=0
    )
    network = SignEnsemble([SignNet(config)]).eval()
    save_checkpoint(tmp_path, Checkpoint(network, Vocabulary.of(GLOSSES[:4]), Calibration()))
    card.write_card(tmp_path, network, collection, [{"seed": 7}], Calibration(), FITTED)
    return tmp_path


def card_of(folder):
    return json.loads((folder / "card.json").read_text())


def test_a_score_comes_with_the_interval_over_its_clips():
    scores = np.eye(4, dtype=np.float32)[[0, 1, 2, 0, 0, 0]]
    labels = np.array([0, 1, 2, 3, 1, 0])
    found = score(scores, labels, np.arange(4))
    hits = np.array([1, 1, 1, 0, 0, 1], dtype=float)
    assert found.top1 == pytest.approx(4 / 6)
    assert found.intervals["top1"] == bootstrap(hits, np.ones(6), seed=SEED)
    assert found.intervals["top1"].low < found.top1 < found.intervals["top1"].high
    assert found.intervals["top5"] == Interval(1.0, 1.0)


def test_every_score_on_the_card_has_both_intervals_and_says_what_was_drawn(folder):
    found = card_of(folder)
    assert found["scores"]
    for line in found["scores"]:
        for name in ("top1", "top5"):
            ends = line["intervals"][name]
            assert ends["low"] <= line[name] <= ends["high"]
    assert found["bootstrap"] == {"resamples": 2000, "seed": 0, "drawn": "clips"}
    line = found["scores"][0]
    shown = "{top1:.3f} ({low:.3f}-{high:.3f})".format(**line, **line["intervals"]["top1"])
    page = (folder / "README.md").read_text()
    assert shown in page
    assert "95% interval over clips" in page


def test_scoring_again_changes_the_scores_alone(folder, collection, monkeypatch):  # noqa: F811
    kept = {**card_of(folder), "commit": "of the training", "scores": [], "bootstrap": {}}
    (folder / "card.json").write_text(json.dumps(kept))
    files = {path: path.read_bytes() for path in folder.iterdir() if path.suffix != ".md"}
    monkeypatch.setattr(card, "collect", lambda data: collection)
    card.main(["--data", "anywhere", "--model", str(folder)])
    again = card_of(folder)
    assert list(again) == list(kept)
    assert {name for name in kept if again[name] != kept[name]} == {"scores", "bootstrap"}
    assert all(path.read_bytes() == was for path, was in files.items() if path.suffix != ".json")
    assert "50% of the 12 clips" in (folder / "README.md").read_text()
