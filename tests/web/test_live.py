"""The Live tab's handlers: pictures of several visitors in, each one's own signs out."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from signbridge.settings import Settings
from signbridge.web.handlers import Handlers
from signbridge.web.warmup import EngineSoon
from tests import fakes
from tests.fakes import NOBODY, RESTING, SIGNING

SKIP = gr.skip()


def picture(kind: int) -> np.ndarray:
    return np.full((48, 64, 3), kind, np.uint8)


def visitor(name: str) -> SimpleNamespace:
    return SimpleNamespace(session_hash=name)


class Shown:
    """What one visitor's page shows after all updates so far."""

    def __init__(self) -> None:
        self.overlay = self.status = self.signs = self.sentences = ""

    def take(self, parts: tuple) -> None:
        for name, part in zip(("overlay", "status", "signs", "sentences"), parts[:4], strict=True):
            if part != SKIP:
                setattr(self, name, part)


def play(handlers, clock, name: str, *stretches: tuple[int, float], fps: float = 10.0) -> Shown:
    shown = Shown()
    for kind, seconds in stretches:
        for _ in range(round(seconds * fps)):
            clock.now_s += 1 / fps
            shown.take(handlers.tick(picture(kind), visitor(name)))
    return shown


def test_a_sign_is_shown_with_its_score_and_next_guess(serve, clock):
    shown = play(serve(), clock, "ann", (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 0.5))
    assert "HELLO" in shown.signs
    assert "90%" in shown.signs
    assert "OTHER" in shown.signs


def test_the_sentence_and_its_sound_come_when_the_signer_pauses(serve, clock):
    handlers = serve()
    early = play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 0.5))
    assert "hello." not in early.sentences
    late = play(handlers, clock, "ann", (RESTING, 1.0))
    assert "hello." in late.sentences
    assert "data:audio/wav" in late.sentences


def test_the_status_says_whether_signing_is_seen(serve, clock):
    handlers = serve()
    for kind, words in ((NOBODY, "Nobody"), (RESTING, "Ready"), (SIGNING, "Signing")):
        assert words in play(handlers, clock, "ann", (kind, 0.3)).status


def test_the_status_is_sent_only_when_it_changes(serve, clock):
    handlers = serve()
    play(handlers, clock, "ann", (RESTING, 0.3))
    clock.now_s += 0.1
    assert handlers.tick(picture(RESTING), visitor("ann"))[1] == SKIP


def test_not_sure_is_not_recognized(serve, clock):
    handlers = serve(fakes.engine(fakes.FakeRecognizer(("",))))
    shown = play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 2.0))
    assert "Not recognized" in shown.signs
    assert "MAYBE" in shown.signs
    assert "sb-audio" not in shown.sentences


def test_landmarks_of_the_picture_are_drawn_over_it(serve, clock):
    shown = play(serve(), clock, "ann", (SIGNING, 0.2))
    assert 'viewBox="0 0 64 48"' in shown.overlay
    assert "sb-right" in shown.overlay


def test_a_visitor_never_sees_what_another_signs(serve, clock):
    handlers = serve()
    ann, bob = Shown(), Shown()
    for kind in [RESTING] * 5 + [SIGNING] * 10 + [RESTING] * 15:
        clock.now_s += 0.1
        ann.take(handlers.tick(picture(kind), visitor("ann")))
        bob.take(handlers.tick(picture(NOBODY), visitor("bob")))
    assert "HELLO" in ann.signs
    assert "hello." in ann.sentences
    assert (bob.signs, bob.sentences) == ("", "")
    assert "Nobody" in bob.status


def test_visitors_at_the_same_time_keep_their_own_order(serve):
    handlers = serve(fakes.engine(fakes.FakeRecognizer(("HELLO",))))
    statuses: dict[str, set[str]] = {"ann": set(), "bob": set()}

    def run(name: str, kind: int) -> None:
        for _ in range(40):
            line = handlers.tick(picture(kind), visitor(name))[1]
            if line != SKIP:
                statuses[name].add(line)

    threads = [
        threading.Thread(target=run, args=args) for args in (("ann", SIGNING), ("bob", RESTING))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all("Signing" in line for line in statuses["ann"])
    assert all("Ready" in line for line in statuses["bob"])


def test_when_all_places_are_taken_the_next_visitor_is_told(serve, clock):
    handlers = serve(settings=Settings(max_sessions=1))
    play(handlers, clock, "ann", (RESTING, 0.1))
    assert "All 1 live places are taken" in play(handlers, clock, "bob", (RESTING, 0.1)).status


def test_stopping_the_camera_finishes_the_sentence(serve, clock):
    handlers = serve()
    play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0))
    shown = Shown()
    clock.now_s += 3.0
    shown.take(handlers.check_camera(visitor("ann")))
    assert "hello." in shown.sentences
    assert "Camera is off" in shown.status


def test_a_running_camera_is_left_alone(serve, clock):
    handlers = serve()
    play(handlers, clock, "ann", (SIGNING, 1.0))
    assert all(part == SKIP for part in handlers.check_camera(visitor("ann")))


def test_signing_goes_on_after_the_camera_was_stopped(serve, clock):
    handlers = serve()
    play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0))
    clock.now_s += 3.0
    handlers.check_camera(visitor("ann"))
    again = play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 2.0))
    assert again.sentences.count("<li>hello.</li>") == 2


def test_clear_forgets_signs_and_sentences(serve, clock):
    handlers = serve()
    play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 2.0))
    shown = Shown()
    shown.take(handlers.clear(visitor("ann")))
    assert "HELLO" not in shown.signs
    assert "hello." not in shown.sentences
    again = play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 2.0))
    assert again.sentences.count("<li>hello.</li>") == 1


def test_leaving_the_page_frees_the_models_of_that_visitor(serve, clock):
    engine = fakes.engine()
    handlers = serve(engine)
    play(handlers, clock, "ann", (RESTING, 0.2))
    handlers.leave(visitor("ann"))
    assert [stream.closed for stream in engine.extractor.opened] == [True]
    assert len(handlers.visitors) == 0


def test_while_the_models_load_the_page_says_so(clock):
    loaded = threading.Event()

    def build():
        loaded.wait(10)
        return fakes.engine()

    soon = EngineSoon(build).start()
    handlers = Handlers(soon, Settings())
    assert "Loading the models" in handlers.tick(picture(RESTING), visitor("ann"))[1]
    loaded.set()
    soon.get()
    assert "Ready" in handlers.tick(picture(RESTING), visitor("ann"))[1]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a & b"])
def test_text_on_the_page_is_text_and_never_markup(serve, clock, text):
    handlers = serve(fakes.engine(fakes.FakeRecognizer((text,))))
    shown = play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 2.0))
    assert text not in shown.signs
    assert text.lower() not in shown.sentences
