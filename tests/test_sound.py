"""Speech that is heard while it is made, by one listener or more."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from signbridge.errors import BackendUnavailableError
from signbridge.sound import Sound
from signbridge.types import Speech
from tests import fakes


def piece(value: float, count: int = 80, rate: int = 8000) -> Speech:
    return Speech(np.full(count, value, np.float32), rate)


def test_every_listener_hears_all_of_it_from_the_start():
    sound = Sound(iter([piece(0.1), piece(0.2)]))
    for _ in range(2):
        assert [each.samples[0] for each in sound.pieces()] == pytest.approx([0.1, 0.2])
    whole = sound.whole()
    assert whole is not None
    assert whole.duration_s == sound.duration_s == pytest.approx(0.02)


def test_first_piece_does_not_wait_for_the_last():
    gate = threading.Event()

    def slowly() -> Iterator[Speech]:
        yield piece(0.1)
        assert gate.wait(5)
        yield piece(0.2)

    sound = Sound(slowly())
    assert sound.wait()
    assert not sound.settle(0.01)
    assert math.isnan(sound.took_s)
    gate.set()
    assert sound.settle(5)
    assert sound.took_s >= sound.first_s >= 0


def test_what_goes_wrong_is_raised_where_the_listener_comes_to_it():
    def breaking() -> Iterator[Speech]:
        yield piece(0.1)
        raise ZeroDivisionError

    heard = Sound(breaking()).pieces()
    next(heard)
    with pytest.raises(ZeroDivisionError):
        next(heard)


def test_sound_that_nobody_wants_is_made_no_further():
    made: list[int] = []
    gate = threading.Event()

    def counting() -> Iterator[Speech]:
        for number in range(100):
            made.append(number)
            yield piece(0.1)
            assert gate.wait(5)

    sound = Sound(counting())
    sound.wait()
    sound.stop()
    gate.set()
    assert sound.settle(5)
    assert len(made) <= 2


def test_pieces_of_another_rate_are_brought_to_the_first_ones():
    low = 0.5 * np.sin(2 * np.pi * 220 * np.arange(8000) / 8000)
    whole = Sound(iter([piece(0.1, 160, 16000), Speech(low.astype(np.float32), 8000)])).whole()
    assert whole is not None
    assert whole.sample_rate == 16000
    assert whole.duration_s == pytest.approx(1.01)
    spectrum = np.abs(np.fft.rfft(whole.samples[160:]))
    assert np.argmax(spectrum) == 220


def test_second_voice_goes_on_where_the_first_breaks_off_in_the_middle():
    class Breaking(fakes.FakeSpeaker):
        def stream(self, text: str) -> Iterator[Speech]:
            yield piece(0.1)
            raise BackendUnavailableError("the line is dead")

    engine = replace(
        fakes.engine(speaker=Breaking(name="far")), second_speaker=fakes.FakeSpeaker(name="near")
    )
    sound = engine.begin("Hello.")
    assert sound is not None
    whole = sound.whole()
    assert whole is not None
    assert whole.duration_s == pytest.approx(0.01 + 0.6)
    assert list(sound.notices) == ["Voice 'far' failed, 'near' speaks instead: the line is dead"]


def test_stream_that_is_stopped_in_the_middle_lets_go_of_its_model():
    lock, begun = threading.Lock(), threading.Event()

    def held() -> Iterator[Speech]:
        with lock:
            while True:
                begun.set()
                yield piece(0.1)

    sound = Sound(held())
    assert begun.wait(5)
    sound.stop()
    assert sound.settle(5)
    assert lock.acquire(timeout=1)


def test_stream_that_can_not_be_closed_ends_all_the_same():
    begun = threading.Event()

    def held() -> Iterator[Speech]:
        try:
            while True:
                begun.set()
                yield piece(0.1)
        finally:
            raise ZeroDivisionError

    sound = Sound(held())
    assert begun.wait(5)
    sound.stop()
    assert sound.settle(5)
