"""Sentences beside references."""

from __future__ import annotations

import math

import pytest

from signbridge.evaluation.text import normalised, text_scores, word_edits


@pytest.mark.parametrize(
    ("first", "second", "edits"),
    [("", "", 0), ("kitten", "sitting", 3), ("abc", "", 3), ("flaw", "lawn", 2), ("ab", "ba", 2)],
)
def test_word_edits_are_the_textbook_ones(first: str, second: str, edits: int) -> None:
    assert word_edits(tuple(first), tuple(second)) == edits
    assert word_edits(tuple(second), tuple(first)) == edits


def test_word_error_rate_counts_edits_over_all_reference_words() -> None:
    # 1 replacement in 4 words, 2 missing of 2: 3 edits over 6 words.
    scores = text_scores(["what is my name", ""], ["What is your name?", "Excuse me."])
    assert scores.n == 2
    assert scores.wer == pytest.approx(3 / 6)
    assert scores.exact_match == 0


def test_case_and_punctuation_do_not_count() -> None:
    scores = text_scores(["i dont understand"], ["I don’t understand."])  # noqa: RUF001
    assert (scores.wer, scores.exact_match) == (0, 1)


def test_normalised_words_of_an_empty_text_are_none() -> None:
    assert normalised(" ... ") == ()


def test_no_sentence_gives_no_score() -> None:
    assert math.isnan(text_scores([], []).wer)
