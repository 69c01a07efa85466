"""The Live tab's handlers: pictures of several visitors in, each one's own signs out."""

from __future__ import annotations

import threading
import time

import pytest

from signbridge.settings import Settings
from signbridge.web.live_handlers import LiveHandlers
from signbridge.web.voices import Voices
from signbridge.web.warmup import EngineSoon
from tests import fakes
from tests.fakes import NOBODY, RESTING, SIGNING
from tests.web.live_page import ONE_SIGN, SKIP, Shown, key_of, play, tick, visitor


def test_a_sign_is_shown_with_its_score_and_next_guess(serve_live, clock):
    shown = play(serve_live(), clock, "ann", (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 0.5))
    assert "HELLO" in shown.signs
    assert "90%" in shown.signs
    assert "OTHER" in shown.signs


def test_a_sign_that_goes_on_is_guessed_and_stands_in_the_sentence_once_it_has_ended(
    serve_live, clock
):
    handlers = serve_live()
    early = play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 2.0))
    assert "sb-maybe" in early.running
    assert "HELLO …" in early.running
    assert "<button" not in early.running
    late = play(handlers, clock, "ann", (RESTING, 0.3))
    assert late.running.count("HELLO</button>") == 1
    assert "sb-maybe" not in late.running


def test_the_sentence_and_its_sound_come_when_the_signer_pauses(serve_live, clock):
    handlers = serve_live()
    early = play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 0.5))
    assert "hello." not in early.sentences
    late = play(handlers, clock, "ann", (RESTING, 1.0))
    assert "hello." in late.sentences
    assert "data:audio/wav" in late.sound
    assert " autoplay" in late.sound
    assert "HELLO" not in late.running


def test_the_status_goes_from_ready_to_signing_to_thinking_to_speaking(serve_live, clock):
    shown = play(serve_live(), clock, "ann", *ONE_SIGN)
    states = [line.split("sb-status sb-")[1].split('"')[0] for line in shown.statuses]
    assert states == ["idle", "signing", "thinking", "speaking", "idle"]


def test_nobody_in_the_picture_is_said(serve_live, clock):
    assert "Nobody" in play(serve_live(), clock, "ann", (NOBODY, 0.3)).status


def test_the_status_is_sent_only_when_it_changes(serve_live, clock):
    handlers = serve_live()
    play(handlers, clock, "ann", (RESTING, 0.3))
    clock.now_s += 0.1
    assert tick(handlers, RESTING, "ann")[1] == SKIP


def test_not_sure_is_not_recognized_and_can_be_named_by_the_signer(serve_live, clock):
    handlers = serve_live(fakes.engine(fakes.FakeRecognizer(("",))))
    shown = play(handlers, clock, "ann", *ONE_SIGN)
    assert "Not recognized" in shown.signs
    assert "MAYBE" in shown.signs
    assert "sb-audio" not in shown.sound
    key = key_of(shown.running, "?")
    shown.take(handlers.correct(key, "MAYBE", visitor("ann")))
    shown.take(handlers.beat(visitor("ann")))
    assert "maybe." in shown.sentences


def test_landmarks_of_the_picture_are_drawn_over_it(serve_live, clock):
    shown = play(serve_live(), clock, "ann", (SIGNING, 0.2))
    assert 'viewBox="0 0 64 48"' in shown.overlay
    assert "sb-right" in shown.overlay


def test_a_visitor_never_sees_what_another_signs(serve_live, clock):
    handlers = serve_live()
    ann, bob = Shown(), Shown()
    for kind in [RESTING] * 5 + [SIGNING] * 10 + [RESTING] * 15:
        clock.now_s += 0.1
        ann.take(tick(handlers, kind, "ann"))
        bob.take(tick(handlers, NOBODY, "bob"))
    assert "HELLO" in ann.signs
    assert "hello." in ann.sentences
    assert (bob.signs, bob.sentences) == ("", "")
    assert "Nobody" in bob.status


