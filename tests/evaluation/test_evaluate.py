"""Labelled clips through a recognizer whose answers are known, to the files of the report."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import signbridge.evaluation.evaluate as module
from signbridge.errors import BadInputError, SettingsError
from signbridge.evaluation.evaluate import evaluate, run
from signbridge.landmarks.files import write_npz
from signbridge.pipeline import Engine
from signbridge.session import Session
from signbridge.settings import Settings
from signbridge.types import (
    Guess,
    Landmarks,
    RecognitionResult,
    Segment,
    Timings,
    Translation,
    Utterance,
)
from tests.fakes import FakeSegmenter, engine

FPS = 20.0


class FrameCountRecognizer:
    """Answers by the number of frames, so that a test decides each answer by the file it writes."""

    name = "landmark"
    reads = "signs"
    sees = "landmarks"
    vocabulary = ("MOTHER", "FATHER", "HELLO", "A")
    answers: dict[int, tuple[tuple[Guess, ...], bool]] = {  # noqa: RUF012 - never changed
        10: ((Guess("MOTHER", 0.9), Guess("FATHER", 0.1)), False),
        20: ((Guess("HELLO", 0.4), Guess("FATHER", 0.3)), True),
        30: ((Guess("A", 0.8),), False),
        40: ((), True),
    }

    def __init__(self) -> None:
        self.segments: list[Segment] = []

    def recognize(self, segment: Segment) -> RecognitionResult:
        self.segments.append(segment)
        guesses, abstained = self.answers[len(segment.landmarks.points)]
        return RecognitionResult(
            self.name, segment.start_s, segment.end_s, guesses, abstained, elapsed_s=0.002
        )


def engine_with(recognizer: FrameCountRecognizer) -> Engine:
    return engine(recognizer)  # type: ignore[arg-type]


def landmarks(frames: int) -> Landmarks:
    return Landmarks(np.zeros((frames, 543, 3), np.float32), FPS)


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    for frames in (10, 20, 30, 40):
        write_npz(tmp_path / f"{frames}.npz", landmarks(frames))
    rows = [
        ("10.npz", "sign", "mom", "web"),
        ("10.npz", "sign", "father", "web"),
        ("20.npz", "sign", "dad", "book"),
        ("40.npz", "sign", "hi", "book"),
        ("10.npz", "sign", "algebra", "book"),
        ("30.npz", "letter", "a", "web"),
        ("10.npz", "long", "a story", "web"),
        ("gone.npz", "sign", "hello", "web"),
    ]
    path = tmp_path / "labels.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("path", "kind", "label", "source"), *rows])
    return path


@pytest.fixture
def report(labels: Path, tmp_path: Path) -> dict:
    run("landmark", labels, tmp_path / "out", engine=engine_with(FrameCountRecognizer()))
    return json.loads((tmp_path / "out" / "report.json").read_text())


def test_sign_rates_are_those_counted_by_hand(report: dict) -> None:
    # In the vocabulary: mom right, father second, dad second but not sure, hi without a guess.
    sign = report["sign"]
    assert (sign["n"], sign["n_in_vocabulary"]) == (5, 4)
    assert sign["top1"] == pytest.approx(1 / 4)
    assert sign["top5"] == pytest.approx(3 / 4)
    assert sign["coverage"] == pytest.approx(2 / 4)
    assert sign["accuracy_when_answered"] == pytest.approx(1 / 2)
    assert sign["outside_answered"] == 1
    assert sign["chance"]["top1"] == pytest.approx(1 / 4)


def test_sources_are_rated_apart(report: dict) -> None:
    by_source = report["sign"]["by_source"]
    assert by_source["web"]["top1"] == pytest.approx(1 / 2)
    assert by_source["book"]["top5"] == pytest.approx(1 / 2)
    assert sum(rates["n"] for rates in by_source.values()) == report["sign"]["n"]


def test_intervals_hold_the_rate(report: dict) -> None:
    for name, interval in report["sign"]["intervals"].items():
        assert interval["low"] <= report["sign"][name] <= interval["high"]


def test_letters_are_rated_apart_from_signs(report: dict) -> None:
    assert (report["letter"]["n"], report["letter"]["top1"]) == (1, 1)


def test_what_was_not_measured_is_null(report: dict) -> None:
    assert report["sentence"]["n"] == 0
    assert "wer_raw" not in report["sentence"]
    assert report["sign"]["worst_signer"] is None


def test_rows_of_other_kinds_are_counted(report: dict, tmp_path: Path) -> None:
    assert report["skipped_kinds"] == {"long": 1}
    page = (tmp_path / "out" / "report.md").read_text()
    assert "Rows passed over, as their kind is not evaluated: 1 of kind long." in page


def test_page_of_labels_that_are_all_evaluated_passes_nothing_over(signed: Path) -> None:
    assert json.loads((signed / "report.json").read_text())["skipped_kinds"] == {}
    assert "passed over" not in (signed / "report.md").read_text()


def test_missing_file_is_listed_with_its_reason_and_is_not_fatal(report: dict) -> None:
    (row,) = report["unreadable"]
    assert row["name"] == "gone.npz"
    assert "does not exist" in row["reason"]


def test_report_says_what_it_was_made_with(report: dict) -> None:
    assert report["bootstrap"]["seed"] == 0
    assert report["versions"]["numpy"] == np.__version__
    assert len(report["labels_sha256"]) == 64


class ToldRecognizer(FrameCountRecognizer):
    about = {"model": "signs", "revision": "0123456789ab", "device": "cpu"}  # noqa: RUF012
    weights_sha256 = {"signs/model.onnx": "ba9876543210"}  # noqa: RUF012
    threshold = 0.6968


def test_report_names_the_weights_and_the_threshold(labels: Path, tmp_path: Path) -> None:
    run("landmark", labels, tmp_path / "out", engine=engine_with(ToldRecognizer()))
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["model"] == {
        "model": "signs",
        "revision": "0123456789ab",
        "device": "cpu",
        "weights_sha256": {"signs/model.onnx": "ba9876543210"},
        "threshold": 0.6968,
    }
    page = (tmp_path / "out" / "report.md").read_text()
    assert "Answered by model signs, revision 0123456789ab, device cpu." in page
    assert "`signs/model.onnx` ba9876543210." in page
    assert 'A best score under 0.697 means "not recognized".' in page


def test_recognizer_that_tells_of_no_model_has_none_in_the_report(
    report: dict, tmp_path: Path
) -> None:
    assert report["model"] is None
    page = (tmp_path / "out" / "report.md").read_text()
    assert "Answered by" not in page
    assert "Weights" not in page
    assert "not recognized" not in page


def test_model_without_files_or_threshold_has_null_there(labels: Path, tmp_path: Path) -> None:
    class Endpoint(FrameCountRecognizer):
        about = {"model": "far"}  # noqa: RUF012

    run("landmark", labels, tmp_path / "out", engine=engine_with(Endpoint()))
    found = json.loads((tmp_path / "out" / "report.json").read_text())["model"]
    assert found == {"model": "far", "weights_sha256": None, "threshold": None}


def test_page_shows_every_picture_it_names(labels: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("landmark", labels, out, engine=engine_with(FrameCountRecognizer()))
    page = (out / "report.md").read_text()
    pictures = {path.name for path in out.glob("*.png")}
    assert {"sign-rates.png", "sign-confusions.png", "sign-reliability.png"} <= pictures
    assert all(f"]({name})" in page for name in pictures)
    assert "| all | 5 | 4 | 0.25 (" in page
    assert "gone.npz" in page


def test_letters_taken_for_others_are_drawn_like_signs(labels: Path, tmp_path: Path) -> None:
    labels.write_text("path,kind,label,source\n30.npz,letter,a,web\n10.npz,letter,a,web\n")
    run("landmark", labels, tmp_path / "out", engine=engine_with(FrameCountRecognizer()))
    page = (tmp_path / "out" / "report.md").read_text()
    assert "](letter-confusions.png)" in page
    assert (tmp_path / "out" / "letter-confusions.png").is_file()
    assert "sign-" not in page


def test_letters_all_right_have_no_picture_of_confusions(labels: Path, tmp_path: Path) -> None:
    run("landmark", labels, tmp_path / "out", engine=engine_with(FrameCountRecognizer()))
    assert (tmp_path / "out" / "letter-rates.png").is_file()
    assert not (tmp_path / "out" / "letter-confusions.png").exists()


def test_every_clip_has_its_row_of_predictions(labels: Path, tmp_path: Path) -> None:
    run("landmark", labels, tmp_path / "out", engine=engine_with(FrameCountRecognizer()))
    with (tmp_path / "out" / "predictions.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    assert rows[1] | {"label": "father", "guess_1": "MOTHER", "right": "0"} == rows[1]
    assert rows[3]["guess_1"] == ""


def test_whole_clip_is_one_segment(labels: Path) -> None:
    recognizer = FrameCountRecognizer()
    evaluate("landmark", labels, engine=engine_with(recognizer))
    assert len(recognizer.segments) == 6
    assert (recognizer.segments[0].start_s, recognizer.segments[0].end_s) == (0, 10 / FPS)


def test_report_in_place_of_a_file_is_refused_before_any_work(labels: Path) -> None:
    recognizer = FrameCountRecognizer()
    with pytest.raises(BadInputError, match="can't be made a folder"):
        run("landmark", labels, labels, engine=engine_with(recognizer))
    assert not recognizer.segments


def test_recognizer_that_is_not_running_is_named(labels: Path) -> None:
    with pytest.raises(SettingsError, match=r"'video' is not running; choose from \('landmark',\)"):
        evaluate("video", labels, engine=engine_with(FrameCountRecognizer()))


def test_progress_goes_from_nothing_to_all(labels: Path) -> None:
    seen: list[float] = []
    fake = engine_with(FrameCountRecognizer())
    evaluate("landmark", labels, progress=lambda done, _: seen.append(done), engine=fake)
    assert seen[0] == 0
    assert seen[-1] == 1
    assert seen == sorted(seen)


def test_cached_landmarks_are_extracted_once(
    labels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"pixels")
    labels.write_text("path,kind,label,source\nclip.mp4,sign,mother,web\n")
    extracted: list[Path] = []

    def fake_extract(engine: Engine, path: Path) -> Landmarks:
        extracted.append(path)
        return landmarks(10)

    monkeypatch.setattr(module, "extract", fake_extract)
    fake = engine_with(FrameCountRecognizer())
    first = evaluate("landmark", labels, engine=fake, cache=tmp_path / "cache")
    second = evaluate("landmark", labels, engine=fake, cache=tmp_path / "cache")
    assert first == second
    assert len(extracted) == 1
    slower = replace(fake, settings=Settings(max_fps=10.0))
    evaluate("landmark", labels, engine=slower, cache=tmp_path / "cache")
    assert len(extracted) == 2


def test_sentence_is_the_translation_of_the_whole_clip(
    labels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"pixels")
    labels.write_text("path,kind,label,source\nclip.mp4,sentence,How are you?,web\n")

    def fake_translate(engine: Engine, path: Path, *, speak: bool) -> Translation:
        assert not speak
        return Translation({}, Utterance("how you", "rules", 0.0), None, timings=Timings())

    monkeypatch.setattr(module, "translate", fake_translate)
    run("landmark", labels, tmp_path / "out", engine=engine_with(FrameCountRecognizer()))
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["sentence"]["n"] == 1
    assert report["sentence"]["wer_normalised"]["score"] == pytest.approx(100 / 3, abs=0.01)
    assert report["sentence"]["exact_match"]["score"] == 0
    assert report["sign"]["top1"] is None
    page = (tmp_path / "out" / "report.md").read_text()
    assert "| clip.mp4 | How are you? | how you | 33.33 |" in page
    assert "| BLEU-1 | 18.39 |" in page
    assert "tok:13a" in page


def test_sentence_in_a_landmark_file_goes_through_a_session(
    labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels.write_text("path,kind,label,source\n10.npz,sentence,My mother.,web\n")
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "open_segmenter", FakeSegmenter)
    found = evaluate("landmark", labels, engine=engine_with(FrameCountRecognizer()))
    assert [prediction.text for prediction in found.predictions] == ["mother."]


@pytest.fixture
def signed(labels: Path, tmp_path: Path) -> Path:
    """Return the folder of a report whose clips have two named signers and one unnamed."""
    labels.write_text(
        "path,kind,label,source,signer\n"
        "10.npz,sign,mother,web,Ann\n10.npz,sign,mother,web,Ann\n10.npz,sign,father,web,Ann\n"
        "10.npz,sign,father,web,Bob\n10.npz,sign,mother,web,Bob\n10.npz,sign,mother,web,\n"
    )
    run("landmark", labels, tmp_path / "out", engine=engine_with(FrameCountRecognizer()))
    return tmp_path / "out"


def test_signers_are_rated_apart_and_the_worst_is_named(signed: Path) -> None:
    sign = json.loads((signed / "report.json").read_text())["sign"]
    assert {name: rates["n"] for name, rates in sign["by_signer"].items()} == {"Ann": 3, "Bob": 2}
    assert sign["by_signer"]["Ann"]["top1"] == pytest.approx(2 / 3)
    assert sign["worst_signer"] == "Bob"
    page = (signed / "report.md").read_text()
    assert "Bob is recognized least, 0.50 of 2 clips" in page
    assert "| Ann | 3 | 3 | 0.67 (" in page


def test_predictions_name_the_signer_where_the_labels_do(signed: Path) -> None:
    with (signed / "predictions.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["signer"] for row in rows] == ["Ann", "Ann", "Ann", "Bob", "Bob", ""]
    assert rows[0] | {"label": "mother", "right": "1", "guess_1": "MOTHER"} == rows[0]
    assert rows[0]["elapsed_s"] == "0.0020"


def test_page_says_in_words_which_signs_are_taken_for_which(signed: Path) -> None:
    page = (signed / "report.md").read_text()
    assert "The commonest of 2 wrong answers" in page
    assert "| FATHER | MOTHER | 2 |" in page


def test_page_without_a_signer_names_none(labels: Path, tmp_path: Path) -> None:
    run("landmark", labels, tmp_path / "out", engine=engine_with(FrameCountRecognizer()))
    assert "By signer" not in (tmp_path / "out" / "report.md").read_text()


def test_signers_of_sentences_are_scored_apart(
    labels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {"a.mp4": "How are you?", "b.mp4": "how you", "c.mp4": "why"}
    for name in texts:
        (tmp_path / name).write_bytes(b"pixels")
    rows = [f"{name},sentence,How are you?,web,{'a' if name == 'a.mp4' else 'b'}" for name in texts]
    labels.write_text("\n".join(["path,kind,label,source,signer", *rows]))

    def fake_translate(engine: Engine, path: Path, *, speak: bool) -> Translation:
        return Translation({}, Utterance(texts[path.name], "rules", 0.0), None, timings=Timings())

    monkeypatch.setattr(module, "translate", fake_translate)
    run("landmark", labels, tmp_path / "out", engine=engine_with(FrameCountRecognizer()))
    sentence = json.loads((tmp_path / "out" / "report.json").read_text())["sentence"]
    # b: 1 word of 3 missing, then all 3 wrong: 4 edits over 6 words.
    by_signer = sentence["by_signer"]
    assert by_signer["b"]["wer_normalised"]["score"] == pytest.approx(100 * 4 / 6, abs=0.01)
    assert by_signer["a"]["wer_normalised"]["score"] == 0
    assert sentence["worst_signer"] == "b"
    assert "b has the highest word error rate" in (tmp_path / "out" / "report.md").read_text()


def test_reader_of_sentences_is_asked_for_the_one_sign_it_found(labels: Path) -> None:
    class Reader(FrameCountRecognizer):
        reads = "sentences"

        def recognize(self, segment: Segment) -> RecognitionResult:
            sign = super().recognize(segment)
            said = (Guess(f"{sign.guesses[0].text}.", 0.9),) if sign.guesses else ()
            return replace(sign, guesses=said, kind="sentence", signs=(sign,))

    alone, read = (
        evaluate("landmark", labels, engine=engine_with(one))
        for one in (FrameCountRecognizer(), Reader())
    )
    assert read.predictions == alone.predictions


def test_labels_of_which_no_clip_can_be_read_are_refused(labels: Path, tmp_path: Path) -> None:
    table = tmp_path / "gone.csv"
    table.write_text("path,kind,label,source\ngone.npz,sign,hello,a\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"none of its 1 clips .* gone\.npz does not exist"):
        evaluate("landmark", table, engine=engine_with(FrameCountRecognizer()))


def test_cache_that_was_stopped_halfway_is_made_again(
    labels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(path: Path, _: Landmarks) -> None:
        path.write_bytes(b"half of it")
        raise KeyboardInterrupt

    clip, cache = tmp_path / "clip.mp4", tmp_path / "cache"
    clip.write_bytes(b"a video")
    monkeypatch.setattr(module, "extract", lambda *_: landmarks(10))
    whole = engine_with(FrameCountRecognizer())
    with monkeypatch.context() as patched:
        patched.setattr(module, "write_npz", stopped)
        with pytest.raises(KeyboardInterrupt):
            module.landmarks_of(whole, clip, cache)
    for _ in range(2):
        assert len(module.landmarks_of(whole, clip, cache).points) == 10
