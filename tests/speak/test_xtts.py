"""XTTS in this process: the real classes with random weights where coqui-tts is installed."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import util
from pathlib import Path

import numpy as np
import pytest

from signbridge.build import SPEAKERS, start
from signbridge.errors import BackendUnavailableError
from signbridge.settings import Settings
from signbridge.speak import xtts
from signbridge.speak.voice import PAUSE_S, Voice
from signbridge.speak.xtts_model import LICENCE, LIMIT_S, LIMIT_S_A_CHARACTER, XttsModel
from tests.tiny_xtts import SPEAKERS as NAMES
from tests.tiny_xtts import narrow, needs_xtts, save_xtts


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with narrow():
        yield save_xtts(tmp_path_factory.mktemp("xtts"))


@pytest.fixture(scope="module")
def model(folder: Path) -> XttsModel:
    return XttsModel(folder)


def settings(folder: Path | str, **changed) -> Settings:
    return Settings(
        speaker="xtts", xtts_weights=str(folder), **{"xtts_licence": "accepted"} | changed
    )


@needs_xtts
def test_sentence_is_heard(folder):
    speech = start("Voice", "xtts", SPEAKERS, settings(folder)).speak("Hello, Anna.")
    assert speech.sample_rate == 24000
    assert speech.samples.dtype == np.float32
    assert np.abs(speech.samples).max() <= 1
    assert speech.duration_s > 0.5


@needs_xtts
def test_first_sound_comes_before_the_last_word_is_made(folder, monkeypatch):
    speaker = start("Voice", "xtts", SPEAKERS, settings(folder))
    begun = []
    pieces = speaker._model._pieces
    monkeypatch.setattr(
        speaker._model,
        "_pieces",
        lambda text, voice: begun.append(text) or pieces(text, voice),
    )
    stream = speaker.stream("Hello there, how are you?")
    assert len(next(stream).samples) > 0
    assert begun == ["Hello there,"]
    list(stream)
    assert begun == ["Hello there,", "how are you?"]


@needs_xtts
def test_clauses_are_parted_by_a_breath(model):
    pieces = list(model.stream("Yes, no.", Voice()))
    breaths = [piece for piece in pieces if not piece.any()]
    assert [len(breath) for breath in breaths] == [round(PAUSE_S * model.sample_rate)]


@needs_xtts
def test_voice_that_talks_on_is_stopped(model, monkeypatch):
    endless = (np.full(24000, 0.1, np.float32) for _ in range(1000))
    monkeypatch.setattr(model, "_pieces", lambda *_: endless)
    sound = sum(len(piece) for piece in model.stream("Hello.", Voice()))
    assert sound / model.sample_rate == pytest.approx(LIMIT_S + LIMIT_S_A_CHARACTER * 6)


@needs_xtts
def test_silence_is_no_answer(model, monkeypatch):
    monkeypatch.setattr(model, "_pieces", lambda *_: iter([np.zeros(2400, np.float32)]))
    with pytest.raises(BackendUnavailableError, match=r"silence for 'Hello\.'"):
        list(model.stream("Hello.", Voice()))


@needs_xtts
def test_long_text_without_punctuation_is_spoken_in_parts(model, monkeypatch):
    asked = []
    monkeypatch.setattr(
        model, "_pieces", lambda text, _: asked.append(text) or iter([np.ones(10, np.float32)])
    )
    text = "word " * 150
    list(model.stream(text, Voice()))
    assert len(asked) > 1
    assert " ".join(asked) == text.strip()
    assert max(map(len, asked)) <= 200


@needs_xtts
def test_two_visitors_at_once_are_spoken_for_in_turn(model):
    from concurrent.futures import ThreadPoolExecutor

    def say(name: str) -> float:
        return sum(len(piece) for piece in model.stream("Hello.", Voice(name))) / 24000

    with ThreadPoolExecutor(4) as pool:
        assert all(seconds > 0.2 for seconds in pool.map(say, NAMES * 2))


@needs_xtts
def test_faster_voice_takes_less_time(model):
    def seconds(speed: float) -> float:
        import torch

        torch.manual_seed(1)
        return sum(len(piece) for piece in model.stream("Hello.", Voice("Ada", speed)))

    assert seconds(2.0) == pytest.approx(seconds(1.0) / 2, rel=0.15)


@needs_xtts
def test_unknown_speaker_is_refused_with_the_choices(folder):
    with pytest.raises(BackendUnavailableError, match=r"SPEECH_VOICE: 'Eve'.*default, Ada, Ben"):
        start("Voice", "xtts", SPEAKERS, settings(folder, speech_voice="Eve"))


@needs_xtts
@pytest.mark.parametrize("name", ["config.json", "model.pth", "vocab.json", "speakers_xtts.pth"])
def test_missing_or_broken_file_is_named(folder, tmp_path, name):
    for path in folder.iterdir():
        if path.name != name:
            (tmp_path / path.name).symlink_to(path)
    with pytest.raises(BackendUnavailableError, match=f"{name} not in the folder"):
        XttsModel(tmp_path)
    (tmp_path / name).write_bytes(b"\x00nothing")
    with pytest.raises(BackendUnavailableError, match="can't be read"):
        XttsModel(tmp_path)


@pytest.fixture
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xtts, "find_spec", lambda _: util.find_spec("numpy"))


@pytest.mark.usefixtures("_installed")
def test_licence_is_shown_and_never_accepted_silently(tmp_path):
    with pytest.raises(BackendUnavailableError) as raised:
        start("Voice", "xtts", SPEAKERS, settings(tmp_path, xtts_licence="unread"))
    for words in (LICENCE, "non-commercial", "SIGNBRIDGE_XTTS_LICENCE=accepted"):
        assert words in str(raised.value)


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize("folder", ["none", "/no/such/folder"])
def test_missing_weights_say_what_to_set(folder):
    with pytest.raises(BackendUnavailableError, match="set SIGNBRIDGE_XTTS_WEIGHTS"):
        start("Voice", "xtts", SPEAKERS, settings(folder))


def test_missing_package_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(xtts, "find_spec", lambda _: None)
    with pytest.raises(BackendUnavailableError, match=r"coqui-tts is not .*requirements-xtts\.txt"):
        start("Voice", "xtts", SPEAKERS, settings(tmp_path))
