"""Points seen at irregular times come to a constant rate without inventing motion."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from signbridge.landmarks.timing import uniform
from signbridge.landmarks.topology import LEFT_HAND, N_POINTS, RIGHT_HAND

WRIST = RIGHT_HAND.start


def at_place(value: float) -> NDArray[np.float32]:
    return np.full((N_POINTS, 3), value, np.float32)


def moving(times: list[float]) -> list[NDArray[np.float32]]:
    """Return points that move on a straight line: their place is their time."""
    return [at_place(at_s) for at_s in times]


def test_even_times_are_left_as_they_are() -> None:
    times = [0.5, 0.6, 0.7, 0.8]
    found = uniform(moving(times), times)
    assert found.fps == pytest.approx(10)
    assert found.start_s == 0.5
    np.testing.assert_allclose(found.points[:, WRIST, 0], times, atol=1e-6)


def test_uneven_times_lie_on_the_line_between_their_neighbours() -> None:
    times = [0.0, 0.03, 0.11, 0.17, 0.20, 0.31, 0.40]
    found = uniform(moving(times), times, fps=20)
    np.testing.assert_allclose(found.points[:, WRIST, 0], np.arange(9) / 20, atol=1e-6)
    assert found.points.shape == (9, N_POINTS, 3)


def test_rate_of_its_own_is_that_of_the_median_step() -> None:
    times = [0.0, 0.1, 0.2, 0.3, 0.8, 0.9]
    assert uniform(moving(times), times).fps == pytest.approx(10)


def test_gap_is_left_empty() -> None:
    times = [0.0, 0.1, 0.2, 1.2, 1.3]
    found = uniform(moving(times), times, fps=10)
    place = found.points[:, WRIST, 0]
    assert len(place) == 14
    np.testing.assert_allclose(place[:3], [0.0, 0.1, 0.2], atol=1e-6)
    assert np.isnan(place[3:12]).all()
    np.testing.assert_allclose(place[12:], [1.2, 1.3], atol=1e-6)


def test_part_that_one_neighbour_lacks_is_taken_from_the_near_one_only() -> None:
    before, after = at_place(1.0), at_place(2.0)
    after[LEFT_HAND] = np.nan
    # Wanted: 0.0, 0.05, 0.1; only the first is within half a step of the frame with the hand.
    found = uniform([before, after], [0.0, 0.1], fps=20)
    hand = found.points[:, LEFT_HAND.start, 0]
    assert hand[0] == 1.0
    assert np.isnan(hand[2])
    assert found.points[1, WRIST, 0] == pytest.approx(1.5)


def test_unseen_part_stays_unseen() -> None:
    points = moving([0.0, 0.1, 0.2])
    for frame in points:
        frame[LEFT_HAND] = np.nan
    found = uniform(points, [0.0, 0.1, 0.2], fps=25)
    assert np.isnan(found.points[:, LEFT_HAND]).all()
    assert np.isfinite(found.points[:, RIGHT_HAND]).all()


def test_one_frame_is_one_frame() -> None:
    found = uniform([at_place(0.3)], [2.0])
    assert found.points.shape == (1, N_POINTS, 3)
    assert (found.start_s, found.fps) == (2.0, 30.0)


def test_picture_size_is_passed_on() -> None:
    found = uniform([at_place(0.3)], [0.0], width_px=480, height_px=640)
    assert (found.width_px, found.height_px) == (480, 640)


@pytest.mark.parametrize("times", [[0.0, 0.1, 0.1], [0.0, 0.2, 0.1]])
def test_times_that_do_not_rise_are_refused(times: list[float]) -> None:
    with pytest.raises(ValueError, match="times must rise"):
        uniform(moving(times), times)


def test_nothing_cannot_be_brought_to_a_rate() -> None:
    with pytest.raises(ValueError, match="no points"):
        uniform([], [])


def test_two_frames_a_second_are_kept_at_their_own_rate() -> None:
    times = [0.0, 0.5, 1.0, 1.5]
    found = uniform(moving(times), times)
    assert found.fps == 2
    np.testing.assert_allclose(found.points[:, WRIST, 0], times, atol=1e-6)


def test_nearly_equal_times_do_not_make_a_flood_of_frames() -> None:
    times = [0.0, 1e-4, 2e-4, 3e-4, 1.0]
    assert len(uniform(moving(times), times).points) == 121
