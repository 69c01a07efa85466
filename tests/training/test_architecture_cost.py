"""What an answer costs, against sums by hand; rates and rows of the comparison."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from signbridge.errors import BadInputError
from signbridge.evaluation.efficiency import information_density, net_score
from signbridge.recognize.landmark.model import ModelConfig, SignModel
from signbridge.recognize.landmark.size import count_macs
from signbridge.training.architectures.config import CONFIGURATIONS
from signbridge.training.architectures.convolution import Convolution
from signbridge.training.architectures.cost import milliseconds
from signbridge.training.architectures.rates import difference, rate
from signbridge.training.architectures.rows import Hits, Row, read_row, write_row
from signbridge.training.fit import TrainConfig

INPUTS = 2 * 21 * 3


class Of(SignModel):
    """Hands as frames (B, 32, 126) through any layer."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.config = ModelConfig(classes=3)
        self.layer = layer

    def forward(self, hands: torch.Tensor) -> torch.Tensor:
        return self.layer(hands.flatten(2))


@pytest.mark.parametrize(
    ("layer", "by_hand"),
    [
        (nn.Linear(INPUTS, 10), 32 * INPUTS * 10),
        (Convolution(INPUTS, 10, 5, depthwise=False), 32 * INPUTS * 5 * 10),
        (Convolution(INPUTS, 10, 5, depthwise=True), 32 * INPUTS * 5 + 32 * INPUTS * 10),
        (
            nn.LSTM(INPUTS, 7, batch_first=True, bidirectional=True),
            2 * 32 * (INPUTS * 4 * 7 + 7 * 4 * 7),
        ),
        (
            nn.TransformerEncoderLayer(INPUTS, 2, 50, batch_first=True),
            32 * INPUTS * 4 * INPUTS + 2 * 32 * 32 * INPUTS + 2 * 32 * INPUTS * 50,
        ),
    ],
)
def test_macs_are_those_counted_by_hand(layer, by_hand):
    assert count_macs(Of(layer)) == by_hand


def test_milliseconds_order_networks_by_their_work_and_leave_the_threads_alone():
    torch.set_num_threads(1)
    small, large = Of(nn.Linear(INPUTS, 2)), Of(nn.LSTM(INPUTS, 400, batch_first=True))
    taken = milliseconds({"large": large, "small": small}, repeats=5)
    assert 0 < taken["small"] < taken["large"]
    assert torch.get_num_threads() == 1


def test_net_score_by_hand():
    # (50^2) / (sqrt(4) * sqrt(0.25)) = 2500
    assert net_score(0.5, 4_000_000, 250_000_000) == pytest.approx(20 * math.log10(2500))
    assert net_score(0.0, 4_000_000, 250_000_000) == -math.inf


def test_information_density_by_hand():
    assert information_density(0.5, 2_000_000) == 25


def hits(top1: list[int], signers: str) -> Hits:
    right = tuple(bool(one) for one in top1)
    return Hits(glosses=10, top1=right, top5=(True,) * len(right), signers=tuple(signers))


def test_rate_over_signers_is_less_sure_than_over_their_clips():
    found = hits([1] * 50 + [0] * 50, "a" * 25 + "b" * 25 + "c" * 25 + "d" * 25)
    clips, signers = rate(found, by_signer=False), rate(found, by_signer=True)
    assert clips.top1 == signers.top1 == 0.5
    assert (signers.n, signers.signers, signers.top5) == (100, 4, 1.0)
    width = [one.intervals["top1"].high - one.intervals["top1"].low for one in (clips, signers)]
    assert width[1] > 2 * width[0]


def test_difference_is_over_the_same_clips():
    better, worse = hits([1, 1, 1, 0] * 25, "a" * 100), hits([1, 0, 1, 0] * 25, "a" * 100)
    value, interval = difference(better, worse)
    assert value == pytest.approx(0.25)
    assert 0.1 < interval.low < 0.25 < interval.high < 0.4
    assert difference(better, better) == (0.0, interval.__class__(0.0, 0.0))


def row() -> Row:
    name = "hybrid, + all"
    return Row(
        name=name,
        config=replace(CONFIGURATIONS[name], other_parts=(("face", 5),)),
        budget=TrainConfig(epochs=2, without=("asl",)),
        classes=10,
        parameters=123,
        seconds=1.5,
        hits={"official": hits([1, 0], "ab")},
    )


def test_row_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "new" / "row.json"
    assert read_row(path, row().config, row().budget) is None
    write_row(path, row())
    assert read_row(path, row().config, row().budget) == row()
    assert [file.name for file in path.parent.iterdir()] == ["row.json"]


@pytest.mark.parametrize("part", ["config", "budget"])
def test_row_of_another_training_is_refused(tmp_path, part):
    path, made = tmp_path / "row.json", row()
    write_row(path, made)
    wanted = {"config": replace(made.config, width=64), "budget": TrainConfig(epochs=3)}
    with pytest.raises(BadInputError, match=f"another {part}"):
        read_row(
            path, *({"config": made.config, "budget": made.budget, part: wanted[part]}.values())
        )


def test_row_is_plain_json(tmp_path):
    write_row(tmp_path / "row.json", row())
    found = json.loads((tmp_path / "row.json").read_text())
    assert np.array(found["hits"]["official"]["top1"]).dtype == bool
