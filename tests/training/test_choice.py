"""What the composer learns of neighbours: counted rightly, and never on what it is measured on."""

from __future__ import annotations

import numpy as np
import pytest

from signbridge.compose.candidates import EDGE, SPELLED, Chooser
from signbridge.compose.chat.retrieval import examples
from signbridge.evaluation.composer.candidates import cases
from signbridge.training.choice.count import learned, pairs_of, pairs_of_sentences, together
from signbridge.training.choice.learn import drawn, main, measured
from signbridge.training.streams.grammar import (
    NAME,
    Grammar,
    held_out_grammar,
    read_grammar,
    training_grammar,
)

SMALL = "slot who = ME*3 YOU\ntrain:\n2 <who> EAT [NOW]\nYES\n"


def can_draw(grammar: Grammar, glosses: tuple[str, ...]) -> bool:
    """Say whether a pattern makes this very sentence; names are spelled in one gloss here."""
    for pattern in grammar.patterns:
        reached = {0}
        for options in pattern.words:
            reached = {
                at + 1 if option else at
                for at in reached
                for option in options
                if not option or (at < len(glosses) and stands_for(grammar, option, glosses[at]))
            }
        if len(glosses) in reached:
            return True
    return False


def stands_for(grammar: Grammar, option: str, gloss: str) -> bool:
    if option == NAME:
        return gloss.startswith("FS-")
    if option.startswith("<"):
        return gloss in grammar.slots[option.strip("<>")]
    return option == gloss


def test_pairs_are_what_many_drawn_sentences_hold():
    grammar = read_grammar(SMALL)[0]
    rng = np.random.default_rng(0)
    sentences = [grammar.draw(rng).glosses for _ in range(4000)]
    counted = pairs_of_sentences(sentences)
    expected = pairs_of(grammar)
    share = sum(expected.values()) / sum(counted.values())
    assert set(counted) == set(expected)
    for pair, weight in expected.items():
        assert counted[pair] * share == pytest.approx(weight, rel=0.15), pair
    assert expected[EDGE, "ME"] == pytest.approx(1.5)
    assert expected["EAT", "NOW"] == pytest.approx(1.0)


def test_letters_of_a_name_are_one_class():
    pairs = pairs_of_sentences([("MY", "NAME", "FS-A", "FS-N")])
    assert set(pairs) >= {("NAME", SPELLED), (SPELLED, SPELLED), (SPELLED, EDGE)}


def test_a_drawable_sentence_is_found_and_another_is_not():
    grammar = read_grammar(SMALL)[0]
    assert can_draw(grammar, ("YOU", "EAT", "NOW"))
    assert can_draw(grammar, ("YOU", "EAT"))
    assert not can_draw(grammar, ("YOU", "EAT", "NOW", "NOW"))
    assert not can_draw(grammar, ("EAT",))


def test_no_sentence_of_the_written_set_is_one_that_was_learned_from():
    known = {tuple(one.glosses.split()) for one in examples()}
    grammars = (training_grammar(), held_out_grammar(), together())
    shared = [
        case.glosses
        for case in cases()
        if case.glosses in known or any(can_draw(one, case.glosses) for one in grammars)
    ]
    assert shared == []


def test_written_set_is_large_and_a_third_of_it_must_stay():
    found = cases()
    first = [case for case in found if case.right == "first"]
    assert len(found) >= 100
    assert 3 * len(first) >= len(found)
    for case in found:
        guesses = [guess.text for guess in case.results[case.confused].guesses]
        assert guesses[case.right == "second"] == case.glosses[case.confused]
        best = [result.guesses[0].text for result in case.results]
        assert (tuple(best) == case.glosses) == (case.right == "first")


def test_shipped_pairs_are_those_that_the_texts_give():
    shipped = Chooser.shipped()._pairs._weights
    for pair, weight in learned().items():
        assert shipped[pair] == pytest.approx(weight, rel=2e-3), pair


def test_what_was_learned_gains_on_patterns_it_was_not_counted_on():
    fit = measured(Chooser.shipped(), drawn(np.random.default_rng(5), 200))
    assert fit.after > fit.before + 0.05
    assert fit.broken < 0.03 * fit.signs


def test_learning_writes_a_folder_that_loads(tmp_path):
    assert main(["--out", str(tmp_path), "--sentences", "3"]) == 0
    assert Chooser.shipped(tmp_path)._pairs.knows("WATER")
