import numpy as np
import pytest
from numpy.typing import NDArray

from signbridge.avatar.body import FOREARM, UPPER_ARM, completed, elbow_between
from signbridge.avatar.draw import SHIRT, draw
from signbridge.avatar.perform import sentence
from signbridge.landmarks import topology
from tests.avatar.performances import wave

WIDTH_PX, HEIGHT_PX = 320, 240


@pytest.fixture(scope="module")
def points() -> NDArray[np.float32]:
    clip = sentence([wave()])
    return clip.points[len(clip.points) // 2]


def picture(points: NDArray[np.float32]) -> NDArray[np.int16]:
    return draw(points, WIDTH_PX, HEIGHT_PX).astype(np.int16)


def flipped(points: NDArray[np.float32]) -> NDArray[np.float32]:
    other = points.copy()
    other[topology.LEFT_HAND], other[topology.RIGHT_HAND] = (
        points[topology.RIGHT_HAND],
        points[topology.LEFT_HAND],
    )
    for left, right in topology.POSE_PAIRS:
        start = topology.POSE.start
        other[[start + left, start + right]] = points[[start + right, start + left]]
    other[:, 0] = 1 - other[:, 0]
    return other


def test_the_same_points_give_the_same_picture(points: NDArray[np.float32]) -> None:
    assert np.array_equal(picture(points), picture(points))


def test_flipped_points_give_the_flipped_picture(points: NDArray[np.float32]) -> None:
    difference = np.abs(picture(flipped(points)) - picture(points)[:, ::-1])
    assert difference.mean() < 0.5
    assert np.mean(difference > 40) < 0.002


def test_a_hand_that_is_not_seen_is_not_drawn(points: NDArray[np.float32]) -> None:
    without = points.copy()
    without[topology.RIGHT_HAND] = np.nan
    where = points[topology.RIGHT_HAND][topology.MIDDLE_MCP, :2] * (WIDTH_PX, HEIGHT_PX)
    x, y = where.round().astype(int)
    assert np.abs(picture(points)[y, x] - picture(without)[y, x]).sum() > 60


def test_points_that_are_all_missing_leave_the_background() -> None:
    empty = picture(np.full((topology.N_POINTS, 3), np.nan, dtype=np.float32))
    assert (empty == empty[:, :1]).all()


def test_a_body_is_built_around_hands_that_stand_alone(points: NDArray[np.float32]) -> None:
    only_hands = np.full_like(points, np.nan)
    only_hands[topology.RIGHT_HAND] = points[topology.RIGHT_HAND]
    shown = picture(only_hands)
    blue = (shown[..., 2] > shown[..., 0] + 20) & (shown[..., 2] < SHIRT.lit[2] + 20)
    assert blue.mean() > 0.05


def test_the_finger_nearer_to_the_camera_hides_the_other(points: NDArray[np.float32]) -> None:
    crossed = points.copy()
    hand = crossed[topology.RIGHT_HAND]  # a view
    hand[9:13, :2] = hand[5:9, :2]  # the middle finger exactly over the index finger
    nearer, farther = crossed.copy(), crossed.copy()
    nearer[topology.RIGHT_HAND][9:13, 2] -= 0.05
    farther[topology.RIGHT_HAND][9:13, 2] += 0.05
    assert not np.array_equal(picture(nearer), picture(farther))


def test_what_is_seen_is_kept_when_the_body_is_completed(points: NDArray[np.float32]) -> None:
    whole = completed(points[None])[0]
    seen = ~np.isnan(points[:, 0])
    seen[[topology.LEFT_WRIST, topology.RIGHT_WRIST]] = False  # these follow the hands
    np.testing.assert_allclose(whole[seen], points[seen])


def test_elbows_keep_the_bones_within_their_lengths() -> None:
    wrists = np.random.default_rng(0).uniform(-1.5, 1.5, (200, 2)).astype(np.float32)
    shoulders = np.zeros_like(wrists)
    elbows = elbow_between(shoulders, wrists, np.ones(200, dtype=np.float32), side=1)
    within_reach = np.linalg.norm(wrists, axis=1) < 0.9 * (UPPER_ARM + FOREARM)
    assert (np.linalg.norm(elbows, axis=1) <= UPPER_ARM + 1e-4).all()
    forearms = np.linalg.norm(elbows - wrists, axis=1)[within_reach]
    assert (forearms <= FOREARM + 1e-4).all()
