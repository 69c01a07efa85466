"""One signer's run: what is seen, recognized and said, live and from a file alike."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from signbridge import clips as module
from signbridge.clips import extract, translate
from signbridge.errors import BadInputError
from signbridge.events import Event, Notice, Recognized, Said, Seen
from signbridge.found import CROWD
from signbridge.landmarks.topology import N_POINTS
from signbridge.session import Session
from signbridge.settings import Settings
from signbridge.types import Frame, Landmarks
from tests import fakes
from tests.fakes import NOBODY, RESTING, SIGNING, frame, frames
from tests.signing import signer

ONCE = ((RESTING, 0.5), (SIGNING, 1.0), (RESTING, 0.5))


@dataclass
class FakeVideo:
    """Frames as an open clip would give them."""

    frames: list[Frame]
    fps: float = 10.0
    damage: str = ""
    width_px: int = fakes.WIDTH_PX
    height_px: int = fakes.HEIGHT_PX
    closed: list[bool] = field(default_factory=list)

    @property
    def n_frames_estimate(self) -> int:
        return len(self.frames)

    def __iter__(self) -> Iterable[Frame]:  # type: ignore[misc]
        yield from self.frames


@pytest.fixture(autouse=True)
def _fake_segmenter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "open_segmenter", fakes.FakeSegmenter)


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Make every clip that is opened consist of these frames."""

    def clip(pictures: list[Frame], damage: str = "") -> None:
        video = FakeVideo(pictures, damage=damage)
        monkeypatch.setattr(module, "open_guarded", lambda path, limits: video)

    return clip


def run(session: Session, pictures: Iterable[Frame], *, finish: bool = True) -> list[Event]:
    events = [event for picture in pictures for event in session.push(picture)]
    return [*events, *session.finish()] if finish else events


def said(events: Iterable[Event]) -> list[str]:
    return [event.utterance.text for event in events if isinstance(event, Said)]


def glosses(events: Iterable[Event]) -> list[str]:
    found = [event for event in events if isinstance(event, Recognized)]
    return [event.results[0].guesses[0].text for event in found]


def notices(events: Iterable[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Notice)]


def test_each_frame_is_seen_with_its_points() -> None:
    events = run(Session(fakes.engine()), frames(*ONCE))
    seen = [event for event in events if isinstance(event, Seen)]
    assert [event.at_s for event in seen] == pytest.approx([0.1 * k for k in range(20)])
    assert [event.signing for event in seen] == [False] * 5 + [True] * 10 + [False] * 5
    assert seen[0].points.shape == (N_POINTS, 3)


def test_sign_is_recognized_as_soon_as_it_has_ended() -> None:
    session = Session(fakes.engine())
    before = run(session, frames((RESTING, 0.5), (SIGNING, 1.0)), finish=False)
    assert glosses(before) == []
    assert session.state == "signing"
    assert glosses(session.push(frame(RESTING, 1.5))) == ["HELLO"]
    assert session.state == "idle"


def test_signs_close_together_make_one_sentence() -> None:
    engine = fakes.engine(fakes.FakeRecognizer(("HELLO", "FRIEND")))
    pictures = frames(*ONCE, (SIGNING, 1.0), (RESTING, 2.0))
    assert said(run(Session(engine), pictures)) == ["hello friend."]


def test_second_person_is_told_of_once() -> None:
    engine = fakes.engine()
    session = Session(engine)
    assert isinstance(engine.extractor, fakes.FakeExtractor)
    engine.extractor.opened[0].people = 2
    events = run(session, frames(*ONCE, (RESTING, 2.0)))
    assert [event.text for event in events if isinstance(event, Notice)] == [CROWD]
    assert said(events) == ["hello."]


def test_pause_ends_the_sentence_when_it_has_lasted_long_enough() -> None:
    engine = fakes.engine(settings=Settings(sentence_pause_s=1.0))
    session = Session(engine)
    run(session, frames((RESTING, 0.5), (SIGNING, 1.0)), finish=False)  # last hand at 1.4 s
    assert said(run(session, [frame(RESTING, 1.5 + 0.1 * k) for k in range(8)], finish=False)) == []
    assert said(session.push(frame(RESTING, 2.45))) == ["hello."]
    assert said(session.push(frame(RESTING, 2.6))) == []


def test_sentence_is_made_ready_before_the_pause_is_over() -> None:
    speaker = fakes.FakeSpeaker()
    session = Session(fakes.engine(speaker=speaker, settings=Settings(sentence_pause_s=1.0)))
    events = run(session, frames((SIGNING, 1.0), (RESTING, 0.7)), finish=False)
    assert said(events) == []
    assert speaker.spoken == ["hello."]
    assert said(session.push(frame(RESTING, 2.0))) == ["hello."]
    assert speaker.spoken == ["hello."]


