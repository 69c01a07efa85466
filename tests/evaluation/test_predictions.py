"""Predictions beside labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from signbridge.evaluation.labels import LabelledClip
from signbridge.evaluation.predictions import Evaluation, Prediction, same_letter
from signbridge.types import Guess


def prediction(kind: str, label: str, *guesses: str, abstained: bool = False) -> Prediction:
    clip = LabelledClip(Path("x.npz"), "x.npz", kind, label, "web")
    scored = tuple(Guess(guess, 0.9 / (k + 1)) for k, guess in enumerate(guesses))
    return Prediction(clip, scored, abstained)


def evaluation(vocabulary: tuple[str, ...] | None, *predictions: Prediction) -> Evaluation:
    return Evaluation("fake", Path("labels.csv"), vocabulary, predictions, ())


def test_label_matches_a_guess_through_the_variants() -> None:
    one = prediction("sign", "mom", "FATHER", "MOTHER")
    answer = evaluation(("MOTHER", "FATHER"), one).answer(one)
    assert answer.rank == 1
    assert answer.in_vocabulary


def test_label_outside_the_vocabulary_is_told_apart() -> None:
    one = prediction("sign", "algebra", "MOTHER")
    assert not evaluation(("MOTHER",), one).answer(one).in_vocabulary


def test_open_vocabulary_could_know_every_label() -> None:
    one = prediction("sign", "algebra", "mother")
    assert evaluation(None, one).answer(one).in_vocabulary


def test_answer_without_a_guess_is_wrong_and_not_an_answer() -> None:
    one = prediction("sign", "mother")
    answer = evaluation(("MOTHER",), one).answer(one)
    assert (answer.rank, answer.score, answer.abstained) == (-1, 0.0, True)


def test_letter_i_is_not_the_pronoun() -> None:
    one = prediction("letter", "I", "ME")
    answer = evaluation(("ME",), one).answer(one)
    assert answer.rank == -1
    assert not answer.in_vocabulary


@pytest.mark.parametrize("label", ["b", "B", "letter_b", "LETTER-B", " letter b", "FS-B"])
def test_letter_has_many_spellings(label: str) -> None:
    assert same_letter(label, "B")
    assert not same_letter(label, "C")


def test_commonest_confusion_comes_first() -> None:
    rows = [prediction("sign", "mom", "FINE"), prediction("sign", "mother", "FINE")]
    rows += [prediction("sign", "dad", "MOTHER"), prediction("sign", "dad", "FATHER")]
    rows += [prediction("sign", "unknown", "FINE")]
    found = evaluation(("MOTHER", "FATHER", "FINE"), *rows).confusions()
    assert found == [(("MOTHER", "FINE"), 2), (("FATHER", "MOTHER"), 1)]
