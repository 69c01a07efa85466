"""What a visitor changes on the Live tab: words, sentences, voice, hand, and the pause."""

from __future__ import annotations

import threading
from dataclasses import replace
from html import escape
from urllib.parse import unquote

import gradio as gr
import pytest

from signbridge import build
from signbridge.errors import BackendUnavailableError
from signbridge.settings import Settings
from signbridge.types import RecognitionResult, Segment
from signbridge.web.voices import Voices
from tests import fakes
from tests.fakes import RESTING, SIGNING
from tests.web.live_page import ONE_SIGN, Shown, key_of, play, visitor

ANN = visitor("ann")


class InTurn(fakes.FakeRecognizer):
    """Gives each stretch a gloss of its own, however often it is asked of it."""

    vocabulary = ("MOTHER", "HELLO")

    def recognize(self, segment: Segment) -> RecognitionResult:
        starts = dict.fromkeys([*(each.start_s for each in self.seen), segment.start_s])
        answer = fakes.FakeRecognizer([self.glosses[list(starts).index(segment.start_s)]])
        self.seen.append(segment)
        return answer.recognize(segment)


TWO_SIGNS = (*ONE_SIGN[:2], (RESTING, 0.4), (SIGNING, 0.5))


def served(serve_live, *glosses: str, **parts):
    return serve_live(fakes.engine(InTurn(glosses or ("HELLO", "FRIEND", "HOME")), **parts))


def test_a_tap_on_a_sign_offers_its_next_guesses(serve_live, clock):
    handlers = served(serve_live)
    shown = play(handlers, clock, "ann", *ONE_SIGN)
    key = key_of(shown.sentences, "HELLO")
    group, heading, radio, _, asked = handlers.ask(key, ANN)
    assert group.visible
    assert "HELLO" in heading
    assert [value for _, value in radio.choices] == ["OTHER"]
    assert asked == key


def test_a_guess_chosen_instead_changes_the_sentence_that_was_said(serve_live, clock, monkeypatch):
    # However long it takes to speak a sentence, it is whole before it is shown.
    monkeypatch.setattr("signbridge.web.live_page.ALMOST_S", 10.0)
    speaker = fakes.FakeSpeaker()
    handlers = served(serve_live, speaker=speaker)
    shown = play(handlers, clock, "ann", *TWO_SIGNS, (RESTING, 2.0))
    assert "hello friend." in shown.sentences
    spoken = len(speaker.spoken)
    shown.take(handlers.correct(key_of(shown.sentences, "FRIEND"), "OTHER", ANN))
    assert "hello other." in shown.sentences
    assert "chosen by you" in shown.sentences
    assert len(speaker.spoken) == spoken  # spoken again only on request
    shown.take(handlers.speak(said_key(shown), ANN))
    assert speaker.spoken[-1] == "hello other."
    assert " autoplay" in shown.sound
    # The sign it was first taken for is still there to be chosen.
    choices = handlers.ask(key_of(shown.sentences, "OTHER"), ANN)[2].choices
    assert ("FRIEND", "FRIEND") in choices


def said_key(shown: Shown) -> str:
    return shown.sentences.split('data-say="')[-1].split('"')[0]


def test_a_deleted_sign_leaves_the_sentence_and_the_last_one_takes_it_along(serve_live, clock):
    handlers = served(serve_live)
    shown = play(handlers, clock, "ann", *TWO_SIGNS, (RESTING, 2.0))
    shown.take(handlers.correct(key_of(shown.sentences, "HELLO"), "", ANN))
    assert "hello" not in shown.sentences
    assert "friend." in shown.sentences
    shown.take(handlers.correct(key_of(shown.sentences, "FRIEND"), "", ANN))
    assert "sb-said" not in shown.sentences
    assert shown.downloads == ""


@pytest.mark.parametrize(
    ("typed", "said"), [("mom", "mother."), ("Linda", "fs-linda."), ("o'neil", "fs-oneil.")]
)
def test_a_typed_word_is_a_sign_or_else_spelled(serve_live, clock, typed, said):
    handlers = served(serve_live)
    shown = play(handlers, clock, "ann", *ONE_SIGN)
    shown.take(handlers.spell(key_of(shown.sentences, "HELLO"), typed, ANN))
    assert said in shown.sentences


