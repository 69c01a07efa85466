"""Steps of motion are the same as they come and all at once, at any camera's rate."""

from __future__ import annotations

import numpy as np
import pytest

from signbridge.landmarks.motion import FEATURES, POINTS, RATE, Motion, motion


def swaying(times: np.ndarray) -> np.ndarray:
    """Return (T, 2, 5, 2): two hands that sway like pendulums, fingers spread."""
    points = np.zeros((len(times), 2, len(POINTS), 2), np.float32)
    points += np.linspace(0, 0.3, len(POINTS))[:, None]
    points[:, 0, :, 0] += 0.3 * np.sin(3 * times)[:, None] - 0.4
    points[:, 1, :, 1] += 0.2 * np.cos(2 * times)[:, None] + 0.5
    return points


def stepwise(points: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    live = Motion()
    steps = [step for row, at_s in zip(points, times, strict=True) for step in live.push(row, at_s)]
    return np.array([at_s for at_s, _ in steps]), np.stack([each for _, each in steps])


@pytest.mark.parametrize("fps", [10.0, 24.0, 60.0])
def test_steps_as_they_come_are_the_steps_all_at_once(fps):
    rng = np.random.default_rng(0)
    times = np.arange(round(3 * fps)) / fps
    times[1:-1] += rng.uniform(-0.3, 0.3, len(times) - 2) / fps
    points = swaying(times)
    points[5:8, 0] = np.nan
    at_s, found = stepwise(points, times)
    whole = motion(points, times)
    np.testing.assert_allclose(np.diff(at_s), 1 / RATE, atol=1e-9)
    np.testing.assert_allclose(found[: len(whole)], whole[: len(found)], atol=1e-4)
    assert abs(len(found) - len(whole)) <= 1


def test_the_camera_s_rate_hardly_matters():
    slow, fast = (
        motion(swaying(np.arange(0, 3, 1 / fps)), np.arange(0, 3, 1 / fps)) for fps in (15, 60)
    )
    count = min(len(slow), len(fast))
    assert np.abs(slow[:count] - fast[:count]).mean() < 0.02


def test_a_hand_that_is_lost_stays_where_it_was_and_is_said_to_be_unseen():
    times = np.arange(30) / RATE
    points = swaying(times)
    points[10:, 0] = np.nan
    found = motion(points, times).reshape(30, 2, FEATURES // 2)
    np.testing.assert_array_equal(found[12, 0, :2], found[9, 0, :2])
    assert found[9, 0, -1] == 1
    assert found[12, 0, -1] == 0
    assert np.all(found[12, 0, 2:4] == 0)


def test_hands_never_seen_lie_in_the_lap():
    nobody = np.full((5, 2, len(POINTS), 2), np.nan, np.float32)
    found = motion(nobody, np.arange(5) / RATE)
    assert np.isfinite(found).all()
    assert found[0, 1] == pytest.approx(1.4)


def test_a_long_pause_starts_anew():
    live = Motion()
    row = swaying(np.zeros(1))[0]
    list(live.push(row, 0.0))
    steps = list(live.push(row, 100.0))
    assert [at_s for at_s, _ in steps] == [100.0]
