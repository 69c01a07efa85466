"""Rates and intervals against values computed by hand or another way."""

from __future__ import annotations

import math

import numpy as np
import pytest

from signbridge.evaluation.metrics import Answer, Interval, bootstrap, rank_of, rates

RIGHT = Answer(rank=0, score=0.9, abstained=False, in_vocabulary=True)
SECOND = Answer(rank=1, score=0.6, abstained=False, in_vocabulary=True)
SIXTH = Answer(rank=5, score=0.5, abstained=False, in_vocabulary=True)
RIGHT_BUT_UNSURE = Answer(rank=0, score=0.2, abstained=True, in_vocabulary=True)
WRONG_AND_UNSURE = Answer(rank=-1, score=0.1, abstained=True, in_vocabulary=True)
OUTSIDE_ANSWERED = Answer(rank=-1, score=0.8, abstained=False, in_vocabulary=False)
OUTSIDE_REFUSED = Answer(rank=-1, score=0.1, abstained=True, in_vocabulary=False)


def wilson(hits: int, n: int) -> Interval:
    """Return Wilson's 95% interval of a share, in closed form."""
    z, share = 1.959964, hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Interval(centre - half, centre + half)


def test_rates_of_seven_clips_are_those_counted_by_hand() -> None:
    found = rates(
        [
            RIGHT,
            SECOND,
            SIXTH,
            RIGHT_BUT_UNSURE,
            WRONG_AND_UNSURE,
            OUTSIDE_ANSWERED,
            OUTSIDE_REFUSED,
        ]
    )
    assert (found.n, found.n_in_vocabulary) == (7, 5)
    assert found.top1 == pytest.approx(2 / 5)  # abstaining does not change the order of guesses
    assert found.top5 == pytest.approx(3 / 5)  # the sixth guess is one too late
    assert found.coverage == pytest.approx(3 / 5)
    assert found.accuracy_when_answered == pytest.approx(1 / 3)
    assert found.outside_answered == pytest.approx(1 / 2)


def test_nothing_in_the_vocabulary_is_not_a_rate_of_zero() -> None:
    found = rates([OUTSIDE_REFUSED])
    assert found.n == 1
    assert math.isnan(found.top1)
    assert math.isnan(found.intervals["top1"].low)
    assert found.outside_answered == 0


def test_nothing_answered_leaves_accuracy_unknown() -> None:
    found = rates([RIGHT_BUT_UNSURE] * 3)
    assert found.coverage == 0
    assert math.isnan(found.accuracy_when_answered)


def test_no_clip_at_all_gives_no_rate() -> None:
    assert math.isnan(rates([]).top1)


def test_same_answers_give_the_same_intervals() -> None:
    answers = [RIGHT] * 7 + [SECOND] * 5
    assert rates(answers) == rates(answers)


def test_order_of_sources_does_not_change_the_rates() -> None:
    answers = [RIGHT] * 7 + [SECOND] * 5
    assert rates(answers).top1 == rates(answers[::-1]).top1


@pytest.mark.parametrize(("hits", "n"), [(30, 60), (45, 60), (150, 200), (20, 169)])
def test_bootstrap_agrees_with_wilson_for_a_plain_share(hits: int, n: int) -> None:
    values = np.array([1.0] * hits + [0.0] * (n - hits))
    drawn, closed = bootstrap(values, np.ones(n)), wilson(hits, n)
    assert drawn.low == pytest.approx(closed.low, abs=0.02)
    assert drawn.high == pytest.approx(closed.high, abs=0.02)


def test_bootstrap_interval_is_as_wide_as_the_binomial_says() -> None:
    hits, n = 60, 100
    interval = bootstrap(np.array([1.0] * hits + [0.0] * (n - hits)), np.ones(n))
    by_hand = 2 * 1.96 * math.sqrt(0.6 * 0.4 / n)
    assert interval.high - interval.low == pytest.approx(by_hand, rel=0.1)


def test_interval_of_a_rate_whose_divisor_varies_holds_the_rate() -> None:
    found = rates([RIGHT] * 20 + [SECOND] * 10 + [WRONG_AND_UNSURE] * 20)
    interval = found.intervals["accuracy_when_answered"]
    assert interval.low < 2 / 3 < interval.high


def test_rank_is_of_the_first_match() -> None:
    def same(first: str, second: str) -> bool:
        return first.lower() == second.lower()

    assert rank_of("b", ["A", "B", "b"], same) == 1
    assert rank_of("z", ["A", "B"], same) == -1
    assert rank_of("a", [], same) == -1