@pytest.mark.parametrize("text", ["Anna", "I am tired", "thank you", "  Zoë left <Łódź>. "])
def test_a_sentence_that_was_read_as_a_whole_becomes_what_is_typed(serve_live, clock, text):
    speaker = fakes.FakeSpeaker()
    reader = fakes.FakeRecognizer(("the dog",), reads="sentences")
    handlers = serve_live(fakes.engine(reader, speaker=speaker))
    shown = play(handlers, clock, "ann", *ONE_SIGN)
    key = key_of(shown.sentences, "the dog")
    box = handlers.ask(key, ANN)[3]
    assert "sentence" in box.label
    assert box.max_length > 40
    shown.take(handlers.spell(key, text, ANN))
    assert f'<p class="sb-said">{escape(text.strip())}</p>' in shown.sentences
    shown.take(handlers.speak(said_key(shown), ANN))
    assert speaker.spoken[-1] == text.strip()


def test_a_sentence_that_is_too_long_or_empty_is_refused(serve_live, clock):
    handlers = serve_live(fakes.engine(fakes.FakeRecognizer(("the dog",), reads="sentences")))
    key = key_of(play(handlers, clock, "ann", *ONE_SIGN).sentences, "the dog")
    with pytest.raises(gr.Error, match="at most"):
        handlers.spell(key, "a" * 1000, ANN)
    with pytest.raises(gr.Error, match="first"):
        handlers.spell(key, " \n", ANN)


def test_what_was_typed_and_cannot_be_spelled_is_told(serve_live, clock):
    handlers = served(serve_live)
    shown = play(handlers, clock, "ann", *ONE_SIGN)
    with pytest.warns(UserWarning, match="left out: 李"):
        shown.take(handlers.spell(key_of(shown.sentences, "HELLO"), "Zoë 李", ANN))
    assert "fs-zoe." in shown.sentences


def test_nothing_typed_is_asked_for_again(serve_live, clock):
    handlers = served(serve_live)
    shown = play(handlers, clock, "ann", *ONE_SIGN)
    with pytest.raises(gr.Error, match="letters"):
        handlers.spell(key_of(shown.sentences, "HELLO"), " 12 ", ANN)


def test_a_sign_corrected_before_the_pause_is_said_as_corrected(serve_live, clock):
    speaker, composer = fakes.FakeSpeaker(), fakes.FakeComposer()
    handlers = served(serve_live, speaker=speaker, composer=composer)
    shown = play(handlers, clock, "ann", *TWO_SIGNS)
    shown.take(handlers.correct(key_of(shown.running, "HELLO"), "MOTHER", ANN))
    assert ">MOTHER</button>" in shown.running
    late = play(handlers, clock, "ann", (RESTING, 2.0))
    assert "mother friend." in late.sentences
    assert speaker.spoken == ["mother friend."]


def test_a_sign_deleted_before_the_pause_is_not_said(serve_live, clock):
    handlers = served(serve_live)
    shown = play(handlers, clock, "ann", *TWO_SIGNS)
    handlers.correct(key_of(shown.running, "HELLO"), "", ANN)
    assert "friend." in play(handlers, clock, "ann", (RESTING, 2.0)).sentences


def test_a_sign_named_after_the_camera_was_stopped_is_said_all_the_same(serve_live, clock):
    handlers = served(serve_live, "")
    shown = play(handlers, clock, "ann", *ONE_SIGN)
    clock.now_s += 3
    shown.take(handlers.beat(ANN))
    shown.take(handlers.correct(key_of(shown.running, "?"), "MAYBE", ANN))
    assert "maybe." in shown.sentences
    assert "sb-chip" not in shown.running
    assert "00:00:00,500 --> 00:00:01" in unquote(shown.downloads)


def test_a_word_that_is_gone_is_no_error(serve_live, clock):
    handlers = served(serve_live)
    play(handlers, clock, "ann", *ONE_SIGN)
    handlers.correct("w99", "OTHER", ANN)
    handlers.speak("s99", ANN)
    assert handlers.correct("w1", "OTHER", visitor("nobody"))


