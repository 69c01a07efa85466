"""What a signer is told of their own examples."""

from __future__ import annotations

import math

import numpy as np
import pytest

from signbridge.recognize.landmark.personal import SIGN_SHAPE, Personal
from signbridge.recognize.landmark.review import reviewed

OUTPUTS = 30


class Reader:
    """Sees in a sign the direction that its first number names."""

    vocabulary = ("HELLO", "YES")

    def __init__(self) -> None:
        self._directions = np.random.default_rng(0).normal(0, 1, (10, OUTPUTS))

    def logits_of(self, signs: np.ndarray) -> np.ndarray:
        return np.stack([self._directions[int(one.flat[0])] for one in signs])

    def scores_of(self, signs: np.ndarray) -> np.ndarray:
        return np.array([0.8, 0.1] if int(signs[0].flat[0]) < 5 else [0.2, 0.4])


def personal(*shown: tuple[str, int]) -> Personal:
    """Return examples: each the name it was shown under, and what it looks like."""
    result = Personal()
    for gloss, looks_like in shown:
        result = result.adding(gloss, np.full(SIGN_SHAPE, looks_like))
    return result


def test_examples_of_one_kind_are_alike_and_of_two_kinds_are_not():
    same, mixed = reviewed(Reader(), personal(("A", 1), ("A", 1), ("B", 2), ("B", 3)))
    assert same.alike == pytest.approx(1.0)
    assert same.steady
    assert mixed.alike < 0.45
    assert not mixed.steady


def test_a_single_example_is_like_nothing_yet():
    (only,) = reviewed(Reader(), personal(("A", 1)))
    assert math.isnan(only.alike)
    assert only.steady
    assert (only.nearest, only.confusable) == ("", False)


def test_two_names_for_one_sign_are_confusable():
    first, second, other = reviewed(Reader(), personal(("A", 1), ("B", 1), ("C", 2)))
    assert (first.nearest, second.nearest) == ("B", "A")
    assert first.confusable
    assert not other.confusable


def test_it_is_said_what_a_sign_is_taken_for_and_whether_it_is_known():
    hello, own = reviewed(Reader(), personal(("HELLO", 1), ("OWN", 7)))
    assert (hello.known, own.known) == (True, False)
    assert (hello.taken_for.text, hello.taken_for.score) == ("HELLO", pytest.approx(0.8))
    assert own.taken_for.text == "YES"


def test_nothing_shown_has_no_review():
    assert reviewed(Reader(), Personal()) == ()
