"""What the segmenter's network says of a sentence, moment by moment."""

from __future__ import annotations

import numpy as np
import pytest

from signbridge.landmarks.activity import mirrored
from signbridge.landmarks.body import RIGHT, Hands
from signbridge.landmarks.boundaries import BEGIN, CUT, END, SIGN, load_boundaries
from signbridge.landmarks.motion import RATE
from signbridge.recognize.translator import turns as module
from signbridge.recognize.translator.folder import load_translator
from signbridge.recognize.translator.reader import Reader
from signbridge.recognize.translator.turns import SUREST, Turns, heads_of, turns_of
from tests.signing import hand_shape

MOMENT_S = 0.125


def hands(seconds: float, fps: float) -> Hands:
    """A hand that rises, swings and sinks."""
    at_s = np.arange(int(seconds * fps)) / fps
    points = np.full((len(at_s), 2, 21, 3), np.nan, np.float32)
    points[:, RIGHT] = 0.3 * hand_shape()
    up = np.clip(np.minimum(at_s, seconds - at_s) / 0.4, 0, 1)
    points[:, RIGHT, :, 1] += (1.3 - up)[:, None]
    points[:, RIGHT, :, 0] += 0.3 * np.sin(6 * at_s)[:, None]
    return Hands(points, fps)


def test_a_mirrored_picture_has_the_same_turns():
    clip = hands(3.0, 20.0)
    other = Hands(mirrored(clip.points), clip.fps)
    reader = Reader(load_translator(), None, load_boundaries())
    seen, mirror = (reader.hear(one) for one in (clip, other))
    assert seen is not None
    assert mirror is not None
    assert (seen.ready.turned, mirror.ready.turned) in ((True, False), (False, True))
    for name in ("made", "begins", "ends"):
        one, same = (getattr(heard.turns, name) for heard in (seen, mirror))
        np.testing.assert_allclose(one, same, atol=1e-4)


def told(monkeypatch: pytest.MonkeyPatch, **peaks_s: float) -> None:
    """Let the network say that something is so at one moment, and nothing at any other."""
    heads = {"sign": SIGN, "begin": BEGIN, "end": END, "cut": CUT}
    at_s = np.arange(100) / RATE
    likely = np.full((100, 4), 0.01)
    for name, moment_s in peaks_s.items():
        likely[np.abs(at_s - moment_s).argmin(), heads[name]] = 0.9
    monkeypatch.setattr(module, "heads_of", lambda net, hands: (at_s, likely))


def test_the_network_answers_for_the_last_frame_as_for_the_first():
    clip = hands(3.0, 20.0)
    at_s, heads = heads_of(load_boundaries(), clip)
    assert at_s[0] <= 0
    assert at_s[-1] == pytest.approx((len(clip.points) - 1) / 20, abs=1.5 / RATE)
    assert ((heads >= 0) & (heads <= 1)).all()


def test_a_stretch_lies_between_a_begin_and_an_end(monkeypatch):
    told(monkeypatch, begin=0.52, end=1.24)
    found = turns_of(load_boundaries(), hands(3.0, 20.0), 0.0, MOMENT_S, 24)
    ((start, end),) = found.stretches(longest=16)
    assert (start - 0.5) * MOMENT_S == pytest.approx(0.52, abs=MOMENT_S / 2)
    assert (end - 0.5) * MOMENT_S == pytest.approx(1.24, abs=MOMENT_S / 2)


def test_moments_count_from_where_hands_are_up(monkeypatch):
    told(monkeypatch, begin=1.0, cut=1.5)
    clip, net = hands(3.0, 20.0), load_boundaries()
    early = turns_of(net, clip, 0.0, MOMENT_S, 24)
    late = turns_of(net, clip, 4 * MOMENT_S, MOMENT_S, 20)
    assert np.array_equal(early.begins[4:], late.begins)
    assert np.array_equal(early.ends[4:], late.ends)


def test_a_stretch_is_no_longer_than_a_sign_and_passes_over_two_ends():
    low, high = np.full(30, -3.0), 2.0
    begins, ends = low.copy(), low.copy()
    begins[2] = high
    ends[[5, 8, 11, 14]] = high
    found = Turns(low, begins, ends)
    assert found.stretches(longest=16) == [(2, 5), (2, 8), (2, 11)]
    assert found.stretches(longest=4) == [(2, 5)]


def test_one_bad_step_is_no_proof(monkeypatch):
    told(monkeypatch, sign=1.0)
    found = turns_of(load_boundaries(), hands(3.0, 20.0), 0.0, MOMENT_S, 24)
    surest = np.log((1 - SUREST) / SUREST)
    assert (np.abs(found.made) <= surest + 1e-9).all()
