"""Where the lines lie, against places worked out by hand."""

import re

import numpy as np

from signbridge.landmarks.topology import (
    LEFT_HAND,
    LEFT_SHOULDER,
    N_POINTS,
    RIGHT_HAND,
    RIGHT_SHOULDER,
)
from signbridge.web import overlay

BODY, LEFT, RIGHT = overlay.PARTS


def shoulders() -> np.ndarray:
    points = np.full((N_POINTS, 3), np.nan, np.float32)
    points[LEFT_SHOULDER, :2] = (0.75, 0.5)
    points[RIGHT_SHOULDER, :2] = (0.25, 0.5)
    return points


def test_a_line_between_the_shoulders_lies_where_the_fractions_say():
    lines = overlay.segments(shoulders(), BODY, 200, 100)
    assert lines.tolist() == [[[150.0, 50.0], [50.0, 50.0]]]


def test_what_was_not_seen_has_no_line():
    points = shoulders()
    points[LEFT_SHOULDER] = np.nan
    assert len(overlay.segments(points, BODY, 200, 100)) == 0


def test_drawn_pixels_are_on_the_line_and_nowhere_else():
    drawn = overlay.draw(np.zeros((100, 200, 3), np.uint8), shoulders())
    assert drawn[50, 100].min() > 200
    lit = np.argwhere(drawn.max(axis=2) > 100)
    assert lit[:, 0].min() >= 48
    assert lit[:, 0].max() <= 52
    assert lit[:, 1].min() >= 47
    assert lit[:, 1].max() <= 153


def test_drawing_leaves_the_frame_as_it_was():
    pixels = np.zeros((100, 200, 3), np.uint8)
    overlay.draw(pixels, shoulders())
    assert not pixels.any()


def test_the_signers_left_hand_has_the_left_hands_colour():
    points = np.full((N_POINTS, 3), np.nan, np.float32)
    points[LEFT_HAND, :2] = np.linspace((0.5, 0.2), (0.5, 0.8), 21)
    drawn = overlay.draw(np.zeros((100, 100, 3), np.uint8), points)
    assert drawn[50, 50].tolist() == list(LEFT.rgb)
    assert len(overlay.segments(points, RIGHT, 100, 100)) == 0


def test_svg_holds_the_same_ends_as_the_drawing():
    svg = overlay.svg(shoulders(), 200, 100)
    assert 'viewBox="0 0 200 100"' in svg
    assert re.findall(r'class="sb-body" d="([^"]*)"', svg) == ["M150 50L50 50"]


def test_a_mirrored_picture_gets_mirrored_lines():
    points = shoulders()
    points[RIGHT_HAND, :2] = np.random.default_rng(0).uniform(0.1, 0.9, (21, 2))
    flipped = points.copy()
    flipped[:, 0] = 1 - flipped[:, 0]
    for part in overlay.PARTS:
        there = overlay.segments(points, part, 200, 100)
        back = overlay.segments(flipped, part, 200, 100)
        np.testing.assert_allclose(200 - back[..., 0], there[..., 0], atol=1e-3)
