"""A clip played live is the clip itself, or what another camera would have made of it."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from signbridge.evaluation.playback import Conditions, opened, play, play_frames, retimed, watched
from tests import fakes
from tests.fakes import NOBODY, SIGNING, FakeRecognizer, frames
from tests.signing import signer


def times(*, seconds: float = 4.0, fps: float = 30.0, **conditions) -> list[float]:
    clip = frames((SIGNING, seconds), fps=fps)
    return [frame.at_s for frame in retimed(clip, Conditions(**conditions), fps)]


def test_without_conditions_the_frames_are_the_clip_s_own():
    clip = frames((SIGNING, 1.0), (NOBODY, 0.5))
    assert list(retimed(clip, Conditions(), 10.0)) == clip


@pytest.mark.parametrize("fps", [5.0, 10.0, 25.0])
def test_a_slower_camera_takes_fewer_frames_evenly(fps):
    slower = [
        frame.at_s for frame in retimed(frames((SIGNING, 4.0), fps=30.0), Conditions(fps=fps), 30.0)
    ]
    np.testing.assert_allclose(np.diff(slower), 1 / fps)
    assert len(slower) == pytest.approx(4 * fps, abs=1)


def test_each_frame_shows_what_was_last_before_it():
    clip = frames((NOBODY, 1.0), (SIGNING, 1.0), fps=30.0)
    for frame in retimed(clip, Conditions(fps=7.0), 30.0):
        assert (frame.pixels[0, 0, 0] == SIGNING) == (frame.at_s >= 1.0 - 1e-6)


def test_late_frames_still_come_in_order():
    found = times(jitter=0.4)
    assert np.all(np.diff(found) > 0)
    assert np.std(np.diff(found)) > 0.003


def test_frames_are_lost_as_often_as_asked():
    assert len(times(seconds=40.0, drop=0.25)) == pytest.approx(0.75 * 1200, rel=0.06)


def test_the_same_seed_loses_the_same_frames():
    assert times(drop=0.3, jitter=0.2, seed=4) == times(drop=0.3, jitter=0.2, seed=4)
    assert times(drop=0.3, seed=4) != times(drop=0.3, seed=5)


def test_words_are_given_after_they_were_signed_and_once_each():
    engine = fakes.engine(FakeRecognizer(("HELLO", "")))
    seen = watched(signer(rest_s=0.8, sign_s=1.2, repeats=2), Conditions())
    found = play(engine, seen)
    assert [word.gloss for word in found.words] == ["HELLO", "MAYBE"]
    assert found.glosses == ("HELLO",)
    assert all(word.given_s >= word.end_s - 0.05 for word in found.words)
    assert found.sentences == ("hello.",)


class Clock:
    """Goes on only while the test sleeps, or by `work_s` each time it looks.

    Threads that other tests have left behind keep the real one.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, work_s: float = 0.0) -> None:
        self.now_s, self.work_s = 0.0, work_s
        self._thread = threading.get_ident()
        self._look, self._sleep = time.perf_counter, time.sleep
        monkeypatch.setattr("time.perf_counter", self.look)
        monkeypatch.setattr("time.sleep", self.sleep)

    def look(self) -> float:
        if threading.get_ident() != self._thread:
            return self._look()
        self.now_s += self.work_s
        return self.now_s

    def sleep(self, seconds: float) -> None:
        if threading.get_ident() != self._thread:
            self._sleep(seconds)
        else:
            self.now_s += seconds


def test_live_and_uploaded_give_the_same_where_no_frame_is_lost(monkeypatch):
    Clock(monkeypatch)
    clip = signer(fps=20.0, rest_s=0.4, sign_s=0.6, repeats=2)
    engine = fakes.engine(FakeRecognizer(("HELLO", "FRIEND")))
    uploaded = play(engine, watched(clip, Conditions()))
    engine = fakes.engine(FakeRecognizer(("HELLO", "FRIEND")))
    live = play(engine, watched(clip, Conditions()), realtime=True)
    assert live.lost == 0
    assert live.glosses == uploaded.glosses
    assert live.sentences == uploaded.sentences


def test_by_the_clock_frames_that_come_too_late_are_lost(monkeypatch):
    Clock(monkeypatch, work_s=0.1)
    found = play_frames(opened(fakes.engine()), frames((SIGNING, 5.0)), realtime=True)
    assert found.frames + found.lost == 50
    assert found.lost > 20
