"""Changed clips, and what the changes do to the answers."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from signbridge.evaluation.labels import LabelledClip
from signbridge.landmarks import topology
from signbridge.landmarks.body import in_body_frame
from signbridge.training import changes
from signbridge.training.cases import Case, few
from signbridge.training.steadiness import steadiness
from signbridge.types import Guess, Landmarks, RecognitionResult, Segment
from tests.signing import signer

RNG = np.random.default_rng


class Rule:
    """Answers with what a function says of the landmarks."""

    vocabulary = ("LEFT", "RIGHT")

    def __init__(self, rule) -> None:
        self.rule = rule

    def recognize(self, segment: Segment) -> RecognitionResult:
        guess = Guess(self.rule(segment.landmarks), 0.9)
        return RecognitionResult("rule", segment.start_s, segment.end_s, (guess,), False, 0.0)


def case(landmarks: Landmarks, label: str, name: str = "someone") -> Case:
    clip = LabelledClip(Path("x"), "x", "sign", label, "made")
    return Case(clip, name, "made", partial(replace, landmarks))


def by_side(landmarks: Landmarks) -> str:
    """The side of the picture that the hands are on."""
    hands = landmarks.points[:, [*range(468, 489), *range(522, 543)], 0]
    return "LEFT" if np.nanmean(hands) < 0.5 else "RIGHT"


def rows(rule, cases) -> dict:
    return {row.change: row for row in steadiness(Rule(rule), cases, changes.changes())}


def test_mirroring_twice_is_not_mirroring():
    clip = signer(idle_left=True)
    assert not np.allclose(changes.flipped(clip).points, clip.points, equal_nan=True)
    twice = changes.flipped(changes.flipped(clip)).points
    assert np.allclose(twice, clip.points, atol=1e-6, equal_nan=True)


def test_symmetric_sign_is_its_own_mirror_image():
    clip = signer()
    points = clip.points
    points[:, topology.LEFT_HAND] = points[:, topology.RIGHT_HAND] * (-1, 1, 1) + (1, 0, 0)
    mirror = changes.flipped(clip).points
    assert np.allclose(mirror, points, atol=1e-6, equal_nan=True)


def test_change_of_place_or_size_leaves_the_hands_in_body_units():
    clip = signer()
    known = in_body_frame(clip).points
    for changed in (changes.moved(clip, 0.25), changes.scaled(clip, 0.75)):
        assert np.allclose(in_body_frame(changed).points, known, atol=1e-4, equal_nan=True)


def test_hand_that_leaves_the_picture_is_lost():
    clip = signer(rest_s=0.0)
    assert not np.isnan(changes.cut(clip).points[:10, topology.RIGHT_HAND]).any()
    gone = changes.cut(changes.moved(clip, 0.8)).points
    assert np.isnan(gone[:, topology.RIGHT_HAND]).all()
    assert not np.isnan(gone[:, topology.NOSE]).any()


def steady_motion(fps: float) -> Landmarks:
    """A point anywhere is where its time says: 0.1 picture widths a second."""
    at_s = np.arange(round(2 * fps)) / fps
    points = np.zeros((len(at_s), topology.N_POINTS, 3), np.float32)
    points[..., 0] = 0.1 * at_s[:, None]
    return Landmarks(points, fps)


@pytest.mark.parametrize("fps", changes.RATES)
def test_another_rate_shows_the_same_motion(fps):
    seen = changes.at_rate(steady_motion(25.0), fps)
    assert seen.fps == fps
    assert np.allclose(seen.points[:, 0, 0], 0.1 * np.arange(len(seen.points)) / fps, atol=1e-5)


def test_lost_frames_leave_the_pace():
    clip = steady_motion(25.0)
    assert np.allclose(changes.thinned(clip, RNG(0)).points, clip.points, atol=1e-5)


def test_shaking_is_a_hundredth_of_the_shoulder_width():
    clip = signer(size=0.25)
    off = in_body_frame(changes.shaken(clip, RNG(0))).points - in_body_frame(clip).points
    assert np.nanstd(off[..., :2]) == pytest.approx(changes.JITTER, rel=0.1)


def test_recognizer_of_one_word_is_steady():
    found = rows(lambda _: "LEFT", [case(signer(), "LEFT"), case(signer(), "RIGHT")])
    assert set(found) == {"untouched", *changes.changes()}
    for row in found.values():
        assert (row.n, row.top1, row.difference, row.other_answer) == (2, 0.5, 0.0, 0.0)


def test_recognizer_of_sides_is_turned_by_a_mirror():
    found = rows(by_side, [case(signer(), "LEFT")] * 3)
    mirrored = found["mirrored"]
    assert (mirrored.top1, mirrored.difference, mirrored.other_answer) == (0.0, -1.0, 1.0)
    assert found["10 frames a second"].other_answer == 0.0


def test_place_means_nothing_on_a_made_up_body():
    assert not any("picture" in name for name in changes.changes(framed=False))


def test_only_signs_of_the_vocabulary_are_compared():
    assert rows(by_side, [case(signer(), "LEFT"), case(signer(), "STRANGE")])["mirrored"].n == 1


def test_sign_recorded_many_times_is_changed_a_few_times():
    many = [case(signer(), "LEFT")] * 9 + [case(signer(), "RIGHT")] + [case(signer(), "LEFT", "b")]
    assert len(few(many, 2)) == 4
    unnamed = [case(signer(), "LEFT", "")] * 5
    assert len(few(unnamed, 2)) == 5
