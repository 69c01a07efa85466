"""The shipped network finds signs in streams of the drawn signer's performances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import signbridge
from signbridge.avatar.drawings import load_drawings
from signbridge.evaluation.boundaries import Found, Measured, measured, score
from signbridge.evaluation.playback import OpenSegmenter
from signbridge.landmarks.fluent import open_segmenter
from signbridge.landmarks.segmenter import Segmenter
from signbridge.training.boundary_thresholds import found
from signbridge.training.cases import HEIGHT_PX, WIDTH_PX, standing
from signbridge.training.streams.join import Stream, Style, join
from signbridge.training.streams.piece import Piece

DRAWINGS = Path(signbridge.__file__).parent / "assets" / "drawings" / "drawings.npz"
# Averages of many signers rise and sink with the sign; they are signed as they are.
STYLE = Style(tempo=(1.0, 1.6), shortened=0)


@pytest.fixture(scope="module")
def pieces() -> list[Piece]:
    made = []
    for gloss, drawing in load_drawings(DRAWINGS).items():
        one = drawing.performance
        if not drawing.held:
            points = 0.29 * one.shapes
            points[..., :2] += one.wrists[:, :, None]
            last = len(points) - 1
            made.append(Piece(points, last / one.seconds, 0, last, last, gloss, "drawn"))
    return made


def streams(pieces: list[Piece], signs: int, count: int) -> list[Stream]:
    rng = np.random.default_rng(2)
    chosen = [rng.choice(len(pieces), size=signs, replace=False) for _ in range(count)]
    return [join([pieces[i] for i in some], rng, 20.0, style=STYLE) for some in chosen]


def played(streams: list[Stream], opened: OpenSegmenter) -> list[list[Found]]:
    return [found(opened(WIDTH_PX, HEIGHT_PX), standing(one.hands)) for one in streams]


def figures(streams: list[Stream], opened: OpenSegmenter) -> dict[str, Measured]:
    given = played(streams, opened)
    return measured([score(s.spans_s, some) for s, some in zip(streams, given, strict=True)])


def test_signs_that_follow_one_another_are_found_far_better_than_by_the_rules(pieces):
    sentences = streams(pieces, signs=4, count=5)
    by_rules, learned = (figures(sentences, side) for side in (Segmenter, open_segmenter))
    assert learned["boundary_f1"].value > by_rules["boundary_f1"].value + 0.2
    assert learned["missed"].value < 0.3


def test_signs_one_at_a_time_stay_whole(pieces):
    alone = streams(pieces, signs=1, count=12)
    counts = [len(some) for some in played(alone, open_segmenter)]
    by_rules = [len(some) for some in played(alone, Segmenter)]
    assert sum(counts) <= sum(by_rules) + 2
