"""A slow composer or voice holds up nobody: not its visitor's page, nor those who wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from signbridge import build
from signbridge.protocols import Grow
from signbridge.sound import Sound
from signbridge.stages.parcels import Say
from signbridge.types import RecognitionResult, Speech, Utterance
from signbridge.web.live_page import Late
from signbridge.web.rewriting import OVERTAKEN
from tests import fakes
from tests.fakes import RESTING, SIGNING
from tests.web.live_page import ONE_SIGN, Shown, key_of, play, tick, visitor
from tests.web.test_live import until
from tests.web.test_live_corrections import InTurn, said_key

ANN = visitor("ann")
LIMIT_S = 20
TWO_SIGNS = (*ONE_SIGN[:2], (RESTING, 0.4), (SIGNING, 0.5))


class Gate:
    """While it is shut, who comes to it waits; the test sees that somebody does."""

    def __init__(self) -> None:
        self.came = threading.Semaphore(0)
        self._open = threading.Event()
        self.open()

    def shut(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def wait(self) -> None:
        if not self._open.is_set():
            self.came.release()
            self._open.wait(3 * LIMIT_S)

    def reached(self) -> bool:
        return self.came.acquire(timeout=LIMIT_S)


class SlowComposer(fakes.FakeComposer):
    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self.gate = gate

    def compose(
        self,
        results: Sequence[RecognitionResult],
        context: Sequence[str] = (),
        grow: Grow | None = None,
    ) -> Utterance:
        self.gate.wait()
        return super().compose(results, context, grow)


class SlowSpeaker(fakes.FakeSpeaker):
    gate: Gate

    def stream(self, text: str) -> Iterator[Speech]:
        self.gate.wait()
        yield from super().stream(text)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open()


@pytest.fixture
def meanwhile(gate) -> Iterator[ThreadPoolExecutor]:
    pool = ThreadPoolExecutor(8)
    yield pool
    gate.open()
    pool.shutdown()


@pytest.fixture
def slow(serve_live, gate):
    """Return handlers whose composer and voice wait at the gate."""
    speaker = SlowSpeaker()
    speaker.gate = gate
    recognizer = InTurn(("HELLO", "FRIEND", "HOME"))
    engine = fakes.engine(recognizer, composer=SlowComposer(gate), speaker=speaker)
    return serve_live(engine)


def correcting(handlers, clock, gate, meanwhile) -> tuple[Shown, Future]:
    """Say HELLO, correct it to OTHER, and return while that waits at the gate."""
    shown = play(handlers, clock, "ann", *ONE_SIGN)
    gate.shut()
    key = key_of(shown.sentences, "HELLO")
    corrected = meanwhile.submit(handlers.correct, key, "OTHER", ANN)
    assert gate.reached()
    return shown, corrected


def silent_for_long(handlers, clock) -> None:
    """Beats come, as from a page whose camera is off; the sweeper looks for who is idle."""
    for _ in range(10):
        clock.now_s += 1.0
        handlers.beat(ANN)
        handlers.visitors.close_idle()


def test_while_a_sentence_is_composed_anew_its_visitor_stays(slow, clock, gate, meanwhile):
    shown, corrected = correcting(slow, clock, gate, meanwhile)
    meanwhile.submit(silent_for_long, slow, clock).result(LIMIT_S)
    assert "ann" in slow.visitors
    gate.open()
    shown.take(corrected.result(LIMIT_S))
    assert "other." in shown.sentences


def test_pictures_are_looked_at_while_a_sentence_is_composed_anew(slow, clock, gate, meanwhile):
    shown, corrected = correcting(slow, clock, gate, meanwhile)
    signed = meanwhile.submit(play, slow, clock, "ann", (SIGNING, 0.5), (RESTING, 0.2))
    assert "FRIEND" in signed.result(LIMIT_S).running
    gate.open()
    shown.take(corrected.result(LIMIT_S))
    assert "other." in shown.sentences


@pytest.mark.parametrize("work", ["correct", "speak"])
def test_who_leaves_meanwhile_is_freed_at_once(slow, clock, gate, meanwhile, work):
    shown = play(slow, clock, "ann", *ONE_SIGN)
    gate.shut()
    if work == "correct":
        meanwhile.submit(slow.correct, key_of(shown.sentences, "HELLO"), "OTHER", ANN)
    else:
        meanwhile.submit(slow.speak, said_key(shown), ANN)
    assert gate.reached()
    meanwhile.submit(slow.leave, ANN).result(LIMIT_S)
    assert len(slow.visitors) == 0


def test_first_picture_that_waits_for_a_voice_keeps_its_place(
    serve_live, clock, gate, meanwhile, monkeypatch
):
    def start(_) -> fakes.FakeSpeaker:
        gate.wait()
        return fakes.FakeSpeaker(name="bell")

    monkeypatch.setitem(build.SPEAKERS, "bell", start)
    handlers = serve_live()
    gate.shut()
    first = meanwhile.submit(tick, handlers, RESTING, "ann", voice="bell")
    assert gate.reached()
    clock.now_s += 20.0
    meanwhile.submit(handlers.visitors.close_idle).result(LIMIT_S)
    assert "ann" in handlers.visitors
    # Another picture does not wait for the voice, and who leaves does not either.
    meanwhile.submit(tick, handlers, RESTING, "ann", voice="bell").result(LIMIT_S)
    meanwhile.submit(handlers.leave, ANN).result(LIMIT_S)
    gate.open()
    first.result(LIMIT_S)


def test_two_words_corrected_at_the_same_time_both_stand(slow, clock, gate, meanwhile):
    shown = play(slow, clock, "ann", *TWO_SIGNS, (RESTING, 2.0))
    gate.shut()
    keys = [key_of(shown.sentences, name) for name in ("HELLO", "FRIEND")]
    made = []
    for key, text in zip(keys, ("MOTHER", "HOME"), strict=True):
        made.append(meanwhile.submit(slow.correct, key, text, ANN))
        assert gate.reached()
    gate.open()
    for each in made:
        shown.take(each.result(LIMIT_S))
    shown.take(slow.beat(ANN))
    assert '<p class="sb-said">mother home.</p>' in shown.sentences


def test_word_of_a_session_that_is_gone_told_twice_is_said_once(slow, clock, gate, meanwhile):
    recognizer = slow._soon.get().recognizers[0]
    recognizer.glosses = ("",)
    shown = play(slow, clock, "ann", *ONE_SIGN)
    clock.now_s += 3
    shown.take(slow.beat(ANN))
    gate.shut()
    key = key_of(shown.running, "?")
    made = []
    for _ in range(2):
        made.append(meanwhile.submit(slow.correct, key, "MAYBE", ANN))
        assert gate.reached()
    gate.open()
    for each in made:
        shown.take(each.result(LIMIT_S))
    shown.take(slow.beat(ANN))
    assert shown.sentences.count('<p class="sb-said">maybe.</p>') == 1


def test_sentence_corrected_while_its_voice_begins_is_spoken_as_corrected(
    serve_live, clock, gate, meanwhile
):
    speaker = SlowSpeaker()
    speaker.gate = gate
    handlers = serve_live(fakes.engine(InTurn(("HELLO", "FRIEND")), speaker=speaker))
    shown = play(handlers, clock, "ann", *TWO_SIGNS)
    key = key_of(shown.running, "HELLO")
    gate.shut()
    pause = meanwhile.submit(play, handlers, clock, "ann", (RESTING, 2.0))
    assert gate.reached()
    until(lambda: handlers.visitors.find("ann")._sessions.now.session._named.holds(Say), LIMIT_S)
    meanwhile.submit(handlers.correct, key, "MOTHER", ANN)
    until(lambda: handlers.visitors.find("ann").word(key).corrected, LIMIT_S)
    gate.open()
    assert "mother friend." in pause.result(LIMIT_S).sentences
    assert speaker.spoken[-1] == "mother friend."


def test_what_is_cleared_while_it_is_composed_anew_stays_cleared(slow, clock, gate, meanwhile):
    _, corrected = correcting(slow, clock, gate, meanwhile)
    after: Shown = Shown()
    after.take(meanwhile.submit(slow.clear, ANN).result(LIMIT_S))
    gate.open()
    after.take(corrected.result(LIMIT_S))
    assert "other." not in after.sentences


def test_threads_of_who_left_meanwhile_end(slow, clock, gate, meanwhile):
    shown = play(slow, clock, "ann", *ONE_SIGN)
    (stream,) = slow._soon.get().extractor.opened
    gate.shut()
    meanwhile.submit(slow.correct, key_of(shown.sentences, "HELLO"), "OTHER", ANN)
    assert gate.reached()
    meanwhile.submit(slow.leave, ANN)
    until(lambda: stream.closed, LIMIT_S)


def test_while_a_beat_is_answered_its_visitor_stays(slow, clock, monkeypatch):
    play(slow, clock, "ann", *ONE_SIGN)
    run = slow.visitors.find("ann")
    answer = run.answer

    def slowly(wait_s: float):
        clock.now_s += 20.0
        slow.visitors.close_idle()
        return answer(wait_s)

    monkeypatch.setattr(run, "answer", slowly)
    slow.beat(ANN)
    assert "ann" in slow.visitors


def test_clearing_ends_what_is_completed_and_leaves_the_next_sentence_alone(
    slow, clock, gate, meanwhile
):
    recognizer = slow._soon.get().recognizers[0]
    recognizer.glosses = ("",)
    shown = play(slow, clock, "ann", *ONE_SIGN)
    clock.now_s += 3
    shown.take(slow.beat(ANN))
    gate.shut()
    corrected = meanwhile.submit(slow.correct, key_of(shown.running, "?"), "MAYBE", ANN)
    assert gate.reached()
    meanwhile.submit(slow.clear, ANN).result(LIMIT_S)
    recognizer.glosses = ("FRIEND",) * 4
    signed = meanwhile.submit(play, slow, clock, "ann", (SIGNING, 0.5), (RESTING, 0.2))
    after = signed.result(LIMIT_S)
    assert "FRIEND" in after.running
    gate.open()
    after.take(corrected.result(LIMIT_S))
    assert "friend." not in after.sentences
    assert "FRIEND" in after.running


@pytest.mark.parametrize("which", [0, -1])
def test_sentence_put_right_late_is_heard_only_while_it_is_the_last(
    slow, clock, monkeypatch, which
):
    shown = play(slow, clock, "ann", *ONE_SIGN, *ONE_SIGN)
    run = slow.visitors.find("ann")
    sentence = run._page.conversation.sentences[which]
    sound = Sound(fakes.FakeSpeaker().stream("late"))
    stopped = []
    monkeypatch.setattr(sound, "stop", lambda: stopped.append(True))
    run._anew.put_right(Late(sentence.key, sentence.utterance.text, sound, autoplay=True))
    shown.take(slow.beat(ANN))
    assert bool(stopped) == (which == 0)
    assert (OVERTAKEN in shown.sentences) == (which == 0)
