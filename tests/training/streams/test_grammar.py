"""Patterns of ASL sentences, the glosses they draw, and their English."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from signbridge.errors import BadInputError
from signbridge.recognize.landmark.recognizer import DEFAULT_FOLDER
from signbridge.recognize.vocabulary import Vocabulary
from signbridge.training.streams.grammar import (
    Grammar,
    english,
    held_out_grammar,
    joined_letters,
    read_grammar,
    training_grammar,
)

TEXT = """
slot who = ME*3 YOU
slot name = MOTHER
train:
2 <who> WANT <name>|TEA [NOW]
held out:
MY NAME <name>
"""
VOCABULARY = Vocabulary.load(DEFAULT_FOLDER).glosses


def drawn(grammar: Grammar, count: int = 300) -> list[tuple[str, ...]]:
    rng = np.random.default_rng(0)
    return [grammar.draw(rng).glosses for _ in range(count)]


def test_slots_choices_and_options_are_drawn() -> None:
    first, second = read_grammar(TEXT.replace("<name>", "<mine>").replace("slot name", "slot mine"))
    found = set(drawn(first))
    wanted = itertools.product(("ME", "YOU"), ("MOTHER", "TEA"), ((), ("NOW",)))
    assert found == {(who, "WANT", what, *now) for who, what, now in wanted}
    mine = sum(glosses[0] == "ME" for glosses in drawn(first, 1000))
    assert mine == pytest.approx(750, abs=60)
    assert set(drawn(second)) == {("MY", "NAME", "MOTHER")}


def test_names_are_spelled_letter_by_letter() -> None:
    glosses = drawn(read_grammar(TEXT)[1], 1)[0]
    assert glosses[:2] == ("MY", "NAME")
    assert all(gloss.startswith("FS-") and len(gloss) == 4 for gloss in glosses[2:])
    assert joined_letters(("FS-A", "FS-L", "ME", "FS-I")) == ("FS-AL", "ME", "FS-I")


def test_a_grammar_keeps_to_what_signers_know() -> None:
    known = ("ME", "YOU", "NAME", "WHAT", "YOUR", "NOT", "UNDERSTAND", "DEAF")
    grammar = training_grammar().within(known)
    assert {gloss for glosses in drawn(grammar) for gloss in glosses} <= set(known)
    assert training_grammar().within(("ZEBRA",)).empty


def test_patterns_use_the_vocabulary_alone() -> None:
    for grammar in (training_grammar(), held_out_grammar()):
        options = {option for one in grammar.patterns for word in one.words for option in word}
        slots = {option.strip("<>") for option in options if option.startswith("<")}
        assert slots <= {*grammar.slots, "name"}
        assert {one for one in options if one and not one.startswith("<")} <= set(VOCABULARY)
        assert {gloss for slot in grammar.slots.values() for gloss in slot} <= set(VOCABULARY)


def test_there_are_many_patterns_and_those_held_out_are_not_trained_on() -> None:
    trained, held_out = training_grammar(), held_out_grammar()
    assert len(trained.patterns) >= 80
    assert not {one.words for one in trained.patterns} & {one.words for one in held_out.patterns}


def test_english_is_the_composers() -> None:
    assert english(("YOUR", "NAME", "WHAT")) == "What is your name?"
    assert english(("MY", "NAME", "FS-A", "FS-N", "FS-A")) == "My name is Ana."


def test_a_pattern_outside_a_part_is_refused() -> None:
    with pytest.raises(BadInputError, match="line 1: patterns follow"):
        read_grammar("ME WANT TEA")
