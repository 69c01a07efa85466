"""Every word of a sentence has a sign, or is named."""

from __future__ import annotations

import pytest

from signbridge.compose.chat.grounding import Signed, content_words
from signbridge.compose.chat.retrieval import Example, Retriever, examples
from signbridge.compose.rules import compose_glosses
from signbridge.types import Guess, RecognitionResult


def signs(text: str) -> list[RecognitionResult]:
    return [
        RecognitionResult("landmark", at, at + 0.5, (Guess(gloss, 0.9),), False, 0.0)
        for at, gloss in enumerate(text.split())
    ]


@pytest.mark.parametrize(
    ("glosses", "sentence"),
    [
        ("TEACHER SLOW SIGN", "The teacher signs slowly."),
        ("CHILDREN PLAY", "The children are playing."),
        ("ME GO STORE", "I went to the stores."),
        ("MY NAME FS-A FS-N FS-N FS-A", "My name is Anna."),
        ("MOTHER COOK", "Mom cooked."),
        ("ME NOT UNDERSTAND", "I don't understand."),
        ("ME CANNOT SLEEP", "I can't sleep."),
        ("HAPPY YOU", "You are happier."),
    ],
)
def test_forms_of_signed_words_are_grounded(glosses, sentence):
    assert Signed(signs(glosses)).added(sentence) == ()


@pytest.mark.parametrize(
    ("glosses", "sentence", "added"),
    [
        ("ME GO STORE", "I didn't go to the store.", ("not",)),
        ("ME GO STORE", "I never go to the store.", ("never",)),
        ("ME GO STORE", "I went to the store with Anna.", ("anna",)),
        ("FS-A FS-N FS-N FS-A GO", "Anne is going.", ("anne",)),
        ("ME SICK", "I have cancer.", ("cancer",)),
        ("BOOK COST TEN", "The book costs twenty.", ("twenty",)),
    ],
)
def test_what_nobody_signed_is_named(glosses, sentence, added):
    assert Signed(signs(glosses)).added(sentence) == added


def test_each_content_word_tells_its_gloss():
    found = Signed(signs("YESTERDAY BOOK ME BUY")).traced("Yesterday I bought books.")
    assert [(one.word, one.gloss) for one in found] == [
        ("yesterday", "YESTERDAY"),
        ("bought", "BUY"),
        ("books", "BOOK"),
    ]


def test_function_words_carry_nothing():
    assert content_words("It is the one that I had with you.") == ()


def test_sentences_of_the_rules_are_grounded():
    """The composer that adds no content word is a truth to hold the check against."""
    wrong = [
        (one.glosses, compose_glosses(one.glosses.split()))
        for one in examples()
        if "CL-" not in one.glosses
        and Signed(signs(one.glosses)).added(compose_glosses(one.glosses.split()))
    ]
    assert wrong == []


def test_bundled_examples_are_many_and_each_is_said_once():
    found = examples()
    assert len(found) >= 300
    assert len({one.glosses for one in found}) == len(found)
    shown = {one.shows for one in found}
    assert {"wh question", "negation", "time", "topic", "direction", "classifier", "name"} <= shown


def test_example_itself_is_found_first():
    retriever = Retriever()
    for one in examples()[::20]:
        assert retriever.nearest(one.glosses.split())[0].glosses == one.glosses


def test_order_of_signs_decides_between_examples_of_the_same_signs():
    forth, back = Example("ME HELP YOU", "I help you.", "d"), Example("YOU HELP ME", "You.", "d")
    retriever = Retriever([back, forth])
    assert retriever.nearest(["ME", "HELP", "YOU", "TOMORROW"])[0] is forth


def test_signs_that_no_example_has_find_none():
    assert Retriever().nearest(["ZYGOTE"]) == ()
    assert Retriever().nearest([]) == ()


def test_english_of_every_example_is_grounded():
    wrong = [one for one in examples() if Signed(signs(one.glosses)).added(one.english)]
    assert wrong == []


@pytest.mark.parametrize(
    ("glosses", "sentence", "missing"),
    [
        ("ME NOT UNDERSTAND", "I understand.", ("NOT",)),
        ("ME NOT UNDERSTAND", "I don't understand.", ()),
        ("HE NEVER LATE", "He is late.", ("NEVER",)),
        ("ME HAVE MONEY NONE", "I have no money.", ()),
        ("ME UNDERSTAND", "I understand.", ()),
    ],
)
def test_a_denial_that_was_signed_may_not_be_left_out(glosses, sentence, missing):
    assert Signed(signs(glosses)).left_out(sentence) == missing


def test_another_guess_may_be_said_in_place_of_a_denial():
    guesses = (Guess("NOT", 0.4), Guess("MORNING", 0.35))
    found = [RecognitionResult("landmark", 0.0, 0.5, guesses, False, 0.0)]
    assert Signed(found).left_out("In the morning.") == ()


def test_no_example_and_no_sentence_of_the_rules_leaves_out_a_denial():
    wrong = [
        (one.glosses, english)
        for one in examples()
        for english in (one.english, compose_glosses(one.glosses.split()))
        if Signed(signs(one.glosses)).left_out(english)
    ]
    assert wrong == []


def test_one_is_a_number_that_must_be_signed():
    assert Signed(signs("ME HAVE TWO DOG")).added("I have one dog.") == ("one",)
