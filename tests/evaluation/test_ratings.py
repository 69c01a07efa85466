"""Ratings of votes, against values worked out by hand."""

from __future__ import annotations

import math

import pytest

from signbridge.evaluation.ratings import Ballot, ratings

A_WON = Ballot(("a", "b"), frozenset({"a"}))
B_WON = Ballot(("a", "b"), frozenset({"b"}))
TIE = Ballot(("a", "b"), frozenset({"a", "b"}))
BAD = Ballot(("a", "b"), frozenset())


def by_name(ballots: list[Ballot]) -> dict[str, float]:
    return {one.recognizer: one.rating for one in ratings(ballots)}


def test_two_differ_by_the_logarithm_of_their_wins() -> None:
    # Three wins to one and the tie all begin with: 3.5 to 1.5.
    found = by_name([A_WON] * 3 + [B_WON])
    gap = 400 * math.log10(3.5 / 1.5)
    assert found["a"] == pytest.approx(1000 + gap / 2)
    assert found["b"] == pytest.approx(1000 - gap / 2)


@pytest.mark.parametrize("tie", [TIE, BAD])
def test_a_tie_is_half_a_win_for_each(tie: Ballot) -> None:
    # One win, and two ties with the one all begin with: 2 to 1.
    found = by_name([A_WON, tie])
    assert found["a"] - found["b"] == pytest.approx(400 * math.log10(2))
    assert by_name([tie] * 5) == {"a": 1000, "b": 1000}


def test_a_chain_of_wins_gives_equal_steps() -> None:
    # Of three, a beat b and b beat c, 9 times each: by symmetry b lies in the middle.
    ballots = [A_WON] * 9 + [Ballot(("b", "c"), frozenset("b"))] * 9
    found = by_name(ballots)
    assert found["b"] == pytest.approx(1000)
    assert found["a"] - 1000 == pytest.approx(1000 - found["c"])
    assert found["a"] > 1200


def test_the_strengths_solve_the_likelihood_equations() -> None:
    ballots = [A_WON] * 4 + [B_WON] * 2 + [Ballot(("a", "c"), frozenset("c"))] * 3
    ballots += [Ballot(("b", "c"), frozenset("b"))] * 5
    games = {("a", "b"): 6, ("a", "c"): 3, ("b", "c"): 5}
    wins = {"a": 4, "b": 2 + 5, "c": 3}
    strength = {name: 10 ** (rating / 400) for name, rating in by_name(ballots).items()}
    for name, won in wins.items():
        expected = sum(
            (n + 1) * strength[name] / (strength[one] + strength[other])
            for (one, other), n in games.items()
            if name in (one, other)
        )
        assert expected == pytest.approx(won + 2 * 0.5, rel=1e-6)


def test_best_of_three_beats_both_others_and_says_nothing_of_those() -> None:
    found = by_name([Ballot(("a", "b", "c"), frozenset("a"))] * 4)
    assert found["b"] == pytest.approx(found["c"])
    # Both others lost 4 of 4 to it: 4.5 to 0.5.
    assert found["a"] - found["b"] == pytest.approx(400 * math.log10(9))


def test_votes_are_counted_by_what_they_said() -> None:
    (first, second) = ratings([A_WON] * 3 + [B_WON, TIE, TIE, BAD])
    assert (first.recognizer, first.votes) == ("a", 7)
    assert (first.better, first.tied, first.bad, first.worse) == (3, 2, 1, 1)
    assert (second.better, second.tied, second.bad, second.worse) == (1, 2, 1, 3)


def test_intervals_hold_the_rating_and_narrow_with_votes() -> None:
    def width(times: int) -> float:
        first = ratings([A_WON] * 6 * times + [B_WON] * 4 * times)[0]
        assert first.interval.low < first.rating < first.interval.high
        return first.interval.high - first.interval.low

    # Sixteen times the votes, a quarter of the width.
    assert width(16) == pytest.approx(width(1) / 4, rel=0.25)


def test_the_interval_is_that_of_a_share_of_wins() -> None:
    # 60 wins of 100: the share's 95% interval is 0.50 to 0.70 by the normal approximation.
    (first, _) = ratings([A_WON] * 60 + [B_WON] * 40)
    low, high = ((w + 0.5) / (100 - w + 0.5) for w in (50.4, 69.6))
    assert first.interval.low == pytest.approx(1000 + 200 * math.log10(low), abs=8)
    assert first.interval.high == pytest.approx(1000 + 200 * math.log10(high), abs=8)


def test_a_handful_of_votes_has_no_interval() -> None:
    assert math.isnan(ratings([A_WON] * 9)[0].interval.low)
    assert not math.isnan(ratings([A_WON] * 10)[0].interval.low)


def test_without_votes_there_are_no_ratings() -> None:
    assert ratings([]) == ()
