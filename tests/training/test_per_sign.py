"""How often each sign was recognized, counted on the made-up set."""

import csv

import numpy as np
import pytest

from signbridge.recognize.landmark.checkpoint import Calibration
from signbridge.training import per_sign
from signbridge.training.per_sign import SignCount, count, write_counts
from tests.training.test_signs_training import GLOSSES, collection  # noqa: F401 - a fixture


@pytest.fixture
def counts(collection, monkeypatch) -> dict[str, SignCount]:  # noqa: F811 - the fixture itself
    """Counts of a network that takes every NO for YES and knows the rest, the first YES barely."""
    held_out = [
        i for i, s in enumerate(collection.samples) if s.official_split == "test" or i >= 48
    ]
    answers = collection.labels[[i for i in held_out if collection.labels[i] < 4]].copy()
    unsure = answers == GLOSSES.index("NO")
    unsure[np.flatnonzero(unsure)[0]] = False  # one is even said
    unsure[np.flatnonzero(answers == GLOSSES.index("YES"))[0]] = True
    answers[answers == GLOSSES.index("NO")] = GLOSSES.index("YES")
    # Of five outputs the best has e / (e + 4) = 0.40 where it is unsure, else nearly 1.
    logits = np.eye(5)[answers] * np.where(unsure, 1.0, 10.0)[:, None]
    monkeypatch.setattr(per_sign, "probabilities", lambda *_, **__: logits)
    return {one.gloss: one for one in count(None, Calibration(threshold=0.5), collection)}


def test_every_sign_of_the_vocabulary_has_a_line(counts):
    assert tuple(counts) == GLOSSES[:4]


def test_clips_are_those_of_test_rows_and_calibration_signers(counts):
    # Labels go round in fours. Test rows: 5, 17, 29, 41, 53, all YES. The stranger's: 48 to 59.
    assert counts["HELLO"] == SignCount("HELLO", 3, 3, 3, 3, 1, 3, 3, "")
    assert counts["YES"] == SignCount("YES", 7, 7, 6, 6, 2, 3, 3, "")


def test_the_commonest_wrong_answer_is_named(counts):
    assert counts["NO"] == SignCount("NO", 3, 0, 1, 0, 1, 3, 0, "YES")


def test_what_the_app_would_not_say_is_no_answer(counts):
    assert (counts["YES"].right, counts["YES"].said, counts["YES"].said_right) == (7, 6, 6)
    assert (counts["NO"].clips, counts["NO"].said, counts["NO"].said_right) == (3, 1, 0)


def test_a_sign_without_clips_is_not_measured(counts):
    assert counts["FS-A"] == SignCount("FS-A", 0, 0, 0, 0, 0, 0, 0, "")


def test_the_file_has_a_row_for_each_sign(counts, tmp_path):
    write_counts(tmp_path, list(counts.values()))
    with (tmp_path / "per_sign.csv").open() as file:
        rows = {row["gloss"]: row for row in csv.DictReader(file)}
    assert rows["NO"]["confusion"] == "YES"
    assert rows["YES"]["right"] == "7"