def test_open_panel_changes_no_word_of_after_a_clear(serve_live, clock):
    handlers = served(serve_live, "HELLO")
    key = key_of(play(handlers, clock, "ann", *ONE_SIGN).sentences, "HELLO")
    handlers.ask(key, ANN)
    group, *_, asked = handlers.clear(ANN)[-5:]
    assert (group.visible, asked) == (False, "")
    shown = play(handlers, clock, "ann", *ONE_SIGN)
    with pytest.warns(UserWarning, match="no longer kept"):
        shown.take(handlers.correct(key, "OTHER", ANN))
    assert "hello." in shown.sentences


def test_word_of_before_a_lost_connection_is_no_word_of_after_it(serve_live, clock):
    handlers = served(serve_live, "HELLO")
    key = key_of(play(handlers, clock, "ann", *ONE_SIGN).sentences, "HELLO")
    clock.now_s += 60
    handlers.visitors.close_idle()
    with pytest.warns(UserWarning, match="no longer kept"):
        handlers.correct(key, "OTHER", ANN)
    shown = play(handlers, clock, "ann", *ONE_SIGN)
    with pytest.warns(UserWarning, match="no longer kept"):
        shown.take(handlers.correct(key, "OTHER", ANN))
    assert "hello." in shown.sentences


def test_the_transcript_has_its_times(serve_live, clock):
    handlers = served(serve_live)
    play(handlers, clock, "ann", *ONE_SIGN)
    play(handlers, clock, "ann", (RESTING, 58.0))
    shown = play(handlers, clock, "ann", (SIGNING, 1.0), (RESTING, 2.0))
    files = unquote(shown.downloads)
    assert "00:00:00  hello.\n00:01:01  friend.\n" in files
    assert "00:00:00,500 --> 00:00:01" in files


def test_times_go_on_when_the_camera_was_stopped_in_between(serve_live, clock):
    handlers = served(serve_live)
    play(handlers, clock, "ann", *ONE_SIGN)
    clock.now_s += 30
    handlers.beat(ANN)
    shown = play(handlers, clock, "ann", *ONE_SIGN)
    assert "00:00:34  hello." in unquote(shown.downloads)


def test_paused_no_picture_is_looked_at_and_what_was_signed_is_said(serve_live, clock):
    handlers = served(serve_live)
    shown = play(handlers, clock, "ann", (RESTING, 0.5), (SIGNING, 1.0))
    *parts, button = handlers.pause("Pause", ANN)
    shown.take(tuple(parts))
    assert button.value == "Resume"
    assert "hello." in shown.sentences
    while_paused = play(handlers, clock, "ann", *ONE_SIGN)
    assert while_paused.sentences == while_paused.overlay == ""
    assert "Paused" in while_paused.status
    assert handlers.pause("Resume", ANN)[-1].value == "Pause"
    assert play(handlers, clock, "ann", *ONE_SIGN).sentences.count("hello.</p>") == 2


def test_pause_outlives_a_lost_connection(serve_live, clock):
    engine = fakes.engine()
    handlers = serve_live(engine)
    play(handlers, clock, "ann", (RESTING, 0.5))
    assert handlers.pause("Pause", ANN)[-1].value == "Resume"
    clock.now_s += 60
    handlers.visitors.close_idle()
    assert "ann" not in handlers.visitors
    seen = len(engine.extractor.opened)
    shown = play(handlers, clock, "ann", *ONE_SIGN, button="Resume")
    assert "Paused" in shown.status
    assert len(engine.extractor.opened) == seen  # no picture was looked at
    assert handlers.pause("Resume", ANN)[-1].value == "Pause"
    assert "HELLO" in play(handlers, clock, "ann", *ONE_SIGN).sentences


@pytest.mark.parametrize("lost", [False, True])
def test_picture_on_its_way_at_a_pause_does_not_end_it(serve_live, clock, lost):
    engine = fakes.engine()
    handlers = serve_live(engine)
    if not lost:
        play(handlers, clock, "ann", (RESTING, 0.5))
    seen = len(engine.extractor.opened)
    handlers.pause("Pause", ANN)
    assert play(handlers, clock, "ann", *ONE_SIGN, button="Pause").sentences == ""
    assert len(engine.extractor.opened) == seen


def test_without_a_voice_the_sentence_is_written_alone(serve_live, clock):
    speaker = fakes.FakeSpeaker()
    handlers = served(serve_live, speaker=speaker)
    shown = play(handlers, clock, "ann", *ONE_SIGN, voice="none")
    assert "hello." in shown.sentences
    assert (shown.sound, speaker.spoken) == ("", [])
    assert not any("Speaking" in line for line in shown.statuses)


