"""Which hand is which, from shape and motion."""

import numpy as np
import pytest

from signbridge.data.handedness import assign_sides, fit_handedness
from tests.signing import hand_shape

MIRROR = np.array([-1, 1, 1], dtype=np.float32)


def right_hands(count: int, seed: int) -> np.ndarray:
    """Right hands with the palm to the camera, fingers bent, turned in the picture plane."""
    rng = np.random.default_rng(seed)
    hands = np.repeat(hand_shape()[None], count, axis=0)
    angle = rng.normal(0, 0.4, count)
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, y = hands[..., 0].copy(), hands[..., 1].copy()
    hands[..., 0], hands[..., 1] = x * cos - y * sin, x * sin + y * cos
    return (hands + rng.normal(0, 0.02, hands.shape)).astype(np.float32)


def test_hands_not_fitted_on_are_told_apart():
    hands = right_hands(400, 0)
    handedness = fit_handedness(hands * MIRROR, hands)
    fresh = right_hands(100, 1)
    assert (handedness.right_logit(fresh) > 0).mean() > 0.97
    assert (handedness.right_logit(fresh * MIRROR) < 0).mean() > 0.97


@pytest.fixture
def crossing() -> np.ndarray:
    """A right hand on the picture's left and a left hand on its right, (40, 2, 21, 3)."""
    points = np.zeros((40, 2, 21, 3), dtype=np.float32)
    points[:, 0, :, 0] = np.linspace(0.3, 0.6, 40)[:, None]
    points[:, 1, :, 0] = np.linspace(0.7, 0.65, 40)[:, None]
    return points


def test_slots_that_swap_from_frame_to_frame_are_put_in_order(crossing):
    swapped = np.random.default_rng(0).random(40) < 0.5
    slots = crossing.copy()
    slots[swapped] = crossing[swapped][:, ::-1]
    unknown = np.full((40, 2), np.nan, dtype=np.float32)
    assert np.array_equal(assign_sides(slots, unknown, centre_x=0.5), crossing)


def test_lone_hand_goes_to_the_side_its_shape_says(crossing):
    slots = crossing.copy()
    slots[:, 1] = np.nan
    logits = np.full((40, 2), np.nan, dtype=np.float32)
    logits[:, 0] = -4.0  # a left hand, though on the picture's left
    sided = assign_sides(slots, logits, centre_x=0.5)
    assert np.isnan(sided[:, 0]).all()
    assert not np.isnan(sided[:, 1]).any()
