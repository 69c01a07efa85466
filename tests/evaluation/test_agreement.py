"""How far two sentences agree, by word and by content."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest

from signbridge.evaluation.agreement import agreement


def test_same_sentence_agrees_wholly_whatever_its_case_and_punctuation() -> None:
    found = agreement("How are you?", "how are YOU")
    assert (found.words, found.meaning) == (1, 1)


def test_words_are_edits_over_the_longer_sentence() -> None:
    # `the` added and store -> shop: 2 edits over 5 words.
    assert agreement("I go to store", "I go to the shop").words == pytest.approx(1 - 2 / 5)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("I went to school.", "I go school."),
        ("Her children are happy", "she child happy"),
        ("He does not understand.", "He doesn’t understand."),  # noqa: RUF001
        ("I cannot come.", "I can't come."),
        ("The dog bit the man.", "The man bit the dog."),
    ],
)
def test_forms_of_a_word_and_small_words_do_not_change_the_meaning(a: str, b: str) -> None:
    found = agreement(a, b)
    assert found.meaning == 1
    assert found.words < 1


def test_meaning_is_the_f1_of_the_content_words() -> None:
    # {i, want, book} and {i, want, red, book}: 2 * 3 / 7.
    assert agreement("I want a book", "I want the red book").meaning == pytest.approx(6 / 7)


def test_repeated_word_is_shared_as_often_as_both_have_it() -> None:
    assert agreement("help help", "help").meaning == pytest.approx(2 / 3)


def test_denying_sentence_agrees_half_with_one_that_does_not() -> None:
    # {i, not, deaf} and {i, deaf}: 4 / 5, halved.
    assert agreement("I am not deaf.", "I am deaf.").meaning == pytest.approx(0.4)
    assert agreement("I am not deaf.", "I'm never deaf.").meaning == pytest.approx(2 / 3)


def test_pronouns_and_question_words_carry_meaning() -> None:
    assert agreement("I love", "You love").meaning == pytest.approx(1 / 2)
    assert agreement("Who eats", "When eats").meaning == pytest.approx(1 / 2)


@pytest.mark.parametrize(
    ("a", "b"), [("I want two books", "You wanted a book"), ("help me", "I saw nobody"), ("", "a")]
)
def test_order_of_the_two_does_not_matter(a: str, b: str) -> None:
    assert str(agreement(a, b)) == str(agreement(b, a))


def test_sentence_agrees_in_nothing_with_an_empty_one() -> None:
    found = agreement("", "My name is Ann.")
    assert (found.words, found.meaning) == (0, 0)


def test_two_empty_sentences_are_not_compared() -> None:
    found = agreement("", " ... ")
    assert math.isnan(found.words)
    assert math.isnan(found.meaning)


def test_import_loads_neither_the_scorer_nor_the_lemmas() -> None:
    code = (
        "import sys, signbridge.evaluation.agreement as _; "
        "assert not {'jiwer', 'lemminflect'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
