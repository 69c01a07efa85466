"""Averaged signs kept in a file: what comes back is drawn as what went in."""

import numpy as np
import pytest

from signbridge.avatar.drawings import STORED_FRAMES, Drawing, load_drawings, save_drawings
from signbridge.landmarks import topology
from tests.avatar.performances import wave


def test_a_drawing_comes_back_as_it_was_stored(tmp_path):
    drawing = Drawing(wave(seconds=0.9))
    save_drawings(tmp_path / "drawings.npz", {"HELLO": drawing, "FS-B": Drawing(wave(), held=True)})
    loaded = load_drawings(tmp_path / "drawings.npz")
    assert list(loaded) == ["HELLO", "FS-B"]
    assert loaded["FS-B"].held
    kept = drawing.stored().performance
    assert np.array_equal(loaded["HELLO"].performance.wrists, kept.wrists, equal_nan=True)
    assert np.array_equal(loaded["HELLO"].performance.shapes, kept.shapes, equal_nan=True)
    assert loaded["HELLO"].performance.seconds == pytest.approx(0.9)


def test_storing_a_stored_drawing_changes_nothing():
    once = Drawing(wave()).stored()
    assert once.performance.wrists.shape == (STORED_FRAMES, 2, 2)
    assert not once.performance.two_handed
    twice = once.stored()
    assert np.array_equal(once.performance.wrists, twice.performance.wrists, equal_nan=True)
    assert np.array_equal(once.performance.shapes, twice.performance.shapes, equal_nan=True)


def test_storing_moves_no_hand_by_more_than_a_finger():
    drawing = Drawing(wave())
    before, after = drawing.landmarks().points, drawing.stored().landmarks().points
    assert np.array_equal(np.isnan(before), np.isnan(after))
    assert np.nanmax(np.abs(before - after)) < 0.02


def test_a_held_letter_stays_in_place_and_a_sign_moves():
    def reach(drawing: Drawing) -> float:
        points = drawing.landmarks().points[:, topology.RIGHT_HAND][:, 0, 0]
        middle = points[~np.isnan(points)]
        third = len(middle) // 3
        return float(np.ptp(middle[third : 2 * third]))

    assert reach(Drawing(wave(), held=True)) < 0.01 < reach(Drawing(wave()))
