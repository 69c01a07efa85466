"""The environment becomes one `Settings`, or one clear refusal."""

from __future__ import annotations

import re
import traceback

import pytest

from signbridge.errors import SettingsError
from signbridge.settings import Settings


def test_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()


def test_variables_set_the_fields_in_the_fields_own_types() -> None:
    settings = Settings.from_environment(
        {
            "SIGNBRIDGE_SPEAKER": "none",
            "SIGNBRIDGE_MAX_CLIP_S": "90.5",
            "SIGNBRIDGE_PORT": "8080",
            "SIGNBRIDGE_RECOGNIZERS": " landmark , ",
        }
    )
    assert settings.speaker == "none"
    assert settings.max_clip_s == 90.5
    assert settings.port == 8080
    assert settings.recognizers == ("landmark",)


def test_other_variables_are_left_alone() -> None:
    assert Settings.from_environment({"PATH": "/bin", "SIGNBRIDGES": "2"}) == Settings()


def test_blank_variable_is_as_good_as_none() -> None:
    assert Settings.from_environment({"SIGNBRIDGE_SPEAKER": " "}) == Settings()


def test_what_the_hosted_space_sets_is_used_where_ours_is_absent() -> None:
    env = {"GRADIO_SERVER_NAME": "0.0.0.0", "GRADIO_SERVER_PORT": "7000"}
    assert Settings.from_environment(env).host == "0.0.0.0"
    assert Settings.from_environment({**env, "SIGNBRIDGE_PORT": "8000"}).port == 8000


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        (
            "SPEAKER",
            "paiper",
            "speaker='paiper' is unknown; choose from ('piper', 'speech-endpoint', 'xtts', 'none')",
        ),
        ("COMPOSER", "lama", "composer='lama' is unknown; choose from ('rules', 'chat')"),
        ("RECOGNIZERS", "landmark,magic", "recognizers='magic' is unknown; choose from"),
        ("RECOGNIZERS", "landmark,landmark", "names one twice"),
        ("RECOGNIZERS", ",", "recognizers is empty; choose from"),
        ("PORT", "80.5", "port='80.5' can't be read; give a whole number"),
        ("MAX_CLIP_S", "long", "max_clip_s='long' can't be read; give a number"),
        ("MAX_CLIP_S", "0", "max_clip_s=0.0 means nothing; give a number above 0"),
        ("MAX_FPS", "-1", "max_fps=-1.0 means nothing"),
        ("MAX_CLIP_MB", "nan", "max_clip_mb=nan means nothing"),
        ("MAX_FPS", "inf", "max_fps=inf means nothing"),
        ("VIDEO_DOWNLOAD", "yes", "video_download='yes' is unknown; choose from ('off', 'on')"),
        (
            "VIDEO_PROMPT",
            "mine",
            "video_prompt='mine' is unknown; choose from",
        ),
        ("VIDEO_ENDPOINT_URL", "localhost:8000", "video_endpoint_url is no address; give one such"),
        ("VIDEO_ENDPOINT_URL", "http://me:secret@host/v1", "set video_endpoint_key instead"),
        ("CHAT_URL", "http://[::1", "chat_url is no address; give one such as http://"),
        ("CHAT_URL", "http://host:abc/v1", "in SIGNBRIDGE_CHAT_URL"),
        ("SPEECH_URL", "http://host:70000/v1", "in SIGNBRIDGE_SPEECH_URL"),
        ("SPEECH_URL", "http://host:0/v1", "speech_url is no address"),
        ("VIDEO_ENDPOINT_URL", "http:///v1", "in SIGNBRIDGE_VIDEO_ENDPOINT_URL"),
        ("VIDEO_ENDPOINT_TIMEOUT_S", "0", "video_endpoint_timeout_s=0.0 means nothing"),
        ("SPEAKRE", "none", "SIGNBRIDGE_SPEAKRE is not a setting; choose from"),
    ],
)
def test_value_that_means_nothing_is_refused_with_the_choices(
    variable: str, value: str, message: str
) -> None:
    with pytest.raises(SettingsError, match=re.escape(message)):
        Settings.from_environment({f"SIGNBRIDGE_{variable}": value})


def test_no_host_is_contacted_by_default() -> None:
    assert Settings().hosts == ()
    assert Settings(video_download="on", video_endpoint_url="http://gpu:8000/v1").hosts == ()
    assert not Settings().keeps_pictures


def test_hosts_are_those_of_what_was_switched_on() -> None:
    assert Settings(recognizers=("video",)).hosts == ()
    assert Settings(recognizers=("video",), video_download="on").hosts == ("huggingface.co",)
    endpoint = Settings(recognizers=("video-endpoint",), video_endpoint_url="http://gpu:8000/v1")
    assert endpoint.hosts == ("gpu:8000",)
    assert endpoint.keeps_pictures


def test_secrets_are_shown_nowhere() -> None:
    assert "sk-1" not in repr(Settings(video_endpoint_key="sk-1"))
    with pytest.raises(SettingsError) as error:
        Settings(video_endpoint_url="http://me:sk-1@host/v1", video_endpoint_key="sk-1")
    assert "sk-1" not in str(error.value)
    for broken in ("http://[me:sk-1@host/v1", "http://me@host:sk-1/v1"):
        with pytest.raises(SettingsError) as error:
            Settings(chat_url=broken)
        assert "sk-1" not in "".join(traceback.format_exception(error.value))


def test_address_with_a_port_or_in_brackets_is_kept() -> None:
    for url in ("http://[::1]:8000/v1", "https://host/v1", "http://host:65535"):
        assert Settings(chat_url=url).chat_url == url
