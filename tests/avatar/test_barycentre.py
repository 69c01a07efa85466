import itertools

import numpy as np
import pytest

from signbridge.avatar.align import warping_path
from signbridge.avatar.barycentre import barycentre
from signbridge.avatar.perform import FPS, sentence, spelled
from signbridge.errors import BadInputError
from signbridge.landmarks import topology
from signbridge.landmarks.activity import mirrored
from signbridge.landmarks.body import RIGHT, Hands
from tests.avatar.performances import as_hands, open_hand, wave


def test_warping_pairs_a_sequence_with_itself_frame_by_frame() -> None:
    line = np.linspace(0, 1, 7, dtype=np.float32)[:, None]
    path, cost = warping_path(line, line)
    assert path == [(i, i) for i in range(7)]
    assert cost == 0


def test_warping_undoes_a_change_of_speed() -> None:
    slow = np.repeat(np.arange(5, dtype=np.float32), 3)[:, None]
    fast = np.arange(5, dtype=np.float32)[:, None]
    assert warping_path(slow, fast)[1] == 0


def test_fewer_than_three_signers_are_refused() -> None:
    with pytest.raises(BadInputError, match="no one person's motion"):
        barycentre({"a": [as_hands(wave())], "b": [as_hands(wave())]})


def test_signers_who_differ_only_in_timing_average_to_their_common_motion() -> None:
    lags = {"a": -0.5, "b": 0.0, "c": 0.5}
    average = barycentre({name: [as_hands(wave(lag=lag))] for name, lag in lags.items()})
    swing = average.wrists[:, RIGHT, 0]
    assert swing.max() == pytest.approx(-0.35, abs=0.03)
    assert swing.min() == pytest.approx(-0.75, abs=0.03)


def test_a_signer_who_does_something_else_is_left_out() -> None:
    recordings = {str(i): [as_hands(wave(reach=0.2))] for i in range(4)}
    recordings["other"] = [as_hands(wave(reach=0.9))]
    assert np.abs(barycentre(recordings).wrists[:, RIGHT, 0] + 0.55).max() < 0.25


def test_a_left_handed_signer_counts_as_a_mirrored_right_handed_one() -> None:
    right = as_hands(wave())
    left = Hands(mirrored(right.points), right.fps)
    same = barycentre({"a": [right], "b": [right], "c": [right]})
    mixed = barycentre({"a": [right], "b": [left], "c": [right]})
    np.testing.assert_allclose(mixed.wrists, same.wrists, atol=1e-5)


def test_averaged_hands_keep_their_bone_lengths() -> None:
    recordings = {}
    for name, angle in (("a", -0.5), ("b", 0.0), ("c", 0.5)):
        hands = wave()
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        hands.shapes[..., :2] = hands.shapes[..., :2] @ turn
        recordings[name] = [as_hands(hands)]
    shape = barycentre(recordings).shapes[0, RIGHT]
    expected = open_hand()
    for finger in topology.FINGERS:
        for one, two in itertools.pairwise(finger):
            length = np.linalg.norm(expected[two] - expected[one])
            assert np.linalg.norm(shape[two] - shape[one]) == pytest.approx(length, rel=0.02)


def test_hands_start_and_end_out_of_sight_and_are_lowered_between_signs() -> None:
    one, two = sentence([wave()]), sentence([wave(), wave()])
    hand = two.points[:, topology.RIGHT_HAND][:, topology.WRIST, 1]
    assert np.isnan(hand[[0, -1]]).all()
    assert np.isnan(hand[len(hand) // 2])
    assert len(two.points) > 1.7 * len(one.points)
    assert two.fps == FPS


def test_a_spelled_word_holds_each_letter_still() -> None:
    clip = spelled([wave(), wave()])
    tips = clip.points[:, topology.RIGHT_HAND][:, topology.INDEX_TIP, :2]
    still = np.linalg.norm(np.diff(tips, axis=0), axis=1) < 1e-6
    assert still.sum() >= 2 * round(0.5 * FPS)
    assert np.isnan(clip.points[:, topology.LEFT_HAND]).all()
