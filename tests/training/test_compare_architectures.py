"""The whole comparison on a tiny made-up set: trained, stopped, gone on with, reported, shown."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from signbridge.data.collection import Collection
from signbridge.data.letters import Handshapes
from signbridge.data.manifest import split_of
from signbridge.data.samples import Sample
from signbridge.errors import BadInputError
from signbridge.evaluation.tables import figures_block
from signbridge.landmarks.body import Hands
from signbridge.landmarks.features import STEPS
from signbridge.training import compare
from signbridge.training.architectures.config import CONFIGURATIONS
from signbridge.training.architectures.report import SETS
from signbridge.training.architectures.rows import Row
from signbridge.training.fit import TrainConfig
from signbridge.web.benchmarks import benchmarks
from tests.signing import hand_shape

GLOSSES = ("HELLO", "YES", "NO", "FS-A", "STRANGE")
SIGNERS = ("one", "two", "wlasl-8", "words-marikadin/ASL")
BUDGET = TrainConfig(epochs=2, batch=16, per_letter=2, other_share=0.0)
NAMES = ("transformer", "conv-transformer", "hybrid, baseline", "hybrid, + all")
CONFIGS = {name: replace(CONFIGURATIONS[name], hand_width=8, width=16, layers=1) for name in NAMES}


def official(place: int) -> str:
    return "test" if place // 4 % 12 in (0, 1, 4, 5) else "train"


def made_collection() -> Collection:
    """96 signs: straight paths, a direction for each gloss; every third is of the official test."""
    rng = np.random.default_rng(0)
    labels = np.arange(96) % 4
    labels[labels == 3] = 4  # letters come from handshapes alone
    signs = np.full((96, STEPS, 2, 21, 3), np.nan, dtype=np.float16)
    for place, label in enumerate(labels):
        angle = 2 * np.pi * label / len(GLOSSES)
        path = np.linspace(0, 0.8, STEPS)[:, None] * [np.cos(angle), np.sin(angle)]
        signs[place, :, 0] = 0.3 * hand_shape() + rng.normal(0, 0.01, (21, 3))
        signs[place, :, 0, :, :2] += path[:, None] + rng.normal(0, 0.03, 2)
    samples = tuple(
        Sample(
            dataset="made",
            clip=str(place),
            gloss=GLOSSES[label],
            signer=SIGNERS[place // 4 % len(SIGNERS)],
            source="made",
            recording=str(place),
            split=split_of(SIGNERS[place // 4 % len(SIGNERS)], official(place)),
            official_split=official(place),
            licence="none",
            hands=Hands(np.zeros((0, 2, 21, 3), np.float32), 25.0),
        )
        for place, label in enumerate(labels)
    )
    return Collection(
        signs=signs,
        labels=labels,
        samples=samples,
        glosses=GLOSSES,
        offered=4,
        wlasl_class=np.where(labels < 4, labels, 500),
        handshapes=Handshapes(np.repeat(hand_shape()[None] * 0.3, 4, 0), ("A",) * 4, ("x",) * 4),
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> tuple[Path, list[Row]]:
    """The state folder of a whole comparison, and its rows."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compare, "collect", lambda _: made_collection())
        return folder, compare.compare(folder, CONFIGS, BUDGET, folder)


def test_vocabulary_is_all_that_is_left():
    found = compare.of_vocabulary(made_collection())
    assert found.glosses == GLOSSES[:4]
    assert len(found.signs) == len(found.labels) == len(found.samples) == 72
    assert {sample.gloss for sample in found.samples} == {"HELLO", "YES", "NO"}
    assert found.labels.max() == 2


def test_letters_are_a_cluster_of_their_own():
    clusters = compare.gloss_clusters(compare.of_vocabulary(made_collection()))
    assert clusters == [0, 0, 0, 1]


def test_budget_trains_on_the_vocabulary_only_and_is_the_same_for_all():
    assert compare.BUDGET.other_share == 0
    assert len({config.steps for config in CONFIGURATIONS.values()}) == 1


def test_each_configuration_is_scored_on_the_same_clips(trained):
    _, rows = trained
    assert [row.name for row in rows] == list(NAMES)
    for row in rows:
        assert set(row.hits) == set(SETS)
        assert {name: len(hits.top1) for name, hits in row.hits.items()} == {
            "official": 24, "dictionary": 18, "webcam": 18,
        }  # fmt: skip
        assert set(row.hits["webcam"].signers) == {"words-marikadin/ASL"}
        assert (row.hits["official"].glosses, row.hits["webcam"].glosses) == (3, 4)
    assert len({row.parameters for row in rows}) == len(rows)


def test_a_comparison_goes_on_where_it_stopped(trained, tmp_path, monkeypatch):
    folder, rows = trained
    state = shutil.copytree(folder, tmp_path / "state")
    (state / "hybrid-plus-all.json").unlink()
    for weights in state.glob("hybrid-plus-all.*.pt"):
        weights.unlink()
    again, train_one = [], compare.train_one
    monkeypatch.setattr(compare, "collect", lambda _: made_collection())
    monkeypatch.setattr(
        compare, "train_one", lambda name, *rest: again.append(name) or train_one(name, *rest)
    )
    found = compare.compare(tmp_path, CONFIGS, BUDGET, state)
    assert again == [NAMES[-1]]
    assert found[:-1] == rows[:-1]
    assert replace(found[-1], seconds=rows[-1].seconds) == rows[-1]


def test_rows_of_another_budget_are_refused(trained):
    folder, _ = trained
    with pytest.raises(BadInputError, match="another budget"):
        compare.compare(folder, CONFIGS, replace(BUDGET, epochs=3), folder)


def test_report_has_every_network_its_plot_and_a_place_on_the_page(trained, tmp_path, monkeypatch):
    folder, _ = trained
    monkeypatch.setattr(compare, "CONFIGURATIONS", CONFIGS)
    monkeypatch.setattr(compare, "BUDGET", BUDGET)
    out = tmp_path / "docs" / "reports" / "architectures"
    compare.main(["--data", "unused", "--out", str(out), "--state", str(folder)])
    report = json.loads((out / "report.json").read_text())
    assert list(report["architectures"]) == list(NAMES)
    for figures in report["architectures"].values():
        assert figures["parameters"] > 0
        assert figures["macs"] > 0
        assert figures["p50_ms"] > 0
        for name in SETS:
            interval = figures[name]["intervals"]["top1"]
            assert interval["low"] <= figures[name]["top1"] <= interval["high"]
    (shown,) = benchmarks(out.parent)
    assert shown.title == "Architectures"
    assert "data:image/png;base64," in shown.page
    for name in NAMES:
        assert f"| {name} |" in shown.page
    assert report["summary"] in figures_block(tmp_path)
