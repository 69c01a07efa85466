"""The bench counts, subtracts and takes percentiles; how fast this machine is, no test asks."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from signbridge.errors import BadInputError
from signbridge.evaluation import bench
from signbridge.evaluation.bench import Tick, measure, overhead_percent, play, waits
from signbridge.evaluation.speed import BenchReport, Stage, as_json, as_text
from signbridge.events import Recognized, Said
from signbridge.session import Session
from signbridge.sound import Sound
from signbridge.types import RecognitionResult, Speech, Utterance
from tests import fakes

STRETCHES = ((fakes.RESTING, 0.5), (fakes.SIGNING, 1.0), (fakes.RESTING, 1.0))


@pytest.fixture(autouse=True)
def _fake_segmenter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "open_segmenter", fakes.FakeSegmenter)
    monkeypatch.setattr(bench.bench_video, "preparation_s", lambda: [0.25, 0.5, 0.75])


def result(end_s: float) -> RecognitionResult:
    return RecognitionResult("landmark", 0.0, end_s, (), False, 0.0)


def report(*stages: Stage, **changes: object) -> BenchReport:
    whole = BenchReport(("a.mp4",), 10, 25.0, 2, 0.5, stages, 12.5, 700.0)
    return replace(whole, **changes)  # type: ignore[arg-type]


def test_percentiles_are_those_of_the_samples() -> None:
    stage = Stage("work", tuple(float(ms) for ms in range(101)))
    assert (stage.percentile(50), stage.percentile(95)) == (50.0, 95.0)
    assert Stage("work", (30.0, 10.0, 20.0)).percentile(50) == 20.0
    assert math.isnan(Stage("work", ()).percentile(50))


def test_overhead_is_everything_else_over_the_landmarks() -> None:
    ticks = [Tick(0.1 * k, 0.06, landmarks_s=0.05, rest_s=0.01, events=()) for k in range(3)]
    assert overhead_percent(ticks) == pytest.approx(20.0)
    assert math.isnan(overhead_percent([]))


def test_wait_is_the_way_to_the_closing_picture_and_its_work() -> None:
    said = Said(
        Utterance("Hello.", "rules", 0.0, start_s=0.5, end_s=1.5),
        Sound.of(Speech(np.ones(8, np.float32), 8000)),
    )
    ticks = [
        Tick(1.75, 0.06, 0.05, 0.0, (Recognized((result(end_s=1.5),)),)),
        Tick(2.4, 0.15, 0.05, 0.0, (said,)),
    ]
    (text,), (sound,) = waits(ticks)
    assert (text.wait_s, text.work_s) == (pytest.approx(0.25), 0.06)
    assert text.total_s == pytest.approx(0.31)
    assert sound.total_s == pytest.approx(0.9 + 0.15)


def test_sentence_without_sound_is_no_wait_for_sound() -> None:
    said = Said(Utterance("Hello.", "rules", 0.0, end_s=1.5), None)
    assert waits([Tick(2.4, 0.1, 0.05, 0.0, (said, Recognized(())))]) == ([], [])


def test_last_picture_is_held_until_the_sentence_is_said() -> None:
    short = fakes.frames((fakes.RESTING, 0.5), (fakes.SIGNING, 1.0), (fakes.RESTING, 0.2))
    ticks = list(play(fakes.engine(), iter(short)))
    assert sum(tick.from_clip for tick in ticks) == len(short) == 17
    assert any(isinstance(event, Said) for event in ticks[-1].events)
    assert not any(isinstance(event, Said) for tick in ticks[:-1] for event in tick.events)
    # The hands were last up at 1.4 s.
    pause_s = fakes.engine().settings.sentence_pause_s
    assert ticks[-1].at_s == pytest.approx(1.4 + pause_s, abs=0.11)


def test_clip_without_signing_ends_by_itself() -> None:
    ticks = list(play(fakes.engine(), iter(fakes.frames((fakes.RESTING, 1.0)))))
    assert 0 < sum(not tick.from_clip for tick in ticks) < 50


def test_session_is_closed_when_the_playing_stops_early() -> None:
    engine = fakes.engine()
    ticks = play(engine, iter(fakes.frames(*STRETCHES)))
    next(ticks)
    assert isinstance(ticks, Iterator)
    ticks.close()  # type: ignore[attr-defined]
    extractor = engine.extractor
    assert isinstance(extractor, fakes.FakeExtractor)
    assert [stream.closed for stream in extractor.opened] == [True]


def test_every_stage_of_a_clip_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    clip = fakes.frames(*STRETCHES)
    monkeypatch.setattr(bench, "open_clip", lambda engine, path: FakeVideo(clip))
    shares: list[float] = []
    found = measure(
        fakes.engine(), [Path("a.mp4"), Path("b.mp4")], lambda done, what: shares.append(done)
    )
    counts = {stage.name.split(":")[0]: len(stage.samples_ms) for stage in found.stages}
    frames = 2 * (len(clip) - bench.WARM_UP_FRAMES)
    assert found.frames == counts["landmarks, a frame"] == frames
    assert counts["features and recognition, a segment"] == 2 * bench.REPEATS
    assert counts["composing, a sentence"] == 2 * bench.REPEATS
    assert counts["voice, its first sound"] == 2
    assert counts["end of sign -> text"] == counts["end of sign -> first sound"] == 2
    assert found.peak_mb > 1
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_engine_without_a_voice_leaves_the_sound_unmeasured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clip = fakes.frames(*STRETCHES)
    monkeypatch.setattr(bench, "open_clip", lambda engine, path: FakeVideo(clip))
    found = measure(fakes.engine().silent(), [Path("a.mp4")])
    assert as_json(found)["stages"]["end of sign -> first sound"]["p50_ms"] is None  # type: ignore[index]
    assert "not measured" in as_text(found)


def test_json_has_no_nan() -> None:
    found = report(Stage("work", ()), overhead_percent=math.nan)
    text = json.dumps(as_json(found), allow_nan=False)
    assert json.loads(text)["stages"]["work"] == {
        "n": 0,
        "p50_ms": None,
        "p95_ms": None,
        "target_ms": None,
        "target_percent": 50.0,
    }


def test_table_says_whether_a_target_was_met() -> None:
    text = as_text(report(Stage("quick", (10.0,), 20.0), Stage("slow", (30.0,), 20.0)))
    assert "20, met" in next(line for line in text.splitlines() if line.startswith("quick"))
    assert "20, missed" in next(line for line in text.splitlines() if line.startswith("slow"))
    assert "12.5%" in text


def test_target_may_be_for_the_slow_ones() -> None:
    stage = Stage("work", (10.0,) * 9 + (90.0,), 50.0, target_percent=95)
    line = next(line for line in as_text(report(stage)).splitlines() if line.startswith("work"))
    assert "p95 50, missed" in line


def test_overhead_that_was_not_measured_is_left_out() -> None:
    assert "on top of it" not in as_text(report(overhead_percent=math.nan))


def test_busy_machine_is_told() -> None:
    assert "busy" in as_text(report(load=5.0))
    assert "busy" not in as_text(report(load=0.5))


def test_folder_without_clips_says_how_to_name_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "EXAMPLES", tmp_path)
    with pytest.raises(BadInputError, match="name one with --clip"):
        bench.run(None)


def test_pictures_for_the_video_model_are_timed_beside_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clip = fakes.frames(*STRETCHES)
    monkeypatch.setattr(bench, "open_clip", lambda engine, path: FakeVideo(clip))
    found = measure(fakes.engine().silent(), [Path("a.mp4")])
    (stage,) = [stage for stage in found.stages if "video model" in stage.name]
    assert stage.percentile(50) == 500.0
    assert stage.target_ms == 1500.0


class FakeVideo(list):  # type: ignore[type-arg]
    fps = 10.0
