"""The csv of all sets, and the sets that are only lines of it."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from signbridge.data import alphabet, clips, stills
from signbridge.data.manifest import (
    CALIBRATION_SIGNERS,
    COLUMNS,
    EVALUATION,
    KNOWN,
    STRANGERS,
    TRAIN,
    Entry,
    read_manifest,
    require_sets,
    split_of,
    write_manifest,
)
from signbridge.errors import BadInputError

DATA = Path(__file__).parents[3] / "shared" / "data"
ENTRY = Entry(
    dataset="made",
    clip="1",
    gloss="THANK, YOU",
    signer="ann",
    source="site",
    split=TRAIN,
    licence="MIT",
)


def test_manifest_read_again_is_the_one_written(tmp_path):
    entries = (ENTRY, replace(ENTRY, clip="2", signer="", official_split="test", recording="a.mp4"))
    write_manifest(tmp_path / "all.csv", entries)
    assert read_manifest(tmp_path / "all.csv") == entries


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [("split", "tset", "the split is 'tset'"), ("licence", "", "must be given")],
)
def test_line_that_says_too_little_is_refused_with_its_number(tmp_path, column, value, said):
    write_manifest(tmp_path / "all.csv", [ENTRY, replace(ENTRY, clip="2", **{column: value})])
    with pytest.raises(BadInputError, match=rf"line 3: .*{said}"):
        read_manifest(tmp_path / "all.csv")


def test_clip_that_is_there_twice_is_refused(tmp_path):
    write_manifest(tmp_path / "all.csv", [ENTRY, replace(ENTRY, gloss="OTHER")])
    with pytest.raises(BadInputError, match="made 1 is on line 2 already"):
        read_manifest(tmp_path / "all.csv")


def test_missing_columns_are_named(tmp_path):
    (tmp_path / "all.csv").write_text("clip,gloss\n1,YES\n")
    with pytest.raises(BadInputError, match="lacks the columns dataset, licence"):
        read_manifest(tmp_path / "all.csv")


def test_signer_is_in_training_or_a_stranger_whatever_the_official_split_says():
    for official in ("train", "val", "test", ""):
        assert split_of(CALIBRATION_SIGNERS[0], official) == STRANGERS
        assert split_of("wlasl-1", official) == (KNOWN if official == "test" else TRAIN)


def test_each_still_hand_is_a_line_with_its_licence_and_its_print(tmp_path):
    points = np.random.default_rng(0).normal(0, 1, (3, 21, 3)).astype(np.float16)
    points[2] = points[0]
    np.savez(
        tmp_path / "letters.npz",
        points=points,
        label=np.array(["a", "b", "a"]),
        source=np.array(["aditi", "boris", "kamil"]),
    )
    entries, prints = stills.read_stills(tmp_path)
    assert [(e.gloss, e.signer) for e in entries] == [
        ("A", "letters-aditi"),
        ("B", "letters-boris"),
        ("A", "letters-kamil"),
    ]
    assert [e.licence for e in entries] == ["GPL-3.0", "CC0-1.0", "not stated"]
    assert prints[0] == prints[2] != prints[1]


def test_every_video_is_a_line_that_is_never_trained_on(tmp_path):
    with (tmp_path / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [
                ("path", "kind", "label", "source"),
                ("site/a.mp4", "sign", "book", "site"),
                ("site/b.mp4", "sentence", "No, I'm not.", "site"),
            ]
        )
    found = clips.read_clips(tmp_path)
    assert [entry.gloss for entry in found] == ["book", "No, I'm not."]
    assert {entry.split for entry in found} == {EVALUATION}


def test_moving_alphabet_has_each_letter_once_by_one_signer():
    pytest.importorskip("spoken_to_signed", reason="the package of the alphabet is not installed")
    entries = alphabet.read_entries(alphabet.folder())
    assert "".join(entry.gloss for entry in entries) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert {entry.signer for entry in entries} == {alphabet.SIGNER}
    (letter,) = alphabet.read_samples(alphabet.folder(), only="J")
    assert len(letter.prints) > 20
    assert all(getattr(letter, column) == getattr(entries[9], column) for column in COLUMNS)


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the data beside the project are not here")
def test_the_real_stills_and_videos_are_all_read():
    assert len(stills.read_stills(DATA / "letters")[0]) == 36_765
    assert len(clips.read_clips(DATA / "clips")) == 169


def test_folder_without_the_sets_is_refused_with_their_names(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    with pytest.raises(BadInputError, match="holds no wlasl, letters; name the folder"):
        require_sets(tmp_path, "wlasl", "words", "letters")
