"""How often each sign was recognized, counted on the made-up set."""

import csv

import numpy as np
import pytest

from signbridge.training import per_sign
from signbridge.training.per_sign import SignCount, count, write_counts
from tests.training.test_signs_training import GLOSSES, collection  # noqa: F401 - a fixture


@pytest.fixture
def counts(collection, monkeypatch) -> dict[str, SignCount]:  # noqa: F811 - the fixture itself
    """Counts of a network that takes every NO for YES and knows the rest."""
    held_out = [
        i for i, s in enumerate(collection.samples) if s.official_split == "test" or i >= 48
    ]
    answers = collection.labels[[i for i in held_out if collection.labels[i] < 4]].copy()
    answers[answers == GLOSSES.index("NO")] = GLOSSES.index("YES")
    monkeypatch.setattr(per_sign, "probabilities", lambda network, signs: np.eye(5)[answers])
    return {one.gloss: one for one in count(None, collection)}


def test_every_sign_of_the_vocabulary_has_a_line(counts):
    assert tuple(counts) == GLOSSES[:4]


def test_clips_are_those_of_test_rows_and_calibration_signers(counts):
    # Labels go round in fours. Test rows: 5, 17, 29, 41, 53, all YES. The stranger's: 48 to 59.
    assert counts["HELLO"] == SignCount("HELLO", 3, 3, 1, 3, 3, "")
    assert counts["YES"] == SignCount("YES", 7, 7, 2, 3, 3, "")


def test_the_commonest_wrong_answer_is_named(counts):
    assert counts["NO"] == SignCount("NO", 3, 0, 1, 3, 0, "YES")


def test_a_sign_without_clips_is_not_measured(counts):
    assert counts["FS-A"] == SignCount("FS-A", 0, 0, 0, 0, 0, "")


def test_the_file_has_a_row_for_each_sign(counts, tmp_path):
    write_counts(tmp_path, list(counts.values()))
    with (tmp_path / "per_sign.csv").open() as file:
        rows = {row["gloss"]: row for row in csv.DictReader(file)}
    assert rows["NO"]["confusion"] == "YES"
    assert rows["YES"]["right"] == "7"
