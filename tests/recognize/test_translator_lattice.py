"""The best way through stretches that may be signs, against all ways tried one by one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from signbridge.recognize.translator.lattice import read_lattice
from signbridge.recognize.translator.prior import Prior
from signbridge.recognize.translator.segmental import Weights, eased, proposals
from signbridge.recognize.translator.turns import Turns

PRIOR = Prior.counted([[0, 1, 2], [1, 0]], 3)
WEIGHTS = Weights(
    0.9, read=0.6, isolated=0.7, floor=-50, prior=0.8, gloss=0.3, pause=-1.0, made=0.4, turns=0.5
)
STRETCHES = [(0, 2), (1, 3), (2, 4), (0, 4), (4, 5)]
Way = list[tuple[int, int]]


def ways(start: int, count: int) -> Iterator[Way]:
    """Yield every way from a moment on: stretches by number with a gloss, -1 for a pause."""
    if start == count:
        yield []
        return
    for rest in ways(start + 1, count):
        yield [(-1, -1), *rest]
    for number, (first, end) in enumerate(STRETCHES):
        if first == start:
            for rest in ways(end, count):
                yield from ([(number, gloss), *rest] for gloss in range(3))


def worth(way: Way, logs: NDArray[np.float32], alone: NDArray[np.float32], turns: Turns) -> float:
    at, total, glosses = 0, 0.0, [PRIOR.edge]
    for number, gloss in way:
        pause = np.exp(eased(logs, WEIGHTS.pause)[:, 0].astype(float))
        if number < 0:
            total, at = total + WEIGHTS.moment * float(np.log(pause[at])), at + 1
            continue
        start, at = STRETCHES[number]
        read = WEIGHTS.read * logs[start:at, 1:].sum(axis=0) + WEIGHTS.isolated * alone[number]
        total += float(read[gloss] - np.log(np.exp(read).sum())) + WEIGHTS.gloss
        total += WEIGHTS.moment * float(np.log1p(-pause[start:at]).sum())
        total += WEIGHTS.made * float(turns.made[start:at].sum())
        total += WEIGHTS.turns * float(turns.begins[start] + turns.ends[at])
        glosses.append(gloss)
    pairs = itertools.pairwise([*glosses, PRIOR.edge])
    return total + WEIGHTS.prior * sum(float(PRIOR.pairs[a, b]) for a, b in pairs)


@pytest.mark.parametrize("seed", range(3))
def test_the_best_way_and_its_shares_are_those_of_all_ways_tried(seed: int) -> None:
    rng = np.random.default_rng(seed)
    logs = np.log(rng.dirichlet(np.ones(4), size=5)).astype(np.float32).clip(-40)
    alone = np.log(rng.dirichlet(np.ones(3), size=len(STRETCHES))).astype(np.float32)
    turns = Turns(rng.normal(size=5), rng.normal(size=6), rng.normal(size=6))
    every = list(ways(0, 5))
    worths = np.array([worth(way, logs, alone, turns) for way in every])
    best = [step for step in every[int(worths.argmax())] if step[0] >= 0]
    found = read_lattice(logs, STRETCHES, alone, PRIOR, WEIGHTS, turns=turns)
    assert [((one.start, one.end), one.gloss) for one in found] == [
        (STRETCHES[number], gloss) for number, gloss in best
    ]
    chances = np.exp(worths - worths.max())
    chances /= chances.sum()
    for one in found:
        for gloss in range(3):
            same = [
                sum(
                    other == gloss and number >= 0 and common(STRETCHES[number], one)
                    for number, other in way
                )
                for way in every
            ]
            expected = min(1.0, float((chances * np.array(same)).sum()))
            assert one.shares[gloss] == pytest.approx(expected, abs=1e-5)


def common(stretch: tuple[int, int], one: object) -> bool:
    start, end = one.start, one.end  # type: ignore[attr-defined]
    shared = min(end, stretch[1]) - max(start, stretch[0])
    return shared > 0.5 * min(end - start, stretch[1] - stretch[0])


def test_without_stretches_there_is_no_sign() -> None:
    assert read_lattice(np.zeros((4, 4), np.float32), [], None, PRIOR, WEIGHTS) == []


def test_proposals_hold_few_long_and_many_short_signs() -> None:
    logs = np.log(np.full((9, 4), 0.02, dtype=np.float32))
    logs[:, 1] = np.log(0.9)
    logs[4] = np.log([0.6, 0.34, 0.03, 0.03])
    flat = Prior.flat(3)
    found = proposals(logs, flat, Weights(prior=0, likely=3))
    assert (0, 9) in found
    assert {(0, 4), (5, 9)} <= set(found)


def test_a_pause_made_less_likely_lets_a_sign_through() -> None:
    logs = np.log(np.array([[0.6, 0.3, 0.1]], dtype=np.float32))
    assert eased(logs, -3.0)[0].argmax() == 1
    np.testing.assert_allclose(np.exp(eased(logs, -3.0)).sum(), 1.0, rtol=1e-5)
