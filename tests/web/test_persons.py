"""What one visitor teaches is theirs alone, and gone when they are."""

from __future__ import annotations

import numpy as np
import pytest

from signbridge.errors import BadInputError
from signbridge.recognize.landmark.personal import SIGN_SHAPE, Personal
from signbridge.types import Landmarks, RecognitionResult, Segment
from signbridge.web.persons import JustLeftError, Persons, TooManyPeopleError
from signbridge.web.sessions import GONE_S
from tests import fakes

SIGN = np.zeros(SIGN_SHAPE, np.float16)
SEGMENT = Segment(Landmarks(fakes.person(True)[None], 10.0), 0.0, 0.1)


class TeachableRecognizer(fakes.FakeRecognizer):
    """Answers HELLO, or the sign that it was last taught."""

    def taught(self, personal: Personal) -> fakes.FakeRecognizer:
        return fakes.FakeRecognizer((personal.glosses[-1],))


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def persons(clock: Clock) -> Persons:
    return Persons(idle_s=60.0, most=2, clock=clock)


def teach(persons: Persons, visitor: str, gloss: str) -> None:
    persons.change(visitor, lambda one: one.adding(gloss, SIGN))


def answer(engine) -> str:
    (result,), notices = engine.recognize(SEGMENT)
    assert not notices
    assert isinstance(result, RecognitionResult)
    return result.guesses[0].text


def test_two_visitors_never_see_each_others_signs(persons):
    shared = fakes.engine(TeachableRecognizer())
    ann, bob = (persons.engine_for(who, shared) for who in ("ann", "bob"))
    teach(persons, "ann", "ANN-SIGN")
    assert (answer(ann), answer(bob), answer(shared)) == ("ANN-SIGN", "HELLO", "HELLO")
    teach(persons, "bob", "BOB-SIGN")
    assert (answer(ann), answer(bob), answer(shared)) == ("ANN-SIGN", "BOB-SIGN", "HELLO")
    assert persons.of("ann").names == ("ANN-SIGN",)
    assert persons.of("bob").names == ("BOB-SIGN",)


def test_what_is_taught_acts_in_a_session_that_is_open(persons):
    engine = persons.engine_for("ann", fakes.engine(TeachableRecognizer()))
    assert answer(engine) == "HELLO"
    teach(persons, "ann", "FIRST")
    assert answer(engine) == "FIRST"
    persons.change("ann", lambda one: one.without("FIRST"))
    assert answer(engine) == "HELLO"


def test_a_recognizer_that_cannot_be_taught_stays_as_it_is(persons):
    plain = fakes.FakeRecognizer()
    engine = persons.engine_for("ann", fakes.engine(plain))
    teach(persons, "ann", "FIRST")
    assert engine.recognizers == (plain,)


def test_the_rest_of_the_recognizer_shows_through(persons):
    shared = TeachableRecognizer(name="landmark")
    (own,) = persons.engine_for("ann", fakes.engine(shared)).recognizers
    assert (own.name, own.reads, own.seen) == (shared.name, shared.reads, shared.seen)


def test_whoever_leaves_is_forgotten(persons):
    engine = persons.engine_for("ann", fakes.engine(TeachableRecognizer()))
    teach(persons, "ann", "FIRST")
    persons.close("ann")
    assert len(persons) == 0
    assert answer(engine) == "HELLO"


def test_whoever_stays_away_is_forgotten_and_whoever_signs_is_not(persons, clock):
    for visitor in ("ann", "bob"):
        teach(persons, visitor, "FIRST")
    engine = persons.engine_for("bob", fakes.engine(TeachableRecognizer()))
    clock.now_s = 50.0
    answer(engine)
    clock.now_s = 100.0
    persons.close_idle()
    assert len(persons.of("ann")) == 0
    assert len(persons.of("bob")) == 1


def test_no_room_is_said_in_plain_words(persons):
    teach(persons, "ann", "FIRST")
    teach(persons, "bob", "FIRST")
    with pytest.raises(TooManyPeopleError, match="Too many visitors"):
        teach(persons, "cat", "FIRST")


def test_a_change_that_fails_changes_nothing(persons):
    teach(persons, "ann", "FIRST")

    def fail(personal: Personal) -> Personal:
        raise BadInputError("no")

    with pytest.raises(BadInputError):
        persons.change("ann", fail)
    assert persons.of("ann").names == ("FIRST",)


def test_what_comes_after_the_page_was_closed_is_not_kept(persons, clock):
    teach(persons, "anna", "MINE")
    persons.close("anna")
    with pytest.raises(JustLeftError, match="this was not kept"):
        teach(persons, "anna", "LATE")
    assert len(persons) == 0
    assert len(persons.of("anna")) == 0


def test_page_whose_connection_broke_teaches_on_after_a_moment(persons, clock):
    persons.close("ann")
    clock.now_s += GONE_S
    teach(persons, "ann", "AGAIN")
    assert persons.of("ann").names == ("AGAIN",)


def test_who_comes_back_to_forgotten_signs_is_told_once(persons, clock):
    teach(persons, "ann", "FIRST")
    assert not persons.missed("ann")
    persons.close("ann")
    teach(persons, "bob", "FIRST")
    clock.now_s += 61.0
    persons.close_idle()
    persons.close("cat")  # taught nothing
    for visitor, missed in (("ann", True), ("bob", True), ("cat", False)):
        assert persons.missed(visitor) is missed
        assert not persons.missed(visitor)


def test_who_has_taught_nothing_takes_no_room(persons):
    for number in range(5):
        persons.change(f"visitor {number}", lambda one: one)
    teach(persons, "ann", "FIRST")
    persons.change("ann", lambda one: one.without("FIRST"))
    assert len(persons) == 0


def test_word_that_was_taught_is_among_the_words_to_choose(persons):
    class Knowing(TeachableRecognizer):
        vocabulary = ("HELLO",)

        def taught(self, personal):
            taught = super().taught(personal)
            taught.vocabulary = ("HELLO", *personal.glosses)
            return taught

    engine = persons.engine_for("anna", fakes.engine(Knowing()))
    assert engine.recognizers[0].vocabulary == ("HELLO",)
    teach(persons, "anna", "ZORBLE")
    assert engine.recognizers[0].vocabulary == ("HELLO", "ZORBLE")
