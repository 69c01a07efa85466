"""Who shows what, who is asked, and that nobody is measured on what was chosen on them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from signbridge.data.collection import Collection
from signbridge.data.letters import Handshapes
from signbridge.data.samples import Sample
from signbridge.landmarks.body import Hands
from signbridge.recognize.landmark.adapt import Weighing
from signbridge.recognize.landmark.checkpoint import Calibration
from signbridge.training.personal.measure import (
    Answers,
    Network,
    answers,
    before,
    fitted,
    rate,
)
from signbridge.training.personal.page import Cost, Part, write
from signbridge.training.personal.probe import new_signs
from signbridge.training.personal.study import compared
from signbridge.training.personal.tasks import DICTIONARY, WEBCAM, Task, foreign, tasks

GLOSSES = ("A", "B", "C", "D", "NEW", "OTHER")
OFFERED = 4
SHAPE = (64, 2, 21, 3)


def sample(signer: str, gloss: str, number: int) -> Sample:
    dataset = signer.split("-", 1)[0]
    hands = Hands(np.zeros((1, 2, 21, 3), np.float32), 30.0)
    return Sample(
        dataset=dataset,
        clip=f"{signer}-{gloss}-{number}",
        gloss=gloss,
        signer=signer,
        source=dataset,
        split="strangers",
        licence="none",
        recording=f"{signer}/{gloss}/{number}",
        hands=hands,
        prints=np.array([abs(hash((signer, gloss, number)))], dtype=np.uint64),
    )


def collection(people: dict[str, dict[str, int]]) -> Collection:
    """Return as many recordings of each person's signs as asked for, each somewhere else."""
    rng = np.random.default_rng(0)
    samples = [
        sample(signer, gloss, number)
        for signer, signs in people.items()
        for gloss, count in signs.items()
        for number in range(count)
    ]
    return Collection(
        signs=rng.normal(0, 1, (len(samples), *SHAPE)).astype(np.float16),
        labels=np.array([GLOSSES.index(one.gloss) for one in samples]),
        samples=tuple(samples),
        glosses=GLOSSES,
        offered=OFFERED,
        wlasl_class=np.full(len(samples), -1),
        handshapes=Handshapes.__new__(Handshapes),
    )


@pytest.fixture
def webcams() -> Collection:
    return collection(
        {
            "words-ann": {"A": 8, "B": 8, "C": 8, "NEW": 2},
            "words-bob": {"A": 8, "B": 8, "D": 8, "OTHER": 2},
        }
    )


def numbers(found: Collection, rows: np.ndarray) -> list[int]:
    return [int(found.samples[i].recording.rsplit("/", 1)[-1]) for i in rows]


def test_a_webcam_shows_early_recordings_and_is_asked_late_ones(webcams):
    made = tasks(webcams, ["words-ann", "words-bob"], WEBCAM, 2, 3, 2)
    assert len(made) == 4
    for task in made:
        assert max(numbers(webcams, task.shown)) < 4 <= min(numbers(webcams, task.asked))
        assert len(task.shown) == 6
        assert {webcams.samples[i].signer for i in task.asked} == {task.signer}
        assert set(webcams.labels[task.asked]) == set(webcams.labels[task.asked]) - {4, 5}
        assert set(webcams.labels[task.outside]) <= {4, 5}


def test_signers_without_enough_recordings_have_no_task(webcams):
    assert tasks(webcams, ["words-ann"], WEBCAM, 4, 3, 2) == ()
    assert tasks(webcams, ["words-ann"], WEBCAM, 2, 5, 2) == ()


def test_a_dictionary_signer_is_asked_everything_not_shown():
    found = collection({"wlasl-1": {"A": 2, "B": 1, "C": 1}})
    (task,) = tasks(found, ["wlasl-1"], DICTIONARY, 2, 1, 1)
    assert len(task.shown) == 2
    assert sorted([*task.shown, *task.asked]) == [0, 1, 2, 3]


def test_a_copy_of_what_is_shown_is_not_asked(webcams):
    signs = webcams.signs.copy()
    signs[7] = signs[0]  # ann's last A is her first
    doubled = replace(webcams, signs=signs)
    for task in tasks(doubled, ["words-ann"], WEBCAM, 3, 4, 1):
        assert 0 in task.shown
        assert 7 not in task.asked


def test_a_community_sign_is_asked_of_people_who_did_not_show_it():
    people = {f"wlasl-{n}": {"NEW": 2, "OTHER": 2} for n in range(6)}
    found = collection(people)
    signer = np.array([one.signer for one in found.samples])
    for shown, asked in foreign(found, (4, 5), 3, 2, 4, ()):
        for gloss in (4, 5):
            showed = set(signer[shown[found.labels[shown] == gloss]])
            assert len(showed) == 3
            assert not showed & set(signer[asked[found.labels[asked] == gloss]])


