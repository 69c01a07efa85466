"""Finger-spelling: decoding against sums over every alignment, and what the network may not see."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from signbridge.errors import CheckpointError
from signbridge.landmarks.body import in_body_frame
from signbridge.recognize.spelling.decode import beam_search, decoded, log_likelihoods
from signbridge.recognize.spelling.model import BLANK, LETTERS, SpellingConfig, SpellingNet
from signbridge.recognize.spelling.speller import (
    FPS,
    NAMES,
    Speller,
    SpellingCalibration,
    leading_hand,
    save_speller,
)
from tests.signing import flipped, signer

SMALL = SpellingConfig(width=8, blocks=1, memory=4)
Array = NDArray[np.float32]


def moments(seed: int, steps: int = 5, letters: str = "ABC") -> Array:
    """Return log-probabilities (T, 27) over the blank and a few letters."""
    rng = np.random.default_rng(seed)
    found = np.full((steps, 1 + len(LETTERS)), 1e-9)
    used = [BLANK, *(1 + LETTERS.index(letter) for letter in letters)]
    found[:, used] = rng.dirichlet(np.ones(len(used)), steps)
    return np.log(found / found.sum(axis=1, keepdims=True)).astype(np.float32)


def by_every_alignment(log_probabilities: Array, letters: str = "ABC") -> dict[str, float]:
    """Return each word's likelihood, summed over all ways to write one output a moment."""
    used = [BLANK, *(1 + LETTERS.index(letter) for letter in letters)]
    sums: dict[str, float] = {}
    for way in itertools.product(used, repeat=len(log_probabilities)):
        runs = [index for index, _ in itertools.groupby(way)]
        word = "".join(LETTERS[index - 1] for index in runs if index != BLANK)
        log = sum(log_probabilities[step, index] for step, index in enumerate(way))
        sums[word] = sums.get(word, 0.0) + float(np.exp(log))
    return sums


@pytest.mark.parametrize("seed", range(8))
def test_beam_search_finds_the_word_that_all_alignments_make_likeliest(seed: int) -> None:
    log_probabilities = moments(seed)
    sums = by_every_alignment(log_probabilities)
    word, log = beam_search(log_probabilities, beam=200)
    assert word == max(sums, key=lambda one: sums[one])
    assert np.exp(log) == pytest.approx(sums[word], rel=1e-3)


@pytest.mark.parametrize("word", ["", "A", "AB", "AA", "ABA", "CCA"])
def test_likelihood_of_a_word_is_its_sum_over_alignments_and_torch_agrees(word: str) -> None:
    log_probabilities = moments(3)
    expected = by_every_alignment(log_probabilities).get(word, 0.0)
    found, other = log_likelihoods(log_probabilities, [word, "ABC"])
    assert np.exp(found) == pytest.approx(expected, rel=1e-3)
    assert np.exp(other) == pytest.approx(by_every_alignment(log_probabilities)["ABC"], rel=1e-3)
    loss = torch.nn.functional.ctc_loss(
        torch.from_numpy(log_probabilities)[:, None],
        torch.tensor([1 + LETTERS.index(letter) for letter in word]),
        torch.tensor([len(log_probabilities)]),
        torch.tensor([len(word)]),
        reduction="sum",
    )
    assert -loss.item() == pytest.approx(found, rel=1e-3)


def spelled_clearly(word: str, doubt: dict[int, tuple[str, float]] | None = None) -> Array:
    """Return log-probabilities that say a word, with doubt about some letters."""
    found = np.full((6 * len(word), 1 + len(LETTERS)), 1e-5)
    found[:, BLANK] = 1.0
    for index, letter in enumerate(word):
        moment = found[6 * index + 3]
        moment[:] = 1e-5
        other, share = (doubt or {}).get(index, ("Z", 0.0))
        moment[1 + LETTERS.index(letter)] = 1 - share
        moment[1 + LETTERS.index(other)] += share
    return np.log(found / found.sum(axis=1, keepdims=True)).astype(np.float32)


def test_name_of_the_list_wins_where_the_hand_was_unclear() -> None:
    unclear = spelled_clearly("SNNA", {0: ("A", 0.3)})
    assert decoded(unclear).text == "SNNA"
    assert decoded(unclear, ["ANNA", "OTTO"]).text == "ANNA"


def test_name_of_the_list_never_overrules_a_clear_hand() -> None:
    clear = spelled_clearly("HANNO")
    assert decoded(clear, ["HANNAH", "HANS", "HANNA"]).text == "HANNO"
    assert decoded(clear).score > 0.95


def test_nothing_spelled_gives_no_word() -> None:
    silent = np.log(np.full((20, 27), 1e-6, dtype=np.float32))
    silent[:, BLANK] = 0.0
    assert decoded(silent, NAMES).text == ""


def test_names_are_letters_only_and_of_their_own() -> None:
    assert len(NAMES) == len(set(NAMES)) > 500
    assert all(set(name) <= set(LETTERS) for name in NAMES)


def test_size_and_place_of_the_hand_do_not_matter() -> None:
    torch.manual_seed(0)
    network = SpellingNet(SMALL).eval()
    hand = torch.randn(2, 30, 21, 3)
    moved = 3.7 * hand + torch.tensor([5.0, -2.0, 0.0])
    assert torch.allclose(network(hand), network(moved), atol=1e-3)


def test_mirrored_signer_spells_the_same() -> None:
    tracks = leading_hand(in_body_frame(signer()))
    others = leading_hand(in_body_frame(flipped(signer())))
    assert len(tracks) == len(others) > 0
    for one, other in zip(tracks, others, strict=True):
        assert np.allclose(one, other, atol=1e-4)
        assert not np.isnan(one).any()


@pytest.mark.parametrize("fps", [10.0, 30.0, 60.0])
def test_track_has_the_network_s_rate_whatever_the_camera_s(fps: float) -> None:
    (track,) = leading_hand(in_body_frame(signer(fps=fps, sign_s=2.0)))
    assert len(track) / FPS == pytest.approx(2.0, abs=0.5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    save_speller(tmp_path, SpellingNet(SMALL).eval(), SpellingCalibration(2.0, 1.0, 0.25))
    return tmp_path


def test_saved_then_loaded_gives_the_same_answer(folder: Path) -> None:
    torch.manual_seed(0)
    network = SpellingNet(SMALL).eval()
    track = np.random.default_rng(0).normal(size=(30, 21, 3)).astype(np.float32)
    expected = network(torch.from_numpy(track)[None])[0].detach().numpy()
    speller = Speller(folder)
    assert speller.calibration == SpellingCalibration(2.0, 1.0, 0.25)
    assert np.allclose(speller.log_probabilities(track), expected, atol=2e-2)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(CheckpointError, match=name):
        Speller(folder)


def test_config_of_another_model_is_refused(folder: Path) -> None:
    settings = json.loads((folder / "config.json").read_text())
    settings["model"]["width"] = 16
    (folder / "config.json").write_text(json.dumps(settings))
    with pytest.raises(CheckpointError, match="no finger-spelling model"):
        Speller(folder)


def test_calibrated_score_is_the_logistic_of_the_raw_odds() -> None:
    assert SpellingCalibration(1.0, 0.0).probability(0.7) == pytest.approx(0.7)
    assert SpellingCalibration(2.0, 0.0).probability(0.75) == pytest.approx(0.9)
    assert 0 < SpellingCalibration(3.0, 1.0).probability(0.0) < 0.01
    assert 0.99 < SpellingCalibration(3.0, 1.0).probability(1.0) <= 1
