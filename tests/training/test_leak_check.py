"""What is left out of training, that training refuses a leaky split, and the command's report."""

import json
from dataclasses import replace

import numpy as np
import pytest

from signbridge.data.collection import CALIBRATION_SIGNERS, Collection
from signbridge.data.copies import hand_prints
from signbridge.data.leaks import LeakError
from signbridge.data.letters import Handshapes
from signbridge.data.manifest import LEFT_OUT, read_manifest, split_of
from signbridge.data.samples import Sample
from signbridge.landmarks import topology
from signbridge.landmarks.body import Hands
from signbridge.landmarks.features import STEPS
from signbridge.training import leaks, rows
from signbridge.training.fit import Pool, TrainConfig
from signbridge.training.rows import chosen_rows, comparisons, training_rows
from signbridge.training.videos import FARTHEST, match, picture_distance
from tests.signing import signer

STRANGER = CALIBRATION_SIGNERS[0]
# signer and official split of each row; 4 to 6 are held out
ROWS = (
    ("wlasl-1", "train"), ("wlasl-1", "val"), ("wlasl-2", "train"), ("wlasl-2", "train"),
    ("wlasl-1", "test"), (STRANGER, "train"), (STRANGER, "test"), ("words-x", ""),
)  # fmt: skip


def sample(number: int, prints: np.ndarray) -> Sample:
    person, official = ROWS[number]
    return Sample(
        dataset=person.split("-")[0],
        clip=str(number),
        gloss="yes",
        signer=person,
        source="words" if person.startswith("words") else "site",
        split=split_of(person, official),
        licence="none",
        official_split=official,
        recording=str(number),
        hands=Hands(np.zeros((0, 2, 21, 3), np.float32), 25.0),
        prints=prints,
    )


@pytest.fixture
def collection() -> Collection:
    rng = np.random.default_rng(0)
    count = len(ROWS)
    prints = [hand_prints(rng.uniform(0, 1, (5, 21, 3)).astype(np.float16)) for _ in ROWS]
    return Collection(
        signs=rng.normal(0, 0.5, (count, STEPS, 2, 21, 3)).astype(np.float16),
        labels=np.zeros(count, dtype=np.int64),
        samples=tuple(sample(i, prints[i]) for i in range(count)),
        glosses=("YES", "OTHER"),
        offered=1,
        wlasl_class=np.array([-1 if person.startswith("words") else 0 for person, _ in ROWS]),
        handshapes=Handshapes(np.zeros((0, 21, 3), np.float32), (), ()),
    )


def sharing_a_hand(collection: Collection, first: int, second: int) -> Collection:
    samples = list(collection.samples)
    both = np.union1d(samples[first].prints, samples[second].prints[:1])
    samples[first] = replace(samples[first], prints=both)
    return replace(collection, samples=tuple(samples))


def test_without_copies_everybody_but_strangers_and_test_clips_is_trained_on(collection):
    assert training_rows(collection, ()).tolist() == [0, 1, 2, 3, 7]
    assert training_rows(collection, ("site",)).tolist() == [7]


def test_twin_of_a_held_out_clip_is_left_out(collection):
    collection.signs[2] = collection.signs[4]
    collection.signs[7] = collection.signs[5]
    assert training_rows(collection, ()).tolist() == [0, 1, 3]


def test_row_that_shares_one_hand_with_a_test_clip_is_left_out_alone(collection):
    shared = sharing_a_hand(collection, 2, 4)
    assert training_rows(shared, ()).tolist() == [0, 1, 3, 7]
    assert 2 in chosen_rows(shared, (), by_hash=False)


def test_stranger_under_a_second_number_is_left_out_with_all_clips(collection):
    assert training_rows(sharing_a_hand(collection, 2, 5), ()).tolist() == [0, 1, 7]


def test_twin_outside_the_vocabulary_is_left_out_and_the_one_inside_is_kept(collection):
    collection.signs[3] = collection.signs[0]
    collection.labels[3] = 1
    assert training_rows(collection, ()).tolist() == [0, 1, 2, 7]


def test_every_held_out_row_is_compared(collection):
    sides = [one.second.entries for one in comparisons(collection, np.array([0]))]
    assert [[entry.clip for entry in side] for side in sides] == [["5", "6"], ["4"]]


