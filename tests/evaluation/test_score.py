"""Files of sentences through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signbridge.cli import main
from signbridge.evaluation.score import read_sentences

KEYS = (
    "bleu_1",
    "bleu_2",
    "bleu_3",
    "bleu_4",
    "chrf",
    "chrf++",
    "rouge_l",
    "meteor",
    "wer_raw",
    "wer_normalised",
    "exact_match",
    "distinct_2",
)
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def said(tmp_path: Path) -> Path:
    return write(tmp_path / "said.txt", "Where is my book?\n\nI go home\n")


@pytest.fixture
def meant(tmp_path: Path) -> Path:
    return write(tmp_path / "meant.txt", "Where is my book?\nI know.\nI went home.\n")


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def score(*arguments: object) -> int:
    said, *others = map(str, arguments)
    return main(["score", "--hypotheses", said, "--references", *others])


def test_json_has_every_score_with_its_signature(said: Path, meant: Path, capsys: Captured) -> None:
    assert score(said, meant, "--json") == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert printed.err == ""
    assert (found["n"], found["n_references"]) == (3, 1)
    assert set(KEYS) < set(found)
    for key in KEYS:
        assert "version:" in found[key]["signature"]
        assert found[key]["unit"] == ("ratio" if key == "distinct_2" else "percent")
    # Edits: 2 missing, go for went (and, raw, home for home.): over 9 words.
    assert found["wer_normalised"]["score"] == pytest.approx(100 * 3 / 9, abs=0.01)
    assert found["wer_raw"]["score"] == pytest.approx(100 * 4 / 9, abs=0.01)
    assert found["exact_match"]["score"] == pytest.approx(100 / 3, abs=0.01)
    assert found["distinct_2"] | {"score": 1, "interval": None} == found["distinct_2"]
    interval = found["wer_raw"]["interval"]
    assert interval["low"] < found["wer_raw"]["score"] < interval["high"]


def test_table_has_a_line_for_each_score(said: Path, meant: Path, capsys: Captured) -> None:
    assert score(said, meant) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("3 sentences, 1 reference each")
    assert len(lines) == 1 + len(KEYS)
    (wer,) = [line for line in lines if line.startswith("WER, normalised")]
    assert "33.33" in wer


@pytest.mark.parametrize("twice", [False, True])
def test_references_may_be_several_files(
    said: Path, meant: Path, capsys: Captured, twice: bool
) -> None:
    more = ("--references", said) if twice else (said,)
    assert score(said, meant, *more, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["n_references"] == 2
    assert found["exact_match"]["score"] == 100


@pytest.mark.parametrize(
    ("content", "blame"),
    [
        (None, "does not exist"),
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"one\ntwo\n", "has 2 lines and"),
        ("caf\u00e9\na\nb\n".encode("latin-1"), "is not UTF-8 text (byte 3)"),
    ],
)
@pytest.mark.parametrize("which", ["hypotheses", "references"])
def test_bad_file_is_refused_in_one_line(
    said: Path, tmp_path: Path, capsys: Captured, content: bytes | None, blame: str, which: str
) -> None:
    bad = tmp_path / "bad.txt"
    if content is not None:
        bad.write_bytes(content)
    order = (bad, said) if which == "hypotheses" else (said, bad)
    assert score(*order, "--json") == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert "bad.txt" in printed.err
    expected = "and" if "lines" in blame else blame
    assert expected in printed.err


def test_folder_is_refused_in_one_line(said: Path, tmp_path: Path, capsys: Captured) -> None:
    assert score(said, tmp_path) == 2
    assert "can't be read" in capsys.readouterr().err


def test_lines_are_those_of_any_editor(tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\n\r\ntwo\x0cpages")
    assert read_sentences(path) == ["one", "", "two\x0cpages"]


def test_blank_last_sentence_counts(tmp_path: Path) -> None:
    assert read_sentences(write(tmp_path / "a.txt", "one\n\n")) == ["one", ""]