def test_sign_that_comes_after_all_joins_the_sentence_made_ready() -> None:
    engine = fakes.engine(fakes.FakeRecognizer(("HELLO", "FRIEND")))
    pictures = frames((SIGNING, 1.0), (RESTING, 0.9), (SIGNING, 1.0), (RESTING, 2.0))
    assert said(run(Session(engine), pictures)) == ["hello friend."]


def test_unsure_sign_does_not_change_the_sentence_made_ready() -> None:
    engine = fakes.engine(fakes.FakeRecognizer(("HELLO", "")))
    pictures = frames((SIGNING, 1.0), (RESTING, 0.9), (SIGNING, 1.0), (RESTING, 2.0))
    assert said(run(Session(engine), pictures)) == ["hello."]


def test_sentence_carries_its_time_and_sound() -> None:
    events = run(Session(fakes.engine()), frames(*ONCE, (RESTING, 2.0)))
    (event,) = (event for event in events if isinstance(event, Said))
    assert event.utterance.start_s == pytest.approx(0.5)
    assert event.utterance.end_s == pytest.approx(1.5, abs=0.11)
    assert event.speech is not None
    assert np.abs(event.speech.samples).max() > 0.1


def test_sign_still_going_at_the_end_is_kept() -> None:
    session = Session(fakes.engine())
    run(session, frames((RESTING, 0.5), (SIGNING, 1.0)), finish=False)
    events = session.finish()
    assert glosses(events) == ["HELLO"]
    assert said(events) == ["hello."]


def test_later_sentences_know_the_earlier_ones() -> None:
    composer = fakes.FakeComposer()
    engine = fakes.engine(fakes.FakeRecognizer(("A", "B", "C", "D", "E")), composer=composer)
    run(Session(engine), frames(*(5 * ((SIGNING, 1.0), (RESTING, 2.0)))))
    assert composer.contexts[0] == ()
    assert composer.contexts[2] == ("a.", "b.")
    assert composer.contexts[4] == ("b.", "c.", "d.")


def test_sign_that_was_not_sure_is_shown_and_not_said() -> None:
    engine = fakes.engine(fakes.FakeRecognizer(("HELLO", "", "FRIEND")))
    events = run(Session(engine), frames(*(3 * ((SIGNING, 1.0), (RESTING, 0.3)))))
    assert glosses(events) == ["HELLO", "MAYBE", "FRIEND"]
    assert said(events) == ["hello friend."]


def test_first_recognizer_that_is_sure_is_believed() -> None:
    unsure, sure = fakes.FakeRecognizer(("",)), fakes.FakeRecognizer(("BYE",), name="video")
    engine = replace(fakes.engine(), recognizers=(unsure, sure))
    assert said(run(Session(engine), frames(*ONCE))) == ["bye."]


@pytest.mark.parametrize(
    ("pictures", "words"),
    [
        (frames((40, 2.0)), "No person was found"),
        (frames((NOBODY, 2.0)), "too dark"),
        (frames((RESTING, 2.0)), "No signing found: no hands were raised"),
    ],
    ids=["nobody", "dark", "hands never raised"],
)
def test_finding_nothing_says_why(pictures: list[Frame], words: str) -> None:
    events = run(Session(fakes.engine()), pictures)
    assert said(events) == []
    (notice,) = notices(events)
    assert words in notice


def test_unsure_signs_alone_say_that_signing_was_seen() -> None:
    (notice,) = notices(run(Session(fakes.engine(fakes.FakeRecognizer(("",)))), frames(*ONCE)))
    assert "no sign was recognized" in notice


def test_session_without_a_frame_ends_quietly() -> None:
    assert Session(fakes.engine()).finish() == ()


def test_failing_voice_leaves_the_sentence_and_one_notice() -> None:
    engine = fakes.engine(speaker=fakes.FakeSpeaker(error="no sound card"))
    events = run(Session(engine), frames(*(3 * ((SIGNING, 1.0), (RESTING, 2.0)))))
    assert len(said(events)) == 3
    assert notices(events) == ["Voice 'piper' failed, there is no sound: no sound card"]


def test_recognizer_that_fails_leaves_one_notice_and_no_sign_seen_for_nothing() -> None:
    engine = fakes.engine(fakes.FakeRecognizer(error="the endpoint is away"))
    events = run(Session(engine), frames(*ONCE, *ONCE))
    assert "Recognizer 'landmark' did not answer: the endpoint is away" in notices(events)
    assert not any(isinstance(event, Recognized) and not event.results for event in events)
    assert not any("with enough certainty" in text for text in notices(events))


