"""The network, its folder and the recognizer around it."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from signbridge.errors import CheckpointError
from signbridge.landmarks.body import Hands
from signbridge.landmarks.features import sign_features
from signbridge.recognize.landmark.checkpoint import (
    Calibration,
    Checkpoint,
    load_checkpoint,
    save_checkpoint,
)
from signbridge.recognize.landmark.model import ModelConfig, SignEnsemble, SignNet
from signbridge.recognize.landmark.onnx import OnnxNetwork
from signbridge.recognize.landmark.recognizer import DEFAULT_FOLDER, LandmarkRecognizer
from signbridge.recognize.spelling.decode import Word
from signbridge.recognize.spelling.speller import SpellingCalibration
from signbridge.recognize.vocabulary import Vocabulary
from signbridge.training.onnx_export import write_onnx
from signbridge.types import Guess, Segment
from tests.signing import flipped, signer

CONFIG = ModelConfig(classes=7, steps=16, hand_width=8, width=16, stages=1, convolutions=1)


def hands(count: int = 3) -> torch.Tensor:
    points = torch.randn(count, CONFIG.steps, 2, 21, 3)
    points[:, 4:9, 1] = float("nan")
    return points


@pytest.fixture
def network() -> SignEnsemble:
    torch.manual_seed(0)
    return SignEnsemble([SignNet(CONFIG), SignNet(CONFIG)]).eval()


@pytest.fixture
def folder(tmp_path, network):
    vocabulary = Vocabulary.of(["HELLO", "YES", "NO", "PLEASE", "HELP"])
    save_checkpoint(tmp_path, Checkpoint(network, vocabulary, Calibration(0.5, 0.0)))
    return tmp_path


def test_missing_hands_give_finite_scores(network):
    points = hands()
    points[0] = float("nan")
    assert network(points).isfinite().all()


def test_depth_of_the_whole_hand_does_not_matter(network):
    moved = hands(1)
    reference = network(moved)
    moved[..., 2] += 0.7  # the wrist's own depth is unknown to the detector
    assert torch.allclose(network(moved), reference, atol=1e-4)


def test_order_of_frames_matters(network):
    points = hands(1)
    assert not torch.allclose(network(points), network(points.flip(1)), atol=1e-3)


def test_saved_then_loaded_gives_the_same_answer(folder, network):
    points = hands()
    loaded = load_checkpoint(folder)
    assert torch.allclose(loaded.network(points), network(points), atol=2e-2)  # half precision
    assert loaded.calibration == Calibration(0.5, 0.0)
    assert loaded.vocabulary.glosses == ("HELLO", "YES", "NO", "PLEASE", "HELP")


def test_scores_stay_in_order_and_sum_to_one_at_most():
    draws = np.random.default_rng(0).dirichlet(np.full(6, 0.5), 200).astype(np.float32)[:, :5]
    for slope, offset in ((0.7, 0.7), (1.0, 0.0), (1.5, -1.0)):
        scores = Calibration(slope=slope, offset=offset).scores(draws)
        assert (scores.argmax(axis=1) == draws.argmax(axis=1)).all()
        assert ((scores >= 0) & (scores <= 1)).all()
        assert (scores.sum(axis=1) <= 1 + 1e-5).all()


def test_plain_calibration_leaves_probabilities_as_they_are():
    draws = np.random.default_rng(0).dirichlet(np.ones(6), 50).astype(np.float32)[:, :5]
    assert np.allclose(Calibration().scores(draws), draws, atol=1e-5)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "vocabulary.csv"])
def test_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(CheckpointError, match=name):
        load_checkpoint(folder)


def test_config_of_another_model_is_refused(folder):
    config = json.loads((folder / "config.json").read_text())
    config["members"][0]["width"] = 32
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match="do not fit"):
        load_checkpoint(folder)


def test_members_vote_with_their_probabilities(network):
    points = hands()
    votes = [member(points).softmax(dim=-1) for member in network.members]
    assert torch.allclose(network(points).exp(), sum(votes) / 2, atol=1e-6)


@pytest.mark.parametrize("count", [0, 1, 3, None])
def test_wrong_number_of_members_is_refused(folder, count):
    config = json.loads((folder / "config.json").read_text())
    config["members"] = count if count is None else (2 * config["members"])[:count]
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match=r"members|do not fit"):
        load_checkpoint(folder)


def test_members_of_other_vocabularies_are_refused(folder):
    config = json.loads((folder / "config.json").read_text())
    config["members"][1]["classes"] = 8
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match="must share 'classes'"):
        load_checkpoint(folder)


def test_members_of_two_shapes_are_saved_and_exported_alike(tmp_path):
    other = replace(CONFIG, causal=True, width=24)
    network = SignEnsemble([SignNet(CONFIG), SignNet(other)]).eval()
    vocabulary = Vocabulary.of(["HELLO", "YES", "NO", "PLEASE", "HELP"])
    save_checkpoint(tmp_path, Checkpoint(network, vocabulary, Calibration()))
    write_onnx(tmp_path)
    points = hands()
    loaded = load_checkpoint(tmp_path).network
    assert loaded.configs == (CONFIG, other)
    answer = OnnxNetwork(tmp_path)(points.numpy())
    assert np.abs(answer - loaded(points).detach().numpy()).max() < 1e-4


def test_unknown_setting_in_the_config_is_refused(folder):
    config = json.loads((folder / "config.json").read_text())
    config["members"][1]["depth"] = 3
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match="exactly"):
        load_checkpoint(folder)


def test_vocabulary_larger_than_the_model_is_refused(folder):
    Vocabulary.of([f"SIGN-{i}" for i in range(9)]).save(folder)
    with pytest.raises(CheckpointError, match="mixes two models"):
        load_checkpoint(folder)


def test_guesses_are_best_first_and_never_outside_the_vocabulary(folder):
    recognizer = LandmarkRecognizer(folder)
    result = recognizer.recognize(Segment(signer(), 0.0, 2.2))
    scores = [guess.score for guess in result.guesses]
    assert scores == sorted(scores, reverse=True)
    assert {guess.text for guess in result.guesses} == set(recognizer.vocabulary)
    assert sum(scores) < 1.0  # two outputs are not offered


def test_mirrored_signer_gets_the_same_answer(folder):
    recognizer = LandmarkRecognizer(folder)
    answer, other = recognizer.scores(signer()), recognizer.scores(flipped(signer()))
    assert np.allclose(answer, other, atol=1e-4)


def test_low_score_is_not_recognized(folder, network):
    save_checkpoint(
        folder, Checkpoint(network, load_checkpoint(folder).vocabulary, Calibration(1.0, 0.99))
    )
    result = LandmarkRecognizer(folder).recognize(Segment(signer(), 0.0, 2.2))
    assert result.abstained
    assert result.guesses  # what it would have said can still be shown


@pytest.mark.parametrize("margin", [-1e-3, 1e-3])
def test_calibration_alone_is_as_sure_as_the_recognizer(folder, network, margin):
    signs, calibration = sign_features(signer()), Calibration(0.5, slope=0.8, offset=0.7)
    assert len(signs) == 1

    def scores_by(recognizer: LandmarkRecognizer):
        logits = recognizer.logits_of(signs)
        return calibration.scores(calibration.probabilities(logits, len(recognizer.vocabulary)))

    best = float(scores_by(LandmarkRecognizer(folder)).max())
    calibration = replace(calibration, threshold=best + margin)
    save_checkpoint(folder, Checkpoint(network, load_checkpoint(folder).vocabulary, calibration))
    recognizer = LandmarkRecognizer(folder)
    result = recognizer.recognize(Segment(signer(), 0.0, 2.2))
    assert result.guesses[0].score == pytest.approx(scores_by(recognizer).max(), abs=1e-6)
    assert bool(calibration.sure(scores_by(recognizer)[0])) is not result.abstained


def test_nothing_to_see_is_not_recognized(folder):
    landmarks = signer()
    landmarks.points[:] = np.nan
    result = LandmarkRecognizer(folder).recognize(Segment(landmarks, 0.0, 2.2))
    assert result.abstained
    assert result.guesses == ()


def test_onnx_gives_the_answers_of_the_weights(folder):
    torch_scores = LandmarkRecognizer(folder).scores(signer())
    write_onnx(folder)
    assert np.allclose(LandmarkRecognizer(folder).scores(signer()), torch_scores, atol=1e-5)
    network = load_checkpoint(folder).network
    points = hands(4)
    answer = OnnxNetwork(folder)(points.numpy())
    assert np.abs(answer - network(points).detach().numpy()).max() < 1e-4


def test_shipped_onnx_file_belongs_to_the_shipped_weights():
    network = load_checkpoint(DEFAULT_FOLDER).network
    torch.manual_seed(0)
    points = 0.5 * torch.randn(4, network.config.steps, 2, 21, 3)
    points[:2, :, 1] = float("nan")
    answer = OnnxNetwork(DEFAULT_FOLDER)(points.numpy())
    assert np.abs(answer - network(points).numpy()).max() < 1e-4


def test_broken_onnx_file_is_named(folder):
    (folder / "model.onnx").write_bytes(b"no model")
    with pytest.raises(CheckpointError, match=r"model\.onnx can't be loaded"):
        LandmarkRecognizer(folder)


class FakeSpeller:
    """Reads the same word whatever it is shown."""

    weights_sha256 = {"spelling/model.safetensors": "0123456789ab"}  # noqa: RUF012

    def __init__(self, text: str, score: float) -> None:
        self.word = Word(text, score)
        self.calibration = SpellingCalibration(threshold=0.6)

    def spell(self, hands: Hands) -> Word:
        return self.word


def answered(folder, threshold: float, text: str, score: float = 0.8):
    checkpoint = load_checkpoint(folder)
    calibration = Calibration(1.0, threshold)
    save_checkpoint(folder, Checkpoint(checkpoint.network, checkpoint.vocabulary, calibration))
    recognizer = LandmarkRecognizer(folder, FakeSpeller(text, score))
    return recognizer.recognize(Segment(signer(), 0.0, 2.2))


def test_it_names_every_file_of_weights_that_it_loaded(folder):
    of_file = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()[:12]
    recognizer = LandmarkRecognizer(folder)
    assert recognizer.weights_sha256 == {f"{folder.name}/model.safetensors": of_file}
    assert recognizer.about["revision"] == of_file
    assert set(LandmarkRecognizer(DEFAULT_FOLDER, FakeSpeller("", 0.0)).weights_sha256) == {
        "signs/model.safetensors",
        "signs/model.onnx",
        "spelling/model.safetensors",
    }


def test_spelled_word_is_the_answer_where_no_sign_is_sure(folder):
    result = answered(folder, 0.99, "LEO")
    assert result.guesses[0] == Guess("FS-LEO", 0.8)
    assert len(result.guesses) == 6  # the signs it might have been come after it
    assert not result.abstained


def test_sure_sign_is_never_read_as_spelling(folder):
    result = answered(folder, 0.0, "LEO")
    assert result.guesses[0].text in load_checkpoint(folder).vocabulary.glosses


@pytest.mark.parametrize(("text", "score"), [("LE", 0.9), ("", 0.0), ("LEO", 0.5)])
def test_short_or_unsure_word_changes_nothing(folder, text, score):
    result = answered(folder, 0.99, text, score)
    assert result.abstained
    assert len(result.guesses) == 5


def test_it_tells_how_long_each_stage_took_and_which_weights_answered(folder):
    recognizer = LandmarkRecognizer(folder)
    result = recognizer.recognize(Segment(signer(), 0.0, 2.2))
    spent_s = result.stages.preprocess_s + result.stages.model_s
    assert 0 < spent_s == pytest.approx(result.elapsed_s, abs=1e-6)
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    assert recognizer.about["revision"] == digest[:12]
    assert recognizer.about["device"] == "cpu"
