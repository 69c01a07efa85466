"""A backend that can't start becomes a notice; only without any recognizer nothing goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from signbridge import build as module
from signbridge import settings as choices
from signbridge.build import LACKS, build, contenders, start
from signbridge.errors import BackendUnavailableError, CheckpointError
from signbridge.settings import Settings
from tests import fakes

# As they are before the fakes take their places.
RECOGNIZERS = module.RECOGNIZERS
OFFERED = {
    "recognizers": set(RECOGNIZERS),
    "composers": set(module.COMPOSERS),
    "speakers": set(module.SPEAKERS),
}


def failing(error: Exception) -> Callable[[Settings], object]:
    def begin(_: Settings) -> object:
        raise error

    return begin


@pytest.fixture(autouse=True)
def _fake_backends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXTRACTORS", {"holistic": lambda _: fakes.FakeExtractor()})
    recognizers = {
        "hybrid": lambda _: fakes.FakeRecognizer(name="hybrid", reads="sentences"),
        "landmark": lambda _: fakes.FakeRecognizer(),
    }
    monkeypatch.setattr(module, "RECOGNIZERS", recognizers)
    monkeypatch.setattr(module, "COMPOSERS", {"rules": lambda _: fakes.FakeComposer()})
    monkeypatch.setattr(module, "SPEAKERS", {"piper": lambda _: fakes.FakeSpeaker()})


def test_all_that_the_settings_ask_for_is_started() -> None:
    engine = build(Settings())
    assert [recognizer.name for recognizer in engine.recognizers] == ["hybrid", "landmark"]
    assert engine.composer.name == "rules"
    assert engine.speaker is not None
    assert engine.speaker.name == "piper"
    assert engine.notices == ()


def test_switched_off_voice_is_no_fault() -> None:
    engine = build(Settings(speaker="none"))
    assert engine.speaker is None
    assert engine.notices == ()


def test_voice_that_cannot_start_leaves_a_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    error = BackendUnavailableError("package 'piper' is not installed")
    monkeypatch.setitem(module.SPEAKERS, "piper", failing(error))
    engine = build(Settings())
    assert engine.speaker is None
    assert engine.notices == ("Voice 'piper' is off: package 'piper' is not installed",)


def test_second_voice_stands_ready_where_another_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = fakes.FakeSpeaker(name="speech-endpoint")
    monkeypatch.setitem(module.SPEAKERS, "speech-endpoint", lambda _: chosen)
    engine = build(Settings(speaker="speech-endpoint"))
    assert engine.speaker is chosen
    assert engine.second_speaker is not None
    assert engine.second_speaker.name == "piper"
    assert build(Settings()).second_speaker is None


def test_second_voice_speaks_where_the_chosen_one_cannot_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = BackendUnavailableError("no weights")
    monkeypatch.setitem(module.SPEAKERS, "xtts", failing(error))
    engine = build(Settings(speaker="xtts"))
    assert engine.speaker is not None
    assert engine.speaker.name == "piper"
    assert engine.notices == ("Voice 'xtts' is off: no weights; 'piper' speaks instead",)


def test_one_recognizer_that_cannot_start_leaves_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("signbridge.settings.RECOGNIZERS", ("hybrid", "landmark", "video"))
    monkeypatch.setitem(module.RECOGNIZERS, "video", failing(CheckpointError("no weights")))
    engine = build(replace(Settings(), recognizers=("video", "landmark")))
    assert [recognizer.name for recognizer in engine.recognizers] == ["landmark"]
    assert engine.notices == ("Recognizer 'video' is off: no weights",)


def test_no_recognizer_at_all_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in module.RECOGNIZERS:
        monkeypatch.setitem(module.RECOGNIZERS, name, failing(CheckpointError("no weights")))
    with pytest.raises(BackendUnavailableError, match=r"no recognizer can start: .*no weights"):
        build(Settings())


def test_composer_that_cannot_start_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module.COMPOSERS, "rules", failing(BackendUnavailableError("no words")))
    with pytest.raises(BackendUnavailableError, match="Composer 'rules' is off: no words"):
        build(Settings())


def test_missing_package_says_what_to_install() -> None:
    backends = {"x": failing(ImportError("No module named 'x'"))}
    with pytest.raises(BackendUnavailableError, match=r"pip install -r requirements\.txt"):
        start("Voice", "x", backends, Settings())


def test_defect_in_a_backend_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module.SPEAKERS, "piper", failing(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        build(Settings())


def test_other_weights_are_loaded_from_the_folder_the_settings_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "RECOGNIZERS", RECOGNIZERS)
    with pytest.raises(BackendUnavailableError, match=str(tmp_path)):
        build(Settings(landmark_model=str(tmp_path)))


def test_every_recognizer_may_be_compared_and_those_running_are_not_started_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(module.RECOGNIZERS, "video", failing(CheckpointError("no weights")))
    monkeypatch.setitem(module.LACKS, "video", lambda _: "")
    engine = build(Settings())
    every = {one.name: one for one in contenders(Settings(), engine)}
    assert set(every) == set(module.RECOGNIZERS)
    landmark, video = every["landmark"], every["video"]
    assert landmark.start()[0] is engine.recognizers[1]
    assert video.reason == ""  # not known before it is tried
    with pytest.raises(BackendUnavailableError, match="Recognizer 'video' is off: no weights"):
        video.start()
    assert "no weights" in video.reason


def test_video_model_without_weights_says_which_are_missing(tmp_path: Path) -> None:
    settings = Settings(video_base=str(tmp_path / "none"))
    missing = LACKS["video"](settings)
    assert f"{tmp_path / 'none'} is no folder; set SIGNBRIDGE_VIDEO_BASE" in missing
    assert "set SIGNBRIDGE_VIDEO_ENDPOINT_URL" in LACKS["video-endpoint"](settings)


def test_what_a_recognizer_lacks_is_said_without_starting_it(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    for contender in contenders(Settings(landmark_model=str(folder))):
        expected = f"missing folder {folder}, set SIGNBRIDGE_LANDMARK_MODEL"
        assert contender.reason.startswith(expected)
    assert contenders(Settings())[0].reason == ""


def test_every_choice_of_the_settings_has_a_backend() -> None:
    assert OFFERED["recognizers"] == set(choices.RECOGNIZERS)
    assert set(module.LACKS) <= OFFERED["recognizers"]
    assert OFFERED["composers"] == set(choices.COMPOSERS)
    assert OFFERED["speakers"] == set(choices.SPEAKERS) - {"none"}
