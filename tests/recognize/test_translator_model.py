"""The network that reads sentences: padding, places, losses, and what it takes over."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from signbridge.recognize.landmark.model import ModelConfig, SignNet
from signbridge.recognize.translator.attention import GlossAttention, contextual_places, neighbours
from signbridge.recognize.translator.encoder import (
    BLANK,
    TranslatorConfig,
    local_mean,
    moments_of,
    slid,
)
from signbridge.recognize.translator.model import (
    TranslatorNet,
    begin_from,
    ctc_loss,
    moment_loss,
)
from signbridge.recognize.translator.words import (
    BEGIN,
    END,
    PAD,
    WordDecoder,
    best_sentences,
    padded,
    word_loss,
)

SMALL = TranslatorConfig(
    glosses=5, words=9, hand_width=8, width=16, heads=2, decoder_width=16, longest_text=6, dropout=0
)


def hands(lengths: list[int], seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    points = torch.randn(len(lengths), max(lengths), 2, 21, 3)
    for row, length in zip(points, lengths, strict=True):
        row[length:] = float("nan")
    return points, torch.tensor(lengths)


def test_a_sentence_is_read_the_same_alone_and_padded_beside_a_longer_one() -> None:
    network = TranslatorNet(SMALL).eval()
    points, lengths = hands([20, 33])
    both = network(points, lengths)
    alone = network(points[:1, :20], lengths[:1])
    assert alone.seen.sum() == both.seen[0].sum() == 10
    torch.testing.assert_close(both.glosses[0, :10], alone.glosses[0], atol=1e-5, rtol=1e-4)


def test_log_probabilities_sum_to_one_and_lost_hands_make_no_nan() -> None:
    network = TranslatorNet(SMALL).eval()
    points, lengths = hands([24])
    points[:, 5:15] = float("nan")
    read = network(points, lengths)
    torch.testing.assert_close(read.glosses.exp().sum(-1), torch.ones(1, 12))


@pytest.mark.parametrize(("frames", "stride", "moments"), [(1, 2, 1), (4, 2, 2), (5, 2, 3)])
def test_moments_cover_every_frame(frames: int, stride: int, moments: int) -> None:
    assert moments_of(torch.tensor([frames]), stride).item() == moments


def test_shifted_sums_are_a_depthwise_convolution() -> None:
    values, layer = torch.randn(2, 6, 15), torch.nn.Conv1d(6, 6, 5, padding=2, groups=6, bias=False)
    torch.testing.assert_close(slid(values, layer.weight), layer(values))


def test_a_local_mean_leaves_padding_out() -> None:
    values = torch.tensor([[[1.0, 3.0, 5.0, 100.0]]])
    real = torch.tensor([[[1.0, 1.0, 1.0, 0.0]]])
    assert local_mean(values, real, 1)[0, 0, :3].tolist() == [2.0, 3.0, 4.0]


def test_a_frame_sees_no_further_than_its_reach() -> None:
    torch.manual_seed(0)
    attention = GlossAttention(16, 2, reach=3, positions=4, drop_path=0.0).eval()
    frames, seen = torch.randn(1, 12, 16), torch.ones(1, 12, dtype=torch.bool)
    changed = frames.clone()
    changed[:, 8] = torch.randn(16)
    before, after = attention(frames, seen), attention(changed, seen)
    same = (before - after).abs().amax(dim=-1)[0] < 1e-6
    assert same.tolist() == [True] * 5 + [False] * 7


def test_contextual_places_count_what_lies_between_by_its_gates() -> None:
    # One head, gates of 0.5 everywhere: the distance of two frames is half their number.
    likeness = torch.zeros(1, 1, 5, 5)
    query = torch.ones(1, 1, 5, 1)
    places = torch.tensor([[[0.0, 1.0, 2.0]], [[0.0, -1.0, -2.0]]])
    added = contextual_places(query, likeness, neighbours(5, 5), places)[0, 0]
    assert added[0].tolist() == [0.0, -0.5, -1.0, -1.5, -2.0]
    assert added[4].tolist() == [2.0, 1.5, 1.0, 0.5, 0.0]


def test_the_first_end_of_a_sentence_is_learned_and_padding_is_not() -> None:
    words = padded([[5], [5, 6, 7]], longest=6)
    assert words.tolist() == [[BEGIN, 5, END, PAD, PAD], [BEGIN, 5, 6, 7, END]]
    logits = torch.zeros(2, 4, 9, requires_grad=True)
    word_loss(logits, words).backward()
    assert logits.grad is not None
    taught = logits.grad.abs().sum(dim=-1) > 0
    assert taught.tolist() == [[True, True, False, False], [True, True, True, True]]
    assert logits.grad[0, 1, END] < 0  # after its only word, END must become likelier


def test_words_do_not_see_those_that_follow() -> None:
    torch.manual_seed(0)
    decoder = WordDecoder(SMALL).eval()
    moments, seen = torch.randn(1, 7, 32), torch.ones(1, 7, dtype=torch.bool)
    first = decoder(moments, seen, torch.tensor([[BEGIN, 4, 5]]))
    second = decoder(moments, seen, torch.tensor([[BEGIN, 4, 8]]))
    torch.testing.assert_close(first[:, :2], second[:, :2])
    assert not torch.allclose(first[:, 2], second[:, 2])


class Spoken(WordDecoder):
    """A decoder that says what a table says."""

    def __init__(self, chances: dict[tuple[int, ...], dict[int, float]]) -> None:
        super().__init__(SMALL)
        self.chances = chances

    def forward(
        self, moments: torch.Tensor, seen: torch.Tensor, words: torch.Tensor
    ) -> torch.Tensor:
        logits = torch.full((*words.shape, SMALL.words), -30.0)
        for row, said in zip(logits, words.tolist(), strict=True):
            for word, chance in self.chances.get(tuple(said[1:]), {END: 1.0}).items():
                row[-1, word] = float(np.log(chance))
        return logits


def test_beam_search_finds_the_sentence_that_greed_misses() -> None:
    chances = {(): {4: 0.6, 5: 0.4}, (4,): {6: 0.4, 7: 0.3, 8: 0.3}, (5,): {6: 1.0}}
    best = best_sentences(Spoken(chances), torch.zeros(3, 32), beam=3, power=0.0)
    assert best[0][0] == (5, 6)
    assert best[0][1] == pytest.approx(np.log(0.4), abs=1e-3)


def test_length_normalisation_lets_a_longer_sentence_win() -> None:
    chances = {(): {END: 0.4, 4: 0.6}, (4,): {5: 0.6, 6: 0.4}}
    assert best_sentences(Spoken(chances), torch.zeros(3, 32), power=0.0)[0][0] == ()
    assert best_sentences(Spoken(chances), torch.zeros(3, 32), power=1.0)[0][0] == (4, 5)


def test_focal_ctc_cares_less_for_what_is_read_well() -> None:
    network = TranslatorNet(SMALL).eval()
    read = network(*hands([24]))
    plain, focal = ctc_loss(read, [[1, 2]]), ctc_loss(read, [[1, 2]], focus=2.0)
    chance = torch.exp(-plain)
    assert focal.item() == pytest.approx((plain * (1 - chance) ** 2).item(), rel=1e-4)


def test_untold_moments_teach_nothing() -> None:
    read = TranslatorNet(SMALL).eval()(*hands([8]))
    told = torch.tensor([[BLANK, 2, -100, -100]])
    expected = -(read.glosses[0, 0, BLANK] + read.glosses[0, 1, 2]) / 2
    assert moment_loss(read, told, 0.0).item() == pytest.approx(expected.item(), rel=1e-5)


def test_a_network_begins_with_what_one_of_isolated_signs_learned() -> None:
    signs = SignNet(ModelConfig(classes=7, hand_width=8, width=16, heads=2))
    network = TranslatorNet(SMALL)
    begin_from(network, signs, [6, 0, 2, 3, 4])
    torch.testing.assert_close(network.head.weight[1], signs.head.weight[6])
    blocks = list(zip(network.encoder.blocks, signs.blocks, strict=True))
    for block, trained in blocks:
        known = trained.state_dict()
        own = block.state_dict()
        assert all(torch.equal(own[name], value) for name, value in known.items())
    assert len(blocks) == 6