def test_frames_that_do_not_move_forward_in_time_are_ignored() -> None:
    plain = frames(*ONCE)
    doubled = [copy for picture in plain for copy in (picture, picture)]
    late = [*doubled[:20], replace(plain[0], at_s=0.05), *doubled[20:]]
    assert summary(run(Session(fakes.engine()), late)) == summary(
        run(Session(fakes.engine()), plain)
    )


def summary(events: Iterable[Event]) -> list[object]:
    """Return what can be compared: the times of frames, the signs, the words, the notices."""
    found: list[object] = []
    for event in events:
        match event:
            case Seen(at_s=at_s, signing=signing):
                found.append((round(at_s, 6), signing))
            case Recognized(results=results):
                found.append([(r.guesses, r.start_s, r.end_s) for r in results])
            case Said(utterance=utterance):
                found.append((utterance.text, utterance.start_s, utterance.end_s))
            case Notice(text=text):
                found.append(text)
    return found


def test_frames_after_the_end_are_ignored() -> None:
    session = Session(fakes.engine())
    session.finish()
    assert session.push(frame(SIGNING, 0.0)) == ()
    assert session.finish() == ()


def test_frames_after_closing_are_ignored() -> None:
    session = Session(fakes.engine())
    session.close()
    assert session.push(frame(SIGNING, 0.0)) == ()


@pytest.mark.parametrize("end", ["close", "finish"])
def test_end_frees_the_stream_once(end: str) -> None:
    engine = fakes.engine()
    session = Session(engine)
    session.push(frame(RESTING, 0.0))
    getattr(session, end)()
    session.close()
    assert isinstance(engine.extractor, fakes.FakeExtractor)
    assert [stream.closed for stream in engine.extractor.opened] == [True]


def test_two_sessions_share_nothing_but_the_models() -> None:
    engine = fakes.engine()
    busy, idle = Session(engine), Session(engine)
    run(busy, frames((SIGNING, 1.0)), finish=False)
    assert (busy.state, idle.state) == ("signing", "idle")
    assert idle.finish() == ()
    assert said(busy.finish()) == ["hello."]


def test_picture_that_changes_its_size_ends_the_sign_and_begins_a_new_one() -> None:
    engine = fakes.engine(fakes.FakeRecognizer(("HELLO", "FRIEND")))
    wide = [frame(SIGNING, 0.1 * k) for k in range(10)]
    tall = [frame(SIGNING, 1.0 + 0.1 * k, 48, 64) for k in range(10)]
    session = Session(engine)
    events = run(session, [*wide, *tall], finish=False)
    assert glosses(events) == ["HELLO"]
    assert said(session.finish()) == ["hello friend."]


def test_time_goes_on_when_the_picture_changes_its_size() -> None:
    session = Session(fakes.engine())
    session.push(frame(RESTING, 5.0))
    session.push(frame(RESTING, 6.0, 48, 64))
    assert session.push(frame(RESTING, 5.5, 48, 64)) == ()
    assert session.push(frame(RESTING, 6.0)) == ()


def test_picture_that_changes_its_size_in_a_pause_still_ends_the_sentence() -> None:
    session = Session(fakes.engine())
    run(session, frames(*ONCE), finish=False)
    assert said(session.push(frame(RESTING, 4.0, 48, 64))) == ["hello."]


def test_uploaded_clip_says_what_the_live_session_says(show) -> None:  # type: ignore[no-untyped-def]
    pictures = frames(*ONCE, (SIGNING, 0.7), (RESTING, 2.0), (SIGNING, 1.0))
    live = run(Session(fakes.engine(fakes.FakeRecognizer(("A", "B", "C")))), pictures)
    show(pictures)
    found = translate(fakes.engine(fakes.FakeRecognizer(("A", "B", "C"))), "clip.mp4")
    assert [s.text for s in found.sentences] == said(live) == ["a b.", "c."]
    assert found.utterance.text == "a b. c."
    assert [r.guesses[0].text for r in found.results["landmark"]] == glosses(live)
    assert found.frames == len(pictures)
    assert found.fps == 10.0


def test_sentences_of_a_clip_are_heard_one_after_another(show) -> None:  # type: ignore[no-untyped-def]
    show(frames(*(2 * ((SIGNING, 1.0), (RESTING, 2.0)))))
    found = translate(fakes.engine(), "clip.mp4")
    assert found.speech is not None
    # The fake voice hums a tenth of a second a letter; a third of a second lies between.
    assert found.speech.duration_s == pytest.approx(0.6 + 1 / 3 + 0.6, abs=1e-3)
    assert found.timings.total_s >= found.timings.speak_s >= 0


