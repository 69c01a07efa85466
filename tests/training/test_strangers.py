"""The whole measurement on a tiny made-up collection and an untrained model."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from signbridge.data.collection import CALIBRATION_SIGNERS, IDLE, Collection
from signbridge.data.letters import Handshapes
from signbridge.data.manifest import split_of
from signbridge.data.samples import Sample
from signbridge.evaluation.evaluate import Evaluation
from signbridge.evaluation.predictions import Prediction
from signbridge.evaluation.tables import figures_block
from signbridge.landmarks.body import in_body_frame
from signbridge.landmarks.features import sign_features, stretch_features
from signbridge.pipeline import Engine
from signbridge.recognize.landmark.checkpoint import Calibration, Checkpoint, save_checkpoint
from signbridge.recognize.landmark.model import ModelConfig, SignEnsemble, SignNet
from signbridge.recognize.landmark.recognizer import LandmarkRecognizer
from signbridge.recognize.vocabulary import Vocabulary
from signbridge.settings import Settings
from signbridge.training import robustness, trees, trees_recognizer
from signbridge.training.cases import few, official, standing, strangers
from signbridge.training.people import people
from signbridge.training.rows import training_rows
from signbridge.training.trees import FRAMES, tree_features, tree_scores
from signbridge.types import Guess
from tests.fakes import engine
from tests.signing import signer

GLOSSES = ("HELLO", "YES", "STRANGE", IDLE)
TURNS = (1, 3, 2, 1)
DICTIONARY_STRANGER, WEBCAM_STRANGER = CALIBRATION_SIGNERS[0], CALIBRATION_SIGNERS[-1]


def sample(label: int, person: str, split: str, number: int) -> Sample:
    landmarks = signer(fps=25.0, turns=TURNS[label])
    source = "words" if person.startswith("words") else "site"
    hands = in_body_frame(landmarks)
    # Nobody signs twice in one place: nearer than that, two recordings count as one.
    hands.points[..., :2] += np.random.default_rng(number).normal(0, 0.1, 2)
    return Sample(
        dataset="made", clip=str(number), gloss=GLOSSES[label], signer=person, source=source,
        split=split_of(person, split), licence="none", official_split=split, hands=hands,
    )  # fmt: skip


@pytest.fixture(scope="module")
def collection() -> Collection:
    known = [(label, "wlasl-1", "train") for label in (0, 1, 2) for _ in range(4)]
    known += [(label, "wlasl-1", "test") for label in (0, 1, 2)] + [(3, "words-idle", "")] * 2
    unknown = [(label, DICTIONARY_STRANGER, "train") for label in (0, 1, 2)]
    unknown += [(0, WEBCAM_STRANGER, "")] * 8
    rows = [(*row, number) for number, row in enumerate(known + unknown)]
    samples = tuple(sample(*row) for row in rows)
    labels = np.array([row[0] for row in rows])
    dictionary = np.array([one.source == "site" for one in samples])
    return Collection(
        signs=np.stack([stretch_features(one.hands)[0] for one in samples]).astype(np.float16),
        labels=labels,
        samples=samples,
        glosses=GLOSSES,
        offered=2,
        wlasl_class=np.where(dictionary, np.where(labels < 2, labels, 500), -1),
        handshapes=Handshapes(np.zeros((0, 21, 3), np.float32), (), ()),
    )


@pytest.fixture
def model(tmp_path):
    torch.manual_seed(0)
    config = ModelConfig(
        classes=4, steps=16, hand_width=8, width=32, stages=1, convolutions=1, heads=2
    )
    network = SignEnsemble([SignNet(config)]).eval()
    vocabulary = Vocabulary.of(GLOSSES[:2])
    save_checkpoint(tmp_path / "model", Checkpoint(network, vocabulary, Calibration(1.0, 0.0)))
    return tmp_path / "model"


def build(settings: Settings) -> Engine:
    """The app's engine without what takes seconds to load."""
    return replace(engine(), recognizers=(LandmarkRecognizer(Path(settings.landmark_model)),))


@pytest.fixture
def report(collection, model, tmp_path, monkeypatch):
    """The report of an untrained model that answers everything, as the command writes it."""
    monkeypatch.setattr(robustness, "collect", lambda data: collection)
    monkeypatch.setattr(robustness, "build", build)
    monkeypatch.setattr(robustness, "idling", lambda data: (signer, signer))
    monkeypatch.setattr(robustness, "MADE_UP", 2)
    out = tmp_path / "docs" / "reports" / "strangers"
    arguments = ["--data", str(tmp_path), "--model", str(model), "--out", str(out)]
    assert robustness.main(arguments) == 0
    return out


