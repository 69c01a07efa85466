"""Idle hands, gaps, and which hand leads."""

import numpy as np

from signbridge.landmarks.activity import (
    LEFT,
    RIGHT,
    active_hands,
    fill_gaps,
    leads_left,
    mirrored,
    stretches_of,
)


def hands(frames: int = 30) -> np.ndarray:
    points = np.full((frames, 2, 21, 3), np.nan, dtype=np.float32)
    turn = np.linspace(0, 2 * np.pi, frames)
    points[:, RIGHT] = 0
    points[:, RIGHT, :, 0] = -0.4 + 0.2 * np.cos(turn)[:, None]
    points[:, RIGHT, :, 1] = 0.1 + 0.2 * np.sin(turn)[:, None]
    return points


def test_still_hand_far_below_a_moving_one_rests():
    points = hands()
    points[:, LEFT] = 0
    points[:, LEFT, :, 1] = 0.9
    assert active_hands(points, 30.0)[:, RIGHT].all()
    assert not active_hands(points, 30.0)[:, LEFT].any()


def test_still_hand_beside_a_moving_one_is_part_of_the_sign():
    points = hands()
    points[:, LEFT] = 0
    points[:, LEFT, :, 1] = 0.3
    assert active_hands(points, 30.0).all()


def test_both_hands_at_rest_are_idle():
    points = np.full((10, 2, 21, 3), 1.4, dtype=np.float32)
    assert not active_hands(points, 30.0).any()


def test_moving_hand_leads_and_mirroring_changes_the_leader():
    points = hands()
    assert not leads_left(points)
    assert leads_left(mirrored(points))


def test_mirroring_twice_is_no_change():
    points = hands()
    assert np.array_equal(mirrored(mirrored(points)), points, equal_nan=True)


def test_short_gap_is_filled_along_a_line_and_a_long_one_stays():
    points = np.zeros((9, 2, 21, 3), dtype=np.float32)
    points[:, RIGHT, :, 0] = np.arange(9)[:, None]
    lost = points.copy()
    lost[2:4, RIGHT] = np.nan
    lost[1:6, LEFT] = np.nan
    filled = fill_gaps(lost, longest=3)
    assert np.allclose(filled[:, RIGHT], points[:, RIGHT])
    assert np.isnan(filled[1:6, LEFT]).all()


def test_stretches_are_parted_by_breaks_and_blips_are_dropped():
    raised = np.zeros(130, dtype=bool)
    raised[10:30] = raised[33:40] = True  # 0.1 s apart: one stretch
    raised[60:90] = True
    raised[120] = True  # a blip
    assert stretches_of(raised, 30.0) == [(10, 40), (60, 90)]


def test_blip_counts_when_there_is_nothing_else():
    raised = np.zeros(30, dtype=bool)
    raised[4:7] = True
    assert stretches_of(raised, 30.0) == [(4, 7)]
