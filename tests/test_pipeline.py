"""The engine goes on without a backend that fails, and never silently."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from signbridge.clips import gather
from signbridge.errors import SettingsError
from signbridge.events import Said
from signbridge.landmarks.topology import N_POINTS
from signbridge.sound import Sound
from signbridge.types import Guess, Landmarks, RecognitionResult, Segment, Speech, Utterance
from tests import fakes

SEGMENT = Segment(Landmarks(np.zeros((5, N_POINTS, 3), np.float32), 10.0), 0.0, 0.5)


def result(gloss: str) -> RecognitionResult:
    return RecognitionResult("landmark", 0.0, 0.5, (Guess(gloss, 0.9),), False, 0.001)


def test_every_recognizer_answers_the_same_segment() -> None:
    first, second = fakes.FakeRecognizer(("HELLO",)), fakes.FakeRecognizer(("BYE",), name="video")
    engine = replace(fakes.engine(), recognizers=(first, second))
    results, notices = engine.recognize(SEGMENT)
    assert [(r.recognizer, r.guesses[0].text) for r in results] == [
        ("landmark", "HELLO"),
        ("video", "BYE"),
    ]
    assert first.seen == second.seen == [SEGMENT]
    assert notices == ()


def test_recognizer_that_fails_leaves_its_name_and_the_others_answers() -> None:
    broken = fakes.FakeRecognizer(name="video", error="the endpoint is away")
    engine = replace(fakes.engine(), recognizers=(broken, fakes.FakeRecognizer()))
    results, notices = engine.recognize(SEGMENT)
    assert [r.recognizer for r in results] == ["landmark"]
    assert notices == ("Recognizer 'video' did not answer: the endpoint is away",)


def test_composer_that_fails_leaves_the_glosses() -> None:
    engine = fakes.engine(composer=fakes.FakeComposer(error="no words"))
    utterance, speech, notices = engine.say([result("HELLO"), result("FRIEND")])
    assert (utterance.text, utterance.composer) == ("HELLO FRIEND", "none")
    assert utterance.sources == ("HELLO", "FRIEND")
    assert speech is not None
    assert notices == ("Composer 'rules' failed, glosses are shown instead: no words",)


def test_voice_that_fails_leaves_the_sentence() -> None:
    engine = fakes.engine(speaker=fakes.FakeSpeaker(error="no sound card"))
    utterance, speech, notices = engine.say([result("HELLO")])
    assert utterance.text == "hello."
    assert speech is None
    assert notices == ("Voice 'piper' failed, there is no sound: no sound card",)


def test_second_voice_speaks_the_whole_sentence_where_the_first_breaks_off() -> None:
    second = fakes.FakeSpeaker(name="second")
    engine = replace(
        fakes.engine(speaker=fakes.FakeSpeaker(name="first", error="it broke off")),
        second_speaker=second,
    )
    speech, notices = engine.speak("Hello.")
    assert speech is not None
    assert speech.duration_s == pytest.approx(0.6)
    assert second.spoken[0] == "Hello."
    assert notices == ("Voice 'first' failed, 'second' speaks instead: it broke off",)


def test_two_voices_that_fail_are_both_named() -> None:
    broken = fakes.FakeSpeaker(name="second", error="no disk")
    engine = replace(
        fakes.engine(speaker=fakes.FakeSpeaker(name="first", error="no net")), second_speaker=broken
    )
    speech, notices = engine.speak("Hello.")
    assert speech is None
    assert notices == (
        "Voice 'first' failed, 'second' speaks instead: no net",
        "Voice 'second' failed, there is no sound: no disk",
    )


def test_engine_without_a_voice_is_silent_and_not_sorry() -> None:
    assert fakes.engine().silent().say([result("HELLO")])[1:] == (None, ())


@pytest.mark.parametrize("text", ["", "   ", "...", "?!"])
def test_text_without_a_word_is_not_spoken(text: str) -> None:
    speaker = fakes.FakeSpeaker()
    assert fakes.engine(speaker=speaker).speak(text) == (None, ())
    assert speaker.spoken == []


def test_defect_in_a_backend_is_not_hidden() -> None:
    class Defective(fakes.FakeRecognizer):
        def recognize(self, segment: Segment) -> RecognitionResult:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fakes.engine(Defective()).recognize(SEGMENT)


def test_recognizers_can_be_chosen_in_another_order() -> None:
    engine = replace(
        fakes.engine(), recognizers=(fakes.FakeRecognizer(), fakes.FakeRecognizer(name="video"))
    )
    chosen = engine.only(("video", "landmark"))
    assert [recognizer.name for recognizer in chosen.recognizers] == ["video", "landmark"]
    assert [recognizer.name for recognizer in engine.only(["video"]).recognizers] == ["video"]


def test_recognizer_that_is_not_running_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"'magic' is not running; choose from \('landmark',\)"):
        fakes.engine().only(("magic",))


def test_sentences_by_voices_of_different_rates_are_joined_at_one() -> None:
    first = Speech(np.zeros(24_000, np.float32), 24_000)
    second = Speech(np.zeros(22_050, np.float32), 22_050)
    spoken = [Said(Utterance("a", "rules", 0.0), Sound.of(each)) for each in (first, second)]
    joined = gather([*spoken], fakes.engine(), 10.0).speech
    assert joined is not None
    assert joined.duration_s == pytest.approx(1 + 1 / 3 + 1, abs=0.001)
