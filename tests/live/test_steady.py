"""The word that is shown while a sign goes on changes seldom."""

from __future__ import annotations

import itertools

import numpy as np

from signbridge.live.steady import Steady


def shown(*votes: str) -> list[str]:
    steady = Steady()
    words = []
    for vote in votes:
        steady.vote(vote)
        words.append(steady.word)
    return words


def test_one_guess_alone_is_not_shown() -> None:
    assert shown("A", "A") == ["", "A"]


def test_one_other_guess_changes_nothing() -> None:
    assert shown("A", "A", "B", "A", "", "A") == ["", "A", "A", "A", "A", "A"]


def test_what_most_windows_agree_on_takes_over() -> None:
    assert shown("A", "A", "B", "B", "B")[-1] == "B"


def test_word_that_nobody_votes_for_any_more_goes() -> None:
    assert shown("A", "A", "B", "C", "D", "E", "F")[-1] == ""


def test_change_is_told_once() -> None:
    steady = Steady()
    assert [steady.vote(word) for word in "AAAAA"] == [False, True, False, False, False]
    assert steady.clear()
    assert not steady.clear()


def test_flicker_is_much_less_than_that_of_the_guesses() -> None:
    chance = np.random.default_rng(0)
    guesses = ["A" if chance.random() < 0.8 else chance.choice(["B", "C"]) for _ in range(500)]
    changes = sum(one != other for one, other in itertools.pairwise(guesses))
    words = shown(*guesses)
    assert changes > 100
    assert sum(one != other for one, other in itertools.pairwise(words)) < changes / 10
