"""InfoNCE, its queue, and the loss of a sentence, beside slow plain versions."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from signbridge.training.video.contrast import Heads, Queue, info_nce
from signbridge.training.video.loss import IGNORED, answer_start, sentence_losses


def unit(count: int, size: int = 5, seed: int = 0) -> Tensor:
    return normalize(torch.randn(count, size, generator=torch.Generator().manual_seed(seed)))


def filled(names: list[int], length: int = 64) -> Queue:
    queue = Queue(length, 5)
    queue.push(unit(len(names), seed=2), unit(len(names), seed=3), torch.tensor(names))
    return queue


def slow(video: Tensor, text: Tensor, names: list[int], queue: Queue, tau: float) -> float:
    """One anchor, one other at a time."""

    def direction(anchors: Tensor, own: Tensor, late: Tensor) -> float:
        total = 0.0
        for i, anchor in enumerate(anchors):
            right = math.exp(float(anchor @ own[i]) / tau)
            wrong = 0.0
            for j, other in enumerate(own):
                if names[j] != names[i]:
                    wrong += math.exp(float(anchor @ other) / tau)
            for name, other in zip(queue.names.tolist(), late, strict=True):
                if name != names[i]:
                    wrong += math.exp(float(anchor @ other) / tau)
            total -= math.log(right / (right + wrong))
        return total / len(anchors)

    return 0.5 * (direction(video, text, queue.text) + direction(text, video, queue.video))


@pytest.mark.parametrize("queued", [[], [9, 8, 7], [1, 9, 2]])
@pytest.mark.parametrize("names", [[1, 2, 3], [1, 2, 1]])
def test_info_nce_is_what_the_slow_version_says(names: list[int], queued: list[int]) -> None:
    video, text, queue = unit(3), unit(3, seed=1), filled(queued)
    found = info_nce(video, text, torch.tensor(names), queue, 0.07)
    assert found.item() == pytest.approx(slow(video, text, names, queue, 0.07), rel=1e-5)


def test_one_clip_without_others_teaches_nothing() -> None:
    found = info_nce(unit(1), unit(1, seed=1), torch.tensor([1]), Queue(4, 5), 0.07)
    assert found.item() == 0.0


def test_the_queue_keeps_the_last_in_order_and_without_gradient() -> None:
    queue = Queue(3, 2)
    for value in (1.0, 2.0):
        video = torch.full((2, 2), value, requires_grad=True)
        queue.push(video, -video, torch.tensor([int(value), 10 + int(value)]))
    assert queue.video[:, 0].tolist() == [1.0, 2.0, 2.0]
    assert queue.text[:, 0].tolist() == [-1.0, -2.0, -2.0]
    assert queue.names.tolist() == [11, 2, 12]
    assert not queue.video.requires_grad


def test_a_queue_comes_back_as_it_was_kept() -> None:
    queue, other = filled([1, 2, 3]), Queue(64, 5)
    other.restore(queue.state())
    assert torch.equal(queue.video, other.video)
    assert torch.equal(queue.text, other.text)
    assert torch.equal(queue.names, other.names)


def test_no_gradient_reaches_what_is_queued() -> None:
    video, text = unit(2).requires_grad_(), unit(2, seed=1).requires_grad_()
    queue = Queue(4, 5)
    queue.push(video, text, torch.tensor([1, 2]))
    info_nce(unit(2, seed=5), unit(2, seed=6), torch.tensor([3, 4]), queue, 0.07)
    later = unit(2, seed=7).requires_grad_()
    info_nce(later, unit(2, seed=8), torch.tensor([3, 4]), queue, 0.07).backward()
    assert later.grad is not None
    assert video.grad is None
    assert text.grad is None


def test_the_heads_put_everything_on_the_unit_sphere() -> None:
    video, text = Heads(8, 4)(torch.randn(3, 8), torch.randn(3, 8))
    assert video.shape == text.shape == (3, 4)
    assert torch.allclose(video.norm(dim=1), torch.ones(3))
    assert torch.allclose(text.norm(dim=1), torch.ones(3))


def test_a_sentence_costs_what_its_smoothed_words_cost_by_hand() -> None:
    logits = torch.tensor([[[0.0, 0.0], [2.0, 0.0], [9.0, 9.0]]])
    labels = torch.tensor([[IGNORED, 1, 0]])
    first = -math.log(0.5)
    right = -math.log(math.exp(2) / (math.exp(2) + 1))
    wrong = right + 2.0
    expected = (first + 0.95 * right + 0.05 * wrong) / 2  # 0.1 is spread over both words
    assert sentence_losses(logits, labels, 0.1).item() == pytest.approx(expected, rel=1e-5)


def test_every_clip_weighs_the_same_however_long_its_sentence() -> None:
    logits = torch.randn(2, 6, 7, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor(
        [[IGNORED, 1, IGNORED, IGNORED, IGNORED, IGNORED], [IGNORED, IGNORED, 3, 4, 5, 6]]
    )
    together = sentence_losses(logits, labels, 0.04)
    alone = [sentence_losses(logits[i : i + 1], labels[i : i + 1], 0.04) for i in range(2)]
    assert torch.allclose(together, torch.cat(alone))
    assert answer_start(labels) == 1
