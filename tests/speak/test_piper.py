"""The packaged voice speaks, in turn for all, and says why when it can't."""

import builtins
import io
import threading
import wave

import numpy as np
import pytest

from signbridge.errors import BackendUnavailableError
from signbridge.speak.clauses import clauses
from signbridge.speak.piper import PAUSE_S, PiperSpeaker
from signbridge.speak.wav import wav_bytes, write_wav
from signbridge.types import Speech


@pytest.fixture(scope="module")
def speaker() -> PiperSpeaker:
    return PiperSpeaker()


def test_sentence_is_heard(speaker):
    speech = speaker.speak("My name is Anna.")
    assert speech.samples.dtype == np.float32
    assert np.isfinite(speech.samples).all()
    assert np.abs(speech.samples).max() <= 1
    assert np.sqrt(np.mean(speech.samples**2)) > 0.02
    assert 0.6 < speech.duration_s < 3


def test_longer_text_takes_longer(speaker):
    short, long = (speaker.speak(text) for text in ("Hello!", "Hello, where do you live?"))
    assert long.duration_s > 1.5 * short.duration_s


def test_faster_voice_takes_less_time_and_loads_nothing(speaker):
    text = "I would like a cup of coffee with milk, please."
    fast, own = (speaker.at(speed).speak(text).duration_s for speed in (2.0, 1.0))
    assert fast < 0.75 * own
    assert speaker.at(2.0)._voice is speaker._voice


def test_chunks_of_the_stream_are_the_clauses(speaker):
    chunks = list(speaker.stream("Nice to meet you. Where do you live?"))
    assert len(chunks) == 2
    whole = speaker.speak("Nice to meet you. Where do you live?")
    together = sum(chunk.duration_s for chunk in chunks) + PAUSE_S
    assert whole.duration_s == pytest.approx(together, rel=0.15)  # the voice varies a little


def test_two_visitors_at_once_both_get_their_own_sentence(speaker):
    texts = {"Yes.": None, "I would like a cup of coffee with milk and sugar, please.": None}

    def say(text: str) -> None:
        texts[text] = speaker.speak(text)

    threads = [threading.Thread(target=say, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    short, long = texts.values()
    assert short.duration_s < 1 < long.duration_s


@pytest.mark.parametrize("text", ["", "  ", "?!", "…", "🙂"])
def test_text_without_words_is_refused(speaker, text):
    with pytest.raises(ValueError, match="nothing to speak"):
        speaker.speak(text)


def test_text_is_cut_at_its_clauses_and_cleaned():
    assert clauses("Hello! I am <b>Anna</b>, and you?") == ["Hello!", "I am bAnnab,", "and you?"]


def test_missing_package_is_named(monkeypatch):
    original = builtins.__import__

    def without_piper(name, *rest):
        if name == "piper":
            raise ImportError("No module named 'piper'", name="piper")
        return original(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_piper)
    with pytest.raises(BackendUnavailableError, match=r"'piper' is not installed.*pip install"):
        PiperSpeaker()


def test_wav_holds_the_samples(tmp_path):
    speech = Speech(np.array([0, 0.5, -1, 1], dtype=np.float32), 22050)
    with wave.open(io.BytesIO(wav_bytes(speech))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22050)
        stored = np.frombuffer(file.readframes(4), dtype="<i2") / 32767
    assert np.allclose(stored, speech.samples, atol=1e-4)
    write_wav(tmp_path / "a.wav", speech)
    assert (tmp_path / "a.wav").read_bytes() == wav_bytes(speech)
