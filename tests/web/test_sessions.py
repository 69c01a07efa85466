"""Each visitor has a place of their own, for as long as they use it."""

import threading

import pytest

from signbridge.errors import BackendUnavailableError
from signbridge.web.sessions import PlacesTakenError, SessionRegistry


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
    return SessionRegistry(Session, max_sessions=2, idle_s=60.0, clock=clock)


def test_a_visitor_gets_the_same_session_again(registry):
    with registry.visit("ann") as first, registry.visit("bob") as other:
        assert first is not other
    with registry.visit("ann") as again:
        assert again is first


def test_a_frame_that_arrives_while_the_last_is_looked_at_is_dropped(registry):
    with registry.visit("ann"), registry.visit("ann") as late:
        assert late is None


def test_dropping_does_not_wait(registry):
    seen = []
    with registry.visit("ann"):

        def late() -> None:
            with registry.visit("ann") as session:
                seen.append(session)

        thread = threading.Thread(target=late)
        thread.start()
        thread.join(timeout=2)
    assert seen == [None]


def test_no_place_left_is_said_in_plain_words(registry):
    with registry.visit("ann"), registry.visit("bob"):
        pass
    taken = pytest.raises(PlacesTakenError, match="All 2 live places are taken")
    with taken, registry.visit("cat"):
        pass


def test_a_place_is_free_again_when_its_visitor_leaves(registry):
    with registry.visit("ann") as session, registry.visit("bob"):
        pass
    registry.close("ann")
    assert session.closed
    with registry.visit("cat") as fresh:
        assert fresh is not session


def test_a_silent_visitor_gives_the_place_to_the_next(registry, clock):
    with registry.visit("ann") as session:
        pass
    clock.now_s = 59.0
    with registry.visit("bob"):
        pass
    clock.now_s = 61.0
    with registry.visit("cat"):
        pass
    assert session.closed
    assert "ann" not in registry
    assert "bob" in registry


def test_a_visitor_who_stays_is_not_idle(registry, clock):
    for clock.now_s in (0.0, 50.0, 100.0):
        with registry.visit("ann") as session:
            pass
        registry.close_idle()
    assert not session.closed


def test_closing_waits_for_the_frame_that_is_being_looked_at(registry):
    with registry.visit("ann") as session:
        thread = threading.Thread(target=registry.close, args=("ann",))
        thread.start()
        thread.join(timeout=0.2)
        assert not session.closed
    thread.join(timeout=2)
    assert session.closed


def test_a_session_that_cannot_open_takes_no_place():
    def fail() -> Session:
        raise BackendUnavailableError("no model")

    registry = SessionRegistry(fail, max_sessions=1, idle_s=60.0)
    with pytest.raises(BackendUnavailableError), registry.visit("ann"):
        pass
    assert len(registry) == 0
