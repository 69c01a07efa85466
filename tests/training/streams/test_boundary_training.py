"""The boundary network learns from streams what it is asked of them, and NumPy reads it alike."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from signbridge.errors import CheckpointError
from signbridge.landmarks.body import RIGHT, Hands
from signbridge.landmarks.boundaries import (
    BEGIN,
    CUT,
    END,
    SIGN,
    BoundaryConfig,
    BoundaryNet,
    load_boundaries,
)
from signbridge.landmarks.fluent import FluentSegmenter
from signbridge.landmarks.motion import FEATURES, RATE
from signbridge.training.boundaries import BoundaryTraining, as_arrays, batch, save, train
from signbridge.training.boundary_net import TrainableBoundaries
from signbridge.training.boundary_streams import Sources, example, targets
from signbridge.training.boundary_thresholds import NEVER, Fitted, fitted_config, quickest
from signbridge.training.spelled import Hand
from signbridge.training.streams.piece import Piece, piece_of
from signbridge.training.streams.recordings import Recordings
from tests.signing import hand_shape

CONFIG = BoundaryConfig(width=12, dilations=(1, 2, 4), delay=3)
SETTINGS = BoundaryTraining(steps=30, batch=4, length=100, rate=1e-2, average=0.8)


def hands(place: float, swings: float) -> Hands:
    turn = np.linspace(0, 2 * np.pi * swings, 24)
    rise = np.concatenate([np.linspace(1.2, 0, 8), np.zeros(24), np.linspace(0, 1.2, 8)])
    points = np.full((40, 2, 21, 3), np.nan, np.float32)
    points[:, RIGHT] = 0.3 * hand_shape()
    points[:, RIGHT, :, 1] += place + rise[:, None]
    points[8:32, RIGHT, :, 0] += 0.25 * np.sin(turn)[:, None]
    return Hands(points, 30.0)


def piece(gloss: str, place: float, swings: float) -> Piece:
    made = piece_of(hands(place, swings), gloss, "someone")
    assert made is not None
    return made


@pytest.fixture(scope="module")
def sources() -> Sources:
    signs = {"A": (0.1, 1.0), "B": (-0.4, 2.0), "C": (0.5, 0.5)}
    pieces = {gloss: (piece(gloss, *how),) for gloss, how in signs.items()}
    shape = (0.3 * hand_shape())[None].repeat(3, axis=0)
    spellers = [Hand("someone", {letter: shape / 0.3 for letter in "ABC"})]
    recordings = Recordings({"someone": pieces})
    return Sources(recordings, [hands(0.1, 1.0)], spellers, shape)


def test_numpy_reads_the_network_as_it_was_trained():
    torch.manual_seed(1)
    network = TrainableBoundaries(CONFIG).eval()
    features = np.random.default_rng(0).normal(size=(40, FEATURES)).astype(np.float32)
    with torch.no_grad():
        wanted = network(torch.from_numpy(features)[None])[0].sigmoid().numpy()
    weights = {name: weight.numpy() for name, weight in network.weights().items()}
    state = BoundaryNet(CONFIG, weights).open()
    np.testing.assert_allclose([state.step(row) for row in features], wanted, atol=1e-5)


def test_what_is_saved_is_read_again(tmp_path: Path):
    network = TrainableBoundaries(CONFIG)
    save(network, replace(CONFIG, cut=0.6), tmp_path)
    net = load_boundaries(tmp_path)
    assert net.config == replace(CONFIG, cut=0.6)
    for name, weight in as_arrays(network).items():
        np.testing.assert_array_equal(net.weights[name], weight)


def test_weights_of_another_shape_are_refused(tmp_path: Path):
    save(TrainableBoundaries(CONFIG), replace(CONFIG, width=20), tmp_path)
    with pytest.raises(CheckpointError, match="weights are"):
        load_boundaries(tmp_path)


def test_a_folder_without_a_network_is_refused(tmp_path: Path):
    with pytest.raises(CheckpointError, match="holds no boundary network"):
        load_boundaries(tmp_path)


def test_targets_say_when_signs_are_made_and_which_give_way_to_another():
    truth = targets([(0.4, 0.8), (1.0, 1.6), (3.6, 4.0)], steps=120)
    at = {round(second * RATE): second for second in (0.6, 1.2, 3.8)}
    assert truth[list(at), SIGN].tolist() == [1, 1, 1]
    assert truth[round(0.9 * RATE), SIGN] == 0
    assert truth[:, BEGIN].argmax() in (round(0.4 * RATE), round(1.0 * RATE), round(3.6 * RATE))
    assert truth[round(0.8 * RATE), CUT] == pytest.approx(1)
    assert truth[round(1.6 * RATE), CUT] < 0.01  # a rest follows
    assert truth[round(1.6 * RATE), END] == pytest.approx(1)


def test_every_kind_of_example_has_a_target_for_each_step(sources: Sources):
    rng = np.random.default_rng(0)
    cuts = []
    for _ in range(60):
        one = example(sources, rng)
        assert one.features.shape == (len(one.targets), FEATURES)
        assert np.isfinite(one.features).all()
        cuts.append(one.targets[:, CUT].max())
    assert 0.2 < np.mean(np.array(cuts) > 0.5) < 0.8


def test_truths_come_as_late_as_the_network_answers(sources: Sources):
    features, late, known = batch(sources, SETTINGS, CONFIG, np.random.default_rng(3))
    config = replace(CONFIG, delay=0)
    same, early, _ = batch(sources, SETTINGS, config, np.random.default_rng(3))
    assert torch.equal(features, same)
    both = known[:, CONFIG.delay :].bool()
    assert torch.equal(late[:, CONFIG.delay :][both], early[:, : -CONFIG.delay][both])


def test_training_learns_and_goes_on_where_it_stopped(sources: Sources, tmp_path: Path):
    network = train(sources, SETTINGS, CONFIG, tmp_path / "state.pt")
    assert (tmp_path / "state.pt").exists()
    again = train(sources, SETTINGS, CONFIG, tmp_path / "state.pt")
    for one, other in zip(network.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)
    rng = np.random.default_rng(9)
    features, truth, known = batch(sources, replace(SETTINGS, batch=16), CONFIG, rng)
    with torch.no_grad():
        likely = network(features).sigmoid()
    likely, truth = likely[..., SIGN], truth[..., SIGN]
    made, rest = (known[..., SIGN].bool() & (truth == value) for value in (1, 0))
    assert likely[made].mean() > likely[rest].mean() + 0.1


@pytest.mark.parametrize(
    ("split", "f1", "chosen"),
    [
        ({}, {}, 0.5),
        ({0.5: 0.2}, {}, 0.7),
        ({0.5: 0.2}, {0.7: 0.6}, 0.9),
        ({0.5: 0.2, 0.7: 0.2, 0.9: 0.2}, {}, NEVER),
    ],
)
def test_signs_are_given_as_early_as_costs_no_more_parts_and_hardly_a_boundary(split, f1, chosen):
    class HeldBack:
        """Gives each threshold its figures, and others those of waiting."""

        def split(self, opened: partial[FluentSegmenter]) -> float:
            return float(split.get(opened.args[2].config.over, 0.1))

        def boundary_f1(self, opened: partial[FluentSegmenter]) -> float:
            return float(f1.get(opened.args[2].config.over, 0.799))

    net = BoundaryNet(CONFIG, as_arrays(TrainableBoundaries(CONFIG)))
    fitted = Fitted(0.4, 0.7, NEVER, boundary_f1=0.8, split=0.1, split_by_rules=0.1)
    found = quickest(net, HeldBack(), fitted)
    assert (found.cut, found.fluent, found.over) == (0.4, 0.7, chosen)
    assert fitted_config(CONFIG, found) == replace(CONFIG, cut=0.4, fluent=0.7, over=chosen)


def test_streams_are_the_same_whoever_composes_them(sources: Sources, tmp_path: Path):
    few = replace(SETTINGS, steps=4)
    here = train(sources, few, CONFIG, tmp_path / "here.pt")
    apart = train(sources, few, CONFIG, tmp_path / "apart.pt", workers=1)
    for one, other in zip(here.parameters(), apart.parameters(), strict=True):
        assert torch.equal(one, other)
