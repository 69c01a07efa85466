"""A visitor shows signs by camera or clip, and they act for that visitor alone."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from signbridge.compose.rules import compose_glosses
from signbridge.recognize.landmark import personal as personal_module
from signbridge.recognize.landmark.personal import Personal, from_bytes, to_bytes
from signbridge.recognize.landmark.recognizer import LandmarkRecognizer
from signbridge.settings import Settings
from signbridge.types import Frame, Segment
from signbridge.web import lesson
from signbridge.web.persons import Persons
from signbridge.web.sessions import GONE_S
from signbridge.web.teacher import Teacher
from signbridge.web.uploads import Uploads
from signbridge.web.warmup import EngineSoon
from tests import fakes, signing

PICTURE = np.zeros((48, 64, 3), np.uint8)
OVERLAY, LINE, SIGNS, CHOICE, TIMER = range(5)
ANN, BOB = SimpleNamespace(session_hash="ann"), SimpleNamespace(session_hash="bob")


class Playing:
    """Sees a made-up signer who draws three circles a turn, whatever the pictures are."""

    def __init__(self) -> None:
        self.people = 1
        self.closed = False
        self._points = iter(signing.signer(fps=10.0, repeats=3, turns=3).points)

    def push(self, frame: Frame) -> np.ndarray:
        assert not self.closed
        return next(self._points)

    def close(self) -> None:
        self.closed = True


class Studio:
    """Opens them."""

    def __init__(self) -> None:
        self.opened: list[Playing] = []

    def open(self) -> Playing:
        self.opened.append(Playing())
        return self.opened[-1]


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture(scope="module")
def recognizer() -> LandmarkRecognizer:
    return LandmarkRecognizer()


class Class:
    """A teacher with what the tests look at."""

    def __init__(self, recognizer: object, settings: Settings) -> None:
        self.clock, self.studio = Clock(), Studio()
        self.persons, self.uploads = Persons(clock=self.clock), Uploads()
        engine = fakes.engine(recognizer)
        self.engine = type(engine)(
            self.studio, engine.recognizers, engine.composer, engine.speaker, settings
        )
        soon = EngineSoon(lambda: self.engine)
        soon.start().get()
        self.teacher = Teacher(soon, settings, self.persons, self.clock, self.uploads)

    def show(self, name: str, visitor: object, seconds: float = 5.5) -> list[tuple]:
        """Let a visitor show a sign for as long as the made-up signer lasts."""
        answers = []
        for _ in range(round(seconds * 10)):
            self.clock.now_s += 0.1
            answers.append(self.teacher.tick(PICTURE, name, visitor))
        return answers


@pytest.fixture
def school(recognizer, monkeypatch) -> Callable[..., Class]:
    monkeypatch.setattr("signbridge.web.warmup.warm", lambda engine: None)

    def start(model: object = recognizer, **settings: object) -> Class:
        return Class(model, Settings(**settings))

    return start


@pytest.fixture
def uploaded(tmp_path, monkeypatch) -> Callable[[str, bytes], Path]:
    """Put files where Gradio keeps uploads."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))

    def put(name: str, data: bytes) -> Path:
        path = tmp_path / "a1b2" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return path

    return put


def last(answers: list[tuple], part: int) -> object:
    """Return what the page shows of one part after all answers."""
    skip = gr.skip()
    return [answer[part] for answer in answers if answer[part] != skip][-1]


def circles() -> Segment:
    landmarks = signing.signer(fps=15.0, turns=3)
    return Segment(landmarks, 0.0, landmarks.duration_s)


def test_three_examples_by_camera_make_a_sign_that_is_recognized(school):
    one = school()
    answers = one.show("Round trip", ANN)
    personal = one.persons.of("ann")
    assert personal.glosses == ("ROUND-TRIP",) * 3
    assert "ROUND-TRIP: 3 examples" in last(answers, LINE)
    assert "3 examples" in last(answers, SIGNS)
    assert last(answers, CHOICE).choices == [("ROUND-TRIP", "ROUND-TRIP")]
    (result,), _ = one.persons.engine_for("ann", one.engine).recognize(circles())
    assert (result.guesses[0].text, result.abstained) == ("ROUND-TRIP", False)
    (result,), _ = one.persons.engine_for("bob", one.engine).recognize(circles())
    assert result.guesses[0].text != "ROUND-TRIP"


def test_two_visitors_teach_at_once_and_see_only_their_own(school):
    one = school()
    for _ in range(54):
        one.clock.now_s += 0.1
        ann = one.teacher.tick(PICTURE, "ann sign", ANN)
        bob = one.teacher.tick(PICTURE, "bob sign", BOB)
        for own, other in ((ann, "BOB-SIGN"), (bob, "ANN-SIGN")):
            assert other not in f"{own[LINE]}{own[SIGNS]}"
    assert one.persons.of("ann").names == ("ANN-SIGN",)
    assert one.persons.of("bob").names == ("BOB-SIGN",)


