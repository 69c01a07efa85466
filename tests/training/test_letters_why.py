"""Why a hand's letter is misread: the part that is held otherwise is found and measured."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from signbridge.data.letter_hands import LetterHand
from signbridge.landmarks import topology
from signbridge.training.letters_why import (
    LENGTHS,
    PARTS,
    distances,
    explained,
    mean,
    posed,
    poses,
    right_hands,
)
from tests.signing import hand_shape

INDEX = list(topology.FINGERS[1])


def recordings(seed: int, count: int = 4) -> np.ndarray:
    """Return (count, 1, 21, 3): one person's stills of a letter, a little apart."""
    rng = np.random.default_rng(seed)
    return (hand_shape() + rng.normal(0, 0.01, (count, 1, 21, 3))).astype(np.float32)


def turned(tracks: np.ndarray, angle: float) -> np.ndarray:
    """Return the same hands turned about the wrist by degrees, as by another camera."""
    turn = Rotation.from_euler("y", angle, degrees=True).as_matrix()
    wrist = tracks[:, :, :1]
    return ((tracks - wrist) @ turn.T + wrist).astype(np.float32)


def with_index_bent(tracks: np.ndarray, angle: float) -> np.ndarray:
    """Return the same hands, their index finger turned about its knuckle, sideways."""
    bent, turn = tracks.copy(), Rotation.from_euler("z", angle, degrees=True).as_matrix()
    knuckle = bent[:, :, INDEX[:1]]
    bent[:, :, INDEX] = (bent[:, :, INDEX] - knuckle) @ turn.T + knuckle
    return bent


def hand(tracks: np.ndarray, name: str = "one", *, sided: bool = True) -> LetterHand:
    return LetterHand(name, ("B",) * len(tracks), tuple(tracks), moves=False, sided=sided)


def pose_of(tracks):
    return poses(hand(np.stack(tracks)))["B"]


OTHERS = [pose_of(recordings(seed)) for seed in (1, 2, 3)]
USUAL = mean(OTHERS)


def nearly_usual(tracks) -> float:
    """A reader that wants every part within 20 degrees of what it has seen."""
    away = [distances(pose_of([track]), USUAL) for track in tracks]
    return float(np.mean([(one < 20).all() for one in away]))


@pytest.mark.parametrize(("change", "part"), [(turned, "palm"), (with_index_bent, "index finger")])
def test_the_part_that_is_held_otherwise_is_named_with_how_far(change, part) -> None:
    tracks = change(recordings(7), 50.0)
    why = explained(pose_of(tracks), OTHERS, list(tracks), nearly_usual, 0.6)
    (found,) = why.differences
    assert found.part == part
    assert found.away == pytest.approx(50, abs=4)
    assert found.usual < 5
    assert why.right == 1.0


def test_two_parts_that_only_help_together_are_both_named() -> None:
    tracks = with_index_bent(turned(recordings(7), 60.0), 40.0)
    why = explained(pose_of(tracks), OTHERS, list(tracks), nearly_usual, 0.6)
    assert {one.part for one in why.differences} == {"palm", "index finger"}
    assert why.right == 1.0


def test_a_letter_that_no_pose_mends_is_told_as_such() -> None:
    tracks = list(recordings(7))
    why = explained(pose_of(tracks), OTHERS, tracks, lambda tracks: 0.25, 0.6)
    assert len(why.differences) == len(PARTS)
    assert why.right == 0.25


def test_a_hand_in_the_others_pose_keeps_its_wrist_and_its_size() -> None:
    (track, *_) = with_index_bent(turned(recordings(7), 70.0), 40.0)
    after = posed(track, USUAL, range(len(PARTS) - 1))
    assert distances(pose_of([after]), USUAL)[:-1] == pytest.approx(0, abs=0.2)
    assert np.allclose(after[:, 0], track[:, 0])
    for finger in topology.FINGERS:
        bones = [np.linalg.norm(np.diff(one[:, finger], axis=1), axis=-1) for one in (track, after)]
        assert np.allclose(*bones, atol=1e-5)


def test_bones_that_look_too_long_are_told_from_a_pose() -> None:
    tracks = recordings(7)
    for finger in topology.FINGERS:
        joints = list(finger)
        base = tracks[:, :, joints[:1]]
        tracks[:, :, joints] = base + 1.4 * (tracks[:, :, joints] - base)
    why = explained(pose_of(tracks), OTHERS, list(tracks), nearly_usual, 0.6)
    (found,) = why.differences
    assert found.part == LENGTHS
    assert found.away == pytest.approx(40, abs=3)
    assert found.usual < 5


def test_nothing_changed_is_the_same_hand() -> None:
    (track, *_) = recordings(7)
    assert np.allclose(posed(track, USUAL, ()), track, atol=1e-5)


def test_a_hand_of_unknown_side_is_turned_into_a_right_one() -> None:
    right = hand(recordings(1))
    mixed = recordings(2)
    mixed[1:3] *= np.float32([-1, 1, 1])
    known, found = right_hands([right, hand(mixed, "both", sided=False)])
    assert known is right
    assert np.allclose(np.stack(found.tracks), recordings(2))
