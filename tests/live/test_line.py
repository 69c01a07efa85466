"""A line between two threads is short, keeps its order, and ends."""

from __future__ import annotations

import threading

import pytest

from signbridge.live.line import Line


@pytest.fixture
def line() -> Line[int]:
    return Line(2, threading.Condition())


def test_things_come_out_in_their_order(line: Line[int]) -> None:
    line.put(1)
    line.put(2)
    assert [line.take(), line.take()] == [1, 2]


def test_line_is_idle_when_what_was_taken_is_done(line: Line[int]) -> None:
    assert line.idle
    line.put(1)
    assert not line.idle
    line.take()
    assert not line.idle
    line.end()
    assert line.take() is None
    assert line.idle


def test_full_line_makes_the_giver_wait(line: Line[int]) -> None:
    line.put(1)
    line.put(2)
    giver = threading.Thread(target=line.put, args=(3,), daemon=True)
    giver.start()
    giver.join(0.1)
    assert giver.is_alive()
    assert line.take() == 1
    giver.join(5)
    assert [line.take(), line.take()] == [2, 3]


def test_what_a_person_does_waits_for_no_room(line: Line[int]) -> None:
    for number in range(5):
        line.put(number, wait=False)
    assert [line.take() for _ in range(5)] == [0, 1, 2, 3, 4]


def test_newer_thing_takes_the_place_of_what_waits(line: Line[int]) -> None:
    assert not line.replace(1)
    assert line.replace(2)
    assert line.take() == 2
    assert not line.replace(3)  # what is in hand is not lost


@pytest.mark.parametrize(("drop", "left"), [(False, [1, 2, None]), (True, [None])])
def test_ended_line_lets_nothing_in_and_nobody_wait(
    line: Line[int], drop: bool, left: list[int | None]
) -> None:
    line.put(1)
    line.put(2)
    giver = threading.Thread(target=line.put, args=(3,), daemon=True)
    giver.start()
    line.end(drop=drop)
    giver.join(5)
    assert not giver.is_alive()
    line.put(4)
    line.put(5, wait=False)
    assert [line.take() for _ in left] == left


def test_taker_of_an_ended_line_is_let_go(line: Line[int]) -> None:
    found: list[int | None] = [0]

    def take() -> None:
        found[0] = line.take()

    taker = threading.Thread(target=take, daemon=True)
    taker.start()
    line.end()
    taker.join(5)
    assert found == [None]
