"""Long clips are cut where the hands pause; what was read of the pieces becomes one sentence."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from signbridge.errors import BadInputError
from signbridge.landmarks import topology
from signbridge.recognize.video.pieces import LONGEST_S, SHORTEST_S, cut, cuts, work
from signbridge.recognize.video.preprocess import PreparedClip
from signbridge.recognize.video.sentence import Answer, read
from signbridge.types import Clip, Guess, Landmarks, Segment

FPS = 20.0


def signer(seconds: float, rests: tuple[tuple[float, float], ...] = ()) -> Landmarks:
    """Return a signer whose right hand circles all the time, but hangs down in the rests."""
    times = np.arange(round(seconds * FPS)) / FPS
    points = np.full((len(times), topology.N_POINTS, 3), np.nan, np.float32)
    points[:, topology.POSE] = (0.5, 0.5, 0.0)
    points[:, topology.LEFT_SHOULDER, :2] = (0.65, 0.4)
    points[:, topology.RIGHT_SHOULDER, :2] = (0.35, 0.4)
    points[:, topology.RIGHT_HAND, 0] = (0.4 + 0.08 * np.cos(9 * times))[:, None]
    points[:, topology.RIGHT_HAND, 1] = (0.4 + 0.08 * np.sin(9 * times))[:, None]
    points[:, topology.RIGHT_HAND, 2] = 0
    points[:, topology.RIGHT_HAND.start + topology.MIDDLE_MCP, 1] -= 0.05
    for start_s, end_s in rests:
        lowered = (times >= start_s) & (times < end_s)
        points[lowered, topology.RIGHT_HAND, :2] = (0.4, 0.98)
    return Landmarks(points, FPS)


def pictures(seconds: float, fps: float = FPS) -> Clip:
    """Return a clip in which each frame's brightness is its number."""
    count = round(seconds * fps)
    numbers = np.arange(count, dtype=np.uint8).reshape(-1, 1, 1, 1)
    return Clip(np.broadcast_to(numbers, (count, 32, 32, 3)), fps)


def test_clip_within_the_limit_is_one_piece() -> None:
    clip = pictures(8.0)
    (piece,) = cut(clip, signer(8.0))
    assert np.array_equal(piece.pixels, clip.pixels)


def test_long_clip_is_cut_in_the_middle_of_its_pause() -> None:
    pieces = cut(pictures(11.0), signer(11.0, rests=((5.0, 6.0),)))
    assert len(pieces) == 2
    assert pieces[1].start_s == pytest.approx(5.5, abs=0.15)
    assert pieces[0].pixels.shape[0] / FPS == pytest.approx(pieces[1].start_s)


def test_the_longer_of_two_pauses_is_cut() -> None:
    landmarks = signer(11.0, rests=((4.6, 4.9), (6.0, 7.0)))
    assert cut(pictures(11.0), landmarks)[1].start_s == pytest.approx(6.5, abs=0.15)


@pytest.mark.parametrize("seconds", [8.05, 9.0, 12.3, 16.0, 16.1, 31.7, 60.0])
@pytest.mark.parametrize("seed", range(3))
def test_every_piece_is_as_long_as_the_model_knows_and_nothing_is_lost(
    seconds: float, seed: int
) -> None:
    effort = np.random.default_rng(seed).random(round(seconds * 20) + 2).astype(np.float32)
    edges = np.array([0.0, *cuts(seconds, effort), seconds])
    lengths_s = np.diff(edges)
    assert lengths_s.min() >= SHORTEST_S
    assert lengths_s.max() <= LONGEST_S
    assert edges[-1] == seconds


def test_pieces_are_the_clip_again() -> None:
    clip = pictures(12.0, fps=15.0)
    pieces = cut(clip, signer(12.0))
    assert np.array_equal(np.concatenate([piece.pixels for piece in pieces]), clip.pixels)
    for before, after in pairwise(pieces):
        assert after.start_s == pytest.approx(before.start_s + len(before.pixels) / 15.0)


def test_clip_without_landmarks_is_cut_all_the_same() -> None:
    nobody = Landmarks(np.zeros((0, topology.N_POINTS, 3), np.float32), FPS)
    assert all(len(piece.pixels) <= 8 * FPS for piece in cut(pictures(12.0), nobody))


def test_work_is_nothing_while_the_hands_hang_and_something_while_they_move() -> None:
    effort = work(signer(4.0, rests=((2.0, 3.0),)), 0.0, 4.0)
    assert effort[46:54].max() == 0  # 2.3 to 2.7 s
    assert effort[10:30].min() > 0.5


class Model:
    """Answers each piece with the next of its sentences."""

    def __init__(self, *answers: tuple[Guess, ...]) -> None:
        self.answers = list(answers)
        self.seen: list[PreparedClip] = []

    def __call__(self, prepared: PreparedClip) -> Answer:
        self.seen.append(prepared)
        return Answer(self.answers[len(self.seen) - 1], f"piece {len(self.seen)}")


def segment(seconds: float) -> Segment:
    return Segment(signer(seconds), 0.0, seconds, pictures(seconds))


def test_sentences_of_the_pieces_are_joined_and_as_sure_as_the_least_sure() -> None:
    model = Model((Guess("I go home", 0.4), Guess("I go", 0.3)), (Guess("It rains.", 0.1),))
    result = read("video", segment(10.0), model)
    assert result.guesses == (Guess("I go home. It rains.", 0.1),)
    assert result.kind == "sentence"
    assert result.raw == "piece 1; piece 2"
    assert sum(len(seen.pixels) for seen in model.seen) == pytest.approx(200, abs=2)


def test_other_readings_of_a_short_sentence_are_kept() -> None:
    guesses = (Guess("Hello", 0.5), Guess("Hell", 0.2))
    assert read("video", segment(2.0), Model(guesses)).guesses == guesses


@pytest.mark.parametrize("text", ["", " ", "..."])
def test_nothing_said_is_an_abstention(text: str) -> None:
    result = read("video", segment(2.0), Model((Guess(text, 0.9),)))
    assert result.abstained
    assert result.guesses == ()


def test_clip_shorter_than_any_in_training_is_not_read() -> None:
    model = Model((Guess("Hello", 0.5),))
    result = read("video", segment(1.2), model)
    assert result.abstained
    assert "shorter than 1.3 s" in result.raw
    assert model.seen == []


def test_landmarks_alone_are_refused() -> None:
    with pytest.raises(BadInputError, match="only landmarks; give a video"):
        read("video", Segment(signer(2.0), 0.0, 2.0), Model())
