from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from signbridge.training.calibrate import (
    WANTED_ACCURACY,
    calibration_error,
    fit_calibration,
    fit_odds,
)


def test_temperature_undoes_overconfidence_and_threshold_keeps_its_promise():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, 4000)
    honest = rng.normal(0, 1, (4000, 5)).astype(np.float32)
    honest[np.arange(4000), labels] += 2.5
    calibration, report = fit_calibration(10 * honest, labels, 4, [f"s{i}" for i in range(4000)])
    assert report.error_after < 0.05 < report.error_before
    assert report.accuracy_when_answered >= WANTED_ACCURACY
    assert 3 < calibration.temperature < 5  # 2.5 x the logits would be the true odds


def test_calibration_error_of_known_bins():
    confidence = np.array([0.95, 0.95, 0.55, 0.55], dtype=np.float32)
    right = np.array([True, False, True, False])
    even = np.ones(4)
    assert calibration_error(confidence, right, even) == pytest.approx(
        0.5 * 0.45 + 0.5 * 0.05, abs=1e-6
    )


def test_sign_repeated_thirty_times_by_one_signer_counts_once():
    labels = np.array([0] * 30 + [1, 2, 3])
    logits = np.full((33, 5), -4.0, dtype=np.float32)
    logits[np.arange(33), labels] = 4.0
    logits[:30] = [0.0, 0.5, 0.0, 0.0, 0.0]  # the one signer is misread, and without conviction
    _, report = fit_calibration(logits, labels, 4, ["a"] * 30 + ["b", "c", "d"])
    assert report.coverage == pytest.approx(3 / 4)  # not 3 / 33
    assert report.accuracy_when_answered == 1.0


def test_scores_read_by_a_calibration_are_as_often_right_as_they_say():
    rng = np.random.default_rng(1)
    said = rng.uniform(0.02, 0.98, 20_000)
    true = expit(0.6 * logit(said) + 0.8)
    right = rng.random(len(said)) < true
    slope, offset = fit_odds(said, right, np.ones(len(said)))
    assert slope == pytest.approx(0.6, abs=0.05)
    assert offset == pytest.approx(0.8, abs=0.05)


def test_fit_of_answers_that_are_all_right_stays_finite():
    slope, offset = fit_odds(np.array([0.2, 0.9]), np.array([True, True]), np.ones(2))
    assert np.isfinite([slope, offset]).all()


def test_threshold_is_never_under_the_one_asked_for():
    labels = np.array([0, 1, 2, 3] * 5)
    logits = np.full((20, 5), -4.0, dtype=np.float32)
    logits[np.arange(20), labels] = 4.0
    people = [f"s{i}" for i in range(20)]
    calibration, report = fit_calibration(logits, labels, 4, people, at_least=0.9999)
    assert calibration.threshold == 0.9999
    assert report.coverage == 0.0
