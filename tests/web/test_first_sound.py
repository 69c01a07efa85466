"""The report of how soon a voice is heard counts the sentences that were in time."""

from __future__ import annotations

from signbridge.web.first_sound import Measured, as_json, as_markdown


def test_report_says_how_many_sentences_were_heard_in_time() -> None:
    heard_ms = [90.0, 100.0, 101.0, 200.0, 201.0]
    found = Measured(first_ms=[10.0] * 5, whole_ms=[20.0] * 5, heard_ms=heard_ms)
    report = as_json(found, "piper", "a test")
    assert (report["in_time"], report["in_time_with_a_tick"]) == (4, 2)
    text = as_markdown(report)
    assert "within 200 ms; so it was in 4 of 5 sentences" in text
    assert "up to 100 ms later: where it is that late each time, in 2 of 5." in text
    assert "| **first piece -> heard in Chromium** | 101 | 201 | 201 |" in text
