"""A session on threads: what it says is what a clip says, and nothing waits in line for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from signbridge.errors import BackendUnavailableError
from signbridge.events import Event, Guessed, Notice, Recognized, Said, Seen, Writing
from signbridge.live import session as module
from signbridge.live.session import LiveSession
from signbridge.pipeline import Engine
from signbridge.session import Session
from signbridge.types import Frame, Guess, RecognitionResult, Segment, Translation
from tests import fakes
from tests.fakes import NOBODY, RESTING, SIGNING, FakeRecognizer, frames

LIMIT_S = 120.0
"""Of a test that hangs: on a busy machine a thread may have to wait for long."""
SENTENCE = ((RESTING, 0.5), (SIGNING, 1.0), (RESTING, 0.5), (SIGNING, 0.7), (RESTING, 2.0))


def started(engine: Engine) -> LiveSession:
    return LiveSession(lambda: Session(engine, open_segmenter=fakes.FakeSegmenter))


def streamed(live: LiveSession, pictures: Iterable[Frame]) -> list[Event]:
    """Return what frames led to that come no faster than they are looked at."""
    events: list[Event] = []
    for picture in pictures:
        live.push(picture, picture.at_s)
        assert live.settle(LIMIT_S)
        events += live.events()
    return events


def look_at(live: LiveSession, picture: Frame) -> None:
    """Push a frame and wait until it has been looked at, so that the next does not replace it."""
    live.push(picture, picture.at_s)
    assert _until(lambda: live._frames.idle)


def finished(live: LiveSession) -> list[Event]:
    live.finish()
    assert live.join(LIMIT_S)
    assert live.done
    return list(live.events())


def told(events: Iterable[Event]) -> list[object]:
    """Return what must be the same live and uploaded; guesses in between are live alone."""
    found: list[object] = []
    for event in events:
        match event:
            case Seen(at_s=at_s, signing=signing):
                found.append((round(at_s, 6), signing))
            case Recognized(results=results, believed=believed):
                found.append([(r.guesses, r.start_s, r.end_s, r is believed) for r in results])
            case Said(utterance=utterance, speech=speech):
                sound = None if speech is None else len(speech.samples)
                found.append((utterance.text, utterance.start_s, utterance.end_s, sound))
            case Notice(text=text):
                found.append(text)
    return found


def in_order(events: Iterable[object]) -> list[object]:
    return sorted(events, key=str)


@pytest.mark.parametrize(
    "pictures",
    [frames(*SENTENCE, *SENTENCE), frames((RESTING, 0.5), (SIGNING, 1.0)), frames((NOBODY, 2.0))],
    ids=["two sentences", "still signing at the end", "nobody"],
)
def test_live_says_what_the_uploaded_clip_says_when_no_frame_is_dropped(
    pictures: list[Frame],
) -> None:
    glosses = ("HELLO", "", "FRIEND", "HOME")
    plain = Session(fakes.engine(InTurn(glosses)), open_segmenter=fakes.FakeSegmenter)
    expected = [event for picture in pictures for event in plain.push(picture)]
    expected += plain.finish()
    live = started(fakes.engine(InTurn(glosses)))
    events = streamed(live, pictures) + finished(live)
    assert in_order(told(events)) == in_order(told(expected))
    assert live.latencies.dropped == 0


class InTurn(FakeRecognizer):
    """Gives each stretch a gloss of its own, however often it is asked of it."""

    def recognize(self, segment: Segment) -> RecognitionResult:
        starts = dict.fromkeys([*(each.start_s for each in self.seen), segment.start_s])
        answer = FakeRecognizer([self.glosses[list(starts).index(segment.start_s)]])
        self.seen.append(segment)
        return answer.recognize(segment)


@dataclass
class HeldStream(fakes.FakeStream):
    """Is not done with a frame before it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.looked_at: list[float] = []

    def push(self, frame: Frame) -> NDArray[np.float32]:
        self.looked_at.append(frame.at_s)
        assert self.go.wait(LIMIT_S)
        return super().push(frame)


@dataclass
class HeldExtractor(fakes.FakeExtractor):
    """Opens one stream that is held."""

    stream: HeldStream = field(default_factory=HeldStream)

    def open(self) -> HeldStream:
        return self.stream