def test_a_sign_without_a_name_is_not_taken(school):
    one = school()
    answer = one.teacher.tick(PICTURE, " ", ANN)
    assert "a sign&#x27;s name needs" in answer[LINE]
    assert "Name the sign first" in one.teacher.upload(["a.mp4"], "", ANN)[LINE]
    assert len(one.persons) == 0


def test_the_last_example_counts_when_the_camera_is_stopped(school):
    one = school()
    one.show("hello", ANN, seconds=1.2)
    assert len(one.persons.of("ann")) == 0
    one.clock.now_s += 3
    answer = one.teacher.check_camera(ANN)
    assert one.persons.of("ann").glosses == ("HELLO",)
    assert "HELLO: 1 example." in answer[LINE]
    assert one.studio.opened[0].closed


def test_a_visitor_who_leaves_takes_camera_and_signs_along(school):
    one = school()
    one.show("hello", ANN, seconds=3)
    one.teacher.leave(ANN)
    assert one.studio.opened[0].closed
    assert len(one.persons) == 0


def test_a_camera_that_went_silent_is_freed(school):
    one = school()
    one.show("hello", ANN, seconds=1)
    one.clock.now_s += 3
    one.teacher.lessons.close_quiet()
    assert not one.studio.opened[0].closed
    one.clock.now_s += 3
    one.teacher.lessons.close_quiet()
    assert one.studio.opened[0].closed


def test_as_many_cameras_as_sessions_and_no_more(school):
    one = school(max_sessions=1)
    one.teacher.tick(PICTURE, "hello", ANN)
    assert "All 1 cameras for teaching are taken" in one.teacher.tick(PICTURE, "hello", BOB)[LINE]


def test_several_clips_are_taken_and_bad_ones_named(school, monkeypatch):
    one = school()
    seen = {"good.mp4": signing.signer(turns=2), "empty.mp4": signing.signer(turns=2)}
    seen["empty.mp4"].points[:] = np.nan

    def extract(engine: object, path: Path) -> object:
        return seen[path.name]

    monkeypatch.setattr(lesson, "extract", extract)
    answer = one.teacher.upload(["/tmp/x/good.mp4", "/tmp/x/empty.mp4"], "hello", ANN)
    assert len(one.persons.of("ann")) == 1
    assert "empty.mp4: no hand was found" in answer[LINE]
    assert "/tmp/x" not in answer[LINE]


def test_a_sign_is_removed(school):
    one = school()
    one.show("hello", ANN)
    answer = one.teacher.remove("HELLO", ANN)
    assert len(one.persons.of("ann")) == 0
    assert "Nothing yet" in answer[SIGNS]
    assert "Choose the sign to remove first" in one.teacher.remove(None, ANN)[LINE]


def test_the_downloaded_file_brings_the_signs_back_and_is_not_kept(school, uploaded):
    one = school()
    page = last(one.show("hello", ANN), SIGNS)
    link = re.search(r'download="my-signs.npz" href="data:[^,]*,([^"]*)"', page)
    file = uploaded("my-signs.npz", base64.b64decode(link[1]))
    assert from_bytes(file.read_bytes()) == one.persons.of("ann")
    answer = one.teacher.load(str(file), BOB)
    assert one.persons.of("bob") == one.persons.of("ann")
    assert "Loaded: 1 sign, 3 examples." in answer[LINE]
    assert not file.exists()


def test_a_file_that_is_no_signers_own_gets_one_line(school, tmp_path):
    one = school()
    file = tmp_path / "notes.npz"
    file.write_text("not a file of signs")
    answer = one.teacher.load(str(file), ANN)
    assert "notes.npz was not loaded" in answer[LINE]
    assert len(one.persons) == 0


def test_an_empty_file_of_signs_clears_the_panel(school, tmp_path):
    one = school()
    one.show("hello", ANN)
    file = tmp_path / "none.npz"
    file.write_bytes(to_bytes(Personal()))
    assert "Nothing yet" in one.teacher.load(str(file), ANN)[SIGNS]


def test_without_a_recognizer_that_learns_the_page_says_so(school):
    one = school(fakes.FakeRecognizer())
    answers = one.show("hello", ANN)
    assert "only the landmark recognizer can be taught" in last(answers, LINE)
    assert len(one.persons) == 0


def test_a_late_model_is_said_to_be_loading():
    class NotYet:
        ready = False

    one = Teacher(NotYet(), Settings(), Persons(), Clock())
    assert "still loading" in one.tick(PICTURE, "hello", ANN)[LINE]


def test_file_of_two_visitors_stays_until_both_have_loaded_it(school, uploaded):
    one = school()
    file = uploaded("my-signs.npz", to_bytes(Personal()))
    one.uploads.came([str(file), str(file)])
    assert "Loaded" in one.teacher.load(str(file), ANN)[LINE]
    assert "Loaded" in one.teacher.load(str(file), BOB)[LINE]
    said = one.teacher.load(str(file), ANN)[LINE]
    assert "my-signs.npz was not loaded: it can&#x27;t be read" in said


