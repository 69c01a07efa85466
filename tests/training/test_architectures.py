"""Every compared network, as a whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from signbridge.recognize.landmark.model import SignModel
from signbridge.training.architectures.build import build
from signbridge.training.architectures.config import CONFIGURATIONS
from tests.signing import hand_shape

CLASSES, COPIES = 8, 8
QUICK = ("transformer", "conv-transformer", "hybrid, + all")
every = pytest.mark.parametrize("name", CONFIGURATIONS)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)
    torch.manual_seed(0)


def small(name: str, **changes: object) -> SignModel:
    config = replace(CONFIGURATIONS[name], hand_width=16, width=48, dropout=0.0)
    return build(replace(config, **changes), CLASSES)


def motions() -> tuple[Tensor, Tensor]:
    """Drawn signs (64, 32, 2, 21, 3) of 8 glosses: one hand, four paths, each there and back."""
    places = torch.randn(CLASSES // 2, 2, 2, 4)  # hand, axis, four places on the way
    paths = nn.functional.interpolate(places.flatten(1, 2), size=32, mode="linear").view(
        4, 2, 2, 32
    )
    paths = torch.cat([paths, paths.flip(-1)]).permute(0, 3, 1, 2)
    hands = 0.2 * torch.from_numpy(hand_shape()).expand(CLASSES, 32, 2, 21, 3).clone()
    hands[..., :2] += 0.4 * paths.unsqueeze(3)
    hands = hands.repeat_interleave(COPIES, dim=0)
    hands += 0.01 * torch.randn_like(hands)
    hands[1::COPIES, 5:9, 0] = float("nan")
    return hands, torch.arange(CLASSES).repeat_interleave(COPIES)


@every
def test_logits_have_a_column_for_each_class_at_full_size(name):
    network = build(CONFIGURATIONS[name], 573).eval()
    assert network(torch.randn(2, 32, 2, 21, 3)).shape == (2, 573)
    assert (network.config.classes, network.config.steps) == (573, 32)


@every
def test_missing_hands_give_numbers_and_touch_no_other_sign(name):
    network = small(name).eval()
    hands = torch.randn(4, 32, 2, 21, 3)
    whole = network(hands)
    hands[0] = float("nan")
    hands[1, :, 1] = float("nan")
    hands[2, 3:20, 0] = float("nan")
    answers = network(hands)
    assert answers.isfinite().all()
    assert torch.allclose(answers[3], whole[3], atol=1e-5)
    assert not torch.allclose(answers[:3], whole[:3], atol=1e-3)


@every
def test_gradients_reach_every_parameter_and_stay_numbers_without_hands(name):
    network = small(name, drop_path=0.0)
    hands, labels = motions()
    hands[0] = float("nan")
    hands[9, :, 1] = float("nan")
    nn.functional.cross_entropy(network(hands), labels).backward()
    for parameter_name, parameter in network.named_parameters():
        assert parameter.grad is not None, parameter_name
        assert parameter.grad.isfinite().all(), parameter_name
        assert parameter.grad.abs().sum() > 0, parameter_name


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in QUICK else pytest.mark.slow)
        for name in CONFIGURATIONS
    ],
)
def test_each_learns_drawn_motions_by_heart(name):
    network = small(name)
    hands, labels = motions()
    optimiser = torch.optim.AdamW(network.parameters(), 3e-3)
    right = 0.0
    for step in range(60):
        network.train()
        loss = nn.functional.cross_entropy(network(hands), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 5 == 4:
            network.eval()
            with torch.no_grad():
                right = (network(hands).argmax(dim=1) == labels).float().mean().item()
            if right == 1:
                break
    assert right == 1


def test_switches_of_the_hybrid_are_one_each_and_then_all():
    switches = ("residual", "multi_scale", "cross_modal", "depthwise", "clustered")
    on = [
        [switch for switch in switches if getattr(config, switch)]
        for config in CONFIGURATIONS.values()
        if config.kind == "hybrid"
    ]
    assert on == [[], *([switch] for switch in switches), list(switches)]


def test_a_face_is_read_where_there_is_one_and_masked_where_there_is_none():
    network = small("hybrid, + all", other_parts=(("face", 5),)).eval()
    hands, face = torch.randn(2, 32, 2, 21, 3), torch.randn(2, 32, 5, 3)
    absent = network(hands)
    unseen = network(hands, {"face": torch.full_like(face, float("nan"))})
    assert torch.allclose(absent, unseen, atol=1e-6)
    seen = network(hands, {"face": face})
    assert seen.isfinite().all()
    assert not torch.allclose(seen, absent, atol=1e-4)
    seen.sum().backward()
    assert network.parts.others["face"].project.weight.grad.abs().sum() > 0