@pytest.mark.parametrize("row", [4, 5])
def test_training_does_not_start_on_rows_that_leak(collection, monkeypatch, row):
    monkeypatch.setattr(rows, "chosen_rows", lambda *_: np.array([0, row]))
    with pytest.raises(LeakError, match="the split leaks, nothing may be trained on it"):
        Pool(collection, TrainConfig())


def test_recording_is_found_in_the_picture_though_it_stands_elsewhere_in_body_units():
    seen = signer(fps=25.0)
    tracks = [hands_of(signer(fps=25.0, turns=3)), swapped(hands_of(seen)), hands_of(seen)[:-9]]
    signs = np.zeros((1, STEPS, 2, 21, 3), np.float16)
    found = match(seen, tracks, signs)
    assert (found.row, found.picture_distance) == (1, pytest.approx(0, abs=1e-6))
    assert found.feature_row == 0
    assert found.feature_distance > 0.02


def hands_of(landmarks) -> np.ndarray:
    points = landmarks.points[..., :2]
    return np.stack([points[:, topology.RIGHT_HAND], points[:, topology.LEFT_HAND]], axis=1)


def swapped(track: np.ndarray) -> np.ndarray:
    """The slots of WLASL are not left and right."""
    return track[:, ::-1]


def test_recordings_without_a_common_frame_with_hands_are_not_compared():
    first = np.full((10, 2, 21, 2), np.nan, np.float32)
    assert picture_distance(first, np.zeros_like(first)) == FARTHEST
    assert picture_distance(first[:0], first[:0]) == FARTHEST


@pytest.fixture
def data(collection, monkeypatch, tmp_path):
    """The made-up collection in place of the sets; letters alone are read from a file."""
    (tmp_path / "letters").mkdir()
    np.savez(
        tmp_path / "letters" / "letters.npz",
        points=np.random.default_rng(1).normal(0, 1, (2, 21, 3)).astype(np.float16),
        label=np.array(["a", "b"]),
        source=np.array(["aditi", "nejohnson"]),
    )
    monkeypatch.setattr(leaks, "collect", lambda folder: collection)
    monkeypatch.setattr(leaks, "scores_without", lambda *_: ())
    return tmp_path


def test_clean_split_ends_with_0_and_its_report_and_manifest_say_so(data, collection, capsys):
    out = data / "report"
    collection.signs[2] = collection.signs[4]
    code = leaks.main(["--data", str(data), "--out", str(out), "--manifest", str(data / "all.csv")])
    assert code == 0
    shown = capsys.readouterr().out
    assert "| train / strangers | 4 / 2 | 3 / 1 | 0 | 0 | 0 | 0 | 0 | clean |" in shown
    assert "1 (known)" in shown  # wlasl-1 is in training and in the official test
    page = (out / "report.md").read_text()
    assert "WLASL-2000: 2 of the 2 test signers" in page.replace(" train and val", "")
    report = json.loads((out / "report.json").read_text())
    assert report["summary"].startswith("no signer, recording or copy of one")
    assert report["official"][2]["found"]["distance"] == 1
    found = read_manifest(data / "all.csv")
    assert {entry.clip for entry in found if entry.split == LEFT_OUT} == {"2"}
    assert {"wlasl", "words", "letters"} <= {entry.dataset for entry in found}


def test_leak_ends_with_1_and_is_listed(data, monkeypatch, capsys):
    monkeypatch.setattr(leaks, "chosen_rows", lambda *_, **__: np.array([0, 5]))
    assert leaks.main(["--data", str(data)]) == 1
    captured = capsys.readouterr()
    assert "leaks by signer, recording, hash, distance" in captured.out
    assert f"train and strangers: 1 by signer: {STRANGER}" in captured.err


def test_leaks_of_rows_chosen_before_the_check_are_told(data, collection, monkeypatch):
    monkeypatch.setattr(leaks, "collect", lambda _: sharing_a_hand(collection, 2, 5))
    monkeypatch.setattr(leaks, "is_checked", lambda: False)
    assert leaks.main(["--data", str(data), "--out", str(data)]) == 0
    page = (data / "report.md").read_text()
    assert f"| strangers | person | 5 (yes) | {STRANGER} | 2 (yes) | wlasl-2 |" in page
    summary = json.loads((data / "report.json").read_text())["summary"]
    assert f"The stranger {STRANGER} is in their training as wlasl-2." in summary
    assert "saw copies of 1 of the 3 clips" in summary
