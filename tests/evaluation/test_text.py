"""The words of a text, and how many words two texts differ by."""

from __future__ import annotations

import pytest

from signbridge.evaluation.text import normalised, word_errors


@pytest.mark.parametrize(
    ("first", "second", "edits"),
    [("", "", 0), ("kitten", "sitting", 3), ("abc", "", 3), ("flaw", "lawn", 2), ("ab", "ba", 2)],
)
def test_word_errors_are_the_textbook_ones(first: str, second: str, edits: int) -> None:
    assert word_errors(" ".join(first), " ".join(second)) == (edits, len(second))
    assert word_errors(" ".join(second), " ".join(first)) == (edits, len(first))


def test_case_punctuation_and_apostrophes_are_no_part_of_a_word() -> None:
    assert normalised("I don’t, UNDERSTAND.") == ("i", "dont", "understand")  # noqa: RUF001


def test_normalised_words_of_an_empty_text_are_none() -> None:
    assert normalised(" ... ") == ()
