"""A stream is parted where signing starts and ends."""

import numpy as np
import pytest

from signbridge.landmarks import topology
from signbridge.landmarks.segmenter import HOLD_S, LONGEST_S, LOWERED_S, Segmenter
from signbridge.types import Landmarks
from tests.signing import HEIGHT_PX, WIDTH_PX, signer


def played(landmarks: Landmarks, finish: bool = True) -> list[Landmarks]:
    segmenter = Segmenter(WIDTH_PX, HEIGHT_PX)
    found = []
    for index, points in enumerate(landmarks.points):
        found += segmenter.push(points, index / landmarks.fps)
    return found + (segmenter.finish() if finish else [])


@pytest.mark.parametrize("fps", [10.0, 30.0, 60.0])
def test_each_sign_is_found_where_it_is(fps):
    found = played(signer(fps=fps, rest_s=0.8, sign_s=1.2, repeats=2))
    assert len(found) == 2
    for sign, start_s in zip(found, (0.8, 2.8), strict=True):
        assert sign.start_s == pytest.approx(start_s, abs=0.25)
        assert sign.duration_s == pytest.approx(1.2, abs=0.35)


def test_sign_is_given_as_soon_as_the_hand_has_been_down_for_a_moment():
    landmarks = signer(rest_s=0.8, sign_s=1.2)
    until = round((0.8 + 1.2 + LOWERED_S + 0.1) * landmarks.fps)
    cut = Landmarks(landmarks.points[:until], landmarks.fps)
    assert len(played(cut, finish=False)) == 1


def test_sign_still_going_at_the_end_is_kept():
    landmarks = signer(rest_s=0.5, sign_s=1.2)
    cut = Landmarks(landmarks.points[: round(1.4 * landmarks.fps)], landmarks.fps)
    assert played(cut, finish=False) == []
    assert len(played(cut)) == 1


def test_resting_hands_are_no_sign():
    resting = signer(rest_s=1.0, sign_s=0.0, idle_left=True)
    assert played(resting) == []


def test_holding_still_ends_a_sign():
    landmarks = signer(rest_s=0.3, sign_s=1.2)
    held = landmarks.points[round(1.2 * landmarks.fps)]
    points = np.concatenate(
        [landmarks.points[: round(1.2 * landmarks.fps)], np.repeat(held[None], 30, axis=0)]
    )
    found = played(Landmarks(points, landmarks.fps), finish=False)
    assert len(found) == 1
    assert found[0].start_s + found[0].duration_s < 1.2 + HOLD_S + 0.2


def test_trembling_landmarks_do_not_start_a_sign():
    landmarks = signer(rest_s=0.3, sign_s=1.2)
    held = np.repeat(landmarks.points[20][None], 90, axis=0)
    trembling = held + np.random.default_rng(0).normal(0, 0.0008, held.shape)
    found = played(Landmarks(trembling.astype(np.float32), 30.0))
    assert sum(sign.duration_s for sign in found) < 1.0  # at most the first sight of the hand


def test_endless_signing_is_cut():
    found = played(signer(sign_s=2.5 * LONGEST_S, turns=16))
    assert len(found) == 3
    assert max(sign.duration_s for sign in found) <= LONGEST_S + 0.2


def test_nobody_there_is_no_sign():
    nobody = np.full((60, topology.N_POINTS, 3), np.nan, dtype=np.float32)
    assert played(Landmarks(nobody, 30.0)) == []


def test_raised_hand_that_comes_into_view_and_lies_still_is_no_sign():
    landmarks = signer(rest_s=0.3, sign_s=1.2)
    resting = np.repeat(landmarks.points[20][None], 90, axis=0)
    resting[:30, topology.RIGHT_HAND] = np.nan
    assert played(Landmarks(resting, 30.0)) == []


def test_sign_going_on_is_seen_so_far_and_nothing_is_seen_at_rest():
    landmarks = signer(rest_s=0.8, sign_s=1.2)
    segmenter = Segmenter(WIDTH_PX, HEIGHT_PX)
    lengths_s: dict[float, float] = {}
    whole: list[Landmarks] = []
    for index, points in enumerate(landmarks.points):
        whole += segmenter.push(points, index / landmarks.fps)
        so_far = segmenter.partial()
        lengths_s[index / landmarks.fps] = so_far.duration_s if so_far else 0.0
    assert lengths_s[0.5] == 0
    assert 0 < lengths_s[1.4] < lengths_s[1.8] <= whole[0].duration_s + LOWERED_S
    assert segmenter.partial() is None
