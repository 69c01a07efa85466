"""Broken videos on the way of an upload: fifty of the thousands that the report is made from."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from signbridge.evaluation.fuzz import (
    CRASHED,
    ENDED,
    HUNG,
    REFUSED,
    fuzz,
    lasting_processes,
    mutated,
    try_one,
)
from signbridge.evaluation.fuzz_report import write
from signbridge.evaluation.mutations import MUTATIONS
from tests import fakes
from tests.web.clips import write_clip

VIDEOS = 50


def test_broken_videos_neither_crash_nor_hang_nor_leave_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signbridge.evaluation.fuzz.HANG_S", 120.0)
    clip = write_clip(tmp_path / "clip.mp4", (100, 1.0), (200, 7.0))
    found = fuzz(VIDEOS, clip, look=False)
    assert len(found.videos) == VIDEOS
    assert (found.count(CRASHED), found.count(HUNG)) == (0, 0)
    assert found.count(REFUSED) > 0
    assert found.count(ENDED) == 0
    assert found.open_files[1] <= found.open_files[0]
    assert found.processes[1] <= found.processes[0]
    assert found.files_left == 0
    write(found, tmp_path / "report")
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert sum(report["outcomes"].values()) == VIDEOS
    assert "0 crashes, 0 longer than 10 s" in (tmp_path / "report" / "report.md").read_text()


def test_process_that_ends_is_waited_for_and_one_that_stays_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = lasting_processes()
    monkeypatch.setattr("signbridge.evaluation.fuzz.ENDING_S", 60.0)
    with subprocess.Popen(["sleep", "0.5"]):
        assert lasting_processes(before) <= before
    monkeypatch.setattr("signbridge.evaluation.fuzz.ENDING_S", 0.2)
    with subprocess.Popen(["sleep", "60"]) as stays:
        assert lasting_processes(before) == before + 1
        stays.kill()


@pytest.mark.parametrize("name", list(MUTATIONS))
def test_every_mutation_breaks_the_file_and_the_same_way_again(name: str) -> None:
    data = b"\x00\x00\x00\x18ftypmvhd" + bytes(range(256)) * 8
    broken = [MUTATIONS[name](data, np.random.default_rng(seed)) for seed in (1, 1, 2, 3)]
    assert broken[0] == broken[1]
    assert any(one != data for one in broken)
    assert len({mutated(4, {"mp4": data})[2] for _ in range(2)}) == 1


def test_crash_is_counted_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError("no pixels")

    monkeypatch.setattr("signbridge.evaluation.fuzz.translate", crash)
    outcome, _, said = try_one(fakes.engine(), tmp_path / "clip.mp4")
    assert (outcome, said) == (CRASHED, "ZeroDivisionError: no pixels")
