"""A simple recognizer asked the same clips: counted alike, and shown beside the other."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from signbridge.errors import BadInputError
from signbridge.evaluation.evaluate import run
from signbridge.landmarks.files import write_npz
from signbridge.session import Session
from signbridge.types import Guess, Landmarks, RecognitionResult, Segment
from tests.fakes import FakeSegmenter, engine

NEXT = "with `--trees DATA`"


class ByFrames:
    """Answers by the number of frames; the second guess is always FATHER."""

    reads, sees = "signs", "landmarks"

    def __init__(self, name: str, vocabulary: tuple[str, ...], best: dict[int, str]) -> None:
        self.name, self.vocabulary, self.best = name, vocabulary, best
        self.learned = "3 trees on 12 recordings"
        self.asked: list[int] = []

    def recognize(self, segment: Segment) -> RecognitionResult:
        frames = len(segment.landmarks.points)
        self.asked.append(frames)
        guesses = (Guess(self.best[frames], 0.9), Guess("FATHER", 0.1))
        return RecognitionResult(self.name, segment.start_s, segment.end_s, guesses, False, 0.0)


def network() -> ByFrames:
    vocabulary = ("MOTHER", "FATHER", "HELLO", "FS-A", "FS-B")
    return ByFrames("landmark", vocabulary, {10: "MOTHER", 20: "HELLO", 30: "FS-A"})


def trees() -> ByFrames:
    return ByFrames("extra-trees", ("MOTHER", "FATHER"), {10: "MOTHER", 20: "FATHER", 30: "FS-B"})


ROWS = (
    ("10.npz", "sign", "mother", "web"),
    ("20.npz", "sign", "hello", "web"),
    ("20.npz", "sign", "father", "book"),
    ("10.npz", "sign", "algebra", "book"),
    ("30.npz", "letter", "a", "web"),
)


def labelled(folder: Path, rows: tuple[tuple[str, ...], ...] = ROWS) -> Path:
    for frames in (10, 20, 30):
        write_npz(folder / f"{frames}.npz", Landmarks(np.zeros((frames, 543, 3), np.float32), 20.0))
    with (folder / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("path", "kind", "label", "source"), *rows])
    return folder / "labels.csv"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    labels = labelled(tmp_path)
    run("landmark", labels, tmp_path / "out", engine=engine(network()), baseline=trees)
    return tmp_path / "out"


def test_baseline_is_rated_on_the_clips_that_the_recognizer_could_know(out: Path) -> None:
    sign = json.loads((out / "report.json").read_text())["sign"]
    # Of mother, hello and father the network has the first two; the trees have the outer two, and
    # HELLO, which they never learned, counts against them. Nobody knows algebra.
    assert (sign["n_in_vocabulary"], sign["top1"]) == (3, pytest.approx(2 / 3))
    found = sign["baseline"]
    assert (found["recognizer"], found["vocabulary_size"]) == ("extra-trees", 2)
    assert found["learned"] == "3 trees on 12 recordings"
    assert (found["n_in_vocabulary"], found["top1"]) == (3, pytest.approx(2 / 3))
    assert found["by_source"]["web"]["top1"] == pytest.approx(1 / 2)
    assert found["by_source"]["web"]["top5"] == pytest.approx(1 / 2)
    assert found["by_source"]["book"]["top1"] == 1
    for top in ("top1", "top5"):
        assert found["intervals"][top]["low"] <= found[top] <= found["intervals"][top]["high"]


def test_letters_have_a_baseline_of_their_own(out: Path) -> None:
    letter = json.loads((out / "report.json").read_text())["letter"]
    assert letter["top1"] == 1
    assert (letter["baseline"]["n_in_vocabulary"], letter["baseline"]["top1"]) == (1, 0)


def test_page_shows_both_source_by_source(out: Path) -> None:
    page = (out / "report.md").read_text()
    assert "a simple model, extra-trees (3 trees on 12 recordings; a vocabulary of 2)" in page
    titles = "landmark, top 1 | extra-trees, top 1 | landmark, top 5 | extra-trees, top 5"
    assert f"| source | clips | {titles} |" in page
    assert "| book | 1 | 0.00 (0.00-0.00) | 1.00 (1.00-1.00) | 1.00" in page
    assert NEXT not in page


def test_report_names_what_grew_the_trees(out: Path) -> None:
    assert json.loads((out / "report.json").read_text())["versions"]["scikit-learn"]


def test_report_without_a_baseline_says_how_to_get_one(tmp_path: Path) -> None:
    run("landmark", labelled(tmp_path), tmp_path / "out", engine=engine(network()))
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["sign"]["baseline"] is None
    assert report["letter"]["baseline"] is None
    page = (tmp_path / "out" / "report.md").read_text()
    assert "Nothing but chance stands beside these figures" in page
    assert NEXT in page


def test_baseline_is_not_asked_for_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "open_segmenter", FakeSegmenter)
    labels = labelled(tmp_path, (("10.npz", "sentence", "My mother.", "web"), ROWS[0]))
    simple = trees()
    run("landmark", labels, tmp_path / "out", engine=engine(network()), baseline=lambda: simple)
    assert simple.asked == [10]


def test_baseline_is_not_grown_for_labels_that_are_refused(tmp_path: Path) -> None:
    def grown() -> ByFrames:
        raise AssertionError("minutes were spent")

    with pytest.raises(BadInputError, match="does not exist"):
        run("landmark", tmp_path / "none.csv", tmp_path / "out", baseline=grown)
