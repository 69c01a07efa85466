"""METEOR beside the published values and beside values counted by hand."""

from __future__ import annotations

import importlib.util

import pytest
from nltk.translate.meteor_score import meteor_score

from signbridge.errors import BackendUnavailableError
from signbridge.evaluation.meteor import meteor, wordnet

# The example of NLTK's documentation (Banerjee and Lavie), as its page prints the scores.
GUIDE = (
    "It is a guide to action which ensures that the military always obeys the commands of the party"
)
TROOPS = "It is to insure the troops forever hearing the activity guidebook that party direct"
REFERENCES = (
    "It is a guide to action that ensures that the military will forever heed Party commands",
    "It is the guiding principle which guarantees the military forces always being under the "
    "command of the Party",
    "It is the practical guide for the army always to heed the directions of the party",
)


def score(said: str, *meant: str) -> float:
    """Return METEOR of one sentence, in [0, 100]."""
    return float(meteor([said], [meant]).rows[0, 0] * 100)


def test_scores_of_nltks_own_example_are_those_it_prints() -> None:
    assert score(GUIDE, REFERENCES[0]) == pytest.approx(69.44, abs=0.01)
    assert score(GUIDE, *REFERENCES) == pytest.approx(69.44, abs=0.01)


def test_best_reference_counts() -> None:
    each = [score(TROOPS, reference) for reference in REFERENCES]
    assert score(TROOPS, *REFERENCES) == max(each) > min(each)


def test_score_of_a_small_example_is_the_one_counted_by_hand() -> None:
    # 2 of 3 and 2 of 4 words in 2 chunks: F = PR / (0.9P + 0.1R), penalty 0.5 * (2/2)^3.
    precision, recall = 2 / 3, 2 / 4
    harmonic = precision * recall / (0.9 * precision + 0.1 * recall)
    assert score("dog xyzzy cat", "dog plugh quux cat") == pytest.approx(100 * harmonic * 0.5)


@pytest.mark.parametrize(
    ("said", "meant"), [("big", "great"), ("kid", "child"), ("autos", "car"), ("begin", "start")]
)
def test_synonyms_match(said: str, meant: str) -> None:
    assert score(said, meant) == pytest.approx(50)  # one chunk of one word: half


def test_synonyms_are_sought_by_stem_as_nltk_does() -> None:
    # NLTK hands the stem `larg` on to WordNet, which does not know it.
    assert score("large", "big") == meteor_score([["big"]], ["large"], wordnet=wordnet()) == 0


def test_stems_match() -> None:
    assert score("walking", "walked") == pytest.approx(50)


def test_words_without_relation_do_not_match() -> None:
    assert score("large", "purchase") == 0


def test_wordnet_of_the_package_is_read_at_the_right_places() -> None:
    # Offsets and words as Princeton's WordNet 3.0 has them.
    first = wordnet().synsets("dog")[0]
    assert (first.name(), first.offset()) == ("dog.n.01", 2084071)
    assert first.lemma_names() == ["dog", "domestic_dog", "Canis_familiaris"]
    assert wordnet().get_version() == "3.0"
    assert len(wordnet().synsets("run")) == 57
    assert [s.name() for s in wordnet().synsets("obeys")] == ["obey.v.01"]


def test_score_is_nltks_own_of_the_same_words() -> None:
    said, meant = "He can't buy it.", "He cannot purchase this."
    words = ["He", "ca", "n't", "buy", "it", "."], ["He", "can", "not", "purchase", "this", "."]
    theirs = meteor_score([words[1]], words[0], wordnet=wordnet())
    assert score(said, meant) == pytest.approx(100 * theirs, abs=0.01)


def test_missing_wordnet_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(BackendUnavailableError, match=r"install requirements\.txt"):
        wordnet.__wrapped__()
