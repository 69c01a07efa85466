"""A sentence's pictures are kept until it has ended, 20 a second, and no longer than needed."""

from __future__ import annotations

import numpy as np
import pytest

from signbridge.recall import AFTER_S, BEFORE_S, LONGEST_S, PICTURES_MARGIN_S, REST_S, Recall
from tests import fakes

POINTS = fakes.person(raised=True)


def filmed(seconds: float, fps: float, signed: tuple[float, float] | None = None) -> Recall:
    """Return a recall that saw frames whose brightness is their number modulo 256."""
    recall = Recall()
    for index in range(round(seconds * fps) + 1):
        recall.push(fakes.frame(index % 256, index / fps), POINTS)
    if signed:
        recall.signed(*signed)
    return recall


@pytest.mark.parametrize("fps", [20.0, 25.0, 29.97, 30.0, 60.0])
def test_pictures_come_at_twenty_a_second_whatever_the_camera(fps: float) -> None:
    segment = filmed(4.0, fps, (1.0, 3.0)).take()
    assert segment is not None
    assert segment.clip is not None
    assert segment.clip.fps == 20.0
    seconds = len(segment.clip.pixels) / 20.0
    assert seconds == pytest.approx(2.0 + 2 * PICTURES_MARGIN_S, abs=0.11)
    times = segment.clip.start_s + np.arange(len(segment.clip.pixels)) / 20.0
    shown = segment.clip.pixels[:, 0, 0, 0] / fps
    assert np.abs(shown - times).max() < 0.026  # each is the nearest there was


def test_slow_camera_keeps_its_own_rate() -> None:
    segment = filmed(4.0, 10.0, (1.0, 3.0)).take()
    assert segment is not None
    assert segment.clip is not None
    assert segment.clip.fps == pytest.approx(10.0)
    numbers = segment.clip.pixels[:, 0, 0, 0]
    assert numbers.tolist() == list(range(numbers[0], numbers[0] + len(numbers)))


def test_models_get_an_even_number_of_pictures() -> None:
    for length in np.arange(1.0, 2.0, 0.05):
        segment = filmed(4.0, 20.0, (1.0, 1.0 + length)).take()
        assert segment is not None
        assert segment.clip is not None
        assert len(segment.clip.pixels) % 2 == 0


def test_landmarks_cover_the_pictures_and_the_rest_around_them() -> None:
    segment = filmed(4.0, 30.0, (1.0, 3.0)).take()
    assert segment is not None
    assert (segment.start_s, segment.end_s) == (1.0, 3.0)
    assert segment.landmarks.start_s == pytest.approx(1.0 - BEFORE_S, abs=0.04)
    assert segment.landmarks.duration_s == pytest.approx(BEFORE_S + 2.0 + AFTER_S, abs=0.1)


def test_sentence_lasts_from_its_first_stretch_to_its_last() -> None:
    recall = filmed(6.0, 20.0, (1.0, 2.0))
    recall.signed(3.0, 4.0)
    segment = recall.take()
    assert segment is not None
    assert (segment.start_s, segment.end_s) == (1.0, 4.0)


def test_the_rest_between_two_sentences_goes_with_both() -> None:
    recall = filmed(6.0, 20.0, (1.0, 2.0))
    first = recall.take()
    recall.signed(2.5, 4.0)
    second = recall.take()
    assert first is not None
    assert second is not None
    assert first.landmarks.start_s + first.landmarks.duration_s == pytest.approx(2.8, abs=0.06)
    assert second.landmarks.start_s == pytest.approx(2.5 - BEFORE_S, abs=0.06)


def test_a_hand_that_stays_up_after_the_last_sign_is_kept() -> None:
    recall = filmed(6.0, 20.0, (1.0, 2.0))
    recall.raised(3.0)
    segment = recall.take()
    assert segment is not None
    assert segment.end_s == 2.0
    ends_s = segment.landmarks.start_s + segment.landmarks.duration_s
    assert ends_s == pytest.approx(3.0 + AFTER_S, abs=0.06)
    recall.signed(3.5, 4.0)
    later = recall.take()
    assert later is not None
    assert later.landmarks.start_s > 3.0  # that hand was the first sentence's


def test_sentence_is_given_once() -> None:
    recall = filmed(4.0, 20.0, (1.0, 3.0))
    assert recall.take() is not None
    assert recall.take() is None


def test_nothing_signed_is_no_sentence() -> None:
    assert filmed(4.0, 20.0).take() is None


def test_what_was_before_a_turned_camera_is_forgotten() -> None:
    recall = filmed(4.0, 20.0, (1.0, 3.0))
    recall.clear()
    assert recall.take() is None


@pytest.mark.parametrize(("signing", "most_s"), [(False, REST_S), (True, LONGEST_S)])
def test_memory_is_bounded(signing: bool, most_s: float) -> None:
    recall = Recall()
    if signing:
        recall.signed(0.0, 0.1)
    for index in range(90 * 30):
        recall.push(fakes.frame(9, index / 30), POINTS)
    pictures = [frame for frame in recall._frames if frame.pixels is not None]
    assert len(pictures) <= 20 * most_s + 1
    assert len(recall._frames) <= 30 * most_s + 1


def test_passage_longer_than_the_memory_begins_where_the_memory_does() -> None:
    recall = Recall(pictures=False)
    recall.signed(0.5, 1.0)
    for index in range(90 * 10):
        recall.push(fakes.frame(9, index / 10), POINTS)
    recall.signed(88.0, 89.0)
    segment = recall.take()
    assert segment is not None
    assert segment.start_s == pytest.approx(90 - LONGEST_S, abs=0.2)
    assert segment.landmarks.start_s == pytest.approx(segment.start_s, abs=0.2)