def test_hands_on_the_made_up_body_are_the_hands_themselves():
    hands = in_body_frame(signer(fps=25.0, idle_left=True))
    again = in_body_frame(standing(hands))
    assert np.allclose(again.points, hands.points, atol=1e-4, equal_nan=True)
    assert again.fps == hands.fps


def test_training_and_serving_read_the_same_sign(collection):
    first = strangers(collection)[0]
    assert np.allclose(
        sign_features(first.see())[0], collection.signs[15 + 2], atol=2e-3, equal_nan=True
    )


def test_strangers_and_test_rows_are_who_they_should_be(collection):
    assert {case.signer for case in strangers(collection)} == {
        DICTIONARY_STRANGER,
        WEBCAM_STRANGER,
    }
    assert [case.clip.label for case in official(collection, 300)] == ["HELLO", "YES"]
    assert len(official(collection, 2000)) == 3
    assert len(few(strangers(collection), 5)) == 3 + 5


def test_signer_of_many_clips_counts_as_one(collection):
    cases = strangers(collection)
    right = tuple(
        Prediction(case.clip, (Guess("HELLO" if case.signer == WEBCAM_STRANGER else "NO", 0.9),))
        for case in cases
    )
    found = people(Evaluation("fake", collection, GLOSSES[:2], right, ()), cases)
    assert found.by_signer[WEBCAM_STRANGER].top1 == 1.0
    assert found.by_signer[DICTIONARY_STRANGER].top1 == 0.0
    assert found.mean_top1 == 0.5
    assert found.signs_of == {DICTIONARY_STRANGER: 3, WEBCAM_STRANGER: 1}
    assert found.worst == ""  # nobody has enough clips to be called that


def test_trees_learn_what_is_plain_and_only_what_is_allowed(collection):
    rows = np.array([12, 13])
    scores = tree_scores(collection, rows, np.array([0, 1]))
    assert scores.argmax(axis=1).tolist() == [0, 1]
    assert (scores[:, 2:] == 0).all()
    assert tree_features(collection.signs).shape == (len(collection.signs), FRAMES * 2 * 21 * 2)
    assert not np.isnan(tree_features(collection.signs)).any()


def test_trees_for_evaluate_learn_the_training_rows_of_the_vocabulary(
    collection, monkeypatch, tmp_path
):
    monkeypatch.setattr(trees_recognizer, "collect", lambda data: collection)
    monkeypatch.setattr(trees, "TREES", 10)
    told = []
    found = trees_recognizer.trees_recognizer(tmp_path, lambda done, what: told.append(done))
    # Four clips each of HELLO and YES but for one, as near to a stranger's as a copy; not STRANGE,
    # no test clip, and nobody left out of training.
    assert training_rows(collection, ()).tolist() == [*range(1, 12), 16]
    assert found.learned == "10 trees on 7 recordings the networks learn from"
    assert found.vocabulary == GLOSSES[:2]
    assert (told[0], told[-1]) == (0, 1)
    assert told == sorted(told)


def test_model_that_answers_everything_is_told_so(report):
    found = json.loads((report / "report.json").read_text())
    accepts = {row["kind"]: row for row in found["false_accepts"]}
    assert accepts["scratching"]["whole"] == 1.0
    assert accepts["idling recordings, seen in training"]["live"] == 1.0
    assert accepts["strangers' signs outside the vocabulary"]["n"] == 1
    assert accepts["all in which nobody signs"]["n"] == 4 * 2 + 2
    assert found["sign"]["n_in_vocabulary"] == 2 + 8
    assert found["official"]["n"] == found["official"]["clips_of_people_in_training"] == 2
    assert found["baselines"][0]["trees"]["top1"] == 1.0


def test_page_shows_its_plots_and_names_every_change(report):
    page = (report / "report.md").read_text()
    for name in ("sign-rates.png", "sign-coverage.png", "sign-reliability.png"):
        assert name in page
        assert (report / name).is_file()
    for change in ("mirrored", "60 frames a second", "10% of the frames lost"):
        assert f"| {change} |" in page


def test_readme_takes_its_figures_from_the_report(report):
    block = figures_block(report.parents[2])
    assert "| landmark | strangers: signs, dictionary | 2 |" in block
    assert "| all in which nobody signs | 10 |" in block
    assert "points at most" in block


def test_missing_model_is_one_line(tmp_path, capsys):
    arguments = ["--data", str(tmp_path), "--model", str(tmp_path), "--out", str(tmp_path / "out")]
    assert robustness.main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1
