"""`replay` on the command line: a clip played live, beside what is known of it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from signbridge import build
from signbridge.cli import main
from signbridge.evaluation import playback
from signbridge.evaluation.playback import Playback, Word
from signbridge.evaluation.replayed import Sign, shown_again
from signbridge.landmarks.files import write_npz
from signbridge.stages.naming import Naming
from signbridge.types import Landmarks, RecognitionResult, Segment
from tests import fakes
from tests.signing import signer

Captured = pytest.CaptureFixture[str]
TRUTH = "start_s,end_s,gloss\n0.8,2.0,HELLO\n2.8,4.0,FRIEND\n"


class ByTime(fakes.FakeRecognizer):
    """Answers by the half of the clip, however often it is asked."""

    def recognize(self, segment: Segment) -> RecognitionResult:
        self.glosses = ("HELLO",) if segment.start_s < 2.4 else ("FRIEND",)
        return super().recognize(segment)


@pytest.fixture(autouse=True)
def _fake_models(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SIGNBRIDGE_")]:
        monkeypatch.delenv(name)
    recognizers = {name: lambda _: ByTime() for name in build.RECOGNIZERS}
    monkeypatch.setattr(build, "RECOGNIZERS", recognizers)
    monkeypatch.setattr(build, "EXTRACTORS", {"holistic": lambda _: fakes.FakeExtractor()})


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    write_npz(tmp_path / "clip.npz", signer(rest_s=0.8, sign_s=1.2, repeats=2))
    (tmp_path / "truth.csv").write_text(TRUTH, encoding="utf-8")
    return tmp_path / "clip.npz"


def replayed(clip: Path, capsys: Captured, *options: str) -> dict:
    assert main(["replay", str(clip), "--json", *options]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[0])


def test_a_landmark_file_is_played_with_both_ways_of_finding_signs(clip: Path, capsys: Captured):
    found = replayed(clip, capsys)
    assert set(found["sides"]) == {"learned", "rules"}
    rules = found["sides"]["rules"]
    assert rules["glosses"] == ["HELLO", "FRIEND"]
    assert rules["figures"]["boundary_f1"] is None  # nothing is known of the clip


def test_what_is_known_of_a_clip_is_scored(
    clip: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
):
    # What this machine takes for a frame is no part of the delay.
    monkeypatch.setattr(playback, "time", SimpleNamespace(perf_counter=lambda: 0.0))
    found = replayed(clip, capsys, "--truth", str(clip.with_name("truth.csv")), "--fps", "15")
    figures = found["sides"]["rules"]["figures"]
    assert figures["missed"] == figures["duplicates"] == figures["splits"] == 0
    assert figures["right"] == 1
    assert figures["segment_iou"] > 0.7
    assert 0.1 < figures["delay_s"] < 0.7


def test_flicker_of_each_word_is_told_with_and_without_truth(clip: Path, capsys: Captured):
    rules = replayed(clip, capsys)["sides"]["rules"]
    changes = [word["changes"] for word in rules["words"]]
    assert all(type(change) is int for change in changes)
    assert rules["figures"]["flicker"] == pytest.approx(sum(changes) / len(changes), abs=1e-4)
    assert main(["replay", str(clip)]) == 0
    assert f"  flicker: {rules['figures']['flicker']:.2f}\n" in capsys.readouterr().out


def test_flicker_is_how_often_a_shown_word_changed(
    clip: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
):
    steady = replayed(clip, capsys)["sides"]["rules"]
    assert steady["figures"]["flicker"] == 0

    def other(naming: Naming, landmarks: Landmarks) -> RecognitionResult:
        seen = fakes.FakeRecognizer(("YOU",)).recognize(Segment(landmarks, 0.0, 1.0))
        return replace(seen, abstained=False)

    monkeypatch.setattr(Naming, "glimpse", other)
    shown = replayed(clip, capsys)["sides"]["rules"]
    assert [word["changes"] for word in shown["words"]] == [1, 1]  # YOU until the sign was over
    assert shown["figures"]["flicker"] == 1
    for one in (steady, shown):
        for word in one["words"]:
            del word["changes"], word["given_s"]
        assert one["frames"] == steady["frames"]
    assert shown["words"] == steady["words"]  # what is shown meanwhile changes no answer


def test_by_the_clock_nobody_looks_and_nothing_is_told_of_flicker(clip: Path, capsys: Captured):
    side = replayed(clip, capsys, "--realtime")["sides"]["learned"]
    assert side["figures"]["flicker"] is None
    assert {word["changes"] for word in side["words"]} <= {None}


def test_fewer_frames_are_seen_by_a_slower_camera_that_loses_some(clip: Path, capsys: Captured):
    whole = replayed(clip, capsys)["sides"]["rules"]["frames"]
    poor = replayed(clip, capsys, "--fps", "10", "--jitter", "0.2", "--drop", "0.2")
    assert poor["sides"]["rules"]["frames"] < 0.35 * whole


def test_a_report_is_written_where_one_asks_for_it(clip: Path, capsys: Captured):
    out = clip.with_name("report")
    truth = str(clip.with_name("truth.csv"))
    assert main(["replay", str(clip), "--truth", truth, "--out", str(out)]) == 0
    assert "HELLO" in capsys.readouterr().out
    assert "boundary_f1" in (out / "report.md").read_text(encoding="utf-8")
    assert json.loads((out / "report.json").read_text(encoding="utf-8"))["sides"]["learned"]


@pytest.mark.parametrize(
    ("options", "blame"),
    [
        (["--fps", "0"], "no camera's rate"),
        (["--drop", "1"], "--drop is a share"),
        (["--truth", "nowhere.csv"], "nowhere.csv can't be read"),
    ],
)
def test_what_can_t_be_played_is_said_in_one_line(
    clip: Path, capsys: Captured, options: list[str], blame: str
):
    assert main(["replay", str(clip), *options]) == 2
    assert blame in capsys.readouterr().err


def test_spans_that_end_before_they_begin_are_refused(clip: Path, capsys: Captured):
    truth = clip.with_name("truth.csv")
    truth.write_text("start_s,end_s,gloss\n2.0,1.0,HELLO\n", encoding="utf-8")
    assert main(["replay", str(clip), "--truth", str(truth)]) == 2
    assert "does not end after it begins" in capsys.readouterr().err


def test_a_word_given_twice_for_one_sign_is_a_duplicate_and_another_word_is_none():
    def given(gloss: str, start_s: float, end_s: float) -> Word:
        return Word(gloss, 0.9, True, start_s, end_s, end_s)

    truth = (Sign(1.0, 3.0, "HELLO"), Sign(4.0, 5.0, "HELLO"))
    words = [given("HELLO", 1.0, 1.8), given("HELLO", 2.0, 3.0), given("HELLO", 4.0, 5.0)]
    twice = Playback(tuple(words), (), 0, 0, 0.0)
    other = Playback((words[0], given("YOU", 2.0, 3.0), words[2]), (), 0, 0, 0.0)
    assert shown_again(truth, twice) == (1, 3)
    assert shown_again(truth, other) == (0, 3)
