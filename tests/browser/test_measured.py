"""The measurements that need a browser run on the real page."""

import json
import shutil
from functools import partial

import pytest

from signbridge.web import first_token
from signbridge.web.chromium import WAIT_MS, filmed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed"),
]


def test_first_word_is_timed_in_both_tabs(tmp_path, monkeypatch):
    # Slow enough for a busy machine to look at the signs, and to see the sentence grow.
    monkeypatch.setattr(first_token, "filmed", partial(filmed, slower=2))
    monkeypatch.setattr(first_token, "PIECE_S", 0.5)
    assert first_token.main(["--out", str(tmp_path), "--sentences", "1"]) == 0
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert list(report["late_ms"]) == ["Upload", "Live"]
    # The page can't show a word before the model has written it, nor after the answer's limit.
    assert all(0 <= ms < WAIT_MS for late in report["late_ms"].values() for ms in late)
    assert report["summary"] in (tmp_path / "report.md").read_text("utf-8")
