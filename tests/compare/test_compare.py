"""Recognizers side by side: one reading of the clip, and nobody waits for anybody."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from signbridge.capture.guarded import GuardedVideo
from signbridge.clips import translate
from signbridge.compare import run as module
from signbridge.compare.contender import Contender
from signbridge.compare.run import compare
from signbridge.compare.values import Column, Comparison
from signbridge.errors import BackendUnavailableError, BadInputError
from signbridge.pipeline import Engine
from signbridge.protocols import Recognizer
from signbridge.session import Session
from signbridge.settings import Settings
from signbridge.types import Frame, RecognitionResult, Segment, Stages
from tests import fakes
from tests.fakes import RESTING, SIGNING
from tests.web.clips import write_clip


@pytest.fixture(autouse=True)
def _fake_segmenter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "open_segmenter", fakes.FakeSegmenter)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "hello.mp4")


class CountedStream(fakes.FakeStream):
    """Counts, over all streams, how many frames were looked at."""

    pushed = 0

    def push(self, frame: Frame) -> NDArray[np.float32]:
        CountedStream.pushed += 1
        return super().push(frame)


class CountedExtractor(fakes.FakeExtractor):
    """Opens counted streams."""

    def open(self) -> fakes.FakeStream:
        self.opened.append(CountedStream())
        return self.opened[-1]


@dataclass
class Meeting(fakes.FakeRecognizer):
    """Answers once three are asked at the same time."""

    others: threading.Barrier = field(default_factory=lambda: threading.Barrier(3, timeout=120))

    def recognize(self, segment: Segment) -> RecognitionResult:
        self.others.wait()
        return super().recognize(segment)


@dataclass
class Stalled(fakes.FakeRecognizer):
    """Does not answer before it is let go."""

    go: threading.Event = field(default_factory=threading.Event)

    def recognize(self, segment: Segment) -> RecognitionResult:
        self.go.wait(120)
        return super().recognize(segment)


@dataclass
class Reader(fakes.FakeRecognizer):
    """Reads the whole clip from its pictures."""

    reads: str = "sentences"
    sees: str = "pictures"
    about: dict[str, str] = field(default_factory=lambda: {"model": "m", "device": "cuda"})

    def recognize(self, segment: Segment) -> RecognitionResult:
        result = super().recognize(segment)
        return replace(result, stages=Stages(0.25, 0.5, 0.125))


def asked(*recognizers: Recognizer) -> tuple[Contender, ...]:
    return tuple(map(Contender.running, recognizers))


def engine(limit_s: float = 240.0, max_clip_s: float = 60.0) -> Engine:
    settings = Settings(compare_limit_s=limit_s, max_clip_s=max_clip_s)
    return replace(fakes.engine(settings=settings), extractor=CountedExtractor())


def last(found: Iterator[Comparison]) -> Comparison:
    return list(found)[-1]


def columns(found: Comparison) -> dict[str, Column]:
    return {column.recognizer: column for column in found.columns}


def test_the_clip_is_decoded_and_looked_at_once_for_all(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[GuardedVideo] = []
    decode = GuardedVideo.__iter__

    def counted(video: GuardedVideo) -> Iterator[Frame]:
        decoded.append(video)
        return decode(video)

    monkeypatch.setattr(GuardedVideo, "__iter__", counted)
    monkeypatch.setattr(CountedStream, "pushed", 0)
    one = engine()
    names = ("a", "b", "c")
    found = last(compare(one, asked(*(fakes.FakeRecognizer(name=name) for name in names)), clip))
    assert [column.text for column in found.columns] == ["hello."] * 3
    assert len(decoded) == 1
    assert len(one.extractor.opened) == 1
    assert CountedStream.pushed == found.frames == 30
    assert one.extractor.opened[0].closed


def test_a_column_says_what_the_upload_tab_says(tmp_path: Path) -> None:
    clip = write_clip(
        tmp_path / "two.mp4",
        *((SIGNING, 1.0), (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 1.5), (SIGNING, 0.5)),
    )
    glosses = ("HELLO", "FRIEND", "AGAIN")
    alone = translate(fakes.engine(fakes.FakeRecognizer(glosses)), clip)
    beside = last(compare(engine(), asked(fakes.FakeRecognizer(glosses)), clip)).columns[0]
    assert beside.text == alone.utterance.text == "hello friend. again."
    assert beside.results == alone.results["landmark"]
    assert beside.frames == alone.frames


@pytest.mark.parametrize("kind", [0, RESTING])
def test_a_column_without_signing_says_why_as_the_upload_tab_does(
    tmp_path: Path, kind: int
) -> None:
    clip = write_clip(tmp_path / "none.mp4", (kind, 1.0))
    alone = translate(fakes.engine(), clip)
    beside = last(compare(engine(), asked(fakes.FakeRecognizer()), clip)).columns[0]
    assert beside.notices == alone.notices != ()


def test_columns_come_as_they_finish_and_stand_as_they_were_asked(clip: Path) -> None:
    slow, quick = Stalled(name="slow"), fakes.FakeRecognizer(name="quick")
    steps: list[Comparison] = []
    for step in compare(engine(), asked(slow, quick), clip):
        steps.append(step)
        if step.columns:
            slow.go.set()
    assert [[column.recognizer for column in step.columns] for step in steps] == [
        [], ["quick"], ["slow", "quick"],
    ]  # fmt: skip
    assert [step.waiting for step in steps] == [("slow", "quick"), ("slow",), ()]


def test_one_that_fails_says_why_and_costs_the_other_nothing(clip: Path) -> None:
    broken = fakes.FakeRecognizer(name="broken", error="no endpoint answered")
    found = columns(last(compare(engine(), asked(broken, fakes.FakeRecognizer()), clip)))
    assert found["broken"].error == "no endpoint answered"
    assert found["broken"].text == ""
    assert found["landmark"].text == "hello."
    assert found["landmark"].error == ""


def test_a_defect_in_one_is_logged_and_costs_the_other_nothing(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: queue.SimpleQueue[threading.ExceptHookArgs] = queue.SimpleQueue()
    monkeypatch.setattr(threading, "excepthook", logged.put)

    class Defective(fakes.FakeRecognizer):
        def recognize(self, segment: Segment) -> RecognitionResult:
            raise ZeroDivisionError

    found = columns(
        last(compare(engine(), asked(Defective(name="bad"), fakes.FakeRecognizer()), clip))
    )
    assert "server's log" in found["bad"].error
    assert logged.get(timeout=120).exc_type is ZeroDivisionError
    assert found["landmark"].text == "hello."


def test_one_that_stalls_is_given_up_and_not_asked_again_until_it_is_free(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    due_s = module._due_s
    monkeypatch.setattr(
        module,
        "_due_s",
        lambda run, read_s, limit_s: due_s(
            run, read_s, limit_s if run.contender.name == "stalled" else 120.0
        ),
    )
    stalled, quick = Stalled(name="stalled"), fakes.FakeRecognizer()
    both = asked(stalled, quick)
    found = columns(last(compare(engine(limit_s=0.3), both, clip)))
    assert found["landmark"].text == "hello."
    assert found["stalled"].error.startswith("It did not answer within 0.3 s")
    again = columns(last(compare(engine(limit_s=0.3), both, clip)))
    assert again["stalled"].error == module.STUCK
    assert again["landmark"].text == "hello."
    stalled.go.set()
    for thread in both[0]._given_up:
        thread.join(120)
    assert columns(last(compare(engine(), both, clip)))["stalled"].text == "hello."


def test_a_model_is_loaded_once_even_if_two_ask_at_the_same_time(clip: Path) -> None:
    begun: list[str] = []

    def begin() -> Recognizer:
        begun.append("once")
        time.sleep(0.2)
        return fakes.FakeRecognizer()

    one = Contender("landmark", begin)
    found: list[Comparison] = []
    threads = [
        threading.Thread(target=lambda: found.append(last(compare(engine(), (one,), clip))))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert begun == ["once"]
    assert [comparison.columns[0].text for comparison in found] == ["hello.", "hello."]
    assert sum(comparison.columns[0].times.start_s > 0.1 for comparison in found) == 1


def test_one_that_cannot_start_shows_the_reason_and_is_tried_again(clip: Path) -> None:
    attempts: list[int] = []

    def begin() -> Recognizer:
        attempts.append(1)
        if len(attempts) == 1:
            raise BackendUnavailableError("missing weights, set VIDEO_MODEL")
        return fakes.FakeRecognizer(name="video")

    video = Contender("video", begin, lambda: "missing folder")
    assert video.reason == "missing folder"
    first = last(compare(engine(), (video, *asked(fakes.FakeRecognizer())), clip))
    assert columns(first)["video"].error == "missing weights, set VIDEO_MODEL"
    assert columns(first)["landmark"].text == "hello."
    assert video.reason == "missing weights, set VIDEO_MODEL"
    second = last(compare(engine(), (video,), clip))
    assert second.columns[0].text == "hello."
    assert video.reason == ""


def test_one_that_loads_for_ever_is_not_waited_for(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "START_LIMIT_S", 0.3)
    go = threading.Event()

    def begin() -> Recognizer:
        go.wait(120)
        return fakes.FakeRecognizer(name="video")

    video = Contender("video", begin)
    found = columns(last(compare(engine(), (video, *asked(fakes.FakeRecognizer())), clip)))
    go.set()
    assert "was not loaded within 0.3 s" in found["video"].error
    assert found["landmark"].text == "hello."


def test_a_reader_of_sentences_gets_the_whole_clip_with_20_pictures_a_second(
    tmp_path: Path,
) -> None:
    clip = write_clip(tmp_path / "fast.mp4", (RESTING, 1.0), (SIGNING, 1.0), fps=30)
    reader = Reader(("I am here.",), name="video")
    (column,) = last(compare(engine(), asked(reader), clip)).columns
    (segment,) = reader.seen
    assert (segment.start_s, segment.end_s) == pytest.approx((0.0, 2.0))
    assert segment.landmarks.duration_s == pytest.approx(2.0)
    assert segment.clip is not None
    assert segment.clip.pixels.shape == (40, 48, 64, 3)
    assert segment.clip.fps == pytest.approx(20.0, abs=0.5)
    brightness = segment.clip.pixels.mean(axis=(1, 2, 3))
    assert (brightness[:19] < 150).all()
    assert (brightness[21:] > 150).all()
    assert column.text == "I am here."
    assert column.reads == "sentences"
    assert column.frames == 40
    assert column.about == {"model": "m", "device": "cuda"}
    times = column.times
    assert (times.preprocess_s, times.model_s, times.decode_s) == (0.25, 0.5, 0.125)


def test_pictures_are_kept_only_while_somebody_may_read_them(clip: Path) -> None:
    plain = fakes.FakeRecognizer()
    last(compare(engine(), asked(plain), clip))
    assert [segment.clip for segment in plain.seen] == [None]


def test_what_the_model_saw_is_kept_where_the_recognizer_shows_it(clip: Path) -> None:
    saw = np.full((3, 8, 8, 3), 7, np.uint8)

    class Showing(Reader):
        def recognize(self, segment: Segment) -> RecognitionResult:
            return replace(super().recognize(segment), frames=saw)

    (column,) = last(compare(engine(), asked(Showing()), clip)).columns
    assert column.pictures is saw
    assert column.frames == 30  # of which it shows three


def test_a_reader_that_is_not_sure_writes_nothing_and_says_so(clip: Path) -> None:
    (column,) = last(compare(engine(), asked(Reader(("",))), clip)).columns
    assert column.text == ""
    assert "not sure enough" in column.notices[0]


def test_the_recognizers_work_at_the_same_time(clip: Path) -> None:
    first = Meeting(name="a")
    three = (first, replace(first, name="b"), replace(first, name="c"))
    found = columns(last(compare(engine(), asked(*three), clip)))
    assert {name: column.text for name, column in found.items()} == dict.fromkeys("abc", "hello.")


def test_a_clip_that_cannot_be_used_is_refused_and_no_thread_waits_for_it(tmp_path: Path) -> None:
    long = write_clip(tmp_path / "long.mp4", (SIGNING, 3.0))
    before = threading.active_count()
    with pytest.raises(BadInputError, match="long"):
        last(compare(engine(max_clip_s=1.0), asked(fakes.FakeRecognizer()), long))
    deadline_s = time.monotonic() + 120
    while threading.active_count() > before and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert threading.active_count() <= before


def test_nothing_to_compare_is_refused(clip: Path) -> None:
    with pytest.raises(BadInputError, match="choose one or more"):
        last(compare(engine(), (), clip))
