"""A stretch is cut where the network says so, and nowhere else."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from signbridge.landmarks import topology
from signbridge.landmarks.boundaries import BEGIN, CUT, END, HEADS, SIGN, BoundaryConfig
from signbridge.landmarks.fluent import FluentSegmenter, open_segmenter
from signbridge.landmarks.motion import RATE
from signbridge.landmarks.segmenter import LOWERED_S, Segmenter
from signbridge.types import Landmarks
from tests.signing import HEIGHT_PX, WIDTH_PX, signer

REST_S, SIGN_S = 0.8, 2.4


class Script:
    """Stands in for the network: says what it is told of each moment, as late as the real one."""

    def __init__(self, config: BoundaryConfig | None = None, **moments: float) -> None:
        self.config = config or BoundaryConfig()
        self.moments = moments
        self._step = -self.config.delay

    def open(self) -> Script:
        return self

    def step(self, features: np.ndarray) -> np.ndarray:
        at_s, self._step = self._step / RATE, self._step + 1
        heads = np.zeros(HEADS, np.float32)
        between = self.moments.get("end", 9) < at_s < self.moments.get("next", 9)
        over = self.moments.get("last", 9) < at_s < self.moments.get("again", 9)
        still = between or over or at_s > self.moments.get("stop", 9)
        heads[SIGN] = 0.0 if still else 0.9
        for head, name in ((CUT, "end"), (BEGIN, "next"), (END, "last")):
            near = abs(at_s - self.moments.get(name, -9))
            heads[head] = 0.98 * np.exp(-((near / 0.1) ** 2))
        return heads


def played(landmarks: Landmarks, segmenter: Segmenter) -> list[tuple[Landmarks, float]]:
    """Return each stretch and when it was given."""
    found = []
    for index, points in enumerate(landmarks.points):
        at_s = index / landmarks.fps
        found += [(stretch, at_s) for stretch in segmenter.push(points, at_s)]
    return found + [(stretch, at_s) for stretch in segmenter.finish()]


def fluent(config: BoundaryConfig | None = None, **moments: float) -> FluentSegmenter:
    return FluentSegmenter(WIDTH_PX, HEIGHT_PX, Script(config, **moments))


def losing_hands(clip: Landmarks, start_s: float, end_s: float) -> Landmarks:
    """Return a clip in which no hand is found from one moment to another."""
    points = clip.points.copy()
    lost = np.arange(len(points)) / clip.fps
    points[(lost >= start_s) & (lost < end_s), topology.RIGHT_HAND] = np.nan
    return replace(clip, points=points)


@pytest.mark.parametrize("fps", [10.0, 30.0, 60.0])
def test_without_a_cut_a_stretch_comes_out_as_the_rules_give_it(fps):
    clip = signer(fps=fps, rest_s=REST_S, sign_s=SIGN_S, repeats=2)
    by_rules = played(clip, Segmenter(WIDTH_PX, HEIGHT_PX))
    found = played(clip, fluent())
    assert len(found) == len(by_rules) == 2
    for (stretch, given_s), (same, same_s) in zip(found, by_rules, strict=True):
        np.testing.assert_array_equal(stretch.points, same.points)
        assert (stretch.start_s, given_s) == (same.start_s, same_s)


@pytest.mark.parametrize("fps", [12.0, 30.0])
def test_a_cut_gives_two_signs_and_the_first_while_the_second_is_made(fps):
    clip = signer(fps=fps, rest_s=REST_S, sign_s=SIGN_S, turns=2)
    found = played(clip, fluent(end=1.8, next=2.1, last=3.0))
    (first, given_s), (second, _) = found
    assert first.start_s + first.duration_s == pytest.approx(1.8, abs=0.15)
    assert given_s < 2.2
    assert second.start_s == pytest.approx(2.1, abs=0.15)
    assert second.start_s + second.duration_s == pytest.approx(3.0, abs=0.2)


def test_a_lone_sign_is_given_whole_and_told_when_it_was_made():
    clip = signer(rest_s=REST_S, sign_s=SIGN_S)
    ((same, _),) = played(clip, Segmenter(WIDTH_PX, HEIGHT_PX))
    ((stretch, _),) = played(clip, fluent(next=1.2, last=2.88))
    np.testing.assert_array_equal(stretch.points, same.points)
    assert stretch.signed_s == pytest.approx((1.2, 2.88), abs=0.5 / RATE)
    assert stretch.start_s < 1.2 < 2.88 < stretch.start_s + stretch.duration_s


def test_a_lone_sign_whose_begin_and_end_are_not_known_was_made_all_the_time():
    clip = signer(rest_s=REST_S, sign_s=SIGN_S)
    ((stretch, _),) = played(clip, fluent())
    whole = (stretch.start_s, stretch.start_s + stretch.duration_s)
    assert stretch.signed_s == pytest.approx(whole, abs=0.06)


@pytest.mark.parametrize("fps", [12.0, 30.0])
def test_a_sign_that_is_surely_over_is_given_as_soon_as_the_hands_are_down(fps):
    clip = signer(fps=fps, rest_s=REST_S, sign_s=SIGN_S)
    lowered_s = REST_S + SIGN_S
    by_rules, learned = Segmenter(WIDTH_PX, HEIGHT_PX), fluent(last=2.88)
    ((same, late_s),) = played(clip, by_rules)
    ((stretch, given_s),) = played(clip, learned)
    np.testing.assert_array_equal(stretch.points, same.points)
    assert lowered_s - 1e-6 <= given_s <= lowered_s + 1 / fps
    assert late_s >= lowered_s - 1 / fps + LOWERED_S
    assert learned.last_activity_s == by_rules.last_activity_s  # a pause counts from there


def test_a_sign_that_may_not_be_over_is_given_when_the_hands_have_come_to_rest():
    clip = signer(rest_s=REST_S, sign_s=SIGN_S)
    ((_, late_s),) = played(clip, Segmenter(WIDTH_PX, HEIGHT_PX))
    unsure = fluent(BoundaryConfig(over=0.99), last=2.88)
    assert [given_s for _, given_s in played(clip, unsure)] == [late_s]


@pytest.mark.parametrize("fps", [12.0, 30.0])
def test_what_was_given_early_is_neither_shown_nor_given_again(fps):
    clip = signer(fps=fps, rest_s=REST_S, sign_s=SIGN_S)
    segmenter, given = fluent(last=2.88), []
    for index, points in enumerate(clip.points):
        given += segmenter.push(points, index / fps)
        if given:
            break
    assert segmenter.signing  # the hands have not come to rest
    assert segmenter.partial() is None
    assert segmenter.finish() == []


def test_an_end_that_still_grows_likelier_is_waited_for():
    clip = signer(rest_s=REST_S, sign_s=SIGN_S)
    ((stretch, given_s),) = played(clip, fluent(last=3.1, stop=2.9))
    assert stretch.signed_s[1] == pytest.approx(3.1, abs=1 / RATE)
    assert given_s < REST_S + SIGN_S + LOWERED_S


def test_a_sign_that_is_made_again_as_the_hand_is_lost_is_not_over():
    clip = signer(rest_s=REST_S, sign_s=SIGN_S)
    ((_, late_s),) = played(clip, Segmenter(WIDTH_PX, HEIGHT_PX))
    ((_, given_s),) = played(clip, fluent(last=2.7, again=2.94))
    assert given_s == late_s


@pytest.mark.parametrize("stop_s", [2.08, 9.0])
def test_a_sign_with_a_pause_in_it_is_given_once_though_its_hand_is_lost_after_that(stop_s):
    clip = losing_hands(signer(rest_s=REST_S, sign_s=SIGN_S), 2.36, 2.46)
    by_rules = played(clip, Segmenter(WIDTH_PX, HEIGHT_PX))
    found = played(clip, fluent(last=1.8, again=1.88, stop=stop_s))
    assert len(found) == len(by_rules) == 1
    np.testing.assert_array_equal(found[0][0].points, by_rules[0][0].points)


def test_sinking_hands_that_are_seen_again_begin_no_second_sign():
    clip = losing_hands(signer(rest_s=REST_S, sign_s=SIGN_S), 3.0, 3.08)
    ((_, given_s),) = played(clip, fluent(last=2.7))
    assert given_s == pytest.approx(3.0, abs=0.05)


def test_a_sign_that_follows_before_the_hands_have_come_to_rest_is_given_too():
    clip = losing_hands(signer(rest_s=REST_S, sign_s=SIGN_S), 2.1, 2.2)
    (first, given_s), (second, _) = played(clip, fluent(last=1.8, again=2.1, next=2.1))
    assert given_s == pytest.approx(2.1, abs=0.05)
    assert first.signed_s[1] == pytest.approx(1.8, abs=1 / RATE)
    assert second.signed_s[0] == pytest.approx(2.1, abs=1 / RATE)


def test_each_sign_is_given_once():
    clip = signer(rest_s=REST_S, sign_s=SIGN_S, turns=2)
    starts = [stretch.start_s for stretch, _ in played(clip, fluent(end=1.8, next=2.1))]
    assert len(starts) == len(set(starts)) == 2


def test_hands_that_only_sink_after_a_cut_are_no_sign():
    clip = signer(rest_s=REST_S, sign_s=SIGN_S)
    found = played(clip, fluent(end=2.9, next=9.0))
    assert len(found) == 1
    assert found[0][0].start_s + found[0][0].duration_s == pytest.approx(2.9, abs=0.15)


def test_a_sign_too_short_to_be_one_is_not_cut_off():
    clip = signer(rest_s=REST_S, sign_s=SIGN_S)
    assert len(played(clip, fluent(end=REST_S + 0.08, next=1.0))) == 1


def test_a_cut_in_one_stretch_leaves_the_next_whole():
    clip = signer(rest_s=REST_S, sign_s=SIGN_S, repeats=2)
    by_rules = played(clip, Segmenter(WIDTH_PX, HEIGHT_PX))
    found = played(clip, fluent(end=1.8, next=2.1))
    assert len(found) == 3
    np.testing.assert_array_equal(found[-1][0].points, by_rules[-1][0].points)


def test_the_sign_going_on_is_seen_before_it_has_ended():
    clip = signer(rest_s=REST_S, sign_s=SIGN_S)
    segmenter = fluent()
    for index, points in enumerate(clip.points[: round(2.0 * clip.fps)]):
        segmenter.push(points, index / clip.fps)
    going_on = segmenter.partial()
    assert going_on is not None
    assert going_on.duration_s == pytest.approx(1.2, abs=0.3)


def test_one_doubtful_turn_cuts_nothing_and_several_cut_at_each():
    class Doubtful(Script):
        """Turns at the moments, each as likely as `likely`."""

        def __init__(self, likely: float, *turns: float) -> None:
            super().__init__()
            self.turns, self.likely = turns, likely

        def step(self, features: np.ndarray) -> np.ndarray:
            at_s = self._step / RATE
            heads = super().step(features)
            near = min(abs(at_s - turn) for turn in self.turns)
            heads[CUT] = self.likely * np.exp(-((near / 0.1) ** 2))
            return heads

    clip = signer(rest_s=REST_S, sign_s=SIGN_S, turns=3)
    once = FluentSegmenter(WIDTH_PX, HEIGHT_PX, Doubtful(0.7, 1.6))
    often = FluentSegmenter(WIDTH_PX, HEIGHT_PX, Doubtful(0.7, 1.4, 2.0, 2.6))
    assert len(played(clip, once)) == 1
    found = played(clip, often)
    assert len(found) == 4
    ends = [stretch.start_s + stretch.duration_s for stretch, _ in found]
    assert ends[:3] == pytest.approx([1.4, 2.0, 2.6], abs=0.15)


def test_a_frame_costs_the_shipped_network_less_than_ten_milliseconds():
    clip = signer(fps=20.0, rest_s=REST_S, sign_s=SIGN_S)
    segmenter = open_segmenter(WIDTH_PX, HEIGHT_PX)
    spent_s = []
    for index, points in enumerate(clip.points):
        began_s = time.thread_time()
        segmenter.push(points, index / clip.fps)
        spent_s.append(time.thread_time() - began_s)
    assert np.median(spent_s) < 0.010