def test_translation_without_sound_does_not_ask_the_voice(show) -> None:  # type: ignore[no-untyped-def]
    show(frames(*ONCE))
    speaker = fakes.FakeSpeaker()
    found = translate(fakes.engine(speaker=speaker), "clip.mp4", speak=False)
    assert found.speech is None
    assert speaker.spoken == []
    assert math.isnan(found.timings.speak_s)


def test_translation_shows_what_was_off_from_the_start_and_what_is_broken(show) -> None:  # type: ignore[no-untyped-def]
    show(frames(*ONCE), damage="The clip is damaged.")
    engine = replace(fakes.engine(), notices=("Voice 'piper' is off: no package",))
    found = translate(engine, "clip.mp4")
    assert found.notices == ("Voice 'piper' is off: no package", "The clip is damaged.")


def test_progress_rises_to_one(show) -> None:  # type: ignore[no-untyped-def]
    show(frames(*ONCE))
    shares: list[float] = []
    translate(fakes.engine(), "clip.mp4", progress=lambda done, what: shares.append(done))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) == 21


def test_stream_is_freed_when_a_clip_fails_in_the_middle(show) -> None:  # type: ignore[no-untyped-def]
    class Breaking(list):  # type: ignore[type-arg]
        def __iter__(self):  # type: ignore[no-untyped-def]
            yield frame(RESTING, 0.0)
            raise BadInputError("too long after all")

    show(Breaking())
    engine = fakes.engine()
    with pytest.raises(BadInputError, match="too long after all"):
        translate(engine, "clip.mp4")
    assert isinstance(engine.extractor, fakes.FakeExtractor)
    assert [stream.closed for stream in engine.extractor.opened] == [True]


def test_extraction_gives_every_frame_at_a_constant_rate(show) -> None:  # type: ignore[no-untyped-def]
    show(frames((RESTING, 1.0), (SIGNING, 1.0)))
    found = extract(fakes.engine(), "clip.mp4")
    assert found.points.shape == (20, N_POINTS, 3)
    assert found.fps == pytest.approx(10)


def test_extraction_tells_of_damage(show) -> None:  # type: ignore[no-untyped-def]
    show(frames((SIGNING, 1.0)), damage="The clip is damaged.")
    told: list[str] = []
    engine = fakes.engine()
    module.extract_clip(engine.extractor, engine.settings, "clip.mp4", tell=told.append)
    assert told == ["The clip is damaged."]


def test_missing_clip_is_refused_before_any_model_runs() -> None:
    engine = fakes.engine()
    with pytest.raises(BadInputError, match="does not exist"):
        translate(engine, Path("nowhere.mp4"))
    assert isinstance(engine.extractor, fakes.FakeExtractor)
    assert engine.extractor.opened == []


class ReplayExtractor(fakes.FakeExtractor):
    """Sees in the frame at each time what the landmarks have there."""

    def __init__(self, landmarks: Landmarks) -> None:
        super().__init__()
        self._landmarks = landmarks

    def open(self) -> fakes.FakeStream:
        landmarks = self._landmarks

        class Stream(fakes.FakeStream):
            def push(self, frame: Frame) -> NDArray[np.float32]:
                index = min(round(frame.at_s * landmarks.fps), len(landmarks.points) - 1)
                return landmarks.points[index]

        self.opened.append(Stream())
        return self.opened[-1]


def replayed(landmarks: Landmarks, times: Iterable[float]) -> list[Event]:
    """Return the events of a session with the true segmenter, shown frames at these times."""
    from signbridge.landmarks.segmenter import Segmenter

    engine = replace(fakes.engine(), extractor=ReplayExtractor(landmarks))
    session = Session(engine, open_segmenter=Segmenter)
    return run(session, [frame(RESTING, at_s, 640, 480) for at_s in times])


@pytest.mark.parametrize("fps", [2.0, 5.0, 10.0, 15.0, 30.0, 60.0])
def test_sign_is_found_at_every_frame_rate(fps: float) -> None:
    landmarks = signer(fps=60.0, rest_s=1.5, sign_s=2.0)
    times = np.arange(0, landmarks.duration_s, 1 / fps)
    events = replayed(landmarks, times)
    if fps >= 5:
        assert glosses(events) == ["HELLO"]
    assert len(glosses(events)) <= 1


def test_webcam_that_falls_to_two_pictures_a_second_does_no_harm() -> None:
    landmarks = signer(fps=60.0, rest_s=1.5, sign_s=2.0, repeats=3)
    slow_from_s = 4.0
    times = [*np.arange(0, slow_from_s, 0.1), *np.arange(slow_from_s, landmarks.duration_s, 0.5)]
    events = replayed(landmarks, times)
    assert len([event for event in events if isinstance(event, Seen)]) == len(times)
    assert 1 <= len(glosses(events)) <= 3
