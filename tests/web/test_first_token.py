"""The report of the first word on the page counts the sentences that were in time."""

from __future__ import annotations

import json
from pathlib import Path

from signbridge.web.first_token import write


def test_report_says_how_many_sentences_began_in_time(tmp_path: Path) -> None:
    write(tmp_path, {"Upload": [10.0, 20.0, 30.0], "Live": [50.0, 150.0, 151.0]}, others=0.44)
    summary = json.loads((tmp_path / "report.json").read_text("utf-8"))["summary"]
    assert "Upload tab: median 20 ms, longest 30 ms, 3 of 3 sentences in time" in summary
    assert "Live tab: median 150 ms, longest 151 ms, 2 of 3 sentences in time" in summary
    assert "Others kept 0.4 of" in summary
    assert summary in (tmp_path / "report.md").read_text("utf-8")
