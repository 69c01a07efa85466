"""Each tier's rate against values by hand, and which clips a step learns from."""

from __future__ import annotations

from collections import Counter

import pytest

from signbridge.training.video.config import Stage, VideoTrainConfig
from signbridge.training.video.order import clips_of_step, micro_batches, steps_of
from signbridge.training.video.schedule import Schedule

CONFIG = VideoTrainConfig(
    stages=(Stage("a", (), 1, (1.0, 2.0, 3.0, 4.0)), Stage("b", (), 1, (5.0, 6.0, 7.0, 8.0))),
    warm_up=0.2,
    floor=0.0,
    vision_first=0.5,
    contrast_after=3,
)


def test_a_rate_rises_to_its_highest_and_falls_along_a_cosine() -> None:
    schedule = Schedule(CONFIG, (10, 4))
    # The first fifth of 10 steps rises: 1/2, 1. Then 8 steps of a cosine, from 1 to 0 in 7 parts.
    fall = [1.0, 0.950484, 0.811745, 0.611260, 0.388740, 0.188255, 0.049516, 0.0]
    found = [schedule.rate("vision", step) for step in range(10)]
    assert found == pytest.approx([1.0, 2.0, *(2 * part for part in fall)], abs=1e-5)


def test_a_cosine_ends_at_its_floor() -> None:
    config = VideoTrainConfig(stages=CONFIG.stages, floor=0.05)
    assert Schedule(config, (100, 50)).rate("vision", 99) == pytest.approx(0.05 * 2.0)


def test_language_and_head_wait_and_rise_over_their_own_steps() -> None:
    schedule = Schedule(CONFIG, (10, 4))
    for tier, highest in (("language", 1.0), ("head", 3.0)):
        found = [schedule.rate(tier, step) for step in range(10)]
        # 5 steps of their own: one to rise, then a cosine in 3 parts.
        assert found == pytest.approx(
            [0, 0, 0, 0, 0, *(highest * x for x in (1, 1, 0.75, 0.25, 0))]
        )


def test_the_second_stage_starts_all_tiers_at_its_own_rates() -> None:
    schedule = Schedule(CONFIG, (10, 4))
    found = [schedule.rate(tier, 10) for tier in ("language", "vision", "head", "contrast")]
    assert found == [5.0, 6.0, 7.0, 8.0]
    assert schedule.ends == (10, 14)
    assert schedule.total == 14
    assert [schedule.stage(step) for step in (0, 9, 10, 13)] == [0, 0, 1, 1]


def test_vision_moves_alone_then_with_the_heads_then_with_all() -> None:
    schedule = Schedule(CONFIG, (10, 4))
    assert schedule.training(2) == ("vision",)
    assert schedule.training(3) == ("vision", "contrast")
    assert schedule.training(4) == ("vision", "contrast")
    assert schedule.training(5) == ("language", "vision", "head", "contrast")
    assert [schedule.contrast_weight(step) for step in (2, 3)] == [0.0, 0.3]


def test_every_clip_comes_once_a_pass_in_an_order_of_its_own() -> None:
    assert steps_of(6, 4, 4) == 6
    clips = [clip for step in range(6) for clip in clips_of_step(step, 6, 4, (0, 0))]
    passes = [clips[i : i + 6] for i in range(0, 24, 6)]
    assert all(sorted(one) == list(range(6)) for one in passes)
    assert len({tuple(one) for one in passes}) > 1


def test_a_step_may_be_larger_than_the_set() -> None:
    assert Counter(clips_of_step(0, 2, 6, (0, 0))) == {0: 3, 1: 3}
    assert steps_of(2, 1, 6) == 1


def test_another_seed_or_stage_is_another_order() -> None:
    orders = {tuple(clips_of_step(0, 20, 20, seed)) for seed in ((0, 0), (1, 0), (0, 1))}
    assert len(orders) == 3


def test_processes_share_a_step_between_them() -> None:
    alone = list(micro_batches(1, 3, 8, 4, 1, (0, 0)))
    shared = [list(micro_batches(1, 3, 8, 4, 1, (0, 0), process, 2)) for process in range(2)]
    assert len(alone) == 8
    assert sorted([*shared[0], *shared[1]]) == sorted(alone)
    assert [len(part) for part in shared] == [4, 4]


def test_a_resumed_order_goes_on_where_it_stopped() -> None:
    whole = list(micro_batches(0, 4, 5, 4, 2, (0, 0)))
    assert list(micro_batches(2, 4, 5, 4, 2, (0, 0))) == whole[4:]