def test_on_tap_the_sound_waits_for_the_tap(serve_live, clock):
    shown = play(served(serve_live), clock, "ann", *ONE_SIGN, speaks=False)
    assert "sb-audio" in shown.sound
    assert " autoplay" not in shown.sound
    assert not any("Speaking" in line for line in shown.statuses)


def test_another_voice_is_started_once_and_for_all_visitors(serve_live, clock, monkeypatch):
    other = fakes.FakeSpeaker(name="bell")
    starts: list[str] = []

    def start(_) -> fakes.FakeSpeaker:
        starts.append("bell")
        return other

    monkeypatch.setitem(build.SPEAKERS, "bell", start)
    handlers = served(serve_live, "HELLO", "FRIEND")
    play(handlers, clock, "ann", *ONE_SIGN, voice="bell")
    play(handlers, clock, "bob", *ONE_SIGN, voice="bell")
    assert other.spoken == ["hello.", "hello."]
    assert starts == ["bell"]


def test_a_visitor_cannot_switch_on_a_voice_on_another_machine(serve_live, clock):
    settings = Settings(speech_url="http://127.0.0.1:1/v1")
    assert Voices(settings).names == ("piper", "none")
    assert Voices(replace(settings, speaker="none")).names == ("none",)
    assert Voices(replace(settings, speaker="speech-endpoint")).names[0] == "speech-endpoint"
    handlers = serve_live(settings=settings)
    shown = play(handlers, clock, "ann", *ONE_SIGN, voice="speech-endpoint")
    assert "hello." in shown.sentences
    assert shown.sound == ""


def test_a_composer_that_fails_at_a_correction_leaves_its_notice(serve_live, clock):
    composer = fakes.FakeComposer()
    handlers = served(serve_live, composer=composer)
    shown = play(handlers, clock, "ann", *ONE_SIGN)
    composer.error = "the server is away"
    shown.take(handlers.correct(key_of(shown.sentences, "HELLO"), "OTHER", ANN))
    assert "OTHER" in shown.sentences
    assert "the server is away" in shown.sentences


def test_a_voice_that_cannot_start_says_why(serve_live, clock, monkeypatch):
    def fail(_) -> None:
        raise BackendUnavailableError("no sound card")

    monkeypatch.setitem(build.SPEAKERS, "bell", fail)
    shown = play(served(serve_live), clock, "ann", *ONE_SIGN, voice="bell")
    assert "no sound card" in shown.sentences
    assert "hello." in shown.sentences


def test_the_hand_that_was_set_reaches_the_recognizer(serve_live, clock):
    recognizer = InTurn(("HELLO",))
    handlers = serve_live(fakes.engine(recognizer))
    play(handlers, clock, "ann", *ONE_SIGN, hand="left")
    assert {segment.landmarks.leads for segment in recognizer.seen} == {"left"}


def test_the_hand_is_found_after_a_few_signs_and_shown(serve_live, clock):
    handlers = serve_live()
    play(handlers, clock, "ann", *ONE_SIGN)
    assert "Not found yet" in handlers.beat(ANN)[-1]
    play(handlers, clock, "ann", *ONE_SIGN, *ONE_SIGN)
    assert "the right hand leads" in handlers.beat(ANN)[-1]


def test_the_speed_of_the_session_is_shown(serve_live, clock):
    handlers = serve_live()
    play(handlers, clock, "ann", *ONE_SIGN)
    speed = handlers.beat(ANN)[-2]
    assert "10.0 pictures a second" in speed
    assert "35 in all" in speed
    assert speed.count('<th scope="row">') == 6


def test_threads_end_with_their_visitors(serve_live, clock):
    handlers = served(serve_live, *["HELLO"] * 9)
    before = {thread for thread in threading.enumerate()}
    for name in ("ann", "bob", "cat"):
        play(handlers, clock, name, (RESTING, 0.3))
    threads = [thread for thread in threading.enumerate() if thread not in before]
    assert len(threads) == 9
    for name in ("ann", "bob", "cat"):
        handlers.leave(visitor(name))
    for thread in threads:
        thread.join(5)
    assert not any(thread.is_alive() for thread in threads)
