"""Visitors at once against an app of fakes: none lost, none mixed up, and both are noticed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signbridge.evaluation.load import Answer, Load, load
from signbridge.evaluation.load_report import as_markdown, write
from signbridge.session import Session
from tests import fakes
from tests.fakes import RESTING, SIGNING
from tests.web.clips import write_clip
from tests.web.patience import patient_launch  # noqa: F401 - takes effect by itself
from tests.web.test_gate import served
from tests.web.test_page import LengthRecognizer


def test_every_visitor_gets_the_answer_to_their_own_clip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "open_segmenter", fakes.FakeSegmenter)
    clips = {
        write_clip(tmp_path / "a.mp4", (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 1.0)): 2.5,
        write_clip(tmp_path / "b.mp4", (RESTING, 0.5), (SIGNING, 2.0), (RESTING, 1.0)): 3.5,
    }
    with served(LengthRecognizer(), uploads_per_minute=1000) as address:
        found = load(address, clips, visitors=3, requests=8)
    assert (found.lost, found.mixed_up) == (0, 0)
    assert "8 of 8 answered" in capsys.readouterr().err
    assert {one.text for one in found.answers} == {"short.", "long."}
    assert len({one.clip for one in found.answers}) == 8
    assert found.clip_s == 24
    write(found, tmp_path / "report")
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert (report["requests"], report["lost"], report["mixed_up"]) == (8, 0, 0)


def test_lost_and_mixed_up_answers_are_counted() -> None:
    good = Answer("a-1.mp4", "Hello.", "a-1.mp4", "Hello.", 1.0)
    of_another = Answer("a-2.mp4", "Hello.", "a-3.mp4", "Hello.", 2.0)
    wrong = Answer("a-4.mp4", "Hello.", "a-4.mp4", "Thanks.", 3.0)
    lost = Answer("a-5.mp4", "Hello.", "", "", 4.0, "the server is gone")
    found = Load((good, of_another, wrong, lost), 4, 1, 8.0, 40.0, 20.0, 2, 1.0)
    assert (found.lost, found.mixed_up) == (1, 2)
    assert found.sessions_per_core == 2
    assert found.percentile_s(50) == 2
    assert "the server is gone" in as_markdown(found)
    assert "| answers a minute | 22.5 |" in as_markdown(found)
