"""Scores beside whether they were right."""

from __future__ import annotations

import math

import numpy as np
import pytest

from signbridge.evaluation.calibration import calibration
from signbridge.evaluation.metrics import Answer


def answer(score: float, right: bool, known: bool = True) -> Answer:
    return Answer(0 if right else -1, score, abstained=False, in_vocabulary=known)


def test_error_is_the_one_computed_by_hand() -> None:
    # Two at 0.95, one right: off by 0.45. Two at 0.15, none right: off by 0.15.
    found = calibration([answer(0.95, True), answer(0.95, False)] + [answer(0.15, False)] * 2)
    assert found.error == pytest.approx((2 * 0.45 + 2 * 0.15) / 4)
    assert [(b.n, b.right) for b in found.bins] == [(2, 0.0), (2, 0.5)]


def test_scores_drawn_to_be_true_have_hardly_any_error() -> None:
    random = np.random.default_rng(0)
    drawn = random.random(20_000)
    answers = [answer(score, random.random() < score) for score in drawn]
    assert calibration(answers).error < 0.02


def test_curve_starts_with_the_surest_and_ends_with_all() -> None:
    found = calibration([answer(0.2, False), answer(0.9, True), answer(0.5, True)])
    assert np.array(found.curve) == pytest.approx(np.array([(1 / 3, 1), (2 / 3, 1), (1, 2 / 3)]))


def test_clips_of_one_score_are_answered_together() -> None:
    found = calibration([answer(0.5, True), answer(0.5, False)])
    assert found.curve == ((1.0, 0.5),)


def test_score_of_one_falls_into_the_last_bin() -> None:
    assert calibration([answer(1.0, True)]).bins[0].n == 1


def test_only_labels_in_the_vocabulary_count() -> None:
    found = calibration([answer(0.9, False, known=False), answer(1.0, True)])
    assert found.error == 0


def test_no_clip_gives_no_error() -> None:
    assert math.isnan(calibration([]).error)
