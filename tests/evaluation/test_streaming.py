"""Cameras that run by the clock before live sessions, and what is counted of them."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from signbridge.errors import BackendUnavailableError, BadInputError
from signbridge.evaluation import live_bench, soak_report
from signbridge.evaluation.soak import Soak, resident_mb, soak
from signbridge.evaluation.speed import as_text
from signbridge.evaluation.streaming import Streamed, camera, stream
from signbridge.live.session import LiveSession
from signbridge.session import Session
from signbridge.types import Frame
from tests import fakes
from tests.fakes import RESTING, SIGNING
from tests.web.clips import write_clip


@pytest.fixture(autouse=True)
def _fake_segmenter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "open_segmenter", fakes.FakeSegmenter)


@pytest.fixture
def _every_picture_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a camera wait until its picture is looked at: one that is late drops none."""
    push = LiveSession.push

    def pushed(session: LiveSession, frame: Frame, arrived_s: float) -> None:
        push(session, frame, arrived_s)
        session.settle(120.0)

    monkeypatch.setattr(LiveSession, "push", pushed)


def pictures(*stretches: tuple[int, float], fps: float = 20.0) -> list[np.ndarray]:
    return [frame.pixels for frame in fakes.frames(*stretches, fps=fps)]


ONE_SIGN = pictures((RESTING, 0.2), (SIGNING, 0.5), (RESTING, 1.3))


@pytest.mark.usefixtures("_every_picture_is_seen")
def test_camera_runs_by_the_clock_and_every_session_sees_all_of_it() -> None:
    found = stream(fakes.engine(), ONE_SIGN, 20.0, 2.0, sessions=3)
    assert [each.pushed for each in found] == [40, 40, 40]
    assert all(each.seconds >= 1.9 for each in found)
    assert all(each.latencies.frames + each.latencies.dropped == 40 for each in found)
    assert [sum(each.sentences.values()) for each in found] == [1, 1, 1]
    assert not [t for t in threading.enumerate() if t.name.startswith("live_")]


def test_sessions_that_cannot_open_say_why() -> None:
    class Missing(fakes.FakeExtractor):
        def open(self) -> fakes.FakeStream:
            raise BackendUnavailableError("MediaPipe is missing")

    with pytest.raises(BadInputError, match="MediaPipe is missing"):
        stream(replace(fakes.engine(), extractor=Missing()), ONE_SIGN, 20.0, 1.0)


def test_last_picture_of_each_clip_is_held(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", (RESTING, 1.0))
    assert len(camera([clip, clip], 10.0)) == 2 * (10 + 20)


@pytest.mark.usefixtures("_every_picture_is_seen")
def test_live_bench_tells_the_waits_of_the_signer(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", (RESTING, 0.2), (SIGNING, 0.6), (RESTING, 0.1))
    found = live_bench.measure(fakes.engine(), [clip], 2.5)
    stages = {stage.name: stage for stage in found.stages}
    assert len(stages["end of sign -> stable word"].samples_ms) == 1
    (sound_ms,) = stages["end of sentence -> first sound"].samples_ms
    pause_ms = 1000 * fakes.engine().settings.sentence_pause_s
    assert sound_ms > pause_ms - 200
    assert "25 pictures came" in found.notices[0]
    assert "p95 1500" in as_text(found)


def test_soak_samples_memory_and_writes_its_report(tmp_path: Path) -> None:
    found = soak(fakes.engine(), ONE_SIGN, 1 / 60, crowd_s=0.5)
    assert len(found.crowd) == 4
    assert found.memory[0][1] == pytest.approx(resident_mb(), rel=0.5)
    soak_report.write(found, tmp_path)
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "which so short a run can't show" in text
    assert "4 sessions at once" in text
    assert (tmp_path / "memory.png").stat().st_size > 1000
    assert '"growth_percent"' in (tmp_path / "report.json").read_text(encoding="utf-8")


def memory(*values_mb: float) -> Soak:
    samples = tuple((10.0 * index, mb) for index, mb in enumerate(values_mb))
    return Soak(samples, Streamed(), (), 2, 0.5, 0.1)


def test_growth_is_counted_from_the_warm_up_to_the_end() -> None:
    steady = memory(100, *[500] * 60)
    assert steady.growth_percent == 0
    growing = memory(*(500 + index for index in range(61)))
    # The medians of the second and the last sixth lie 40 samples apart.
    assert growing.growth_percent == pytest.approx(100 * 40 / 515, abs=0.3)


def test_fairness_is_the_slowest_over_the_fastest() -> None:
    crowd = tuple(Streamed(seconds=10.0) for _ in range(2))
    for each, count in zip(crowd, (50, 100), strict=True):
        each.latencies.frames = count
    assert Soak(((0.0, 1.0),), Streamed(), crowd, 2, 0.5, 0.1).fairness == 0.5
    assert math.isnan(Soak(((0.0, 1.0),), Streamed(), (), 2, 0.5, 0.1).fairness)
