"""The pieces of the compared networks, each against a plain computation."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from signbridge.errors import BadInputError
from signbridge.recognize.landmark.model import CausalConv, ConvBlock
from signbridge.training.architectures.bilstm import BiLstm
from signbridge.training.architectures.build import build
from signbridge.training.architectures.clustered import ClusteredHead, alike, even_clusters
from signbridge.training.architectures.config import CONFIGURATIONS
from signbridge.training.architectures.convolution import (
    SCALES,
    Convolution,
    Scale,
    TemporalBlock,
)
from signbridge.training.architectures.cross_modal import CrossModalAttention
from signbridge.training.architectures.transformer import sinusoids


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def touched(layer, step: int, width: int, steps: int = 101) -> list[int]:
    """The steps of the input on which the answer at `step` depends."""
    frames = torch.randn(1, steps, width, requires_grad=True)
    layer(frames)[0, step].sum().backward()
    assert frames.grad is not None
    return frames.grad[0].abs().sum(dim=-1).nonzero().flatten().tolist()


def test_causal_network_looks_at_earlier_steps_only_in_its_convolutions():
    network = build(CONFIGURATIONS["conv-transformer, causal"], 7)
    blocks = [block for block in network.blocks if isinstance(block, ConvBlock)]
    assert blocks
    for block in blocks:
        assert isinstance(block.depthwise, CausalConv)
        before = touched(lambda x, b=block: b.depthwise(x.mT).mT, 50, network.config.width)
        assert before == list(range(42, 51))  # nine steps, the last its own


def test_sinusoids_are_those_of_the_paper():
    table = sinusoids(32, 8)
    for step, column in ((0, 0), (5, 0), (5, 3), (31, 6), (31, 7)):
        angle = step / 10_000 ** (2 * (column // 2) / 8)
        wanted = math.sin(angle) if column % 2 == 0 else math.cos(angle)
        assert table[step, column].item() == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize(
    ("scale", "span"), list(zip(SCALES, [(3, 7), (10, 20), (30, 60)], strict=True))
)
@pytest.mark.parametrize("depthwise", [False, True])
def test_each_scale_sees_the_span_it_says(scale, span, depthwise):
    layer = Convolution(4, 4, scale.kernel, scale.dilation, depthwise=depthwise)
    half = (scale.kernel - 1) * scale.dilation // 2
    wanted = list(range(50 - half, 51 + half, scale.dilation))
    assert touched(layer, 50, 4) == wanted
    assert scale.receptive_field == wanted[-1] - wanted[0] + 1
    assert span[0] <= scale.receptive_field <= span[1]


def test_receptive_field_by_hand():
    fields = [Scale(5, 1), Scale(5, 4), Scale(7, 5), Scale(1, 9)]
    assert [scale.receptive_field for scale in fields] == [5, 17, 31, 1]


def test_block_of_all_scales_sees_what_any_of_them_sees():
    block = TemporalBlock(12, SCALES, 0.0, depthwise=True, residual=False)
    taps = {-2, -1, 0, 1, 2} | {-8, -4, 4, 8} | {-15, -10, -5, 5, 10, 15}
    assert touched(block, 50, 12) == sorted(50 + tap for tap in taps)


def test_more_scales_share_the_width_out():
    block = TemporalBlock(13, SCALES, 0.0, depthwise=False, residual=True)
    assert [branch.layers[0].out_channels for branch in block.branches] == [5, 4, 4]
    assert block(torch.randn(2, 32, 13)).shape == (2, 32, 13)


def test_depthwise_convolution_has_a_filter_a_channel_and_a_mixing():
    layer = Convolution(8, 6, 5, depthwise=True)
    assert sum(p.numel() for p in layer.parameters()) == (8 * 5 + 8) + (8 * 6 + 6)


@pytest.mark.parametrize("make", [
    lambda residual: BiLstm(12, residual=residual),
    lambda residual: TemporalBlock(12, SCALES, 0.0, depthwise=True, residual=residual),
])  # fmt: skip
def test_residual_adds_the_input_and_nothing_else(make):
    plain, skipping = make(False), make(True)
    skipping.load_state_dict(plain.state_dict())
    frames = torch.randn(2, 10, 12)
    assert torch.allclose(skipping(frames), plain(frames) + frames, atol=1e-6)


def test_lstm_sees_both_directions():
    assert touched(BiLstm(12, residual=False), 5, 12, steps=11) == list(range(11))


def attended(layer: CrossModalAttention, vectors: torch.Tensor, there: list[int]) -> torch.Tensor:
    """One frame the slow way: only the parts that are there exist; heads one after another."""
    tokens = layer.norm(vectors + layer.kind)
    seen = torch.stack([layer.norm(layer.token), *(tokens[part] for part in there)])
    query, key, value = layer.query(tokens), layer.key(seen), layer.value(seen)
    width = vectors.shape[1] // layer.heads
    mixed = []
    for head in range(layer.heads):
        cut = slice(head * width, (head + 1) * width)
        weights = (query[:, cut] @ key[:, cut].T / math.sqrt(width)).softmax(dim=-1)
        mixed.append(weights @ value[:, cut])
    joined = vectors + layer.out(torch.cat(mixed, dim=-1))
    kept = torch.zeros_like(joined)
    kept[there] = joined[there]
    return layer.join.norm(layer.join.project(kept.flatten()))


@pytest.mark.parametrize("there", [[0, 1, 2], [0, 2], [1], []])
def test_attention_is_as_if_the_missing_parts_did_not_exist(there):
    layer = CrossModalAttention(3, 8, 10, heads=2).eval()
    vectors = torch.randn(1, 1, 3, 8)
    present = torch.zeros(1, 1, 3)
    present[..., there] = 1
    with torch.no_grad():
        found, wanted = layer(vectors, present)[0, 0], attended(layer, vectors[0, 0], there)
    assert torch.allclose(found, wanted, atol=1e-5)


def test_clustered_softmax_sums_to_one_and_is_the_product_computed_plainly():
    clusters = [0, 2, 1, 0, 2, 2, 3]
    head, features = ClusteredHead(5, clusters), torch.randn(4, 5)
    with torch.no_grad():
        found = head(features).exp()
        which, inside = head.which(features).softmax(dim=-1), head.inside(features).exp()
    assert torch.allclose(found.sum(dim=-1), torch.ones(4), atol=1e-6)
    for label, cluster in enumerate(clusters):
        members = [other for other, its in enumerate(clusters) if its == cluster]
        wanted = which[:, cluster] * inside[:, label] / inside[:, members].sum(dim=-1)
        assert torch.allclose(found[:, label], wanted, atol=1e-6)


def test_clusters_with_a_gap_are_refused():
    with pytest.raises(BadInputError, match="without gaps"):
        ClusteredHead(5, [0, 2, 2])


def test_even_clusters_are_about_as_many_as_their_members():
    assert even_clusters(10) == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]
    assert even_clusters(1) == [0]


def test_alike_signs_share_a_cluster():
    rng = np.random.default_rng(0)
    vectors = rng.normal(0, 1, (60, 3)).astype(np.float32)
    found = np.array(alike(vectors, 7))
    assert sorted(set(found)) == list(range(7))
    means = np.stack([vectors[found == cluster].mean(axis=0) for cluster in range(7)])
    distance = np.linalg.norm(vectors[:, None] - means, axis=-1)
    assert (distance.argmin(axis=1) == found).all()
