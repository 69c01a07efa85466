"""The measure of workers tells what is gained, and how busy the machine was beside."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from signbridge.evaluation.spread import Run, Spreading, main
from signbridge.evaluation.spread_report import as_markdown, write


def run(workers: int, work_s: float, others: float = 0.0) -> Run:
    return Run(
        workers,
        clips=12,
        start_s=9.0,
        work_s=work_s,
        cpu_s=work_s * workers,
        memory_mb=800.0,
        others=others,
    )


def spreading(*runs: Run) -> Spreading:
    return Spreading("translate", clips=4, repeat=3, cores=2, load=0.25, runs=runs)


def test_gain_is_that_of_the_median_runs() -> None:
    found = spreading(
        run(1, 40.0), run(2, 24.0), run(1, 48.0), run(2, 99.0), run(1, 60.0), run(2, 30.0)
    )
    assert found.median(1, lambda each: each.rate) == 12 / 48
    assert found.speedup(1) == 1
    assert found.speedup(2) == 48 / 30
    assert found.efficiency(2) == 24 / 30


def test_report_says_whether_the_target_is_met_and_names_other_programs(tmp_path: Path) -> None:
    write(spreading(run(1, 40.0), run(2, 20.0)), tmp_path)
    text = (tmp_path / "report.md").read_text()
    assert "Target: 1.7 times with 2 workers, met." in text
    assert "an efficiency of 100%" in text
    assert "others kept" not in text
    figures = json.loads((tmp_path / "report.json").read_text())
    assert figures["workers"]["2"] == {"clips_per_s": 0.6, "speedup": 2.0, "efficiency": 1.0}
    assert (tmp_path / "workers.png").stat().st_size > 1000

    slow = as_markdown(spreading(run(1, 40.0, others=0.9), run(2, 30.0)))
    assert "Target: 1.7 times with 2 workers, missed." in slow
    assert "while others kept up to 0.9 busy" in slow


def test_report_tells_what_one_worker_leaves_for_others_to_gain() -> None:
    greedy = replace(run(1, 40.0), cpu_s=50.0)
    text = as_markdown(spreading(greedy, run(2, 30.0)))
    assert "One worker alone kept 1.25 cores busy" in text
    assert "more workers can bring 1.60 times as many clips on 2 cores" in text


@pytest.mark.slow
def test_real_clips_are_measured_on_one_and_two_workers(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="Ray is not installed: see requirements-ray.txt")
    clips = tmp_path / "clips"
    clips.mkdir()
    (clips / "hello.mp4").symlink_to(Path(__file__).parents[2] / "examples" / "hello.mp4")
    more = ["--repeat", "2", "--runs", "1", "--kind", "extract"]
    assert main(["--clips", str(clips), "--out", str(tmp_path / "out"), *more]) == 0
    figures = json.loads((tmp_path / "out" / "report.json").read_text())
    assert [each["workers"] for each in figures["runs"]] == [1, 2]
    assert all(each["clips"] == 2 and each["work_s"] > 0 for each in figures["runs"])