def test_clips_without_a_name_are_deleted_too(school, uploaded):
    one = school()
    clips = [uploaded(name, b"film") for name in ("a.mp4", "b.mp4")]
    one.uploads.came(map(str, clips))
    assert "Name the sign first" in one.teacher.upload(list(map(str, clips)), "", ANN)[LINE]
    assert not any(clip.exists() for clip in clips)


def test_page_whose_connection_broke_says_so_and_goes_on(school, tmp_path):
    one = school()
    one.show("hello", ANN)
    file = tmp_path / "my-signs.npz"
    file.write_bytes(to_bytes(one.persons.of("ann")))
    one.teacher.leave(ANN)
    answer = one.teacher.load(str(file), ANN)
    assert "was not loaded: The connection was lost a moment ago" in answer[LINE]
    assert answer[SIGNS] == gr.skip()
    one.clock.now_s += GONE_S
    answers = one.show("goodbye", ANN)
    assert one.persons.of("ann").glosses == ("GOODBYE",) * 3
    said = [answer[LINE] for answer in answers if "example" in str(answer[LINE])]
    assert ["What you showed before is forgotten" in text for text in said] == [True, False, False]
    one.teacher.leave(ANN)
    one.clock.now_s += GONE_S
    assert "Loaded: 1 sign, 3 examples." in one.teacher.load(str(file), ANN)[LINE]
    assert not one.persons.missed("ann")


def test_picture_that_was_on_its_way_when_the_page_closed_opens_no_camera(school):
    one = school()
    one.teacher.leave(ANN)
    one.show("hello", ANN, seconds=1)
    assert not one.studio.opened


def test_two_first_pictures_at_once_open_one_camera(school, monkeypatch):
    one = school()
    engine = one.teacher._engine

    def meanwhile() -> object:
        monkeypatch.setattr(one.teacher, "_engine", engine)
        one.teacher.tick(PICTURE, "hello", ANN)
        return engine()

    monkeypatch.setattr(one.teacher, "_engine", meanwhile)
    one.teacher.tick(PICTURE, "hello", ANN)
    assert len(one.studio.opened) == 1


def test_picture_of_a_visitor_who_leaves_meanwhile_is_not_looked_at(school, monkeypatch):
    one = school()
    find = one.teacher.lessons.place

    def leaving(*asked: object) -> object:
        place = find(*asked)
        one.teacher.leave(ANN)
        return place

    monkeypatch.setattr(one.teacher.lessons, "place", leaving)
    assert one.teacher.tick(PICTURE, "hello", ANN) == (gr.skip(),) * 5
    assert one.studio.opened[0].closed


def test_one_example_too_many_is_said_when_the_camera_stops(school, monkeypatch):
    one = school()
    monkeypatch.setattr(personal_module, "MOST_EXAMPLES", 0)
    one.show("hello", ANN, seconds=1.2)
    one.clock.now_s += 3
    answer = one.teacher.check_camera(ANN)
    assert "at most 0 examples are kept" in answer[LINE]
    assert answer[TIMER].active is False


def test_file_and_removal_meet_a_model_that_is_not_there_with_one_line(school, tmp_path):
    class NotYet:
        ready = False

    file = tmp_path / "my-signs.npz"
    file.write_bytes(to_bytes(Personal()))
    late = Teacher(NotYet(), Settings(), Persons(), Clock())
    untaught = school(fakes.FakeRecognizer()).teacher
    for teacher, reason in ((late, "still loading"), (untaught, "only the landmark recognizer")):
        assert reason in teacher.load(str(file), ANN)[LINE]
        assert reason in teacher.remove("HELLO", ANN)[LINE]


def test_sign_of_a_name_is_kept_as_one_and_comes_back_as_one(school, monkeypatch, tmp_path):
    one = school()
    monkeypatch.setattr(lesson, "extract", lambda engine, path: signing.signer(turns=2))
    page = one.teacher.upload(["/tmp/x/mark.mp4"], "Mark", ANN, of_someone=True)
    assert one.persons.of("ann").names == ("NS-MARK",)
    assert "The name of a person or a place" in page[SIGNS]
    for _ in range(54):
        one.clock.now_s += 0.1
        one.teacher.tick(PICTURE, "Rose", ANN, of_someone=True)
    assert one.persons.of("ann").names == ("NS-MARK", "NS-ROSE")
    file = tmp_path / "my-signs.npz"
    file.write_bytes(to_bytes(one.persons.of("ann")))
    one.teacher.load(str(file), BOB)
    assert one.persons.of("bob") == one.persons.of("ann")
    assert compose_glosses(("ME", "MEET", *one.persons.of("bob").names[:1])) == "I meet Mark."
