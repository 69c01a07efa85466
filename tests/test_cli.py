"""The command line keeps its contract: exit codes, one line of blame, JSON that others read."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from signbridge.cli import main
from signbridge.session import Progress, Session
from tests import fakes
from tests.web.clips import write_clip


class Terminal(io.StringIO):
    """Standard error as a person sees it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def _fake_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signbridge.build.build", lambda settings: fakes.engine(settings=settings))
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "open_segmenter", fakes.FakeSegmenter)


def evaluate_200_clips(
    name: str, labels: Path, out: Path, progress: Progress, cache: Path | None
) -> None:
    for done in range(201):
        progress(done / 200, f"clip-{done}.mp4")


@pytest.mark.usefixtures("_fake_models")
def test_progress_of_a_short_command_is_not_written_into_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["translate", str(write_clip(tmp_path / "clip.mp4"))]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("_fake_models")
def test_progress_on_a_terminal_is_one_line_that_makes_way_for_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert main(["translate", str(write_clip(tmp_path / "clip.mp4"))]) == 0
    shown = sys.stderr.getvalue()
    assert "clip.mp4:  50% " in shown
    assert "\n" not in shown
    assert shown.endswith("\r\x1b[K")


def test_evaluate_writes_a_plain_line_every_tenth_into_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("signbridge.evaluation.evaluate.run", evaluate_200_clips)
    wanted = ["--recognizer", "landmark", "--labels", "labels.csv", "--out", str(tmp_path)]
    assert main(["evaluate", *wanted]) == 0
    said = capsys.readouterr().err
    assert "\r" not in said
    shares = [line.removeprefix("labels.csv: ").split("%")[0] for line in said.splitlines()]
    assert [int(share) for share in shares] == list(range(0, 101, 10))