def test_only_those_who_may_be_asked_are_asked_and_they_never_show():
    people = {f"wlasl-{n}": {"NEW": 2} for n in range(6)}
    found = collection(people)
    signer = np.array([one.signer for one in found.samples])
    for shown, asked in foreign(found, (4,), 3, 1, 4, ("wlasl-0", "wlasl-1")):
        assert set(signer[asked]) == {"wlasl-0", "wlasl-1"}
        assert not set(signer[asked]) & set(signer[shown])


def network(found: Collection, heights: dict[str, float]) -> Network:
    """Return one that sees each person's signs with its own bend, so that A looks like B."""
    rng = np.random.default_rng(1)
    own = {gloss: rng.normal(0, 1, 30) for gloss in GLOSSES}
    logits = {}
    for row, one in enumerate(found.samples):
        values = 3 * own[one.gloss] + rng.normal(0, 0.5, 30)
        true = GLOSSES.index(one.gloss)
        wrong = 1 if true == 0 else true
        values[:OFFERED] -= 4
        values[wrong] += heights.get(one.signer, 8.0)
        logits[row] = values.astype(np.float32)
    return Network(logits, GLOSSES[:OFFERED], GLOSSES, found.labels, Calibration(threshold=0.5))


def test_examples_put_right_what_the_network_always_takes_for_another(webcams):
    bent = network(webcams, {})
    made = tasks(webcams, ["words-ann", "words-bob"], WEBCAM, 3, 3, 1)
    row = compared("all", bent, made, {"": Weighing()})
    assert row.before_shown.value < 0.8
    assert row.shown.value > 0.95
    assert row.signers == 2


def test_a_sign_taken_out_of_the_network_is_answered_only_after_it_is_taught(webcams):
    bent = network(webcams, {})
    (task, *_) = tasks(webcams, ["words-ann"], WEBCAM, 1, 3, 1)
    names = {GLOSSES[i] for i in webcams.labels[task.shown]}
    without = bent.without_signs_of(task)
    assert not set(without.vocabulary) & names
    of_shown = np.isin(webcams.labels[np.concatenate([task.asked, task.outside])],
                       webcams.labels[task.shown])  # fmt: skip
    assert not before(without, task).right[of_shown].any()
    assert answers(without, task, Weighing()).right[of_shown].mean() > 0.9


def test_a_signers_weighing_does_not_depend_on_that_signer(webcams):
    made = tasks(webcams, ["words-ann", "words-bob"], WEBCAM, 2, 3, 1)
    grid = (Weighing(gain=1.0), Weighing(gain=40.0))
    one = network(webcams, {})
    other = network(webcams, {"words-ann": -8.0})
    first = fitted(one, made, grid)
    second = fitted(other, made, grid)
    assert first["words-ann"] == second["words-ann"]
    assert first["words-bob"] != second["words-bob"]


def test_a_sign_recorded_often_counts_once():
    units = np.array(["ann A"] * 9 + ["ann B"])
    right = np.array([True] * 9 + [False])
    yes = np.ones(10, bool)
    found = Answers(units, yes, yes, right, yes, np.zeros(10), yes)
    result = rate([(found, yes, right)])
    assert (result.value, result.n) == (0.5, 2)


def test_signs_held_back_from_the_probe_are_of_no_vocabulary_and_of_several_people():
    people = {f"wlasl-{n}": {"A": 2, "NEW": 2} for n in range(4)}
    found = collection({**people, "wlasl-9": {"OTHER": 9}})
    assert new_signs(found) == (GLOSSES.index("NEW"),)


def test_the_report_says_what_was_measured(webcams, tmp_path: Path):
    bent = network(webcams, {})
    made = tasks(webcams, ["words-ann"], WEBCAM, 2, 3, 1)
    empty = Task("words-ann", WEBCAM, made[0].shown, made[0].asked)
    rows = (compared("webcam", bent, made, {"": Weighing()}),
            compared("none outside", bent, [empty], {"": Weighing()}))  # fmt: skip
    parts = [Part("Calibrating", "Some words.", rows, taught=False),
             Part("Teaching", "More.", rows, taught=True)]  # fmt: skip
    write(parts, Weighing(), Cost(2.0, 3.0, 100.0, 30, 250.0), tmp_path)
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["parts"][0]["rows"][1]["outside"]["value"] is None
    page = (tmp_path / "report.md").read_text()
    assert f"{rows[0].before_shown.value:.2f} → {rows[0].shown.value:.2f}" in page
    assert (tmp_path / "shown.png").read_bytes().startswith(b"\x89PNG")
