"""Streams say where their signs are, and move as hands move."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from signbridge.landmarks import topology
from signbridge.landmarks.body import LEFT, RIGHT, Hands
from signbridge.training.streams.camera import Camera, any_camera
from signbridge.training.streams.join import NATURAL, PLAIN, Style, join
from signbridge.training.streams.piece import Piece, core, piece_of
from tests.signing import hand_shape

FPS = 30.0
LAP = np.array([-0.35, 1.4])


def recording(
    place: tuple[float, float] = (-0.3, 0.2),
    *,
    rise_s: float = 0.4,
    sign_s: float = 0.8,
    both: bool = False,
    swings: float = 1.0,
    sway: float = 0.2,
) -> Hands:
    """Return a hand that rises straight from the lap, sways sideways, and sinks the same way."""
    rise = np.linspace(0, 1, round(rise_s * FPS), endpoint=False)[:, None]
    turn = np.linspace(0, 2 * np.pi * swings, round(sign_s * FPS) + 1)
    sign = np.array(place) + np.stack([sway * np.sin(turn), 0 * turn], axis=1)
    path = np.concatenate(
        [LAP + rise * (sign[0] - LAP), sign, (LAP + rise * (sign[-1] - LAP))[::-1]]
    )
    points = np.full((len(path), 2, 21, 3), np.nan, dtype=np.float32)
    points[:, RIGHT] = 0.3 * hand_shape() + np.pad(path, ((0, 0), (0, 1)))[:, None]
    if both:
        points[:, LEFT] = points[:, RIGHT] * (-1, 1, 1)
    return Hands(points, FPS)


def piece(gloss: str = "A", **how) -> Piece:
    made = piece_of(recording(**how), gloss, "someone")
    assert made is not None
    return made


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def places(points: np.ndarray, hand: int = RIGHT) -> np.ndarray:
    return points[:, hand, topology.WRIST, :2]


def test_the_core_begins_where_the_hand_has_risen_and_ends_where_it_sets_off_down():
    hands = recording(rise_s=0.4, sign_s=0.8)
    first, last = core(hands.points[:, RIGHT], FPS)
    assert first / FPS == pytest.approx(0.4, abs=0.08)
    assert last / FPS == pytest.approx(1.2, abs=0.08)


def test_a_hand_that_is_up_all_along_is_all_core():
    hands = recording(rise_s=0.0)
    assert core(hands.points[:, RIGHT], FPS) == (0, len(hands.points) - 1)


def test_a_repeated_movement_may_end_early_and_a_single_one_may_not():
    often, once = piece(swings=3, sign_s=1.8), piece(swings=1)
    assert often.first < often.early < often.last
    assert once.early == once.last


def test_a_recording_without_hands_is_no_piece():
    nobody = Hands(np.full((40, 2, 21, 3), np.nan, dtype=np.float32), FPS)
    assert piece_of(nobody, "A", "someone") is None


def test_a_left_handed_recording_becomes_a_right_handed_piece():
    hands = recording()
    mirrored = Hands(hands.points[:, ::-1] * np.array([-1, 1, 1], dtype=np.float32), FPS)
    made = piece_of(mirrored, "A", "someone")
    assert made is not None
    np.testing.assert_allclose(made.points, piece().points, atol=1e-6)


def test_spans_follow_one_another_inside_the_stream(rng):
    signs = [piece(gloss) for gloss in "ABCDE"]
    for _ in range(20):
        stream = join(signs, rng, fps=25.0)
        edges = [edge for span in stream.spans_s for edge in span]
        assert stream.glosses == tuple("ABCDE")
        assert edges == sorted(edges)
        assert edges[0] > 0
        assert edges[-1] < len(stream.hands.points) / stream.hands.fps
        gaps = [after[0] - before[1] for before, after in itertools.pairwise(stream.spans_s)]
        assert min(gaps) >= 0.07
        assert max(gaps) <= 1.1


def test_without_style_each_span_is_the_core_of_its_recording(rng):
    signs = [piece("A"), piece("B", place=(0.2, -0.3), sign_s=1.1)]
    stream = join(signs, rng, fps=100.0, style=PLAIN)
    for sign, (start_s, end_s) in zip(signs, stream.spans_s, strict=True):
        assert end_s - start_s == pytest.approx(sign.duration_s, abs=1e-6)
        middle = (sign.first + sign.last) // 2
        seen = stream.hands.points[round(100 * (start_s + (middle - sign.first) / FPS)), RIGHT]
        np.testing.assert_allclose(seen, sign.points[middle, RIGHT], atol=0.02)


def test_a_faster_tempo_shortens_the_signs_alike(rng):
    signs = [piece("A"), piece("B")]
    fast = Style((2, 2), (0, 9), 0, 0, 0)
    for sign, (start_s, end_s) in zip(signs, join(signs, rng, style=fast).spans_s, strict=True):
        assert end_s - start_s == pytest.approx(sign.duration_s / 2, abs=1e-6)


def test_no_hand_jumps(rng):
    signs = [piece("A"), piece("B", place=(0.5, -0.6), both=True), piece("C", place=(-0.6, 0.5))]
    for _ in range(20):
        points = join(signs, rng, fps=60.0, style=NATURAL).hands.points
        for hand in (RIGHT, LEFT):
            speed = np.linalg.norm(np.diff(places(points, hand), axis=0), axis=-1) * 60
            assert np.nanmax(speed) < 16  # an arm does 4 m/s, a shoulder width is 0.35 m


def test_the_hands_are_in_the_lap_at_both_ends_and_at_breaks(rng):
    signs = [piece("A"), piece("B")]
    style = Style(tempo=(1, 1), rest_s=(0.5, 0.5))
    stream = join(signs, rng, fps=50.0, style=style, breaks=(0,))
    height = places(stream.hands.points)[:, 1]
    between = slice(*(round(50 * edge) for edge in (stream.spans_s[0][1], stream.spans_s[1][0])))
    assert min(height[0], height[-1], height[between].max()) > 1.0


def test_the_other_hand_takes_part_in_two_handed_signs_only(rng):
    signs = [piece("A"), piece("B", both=True), piece("C", sign_s=1.6)]
    style = Style(tempo=(1, 1), stays=0, stays_for_s=0, shortened=0)
    stream = join(signs, rng, fps=50.0, style=style)
    left = places(stream.hands.points, LEFT)[:, 1]
    middles = [left[round(50 * (start_s + end_s) / 2)] for start_s, end_s in stream.spans_s]
    assert middles[0] > 1.0
    assert middles[1] < 0.5
    assert middles[2] > 0.9


def test_a_poor_camera_keeps_the_rate_and_loses_hands(rng):
    signs = [piece("A"), piece("B")]
    camera = Camera(late=0.2, dropped=0.1, missed=0.1, tremble=0.005, bottom=1.2)
    hands = join(signs, rng, fps=15.0, camera=camera).hands
    lost = np.isnan(hands.points[:, RIGHT, 0, 0])
    assert hands.fps == 15.0
    assert 0 < lost.mean() < 0.9
    assert np.isnan(hands.points[lost, RIGHT]).all()


def test_signs_of_two_people_make_no_stream(rng):
    other = piece_of(recording(), "B", "another")
    with pytest.raises(ValueError, match="one signer"):
        join([piece("A"), other], rng)


def test_the_same_seed_gives_the_same_stream():
    signs = [piece("A"), piece("B", both=True)]
    first, second = (
        join(signs, np.random.default_rng(5), camera=any_camera(np.random.default_rng(1)))
        for _ in range(2)
    )
    np.testing.assert_array_equal(first.hands.points, second.hands.points)
    assert first.spans_s == second.spans_s


def test_composing_five_signs_takes_milliseconds(rng):
    signs = [piece(gloss, both=gloss in "BD") for gloss in "ABCDE"]
    spent_s = []
    for _ in range(30):
        started_s = time.thread_time()
        join(signs, rng, fps=25.0, camera=any_camera(rng))
        spent_s.append(time.thread_time() - started_s)
    assert min(spent_s) < 0.050  # 3 ms on an idle core
