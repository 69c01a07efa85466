"""From moments to glosses: CTC, the prior, and segments."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from signbridge.errors import CheckpointError
from signbridge.recognize.translator.ctc import Search, aligned, beam_search, best_path
from signbridge.recognize.translator.prior import Prior
from signbridge.recognize.translator.segmental import Span, Weights, segments

Array = NDArray[np.float32]


def logs_of(rows: list[list[float]]) -> Array:
    return np.asarray(np.log(np.array(rows)), dtype=np.float32)


def said(text: str, sure: float = 0.9, glosses: int = 3) -> Array:
    """Moments for a text such as '--0011-': a blank or a gloss's number, each `sure`."""
    rest = (1 - sure) / glosses
    rows = np.full((len(text), glosses + 1), rest, dtype=np.float32)
    for row, mark in zip(rows, text, strict=True):
        row[0 if mark == "-" else 1 + int(mark)] = sure
    return np.asarray(np.log(rows), dtype=np.float32)


FLAT = Prior.flat(3)


def test_the_best_path_joins_what_repeats_and_drops_blanks() -> None:
    assert best_path(said("-00-0112-")) == (0, 0, 1, 2)


def test_beam_search_adds_up_all_alignments() -> None:
    rng = np.random.default_rng(0)
    logs = np.log(rng.dirichlet(np.ones(4), size=4)).astype(np.float32)
    chances: dict[tuple[int, ...], float] = {}
    for path in itertools.product(range(4), repeat=4):
        chance = float(np.exp(sum(logs[t, output] for t, output in enumerate(path))))
        read = tuple(k - 1 for k, _ in itertools.groupby(path) if k != 0)
        chances[read] = chances.get(read, 0.0) + chance
    found = beam_search(logs, FLAT, Search(prior=0, gloss=0, beam=400, likely=3))
    best = max(chances, key=lambda read: chances[read])
    scores = dict(found)
    assert scores[best] == pytest.approx(np.log(chances[best]), abs=1e-4)
    assert found[0][0] == best


def test_a_prior_decides_where_the_hands_do_not() -> None:
    logs = logs_of([[0.02, 0.9, 0.04, 0.04], [0.9, 0.04, 0.03, 0.03], [0.02, 0.06, 0.47, 0.45]])
    prior = Prior.counted([[0, 2]] * 20, 3)
    assert beam_search(logs, prior, Search(prior=0, gloss=0, likely=3))[0][0] == (0, 1)
    assert beam_search(logs, prior, Search(prior=1, gloss=1, likely=3))[0][0] == (0, 2)


def test_alignment_says_when_each_gloss_was_signed() -> None:
    assert aligned(said("--00-011-"), (0, 0, 1)) == [(2, 4), (5, 6), (6, 8)]
    with pytest.raises(ValueError, match="2 glosses do not fit into 1 moments"):
        aligned(said("0"), (0, 1))


def test_a_prior_gives_what_followed_before_the_greatest_share() -> None:
    prior = Prior.counted([[0, 1], [0, 1], [0, 2]], 3)
    shares = np.exp(prior.pairs)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-5)
    assert shares[0].argmax() == 1
    assert shares.min() > 0.04  # nothing is impossible
    assert shares[prior.edge].argmax() == 0


def test_a_prior_is_read_as_it_was_written(tmp_path: Path) -> None:
    prior = Prior.counted([[0, 1], [2]], 3)
    prior.save(tmp_path)
    np.testing.assert_allclose(Prior.load(tmp_path, 3).pairs, prior.pairs, atol=5e-3)
    with pytest.raises(CheckpointError, match="another vocabulary"):
        Prior.load(tmp_path, 4)


EVEN = Weights(prior=0, gloss=0, likely=2, read=1.0)


def test_segments_are_runs_of_one_gloss() -> None:
    assert segments(said("--000-11--2"), FLAT, EVEN) == [
        Span(2, 5, 0), Span(6, 8, 1), Span(10, 11, 2)
    ]  # fmt: skip


def test_one_doubtful_moment_does_not_part_a_sign() -> None:
    logs = said("0001000")
    logs[3] = np.log([0.05, 0.3, 0.6, 0.05])
    costly = Weights(prior=0, gloss=-2.0, likely=2, read=1.0)
    assert segments(logs, FLAT, costly) == [Span(0, 7, 0)]


def test_segments_are_the_best_of_all_readings() -> None:
    rng = np.random.default_rng(3)
    prior = Prior.counted([[0, 1, 2], [1, 0]], 3)
    weights = Weights(read=1.0, prior=0.7, gloss=0.4, likely=3, longest=3, floor=-50)
    for _ in range(5):
        logs = np.log(rng.dirichlet(np.ones(4), size=5)).astype(np.float32)
        best = max(readings(5, 3), key=lambda spans: worth(spans, logs, prior, weights))
        found = segments(logs, prior, weights)
        assert worth(found, logs, prior, weights) == pytest.approx(
            worth(best, logs, prior, weights), abs=1e-5
        )


def readings(count: int, longest: int, start: int = 0) -> list[list[Span]]:
    if start == count:
        return [[]]
    found = readings(count, longest, start + 1)
    for end in range(start + 1, min(start + longest, count) + 1):
        rest = readings(count, longest, end)
        found = found + [[Span(start, end, gloss), *tail] for gloss in range(3) for tail in rest]
    return found


def worth(spans: list[Span], logs: Array, prior: Prior, weights: Weights) -> float:
    outputs = np.zeros(len(logs), dtype=int)
    for span in spans:
        outputs[span.start : span.end] = span.gloss + 1
    row = [prior.edge, *(span.gloss for span in spans), prior.edge]
    told = sum(float(prior.pairs[a, b]) for a, b in itertools.pairwise(row))
    moments = float(logs[np.arange(len(logs)), outputs].sum())
    return weights.read * moments + weights.prior * told + weights.gloss * len(spans)
