"""Labels, twins and signer-disjoint rows of the collected sets."""

import csv
from pathlib import Path

import numpy as np
import pytest

from signbridge.data import wlasl
from signbridge.data.collection import (
    CALIBRATION_SIGNERS,
    IDLE,
    Collection,
    collect,
    gloss_of,
    twins,
)
from signbridge.data.handedness import fit_handedness
from signbridge.data.leaks import HASH
from signbridge.data.letters import PLACE_X, held
from signbridge.landmarks.features import STEPS
from signbridge.training.fit import TrainConfig, training_rows
from signbridge.training.leaks import official, splits
from tests.signing import hand_shape, signer

DATA = Path(__file__).parents[3] / "shared" / "data"


def test_letters_idling_and_words_get_different_glosses():
    assert gloss_of("words", "none") == IDLE
    assert gloss_of("startasl", "none") == "NONE"
    assert gloss_of("words", "letter_a") == gloss_of("signschool", "a") == "FS-A"
    assert gloss_of("words", "me") == "ME"
    assert gloss_of("signschool", "i") == "FS-I"  # the class is the letter, not the pronoun
    assert gloss_of("aslsearch", "mom") == gloss_of("words", "mother") == "MOTHER"


def signs(count: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 0.5, (count, STEPS, 2, 21, 3)).astype(np.float16)


def test_twin_is_found_and_a_stranger_is_not():
    first = signs(5)
    second = np.concatenate([signs(3, seed=1), first[2:3] + np.float16(0.004)])
    assert twins(first, second).tolist() == [-1, -1, 3, -1, -1]


def test_held_letter_stays_near_its_place():
    made = held(np.repeat(hand_shape()[None], 200, 0), STEPS, np.random.default_rng(0))
    assert np.isnan(made[:, :, 1]).all()
    assert np.mean(made[:, :, 0, 0, 0]) == pytest.approx(PLACE_X, abs=0.05)
    assert np.ptp(made[:, :, 0, 0, 0], axis=1).max() < 0.3


def write_wlasl(folder, rows) -> None:
    """A small set in WLASL's own layout, from (video_id, box, points (T, 21, 3) in fractions)."""
    folder.mkdir()
    hands = np.full((sum(len(points) for *_, points in rows), 2, 21, 3), np.nan, np.float16)
    offsets = [0]
    with (folder / "sequences.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                "video_id",
                "class",
                "gloss",
                "signer_id",
                "split",
                "source",
                "frame_start",
                "frame_end",
                "bbox",
                "fps",
                "n_frames",
            ]
        )
        for video_id, box, points in rows:
            hands[offsets[-1] : offsets[-1] + len(points), 0] = points
            offsets.append(offsets[-1] + len(points))
            writer.writerow([video_id, 0, "book", 38, "train", "startasl", 1, -1, box, 25,
                             len(points)])  # fmt: skip
    np.savez(folder / "hands.npz", hands=hands, offsets=np.array(offsets))


def test_signer_box_gives_the_frame_that_shoulders_give(tmp_path):
    """The same person once as hands in a box, once as a body: the hands land in one place."""
    landmarks = signer(fps=25.0, size=0.25)
    height, width = 720, 1280
    points = landmarks.points[:, -21:].copy()
    points[..., 0] = 0.5 + (points[..., 0] - 0.5) * (640 / 480) / (width / height)
    shoulder = 0.25 * height
    top = 0.5 * height - wlasl.SHOULDERS_BELOW_TOP * shoulder
    box = f"{round(width / 2 - shoulder)} {round(top)} {round(width / 2 + shoulder)} {height}"
    write_wlasl(tmp_path / "wlasl", [("1", box, points)])
    shapes = np.repeat(hand_shape()[None], 64, 0)
    handedness = fit_handedness(shapes * np.array([-1, 1, 1], np.float32), shapes)
    (sample,) = wlasl.read_samples(tmp_path / "wlasl", handedness)
    raised = sample.hands.points[15:40, 0, 0]
    assert np.nanmin(raised[:, 0]) == pytest.approx(-0.6, abs=0.06)
    assert np.nanmean(raised[:, 1]) == pytest.approx(0.2, abs=0.1)


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(not DATA.exists(), reason="the data beside the project are not here")
def test_no_signer_and_no_recording_is_on_both_sides():
    collection: Collection = collect(DATA)
    rows = training_rows(collection, TrainConfig().without)
    trained = {collection.samples[i].signer for i in rows}
    assert not trained & set(CALIBRATION_SIGNERS)
    recordings = {(collection.samples[i].source, collection.samples[i].clip) for i in rows}
    test = collection.where(lambda sample: sample.official_split == "test")
    for i in test:
        sample = collection.samples[i]
        assert (sample.source, sample.clip) not in recordings
    assert (twins(collection.signs[test], collection.signs[rows]) < 0).all()
    for found in splits(collection, rows, DATA):
        assert found.describe() == ""
    official_test = official(collection, 2000)
    assert len(official_test.found[HASH]) > 100  # the check does see WLASL's copies
    people = {sample.signer for sample in collection.samples}
    assert "wlasl-59" in people - trained  # the stranger wlasl-15 under another number
