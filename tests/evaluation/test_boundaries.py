"""Stretches are scored against true signs by hand-made cases."""

from __future__ import annotations

import pytest

from signbridge.evaluation.boundaries import Found, measured, score


def found(*spans: tuple[float, float], late_s: float = 0.3) -> list[Found]:
    return [Found(start_s, end_s, end_s + late_s) for start_s, end_s in spans]


def test_what_is_found_as_it_is_scores_full_marks():
    truth = [(1.0, 2.0), (2.5, 3.0)]
    figures = measured([score(truth, found(*truth))])
    assert figures["boundary_f1"].value == 1.0
    assert figures["segment_iou"].value == pytest.approx(1.0)
    assert figures["time_iou"].value == pytest.approx(1.0)
    assert figures["splits"].value == figures["extra"].value == figures["missed"].value == 0
    assert figures["delay_s"].value == pytest.approx(0.3)


def test_the_delay_of_signs_that_none_follows_is_told_apart():
    truth = [(1.0, 2.0), (2.3, 3.0), (5.0, 6.0)]
    given_s = (2.2, 3.7, 6.5)
    one = score(truth, [Found(*span, at_s) for span, at_s in zip(truth, given_s, strict=True)])
    assert one.rested == (False, True, True)
    figures = measured([one])
    assert figures["delay_s"].value == pytest.approx(0.5)
    assert figures["rest_delay_s"].value == pytest.approx(0.6)


def test_a_boundary_further_off_than_the_tolerance_is_missed_and_wrong():
    one = score([(1.0, 2.0)], found((1.1, 2.3)))
    assert (one.hits, one.true, one.found) == (1, 2, 2)
    assert measured([one])["boundary_f1"].value == 0.5


def test_a_begin_does_not_stand_in_for_an_end():
    assert score([(1.0, 2.0)], found((2.0, 3.0))).hits == 0


def test_two_signs_in_one_stretch_leave_one_without():
    one = score([(1.0, 2.0), (2.0, 2.5)], found((1.0, 2.5)))
    assert one.overlaps == (pytest.approx(1 / 1.5), 0.0)
    assert measured([one])["missed"].value == 0.5


def test_a_sign_given_twice_is_a_double_and_the_better_half_stands_for_it():
    one = score([(1.0, 2.0)], found((1.0, 1.3), (1.3, 2.0)))
    assert one.doubles == 1
    assert one.overlaps == (pytest.approx(0.7),)
    assert one.delays_s == (pytest.approx(0.3),)


def test_a_stretch_beside_every_sign_is_extra():
    one = score([(1.0, 2.0)], found((1.0, 2.0), (4.0, 5.0)))
    assert one.extra == 1
    assert measured([one])["extra"].value == 0.5


def test_nothing_found_is_no_success_and_no_error():
    figures = measured([score([(1.0, 2.0)], [])])
    assert figures["boundary_f1"].value == 0
    assert figures["missed"].value == 1
    assert figures["splits"].value != figures["splits"].value  # not measured
