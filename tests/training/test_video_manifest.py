"""A manifest or a configuration that can't be trained from is refused at the door, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from signbridge.errors import BadInputError, SettingsError
from signbridge.training.video.config import Stage, VideoTrainConfig, read_config
from signbridge.training.video.manifest import (
    Row,
    check_apart,
    fingerprint,
    of_stage,
    read_manifests,
)

HEADER = "path,text,split,source\n"


def manifest(folder: Path, *lines: str, header: str = HEADER) -> Path:
    for name in ("a.mp4", "b.mp4"):
        (folder / name).touch()
    path = folder / "clips.csv"
    path.write_text(header + "\n".join(lines), encoding="utf-8")
    return path


def test_rows_of_one_split_are_read_with_paths_beside_the_csv(tmp_path: Path) -> None:
    path = manifest(tmp_path, 'a.mp4," Hello,  you. ",train,x', "b.mp4,Bye.,val,x")
    assert read_manifests([path], "train") == (
        Row((tmp_path / "a.mp4").resolve(), "Hello, you.", "train", "x"),
    )


@pytest.mark.parametrize(
    ("lines", "header", "words"),
    [
        (["c.mp4,Hello.,train,x"], HEADER, "line 2: there is no clip"),
        (["a.mp4,,train,x"], HEADER, "line 2: text is empty"),
        (["a.mp4,Hello."], HEADER, "line 2: split, source is empty"),
        (["a.mp4,Hi.,train,x", "a.mp4,Hi.,train,x"], HEADER, "twice"),
        (["a.mp4,Hello.,test,x"], HEADER, "no row of the split 'train'; it has test"),
        (["a.mp4,Hello."], "path,text\n", "lacks the columns split, source"),
        ([], HEADER, "it has nothing"),
    ],
)
def test_a_manifest_that_cannot_be_used_says_why(
    tmp_path: Path, lines: list[str], header: str, words: str
) -> None:
    with pytest.raises(BadInputError, match=words):
        read_manifests([manifest(tmp_path, *lines, header=header)], "train")


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"none\.csv can't be read"):
        read_manifests([tmp_path / "none.csv"], "train")


def test_a_clip_to_learn_may_not_be_measured_on() -> None:
    one, other = (Row(Path(name), "Hi.", "train", "x") for name in "ab")
    check_apart([one], [other])
    with pytest.raises(BadInputError, match="both train and val, such as a"):
        check_apart([one, other], [one])


def test_a_stage_takes_its_sources_and_says_which_there_are() -> None:
    rows = [Row(Path(name), "Hi.", "train", name) for name in "ab"]
    rates = (0.0, 0.0, 0.0, 0.0)
    assert of_stage(rows, Stage("one", ("b",), 1, rates)) == (rows[1],)
    assert of_stage(rows, Stage("one", (), 1, rates)) == tuple(rows)
    with pytest.raises(
        BadInputError, match="wants clips of c, but the manifest's sources are a, b"
    ):
        of_stage(rows, Stage("one", ("c",), 1, rates))


def test_a_changed_sentence_changes_the_fingerprint() -> None:
    row = Row(Path("a"), "Hi.", "train", "x")
    assert fingerprint([row]) == fingerprint([row])
    assert fingerprint([row]) != fingerprint([Row(Path("a"), "Ho.", "train", "x")])


def test_the_defaults_are_the_published_recipe() -> None:
    config = read_config("defaults")
    assert config == VideoTrainConfig()
    assert [stage.rates for stage in config.stages] == [
        (3e-5, 5e-5, 2e-5, 5e-5),
        (2e-5, 4e-5, 1e-5, 3e-5),
    ]
    assert (config.rank_language, config.rank_vision, config.rank_head) == (16, 32, 8)
    assert (config.batch, config.betas, config.weight_decay) == (24, (0.9, 0.98), 0.01)


def test_a_configuration_changes_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(
        'batch = 4\nbetas = [0.5, 0.6]\n[[stages]]\nname = "one"\nsources = ["x"]\nepochs = 2\n'
        "rates = [1e-4, 2, 0, 1e-3]\n"
    )
    config = read_config(str(path))
    assert config.batch == 4
    assert config.betas == (0.5, 0.6)
    assert config.stages == (Stage("one", ("x",), 2, (1e-4, 2, 0, 1e-3)),)
    assert config.smoothing == VideoTrainConfig().smoothing


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("btach = 4", "btach is not a setting; choose from seed"),
        ("batch = 4.5", "batch = 4.5 is no int"),
        ("batch = true", "batch = True is no int"),
        ("batch = 0", "batch = 0 means nothing"),
        ("batch = 5\nmicro_batch = 2", "no multiple of micro_batch"),
        ("dropout = 1.0", "dropout = 1.0 is no share"),
        ("floor = nan", "floor = nan is no share"),
        ('prompt = "poem"', "prompt = 'poem' is unknown"),
        ('betas = ["a", 1]', "betas"),
        ("stages = 3", "stages is no list"),
        ("stages = [3]", "a stage is no table"),
        ('[[stages]]\nname = "a"', "a stage lacks epochs, rates, sources"),
        ('[[stages]]\nname="a"\nsources=[]\nepochs=1\nrates=[1,2]', "stage 'a' can't be run"),
        ("batch =", "is not TOML"),
    ],
)
def test_a_configuration_that_means_nothing_says_why(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=words):
        read_config(str(path))


def test_a_missing_configuration_names_the_word_for_the_defaults(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="give a TOML file, or 'defaults'"):
        read_config(str(tmp_path / "none.toml"))