def test_frames_that_come_too_fast_are_dropped_and_never_queued() -> None:
    extractor = HeldExtractor()
    stream = extractor.stream
    live = started(replace(fakes.engine(), extractor=extractor))
    first, *others = frames((RESTING, 5.0), fps=100.0)
    live.push(first, first.at_s)
    assert _until(lambda: stream.looked_at)
    for picture in others:
        live.push(picture, picture.at_s)
    stream.go.set()
    assert live.settle(LIMIT_S)
    # Nobody waited for the one in hand, and the newest is never the one to go.
    assert stream.looked_at == pytest.approx([0.0, 4.99])
    assert live.latencies.dropped == 498
    live.close()
    assert live.join(LIMIT_S)


@dataclass
class HeldRecognizer(FakeRecognizer):
    """Does not answer before it is let go."""

    go: threading.Event = field(default_factory=threading.Event)

    def recognize(self, segment: Segment) -> RecognitionResult:
        self.go.wait(LIMIT_S)
        return super().recognize(segment)


def test_camera_does_not_wait_for_a_slow_recognizer() -> None:
    recognizer = HeldRecognizer()
    live = started(fakes.engine(recognizer))
    for picture in frames((SIGNING, 1.0), (RESTING, 0.5)):
        look_at(live, picture)
    assert live.thinking
    assert any(isinstance(event, Seen) and event.at_s > 1.3 for event in live.events())
    recognizer.go.set()
    assert live.settle(LIMIT_S)
    assert not live.thinking
    assert [type(event) for event in live.events()] == [Recognized]
    live.close()
    assert live.join(LIMIT_S)


def test_closing_frees_the_threads_and_the_models_though_a_recognizer_is_at_work() -> None:
    recognizer = HeldRecognizer()
    engine = fakes.engine(recognizer)
    before = set(threading.enumerate())
    live = started(engine)
    for picture in frames((SIGNING, 1.0), (RESTING, 0.5)):
        look_at(live, picture)
    live.close()
    extractor = engine.extractor
    assert isinstance(extractor, fakes.FakeExtractor)
    assert _until(lambda: extractor.opened[0].closed)
    recognizer.go.set()
    assert live.join(LIMIT_S)
    assert _until(lambda: before.issuperset(threading.enumerate()))


def test_closed_before_the_models_are_loaded_nothing_stays() -> None:
    engine = fakes.engine()
    loading = threading.Event()

    def slowly() -> Session:
        loading.wait(LIMIT_S)
        return Session(engine)

    live = LiveSession(slowly)
    live.close()
    loading.set()
    assert live.join(LIMIT_S)
    extractor = engine.extractor
    assert isinstance(extractor, fakes.FakeExtractor)
    assert [stream.closed for stream in extractor.opened] == [True]


def test_sign_going_on_is_guessed_and_named_once_when_it_has_ended() -> None:
    live = started(fakes.engine(FakeRecognizer(("HELLO",))))
    events = streamed(live, frames((RESTING, 0.5), (SIGNING, 2.0), (RESTING, 0.3)))
    words = [event for event in events if isinstance(event, Guessed | Recognized)]
    assert [getattr(word, "text", "named") for word in words] == ["HELLO", "named", ""]
    live.close()


def test_what_a_guess_costs_is_paid_only_by_an_idle_recognizer() -> None:
    recognizer = HeldRecognizer()
    live = started(fakes.engine(recognizer))
    for picture in frames((RESTING, 0.5), (SIGNING, 3.0)):
        look_at(live, picture)
    recognizer.go.set()
    assert live.settle(LIMIT_S)
    assert len(recognizer.seen) == 1  # ten were due, and all but the first would have waited
    live.close()


def test_sign_that_was_corrected_is_said_as_corrected() -> None:
    live = started(fakes.engine(InTurn(("HELLO", "FRIEND"))))
    pictures = frames((RESTING, 0.5), (SIGNING, 0.3), (RESTING, 0.3), (SIGNING, 0.3), (RESTING, 2))
    events = streamed(live, pictures[:15])
    first = next(event for event in events if isinstance(event, Recognized)).believed
    assert first is not None
    live.correct(first, replace(first, guesses=(fakes.Guess("MOTHER", float("nan")),)))
    events = streamed(live, pictures[15:])
    said = [event.utterance.text for event in events if isinstance(event, Said)]
    assert said == ["mother friend."]
    live.close()


def test_correction_that_comes_as_the_sentence_is_said_makes_no_second_sentence() -> None:
    live = started(fakes.engine())
    events = streamed(live, frames((RESTING, 0.5), (SIGNING, 1.0), (RESTING, 2.0)))
    (first,) = [event.believed for event in events if isinstance(event, Recognized)]
    assert first is not None
    live.correct(first, replace(first, guesses=(fakes.Guess("MOTHER", 0.5),)))
    assert live.settle(LIMIT_S)
    assert live.events() == ()
    live.close()


