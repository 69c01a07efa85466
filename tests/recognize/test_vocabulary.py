"""Written labels -> signs."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from signbridge.errors import CheckpointError
from signbridge.recognize.vocabulary import (
    Vocabulary,
    canonical,
    conversation,
    display_text,
    same_sign,
)

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.mark.parametrize(
    "label", ["thank you", "Thank_You", "THANK-YOU", " thanks ", "thank  you!", "Thank"]
)
def test_spellings_of_one_sign_are_one_gloss(label: str) -> None:
    assert canonical(label) == "THANK-YOU"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("mom", "mother"),
        ("dad", "father"),
        ("grandma", "grandmother"),
        ("hi", "hello"),
        ("bye", "goodbye"),
        ("I", "me"),
        ("IX-1", "me"),
        ("tv", "television"),
        ("bike", "bicycle"),
        ("ok", "okay"),
        ("don't want", "dont_want"),
        ("what’s up", "whats_up"),  # noqa: RUF001 - the typographic apostrophe is the point
        ("your welcome", "You're welcome."),
    ],
)
def test_variants_are_the_same_sign(first: str, second: str) -> None:
    assert same_sign(first, second)
    assert same_sign(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("welcome", "you're welcome"),
        ("thank you", "thankful"),
        ("hear", "hearing"),
        ("teach", "teacher"),
        ("want", "don't want"),
        ("glass", "glasses"),
        ("love", "i love you"),
        ("right", "correct"),
        ("us", "usa"),
    ],
)
def test_different_signs_stay_apart(first: str, second: str) -> None:
    assert not same_sign(first, second)


def test_letters_are_finger_spelled_signs_of_their_own() -> None:
    assert canonical("letter_i") == canonical("fs-i") == "FS-I"
    assert canonical("i") == "ME"
    assert display_text("FS-I") == "I"
    assert canonical("letters") == "LETTERS"


def test_unknown_label_becomes_upper_case_with_hyphens() -> None:
    assert canonical("martial_arts") == "MARTIAL-ARTS"


def test_canonical_twice_is_canonical_once() -> None:
    for gloss in (*conversation(), "DON'T-WANT", "ME", "YOU'RE-WELCOME"):
        assert canonical(gloss) == gloss


def test_display_text_reads_like_english() -> None:
    assert display_text("THANK-YOU") == "thank you"
    assert display_text("DON'T-WANT") == "don't want"
    assert display_text("ICE-CREAM") == "ice cream"
    assert display_text("ASL") == "ASL"


def test_display_text_means_the_same_sign() -> None:
    for gloss in conversation():
        assert same_sign(display_text(gloss), gloss)


def test_conversation_names_each_sign_once() -> None:
    glosses = conversation()
    assert len(set(glosses)) == len(glosses)
    assert {"HELLO", "ME", "MY", "UNDERSTAND", "SLOW", "TEN", "GOODBYE"} <= set(glosses)


def test_vocabulary_merges_variants_and_keeps_the_order() -> None:
    vocabulary = Vocabulary.of(["yes", "mom", "mother", "no"])
    assert vocabulary.glosses == ("YES", "MOTHER", "NO")
    assert vocabulary.index("Mom") == 1
    assert vocabulary.index("maybe") is None
    assert "mum" in vocabulary
    assert len(vocabulary) == 3


def test_saved_vocabulary_loads_the_same(tmp_path: Path) -> None:
    vocabulary = Vocabulary.of(["don't want", "i", "thank you", "ice cream"])
    vocabulary.save(tmp_path)
    assert Vocabulary.load(tmp_path) == vocabulary


def test_missing_vocabulary_is_a_checkpoint_error(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"vocabulary\.csv is missing"):
        Vocabulary.load(tmp_path)


def test_vocabulary_without_its_columns_is_a_checkpoint_error(tmp_path: Path) -> None:
    (tmp_path / "vocabulary.csv").write_text("a,b\n1,2\n")
    with pytest.raises(CheckpointError, match="columns gloss and text"):
        Vocabulary.load(tmp_path)


def test_doubled_gloss_is_refused() -> None:
    with pytest.raises(CheckpointError, match="YES twice"):
        Vocabulary(("YES", "YES"), ("yes", "yes"))


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the data beside the project is not here")
def test_variants_merge_no_two_of_the_300_most_frequent_glosses() -> None:
    classes = defaultdict(set)
    with (DATA / "wlasl" / "sequences.csv").open() as file:
        for row in csv.DictReader(file):
            if int(row["class"]) < 300:
                classes[canonical(row["gloss"])].add(row["gloss"])
    assert len(classes) == 300


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the data beside the project is not here")
def test_conversation_lies_beyond_the_300_and_has_recordings() -> None:
    with (DATA / "wlasl" / "sequences.csv").open() as file:
        frequent, known = set(), set()
        for row in csv.DictReader(file):
            (frequent if int(row["class"]) < 300 else known).add(canonical(row["gloss"]))
    with (DATA / "words" / "words.csv").open() as file:
        known |= {canonical(row["gloss"]) for row in csv.DictReader(file)}
    assert not frequent & set(conversation())
    assert set(conversation()) <= known
