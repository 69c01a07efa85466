"""Each visitor has a place of their own, for as long as they use it."""

import time

import pytest

from signbridge.errors import BackendUnavailableError
from signbridge.settings import Settings
from signbridge.web.sessions import (
    GONE_S,
    SWEEP_EVERY_S,
    PlacesTakenError,
    SessionRegistry,
)


class Session:
    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(clock: Clock) -> SessionRegistry[Session]:
    return SessionRegistry(lambda visitor: Session(), max_sessions=2, idle_s=60.0, clock=clock)


def test_a_visitor_gets_the_same_session_again(registry):
    first = registry.open("ann")
    assert registry.open("bob") is not first
    assert registry.open("ann") is first
    assert registry.find("ann") is first
    assert registry.find("cat") is None


def test_no_place_left_is_said_in_plain_words(registry):
    registry.open("ann")
    registry.open("bob")
    with pytest.raises(PlacesTakenError, match="All 2 live places are taken"):
        registry.open("cat")


def test_a_place_is_free_again_when_its_visitor_leaves(registry):
    session = registry.open("ann")
    registry.open("bob")
    registry.close("ann")
    assert session.closed
    assert registry.open("cat") is not session


def test_a_silent_visitor_gives_the_place_to_the_next(registry, clock):
    session = registry.open("ann")
    clock.now_s = 59.0
    registry.open("bob")
    clock.now_s = 61.0
    registry.open("cat")
    assert session.closed
    assert "ann" not in registry
    assert "bob" in registry


def test_a_visitor_who_stays_is_not_idle(registry, clock):
    session = registry.open("ann")
    for clock.now_s in (50.0, 100.0):
        registry.find("ann")
        registry.close_idle()
    assert not session.closed


def test_a_dropped_connection_frees_its_session_within_ten_seconds(clock):
    registry = SessionRegistry(
        lambda visitor: Session(), max_sessions=2, idle_s=Settings().session_idle_s, clock=clock
    )
    session = registry.open("ann")
    for clock.now_s in range(10):
        registry.close_idle()
    assert session.closed
    assert clock.now_s + SWEEP_EVERY_S <= 10


def test_a_picture_on_its_way_when_its_visitor_left_opens_no_ghost(registry, clock):
    registry.open("ann")
    registry.close("ann")
    clock.now_s = 1.0
    assert registry.open("ann") is None
    assert len(registry) == 0


def test_a_visitor_whose_connection_came_back_is_let_in_again(registry, clock):
    registry.open("ann")
    registry.close("ann")
    clock.now_s = GONE_S + 0.1
    assert registry.open("ann") is not None


def test_those_who_left_are_not_remembered_for_ever(registry, clock):
    for number in range(1000):
        clock.now_s = float(number)
        registry.close(f"visitor {number}")
    assert len(registry._gone) <= GONE_S + 1


def test_the_sweep_closes_idle_sessions_by_itself(clock):
    registry = SessionRegistry(lambda visitor: Session(), max_sessions=1, idle_s=1.0, clock=clock)
    session = registry.open("ann")
    clock.now_s = 5.0
    registry.sweep(every_s=0.01)
    end_s = time.monotonic() + 5
    while not session.closed and time.monotonic() < end_s:
        time.sleep(0.01)
    assert session.closed


def test_a_session_that_cannot_open_takes_no_place():
    def fail(visitor: str) -> Session:
        raise BackendUnavailableError("no model")

    registry = SessionRegistry(fail, max_sessions=1, idle_s=60.0)
    with pytest.raises(BackendUnavailableError):
        registry.open("ann")
    assert len(registry) == 0