def test_engine_that_cannot_open_says_why() -> None:
    def fail() -> Session:
        raise BackendUnavailableError("MediaPipe is missing")

    live = LiveSession(fail)
    assert live.settle(LIMIT_S)
    assert live.done
    assert live.error == "MediaPipe is missing"


def test_session_that_breaks_off_says_so_and_frees_everything() -> None:
    class Broken(FakeRecognizer):
        def recognize(self, segment: Segment) -> RecognitionResult:
            raise RuntimeError("a bug")

    engine = fakes.engine(Broken())
    live = started(engine)
    for picture in frames((SIGNING, 1.0), (RESTING, 0.5)):
        look_at(live, picture)
    assert live.join(LIMIT_S)
    assert live.done
    assert live.error == module.BROKEN
    extractor = engine.extractor
    assert isinstance(extractor, fakes.FakeExtractor)
    assert extractor.opened[0].closed


def test_page_that_asks_no_more_fills_no_memory() -> None:
    live = started(fakes.engine())
    for picture in frames(*(60 * ((SIGNING, 0.2), (RESTING, 1.5)))):
        live.push(picture, picture.at_s)
        assert live.settle(LIMIT_S)
    assert len(live.events()) <= module.EVENTS_KEPT + 1
    live.close()


def _until(true, limit_s: float = LIMIT_S) -> bool:  # type: ignore[no-untyped-def]
    end_s = time.monotonic() + limit_s
    while not true():
        if time.monotonic() > end_s:
            return False
        time.sleep(0.002)
    return True


@pytest.mark.slow
@pytest.mark.parametrize("clip", ["me-tired-now", "name-linda"])
def test_real_models_say_live_what_they_say_of_the_uploaded_clip(clip: str) -> None:
    from signbridge.build import build
    from signbridge.clips import gather, open_clip, translate
    from signbridge.settings import Settings
    from signbridge.web.examples import FOLDER

    engine = build(Settings(speaker="none"))
    path = FOLDER / f"{clip}.mp4"
    uploaded = translate(engine, path)
    live = LiveSession(lambda: Session(engine))
    events: list[Event] = []
    for picture in open_clip(engine, path):
        live.push(picture, picture.at_s)
        assert live.settle(LIMIT_S)
        events += live.events()
    events += finished(live)
    heard = gather(events, engine, uploaded.fps)
    assert _signs(heard) == _signs(uploaded) != []
    assert [said.text for said in heard.sentences] == [said.text for said in uploaded.sentences]


def _signs(found: Translation) -> list[tuple[str, tuple[Guess, ...], float, float]]:
    return [
        (name, sign.guesses, sign.start_s, sign.end_s)
        for name, signs in found.results.items()
        for sign in signs
    ]


def test_sentence_is_told_as_it_grows_and_replaced_by_the_whole():
    growing, read = threading.Event(), threading.Event()

    def wait() -> None:
        growing.set()
        assert read.wait(LIMIT_S)

    composer = fakes.FakeComposer(drafts=("hel", "hello"), wait=wait)
    live = started(fakes.engine(composer=composer))
    for picture in frames((RESTING, 0.5), (SIGNING, 1.0), (RESTING, 2.0)):
        live.push(picture, picture.at_s)
        if growing.wait(0.02):
            break
    assert growing.wait(LIMIT_S)
    assert not live.settle(LIMIT_S)
    assert Writing("hel") in live.events()
    read.set()
    rest = finished(live)
    assert [one for one in rest if isinstance(one, Writing)] == []
    (said,) = [one for one in rest if isinstance(one, Said)]
    assert said.utterance.text == "hello."


@pytest.mark.parametrize("glosses", [("HELLO", "", "FRIEND"), ("HELLO", "")])
def test_unsure_sign_of_a_sentence_that_was_said_is_the_pages_to_correct(
    glosses: tuple[str, ...],
) -> None:
    live = started(fakes.engine(InTurn(glosses)))
    stretches = len(glosses) * ((SIGNING, 0.3), (RESTING, 0.3))
    events = streamed(live, frames((RESTING, 0.5), *stretches, (RESTING, 2)))
    unsure = next(e.results[0] for e in events if isinstance(e, Recognized) and not e.believed)
    live.correct(unsure, replace(unsure, guesses=(fakes.Guess("MY", 0.5),), abstained=False))
    assert live.settle(LIMIT_S)
    assert live.events() == ()
    live.close()
