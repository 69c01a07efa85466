"""A second guess is taken where its neighbours ask for it, and only there."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from signbridge.compose.candidates import EDGE, Caution, Chooser, Pairs
from signbridge.compose.rules import RuleComposer
from signbridge.errors import CheckpointError
from signbridge.types import Choice, Guess, RecognitionResult


def lattice(text: str) -> tuple[RecognitionResult, ...]:
    """Read ME:0.9 WHITE:0.4|WATER:0.3 as two signs."""
    return tuple(
        RecognitionResult("landmark", at, at + 0.5, guesses_of(sign), False, 0.0)
        for at, sign in enumerate(text.split())
    )


def guesses_of(sign: str) -> tuple[Guess, ...]:
    pairs = (guess.split(":") for guess in sign.split("|"))
    return tuple(Guess(text, float(score)) for text, score in pairs)


def glosses(results) -> list[str]:
    return [result.guesses[0].text for result in results]


WATER = "ME:0.9 DRINK:0.8 WHITE:0.40|WATER:0.35"


def test_drink_asks_for_water():
    said = RuleComposer().compose(lattice(WATER))
    assert said.text == "I drink water."
    assert said.sources == ("ME", "DRINK", "WATER")
    assert said.choices == (Choice(2, Guess("WATER", 0.35), Guess("WHITE", 0.40)),)


@pytest.mark.parametrize(
    ("signs", "why"),
    [
        ("MY:0.9 CAR:0.8 WHITE:0.40|WATER:0.35", "the first guess fits"),
        ("ME:0.9 DRINK:0.8 WHITE:0.92|WATER:0.05", "the recognizer is sure"),
        ("ME:0.9 DRINK:0.8 WHITE:0.60|WATER:0.002", "the other is hardly possible"),
        ("ME:0.9 DRINK:0.8 MY-OWN-SIGN:0.40|WATER:0.35", "nothing is known of a taught sign"),
        ("ME:0.9 DRINK:0.8 WHITE:nan|WATER:0.35", "the signer said so"),
        ("WHITE:0.40", "there is no other"),
    ],
)
def test_first_guess_stays(signs, why):
    results = lattice(signs)
    taken, choices = Chooser.shipped().choose(results)
    assert (taken, choices) == (results, ()), why


def test_nothing_signed_is_nothing_chosen():
    assert Chooser.shipped().choose(()) == ((), ())


def test_other_guesses_stay_behind_the_one_that_is_taken():
    (*_, last), _ = Chooser.shipped().choose(lattice(WATER))
    assert [guess.text for guess in last.guesses] == ["WATER", "WHITE"]


def test_the_answer_is_that_of_trying_every_sentence():
    rng = np.random.default_rng(3)
    names = ["A", "B", "C", "D"]
    edges = [*names, EDGE]
    pairs = Pairs({(a, b): float(rng.uniform(0, 9)) for a in edges for b in edges}, 1.0)
    chooser = Chooser(pairs, Caution(weight=0.7, smoothing=1.0))
    offered = [
        tuple(Guess(name, float(rng.uniform(0.1, 0.6))) for name in rng.permutation(names)[:count])
        for count in (3, 1, 2, 3)
    ]
    found = chooser._posteriors(offered)
    totals = [np.zeros(len(guesses)) for guesses in offered]
    for places in itertools.product(*(range(len(guesses)) for guesses in offered)):
        path = [guesses[place] for guesses, place in zip(offered, places, strict=True)]
        row = [EDGE, *(one.text for one in path), EDGE]
        likely = math.exp(sum(0.7 * pairs.log(a, b) for a, b in itertools.pairwise(row)))
        likely *= math.prod(one.score for one in path)
        for total, place in zip(totals, places, strict=True):
            total[place] += likely
    for one, total in zip(found, totals, strict=True):
        np.testing.assert_allclose(one, total / total.sum(), rtol=1e-9)


def test_shares_of_what_follows_a_gloss_sum_to_one():
    pairs = Pairs({("A", "B"): 3.0, ("A", EDGE): 1.0, (EDGE, "A"): 2.0, ("B", EDGE): 1.0}, 0.5)
    for before in ("A", "B", EDGE, "NEVER-SEEN"):
        assert sum(pairs._share(before, after) for after in ("A", "B", EDGE)) == pytest.approx(1)


def test_signs_out_of_time_order_are_put_right_first():
    first, second, third = lattice(WATER)
    late = replace(third, start_s=0.5)
    said = RuleComposer().compose((second, late, first))
    assert said.sources[0] == "ME"


def test_folder_without_pairs_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="no pairs"):
        Chooser.shipped(tmp_path)
