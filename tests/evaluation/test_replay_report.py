"""The report shows both ways of finding signs side by side, with intervals."""

from __future__ import annotations

import json
from pathlib import Path

from signbridge.evaluation.boundaries import Found, Measured, measured, score
from signbridge.evaluation.metrics import Interval
from signbridge.evaluation.replay_report import Lone, Side, write_replay_report

TRUTH = [(1.0, 2.0), (2.4, 3.0)]


def side(name: str, *spans: tuple[float, float]) -> Side:
    figures = measured([score(TRUTH, [Found(*span, span[1] + 0.3) for span in spans])] * 3)
    half = Measured(0.5, Interval(0.25, 0.75))
    others = {"right": half, "duplicates": half, "flicker": half}
    return Side(name, figures | others, {"real clips": Lone(8, half, half, half, half)})


def test_every_figure_of_both_sides_is_written(tmp_path: Path):
    sides = (side("rules", (0.8, 3.2)), side("learned", *TRUTH))
    write_replay_report(tmp_path, sides, streams=3, signs=6)
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "s, F1 | 0.67 (0.67 to 0.67) | 1.00 (1.00 to 1.00) |" in text
    assert "## One sign alone: real clips (n = 8)" in text
    assert "0.50 (0.25 to 0.75)" in text
    data = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert data["sides"]["learned"]["sentences"]["boundary_f1"]["value"] == 1.0
    assert data["sides"]["rules"]["alone"]["real clips"]["n"] == 8
    assert (tmp_path / "figures.png").stat().st_size > 5000
