"""What visitors type where a sign or a sentence was read wrong."""

from __future__ import annotations

import pytest

from signbridge.compose.words import word as composed
from signbridge.web.typed import sentence, word


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("José", "Jose"),
        ("Jose\u0301", "Jose"),  # the accent is a character of its own
        ("Zoë", "Zoe"),
        ("łukasz", "Lukasz"),
        ("Nguyễn", "Nguyen"),
        ("Đặng", "Dang"),
        ("Strauß", "Strauss"),
        ("Bjørn", "Bjorn"),
        ("K\u0131rm\u0131z\u0131", "Kirmizi"),
        ("New York", "New York"),
        ("anna-lena", "Anna Lena"),
        ("  Ann \u2013 Lee ", "Ann Lee"),
        ("O\u2019Neil", "Oneil"),
        ("O\u00b4Neil", "Oneil"),
        ("COVID19", "Covid19"),
    ],
)
def test_a_name_is_said_in_the_letters_that_hands_spell(name, said):
    typed = word(name, ())
    assert composed(typed.gloss).text == said
    assert typed.left_out == ""


def test_what_cannot_be_spelled_is_told_once():
    assert word("Anna 李♥李.", ()).left_out == "李♥"
    assert word("Anna 李♥李.", ()).gloss == "FS-ANNA"
    assert word("A&B", ()).left_out == "&"


@pytest.mark.parametrize("text", ["", " - ", "12", "Анна", "!"])
def test_what_has_no_letter_is_no_word(text):
    assert word(text, ()).gloss == ""


def test_a_sign_goes_before_its_spelling():
    assert word("thank you", {"THANK-YOU"}).gloss == "THANK-YOU"
    assert word("thank you", ()).gloss == "FS-THANK-YOU"


def test_a_sentence_stays_as_it_was_typed_but_for_what_is_not_seen():
    assert sentence("  Thank you,\n Zoë & O\u2019Neil!\x07\u202e ") == (
        "Thank you, Zoë & O\u2019Neil!"
    )
    assert sentence(" \u200b\t") == ""
