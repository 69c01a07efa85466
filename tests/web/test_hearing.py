"""Voices compared in the page, and the address that plays a sound while it is made."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from types import SimpleNamespace

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from signbridge import build
from signbridge.errors import BackendUnavailableError
from signbridge.settings import Settings
from signbridge.sound import Sound
from signbridge.speak.wav import pcm, wav_head
from signbridge.speak.xtts_model import TERMS
from signbridge.types import Speech
from signbridge.web import hearing, sounds
from signbridge.web.hearing import SENTENCE, each_voice, shown
from signbridge.web.sounds import Sounds
from signbridge.web.voices import Voices
from tests import fakes
from tests.fakes import RESTING
from tests.web.live_page import ONE_SIGN, Shown, play, tick, visitor


def piece(value: float, count: int = 100) -> Speech:
    return Speech(np.full(count, value, np.float32), 8000)


def listening(kept: Sounds) -> TestClient:
    return TestClient(Starlette(routes=[kept.route]))


def test_sound_is_a_wav_file_of_all_its_pieces():
    kept = Sounds()
    address = kept.offer(Sound(iter([piece(0.1), piece(-0.2)])))
    answer = listening(kept).get(address)
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.content == wav_head(8000) + pcm(piece(0.1).samples) + pcm(piece(-0.2).samples)


def test_first_piece_can_be_heard_before_the_next_is_made():
    gate = threading.Event()

    def slowly() -> Iterator[Speech]:
        yield piece(0.1)
        assert gate.wait(120)
        yield piece(0.2)

    sound = Sound(slowly())
    assert sound.wait()
    heard = sounds._wav(sound)
    assert next(heard) == wav_head(8000)
    assert next(heard) == pcm(piece(0.1).samples)
    gate.set()
    assert b"".join(heard) == pcm(piece(0.2).samples)
    assert 0 <= sound.first_s < 5


def test_part_of_a_sound_is_given_where_a_browser_asks_for_one():
    kept = Sounds()
    address = kept.offer(Sound(iter([piece(0.1)])))
    whole = listening(kept).get(address).content
    answer = listening(kept).get(address, headers={"Range": "bytes=2-5"})
    assert answer.status_code == 206
    assert answer.content == whole[2:6]
    assert answer.headers["content-range"] == f"bytes 2-5/{len(whole)}"


def test_sound_is_found_by_who_has_its_address_and_not_for_long(monkeypatch):
    kept = Sounds()
    address = kept.offer(Sound(iter([piece(0.1)])))
    assert listening(kept).get("/sound/guess").status_code == 404
    assert len(address.removeprefix("sound/")) > 20
    now_s = time.monotonic()
    monkeypatch.setattr(sounds.time, "monotonic", lambda: now_s + sounds.KEPT_S + 1)
    assert listening(kept).get(address).status_code == 404


def test_oldest_sounds_make_room():
    kept = Sounds()
    addresses = [kept.offer(Sound(iter([piece(0.1)]))) for _ in range(sounds.MOST + 1)]
    assert listening(kept).get(addresses[0]).status_code == 404
    assert listening(kept).get(addresses[-1]).status_code == 200


def test_voice_that_breaks_off_ends_its_sound_with_the_reason():
    def breaking() -> Iterator[Speech]:
        yield piece(0.1)
        raise BackendUnavailableError("no net")

    heard = Sound(breaking()).pieces()
    assert next(heard).sample_rate == 8000
    with pytest.raises(BackendUnavailableError, match="no net"):
        next(heard)


@pytest.fixture
def voices(monkeypatch: pytest.MonkeyPatch) -> Voices:
    bell, mute = fakes.FakeSpeaker(name="bell"), fakes.FakeSpeaker(name="mute", error="no sound")
    monkeypatch.setattr(build, "SPEAKERS", {"bell": lambda _: bell, "mute": lambda _: mute})
    return Voices(Settings())


def test_every_voice_that_is_set_up_says_the_same(voices):
    speaker = fakes.FakeSpeaker()
    heard = each_voice(fakes.engine(speaker=speaker), voices, Sounds(), "Hello.", 1.5)
    assert [each.voice for each in heard] == ["piper", "bell", "mute"]
    assert speaker.spoken == ["Hello."]
    assert [bool(each.address) for each in heard] == [True, True, False]
    assert heard[2].fault == "no sound"


def test_comparison_has_a_caption_and_a_player_for_each_voice(voices):
    heard = each_voice(fakes.engine(), voices, Sounds(), "Is it <b>?", 1.0)
    html = shown(heard, "Is it <b>?")
    assert "Is it &lt;b&gt;?" in html
    assert html.count("<audio") == 2
    assert re.search(r'src="sound/[\w-]{20,}"', html)
    assert "no sound" in html


def test_licence_is_said_beside_the_voice_it_is_of():
    html = shown([hearing.Heard("xtts", "sound/x", 0.1), hearing.Heard("piper", "sound/y")], "Hi.")
    assert html.count("non-commercial") == 1
    assert escape(TERMS) in html


def test_visitors_last_sentence_is_what_the_voices_say(serve_live, clock, monkeypatch):
    monkeypatch.setattr(build, "SPEAKERS", {})
    handlers = serve_live(fakes.engine())
    assert SENTENCE in handlers.hear_voices(1.0, visitor("ann"))
    play(handlers, clock, "ann", *ONE_SIGN)
    assert "“hello.”" in handlers.hear_voices(1.0, visitor("ann"))
    assert SENTENCE in handlers.hear_voices(1.0, SimpleNamespace(session_hash="bob"))


def test_speed_that_a_visitor_chose_is_theirs_alone(serve_live, clock):
    spoken = []

    class Paced(fakes.FakeSpeaker):
        def speak(self, text: str) -> Speech:
            spoken.append(self.speed)
            return super().speak(text)

    engine = fakes.engine(speaker=Paced())
    voices = Voices(Settings())
    assert voices.engine(engine, "piper", 1.0)[0].speaker is engine.speaker
    for speed in (1.5, 1.0):
        voices.engine(engine, "piper", speed)[0].speak("Hello.")
    assert spoken == [1.5, 1.0]


def test_voice_that_is_not_set_up_is_not_offered():
    assert "xtts" not in Voices(Settings()).names
    assert Voices(Settings(speaker="xtts")).names[0] == "xtts"


def test_second_voice_steps_in_where_the_chosen_one_cannot_start(monkeypatch):
    def broken(_: Settings) -> fakes.FakeSpeaker:
        raise BackendUnavailableError("no bell")

    monkeypatch.setattr(build, "SPEAKERS", {"bell": broken})
    engine = replace(fakes.engine(), second_speaker=fakes.FakeSpeaker(name="second"))
    found, why = Voices(Settings()).engine(engine, "bell")
    assert found.speaker is engine.second_speaker
    assert why == "Voice 'bell' is off: no bell; 'second' speaks instead"


def test_live_sentence_is_played_while_it_is_made(serve_live, clock):
    gate = threading.Event()

    class Slow(fakes.FakeSpeaker):
        def stream(self, text: str) -> Iterator[Speech]:
            first, last = super().stream(text)
            yield first
            assert gate.wait(120)
            yield last

    handlers = serve_live(fakes.engine(speaker=Slow()))
    handlers._settle_s = 0.5
    shown_live = Shown()
    for kind, seconds in (*ONE_SIGN, (RESTING, 30.0)):
        for _ in range(round(10 * seconds)):
            if "data-stream" not in shown_live.sound:
                clock.now_s += 0.1
                shown_live.take(tick(handlers, kind, "ann"))
    (address,) = re.findall(r'data-stream="(sound/[\w-]+)"', shown_live.sound)
    assert "hello." in shown_live.sentences
    gate.set()
    whole = fakes.FakeSpeaker().speak("hello.")
    assert listening(handlers.sounds).get(address).content == wav_head(8000) + pcm(whole.samples)