def test_visitors_at_the_same_time_each_see_their_own(serve_live):
    handlers = serve_live()
    shown = {"ann": Shown(), "bob": Shown()}

    def run(name: str, kind: int) -> None:
        for _ in range(30):
            shown[name].take(tick(handlers, kind, name))
            time.sleep(0.04)  # frames nearer than a 30th of a second are one

    threads = [
        threading.Thread(target=run, args=args) for args in (("ann", SIGNING), ("bob", RESTING))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "Signing" in shown["ann"].status
    assert not any("Signing" in line for line in shown["bob"].statuses)
    assert "Ready" in shown["bob"].status


def test_when_all_places_are_taken_the_next_visitor_is_told(serve_live, clock):
    handlers = serve_live(settings=Settings(max_sessions=1))
    play(handlers, clock, "ann", (RESTING, 0.1))
    assert "All 1 live places are taken" in play(handlers, clock, "bob", (RESTING, 0.1)).status


def test_stopping_the_camera_finishes_the_sentence(serve_live, clock):
    handlers = serve_live()
    play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0))
    shown = Shown()
    clock.now_s += 3.0
    shown.take(handlers.beat(visitor("ann")))
    assert "hello." in shown.sentences
    assert "Speaking" in shown.status
    clock.now_s += 1.0
    shown.take(handlers.beat(visitor("ann")))
    assert "Camera is off" in shown.status


def test_a_running_camera_is_left_alone(serve_live, clock):
    handlers = serve_live()
    play(handlers, clock, "ann", (SIGNING, 1.0))
    assert all(part == SKIP for part in handlers.beat(visitor("ann"))[:7])


def test_signing_goes_on_after_the_camera_was_stopped(serve_live, clock):
    handlers = serve_live()
    play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0))
    clock.now_s += 3.0
    handlers.beat(visitor("ann"))
    again = play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 2.0))
    assert again.sentences.count('<p class="sb-said">hello.</p>') == 2


def test_clear_forgets_signs_and_sentences(serve_live, clock):
    handlers = serve_live()
    play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 2.0))
    shown = Shown()
    shown.take(handlers.clear(visitor("ann")))
    assert "HELLO" not in shown.signs
    assert "hello." not in shown.sentences
    again = play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 2.0))
    assert again.sentences.count('<p class="sb-said">hello.</p>') == 1


def test_leaving_the_page_frees_the_models_of_that_visitor(serve_live, clock):
    engine = fakes.engine()
    handlers = serve_live(engine)
    play(handlers, clock, "ann", (RESTING, 0.2))
    handlers.leave(visitor("ann"))
    assert len(handlers.visitors) == 0
    until(lambda: [stream.closed for stream in engine.extractor.opened] == [True])
    # A picture that was on its way opens no other.
    clock.now_s += 0.1
    tick(handlers, RESTING, "ann")
    assert (len(handlers.visitors), len(engine.extractor.opened)) == (0, 1)


def test_a_silent_page_frees_its_models_within_ten_seconds(serve_live, clock):
    engine = fakes.engine()
    handlers = serve_live(engine)
    play(handlers, clock, "ann", (RESTING, 0.2))
    for _ in range(9):
        clock.now_s += 1.0
        handlers.visitors.close_idle()
    assert len(handlers.visitors) == 0
    until(lambda: [stream.closed for stream in engine.extractor.opened] == [True])


def test_an_open_page_keeps_its_sentences_while_the_camera_is_off(serve_live, clock):
    handlers = serve_live()
    key = key_of(play(handlers, clock, "ann", *ONE_SIGN).sentences, "HELLO")
    for _ in range(30):
        clock.now_s += 1.0
        handlers.beat(visitor("ann"))
        handlers.visitors.close_idle()
    shown = Shown()
    shown.take(handlers.correct(key, "OTHER", visitor("ann")))
    assert "other." in shown.sentences


def test_a_stopped_camera_frees_the_models(serve_live, clock):
    engine = fakes.engine()
    handlers = serve_live(engine)
    play(handlers, clock, "ann", (RESTING, 0.2))
    clock.now_s += 3.0
    handlers.beat(visitor("ann"))
    until(lambda: [stream.closed for stream in engine.extractor.opened] == [True])


def until(true, limit_s: float = 5.0) -> None:
    end_s = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < end_s
        time.sleep(0.005)


def test_while_the_models_load_the_page_says_so(clock):
    loaded = threading.Event()

    def build():
        loaded.wait(10)
        return fakes.engine()

    soon = EngineSoon(build).start()
    handlers = LiveHandlers(soon, Settings(), Voices(Settings()), settle_s=5.0)
    assert "Loading the models" in tick(handlers, RESTING, "ann")[1]
    loaded.set()
    soon.get()
    assert "Ready" in play(handlers, clock, "ann", (RESTING, 0.3)).status


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a & b"])
def test_text_on_the_page_is_text_and_never_markup(serve_live, clock, text):
    handlers = serve_live(fakes.engine(fakes.FakeRecognizer((text,))))
    shown = play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 2.0))
    assert text not in shown.signs
    assert text.lower() not in shown.sentences
    assert text not in shown.running + shown.downloads
