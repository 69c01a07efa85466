"""Environment -> one frozen `Settings`. Every default works with no GPU, key or network."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from signbridge.errors import SettingsError

PREFIX = "SIGNBRIDGE_"

RECOGNIZERS = ("landmark", "spelling", "video", "video-endpoint", "sequence", "hybrid")
COMPOSERS = ("rules", "chat")
SPEAKERS = ("piper", "speech-endpoint", "xtts", "none")
VIDEO_PROMPTS = ("training", "card")
SWITCH = ("off", "on")
LICENCES = ("unread", "accepted")

# What Gradio itself and the hosted Space set; used where the project's own variable is absent.
_FALLBACK_VARIABLES = {"host": "GRADIO_SERVER_NAME", "port": "GRADIO_SERVER_PORT"}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can choose; SIGNBRIDGE_<FIELD> in the environment sets a field.

    recognizers: in order of trust: the first that is sure of a segment gives the sentence its word.
    landmark_model: a folder with the landmark recognizer's weights; "shipped" is the project's own.
    translator_model: a folder with the weights of the recognizer `sequence`, such as training on a
        corpus of sentences writes; "shipped" is the project's own.
    sentence_pause_s: hands at rest this long end the sentence; the sound follows at once.
    compare_limit_s: in a comparison, a recognizer that is silent this long has lost its column.
    votes_path: a SQLite file for votes on comparisons; in ":memory:" they end with the program.
    session_idle_s: a live visitor whose page gives no sign of life for this long loses their place;
        an open page gives one a second.
    video_base, video_adapter: folders, or repositories of the model hub; an adapter may name a
        folder inside its repository, and "none" stands for a base that needs no adapter.
    video_download: whether weights that are not on this machine may be fetched from the hub.
    video_endpoint_key, chat_key, speech_key: what a server asks for; in no message, log or `repr`.
    video_endpoint_timeout_s: how long an answer may take in all.
    chat_timeout_s: the composer's server may be silent this long, also between two words; the whole
        sentence may take three times as long. speech_timeout_s: the same of each clause's sound.
    speech_voice: who speaks, as the server or XTTS names them; speech_speed 1 is their own pace.
    xtts_weights: a folder with XTTS v2; xtts_licence: whether you accept the licence of its files.
    login: user:password, or a file of such lines; in no message, log or `repr`.
    uploads_per_minute: of one visitor, known by the network address.
    max_waiting: events of the page that may wait for their turn; who comes then is told to wait.
    clip_addresses: whether a program may name a clip by its web address, which is then fetched.
    """

    recognizers: tuple[str, ...] = ("hybrid", "landmark")
    landmark_model: str = "shipped"
    translator_model: str = "shipped"
    composer: str = "rules"
    speaker: str = "piper"
    max_clip_s: float = 60.0
    max_clip_mb: float = 200.0
    max_fps: float = 30.0
    max_side_px: int = 640
    sentence_pause_s: float = 1.1
    host: str = "127.0.0.1"
    port: int = 7860
    max_sessions: int = 8
    session_idle_s: float = 6.0
    compare_limit_s: float = 30.0
    votes_path: str = ":memory:"
    video_base: str = "Qwen/Qwen3-VL-2B-Instruct"
    video_base_revision: str = "main"
    video_adapter: str = "mamounyosef/sign-language-bridge/adapter"
    video_adapter_revision: str = "main"
    video_prompt: str = "training"
    video_download: str = "off"
    video_endpoint_url: str = "none"
    video_endpoint_key: str = field(default="none", repr=False)
    video_endpoint_model: str = "first"
    video_endpoint_timeout_s: float = 60.0
    chat_url: str = "none"
    chat_key: str = field(default="none", repr=False)
    chat_model: str = "first"
    chat_timeout_s: float = 10.0
    speech_url: str = "none"
    speech_key: str = field(default="none", repr=False)
    speech_model: str = "first"
    speech_voice: str = "default"
    speech_speed: float = 1.0
    speech_timeout_s: float = 20.0
    xtts_weights: str = "none"
    xtts_licence: str = "unread"
    login: str = field(default="none", repr=False)
    uploads_per_minute: int = 120
    max_waiting: int = 40
    clip_addresses: str = "off"

    def __post_init__(self) -> None:
        """Refuse values that mean nothing."""
        if not self.recognizers:
            raise SettingsError(f"recognizers is empty; choose from {RECOGNIZERS}")
        for name in self.recognizers:
            _check_choice("recognizers", name, RECOGNIZERS)
        _check_choice("composer", self.composer, COMPOSERS)
        _check_choice("speaker", self.speaker, SPEAKERS)
        _check_choice("xtts_licence", self.xtts_licence, LICENCES)
        _check_choice("video_prompt", self.video_prompt, VIDEO_PROMPTS)
        _check_choice("video_download", self.video_download, SWITCH)
        _check_choice("clip_addresses", self.clip_addresses, SWITCH)
        if len(set(self.recognizers)) < len(self.recognizers):
            raise SettingsError(f"recognizers={self.recognizers} names one twice; name each once")
        _check_address("video_endpoint_url", self.video_endpoint_url)
        _check_address("chat_url", self.chat_url)
        _check_address("speech_url", self.speech_url)
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, int | float) and not 0 < value < math.inf:
                raise SettingsError(f"{each.name}={value} means nothing; give a number above 0")

    @property
    def keeps_pictures(self) -> bool:
        """Whether a recognizer that reads sentences is on: it needs their pictures to the end."""
        return bool({"video", "video-endpoint"} & set(self.recognizers))

    @property
    def contacts(self) -> tuple[tuple[str, str], ...]:
        """Each host that the chosen backends would contact, and what is sent there."""
        found = []
        if "video" in self.recognizers and self.video_download == "on":
            found.append(("huggingface.co", "nothing: weights are fetched"))
        if "video-endpoint" in self.recognizers and self.video_endpoint_url != "none":
            found.append((urlsplit(self.video_endpoint_url).netloc, "the pictures of a sentence"))
        if self.composer == "chat" and self.chat_url != "none":
            sent = "the guesses of each sign and the last sentences, no picture"
            found.append((urlsplit(self.chat_url).netloc, sent))
        if self.speaker == "speech-endpoint" and self.speech_url != "none":
            found.append((urlsplit(self.speech_url).netloc, "each sentence that is spoken"))
        return tuple(found)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that the chosen backends would contact; none by default."""
        return tuple(host for host, _ in self.contacts)

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Return the settings that `env` (default: the process environment) asks for."""
        env = os.environ if env is None else env
        known = {each.name: each.default for each in fields(cls)}
        for variable in env:
            name = variable.removeprefix(PREFIX).lower()
            if variable.startswith(PREFIX) and name not in known:
                names = ", ".join(PREFIX + name.upper() for name in known)
                raise SettingsError(f"{variable} is not a setting; choose from {names}")
        chosen: dict[str, Any] = {}
        for name, default in known.items():
            text = env.get(PREFIX + name.upper(), env.get(_FALLBACK_VARIABLES.get(name, ""), ""))
            if text.strip():
                chosen[name] = _parse(name, text.strip(), default)
        return cls(**chosen)


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise SettingsError(f"{name}={value!r} is unknown; choose from {choices}")


def _check_address(name: str, url: str) -> None:
    """Refuse what is no web address; a message never repeats it, for it may hold a secret."""
    if url == "none":
        return
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is no number
        sound = False
    if not sound:
        raise SettingsError(
            f"{name} is no address; give one such as http://localhost:8000/v1 "
            f"in {PREFIX}{name.upper()}"
        )
    if "@" in parts.netloc:
        key = name.replace("_url", "_key")
        raise SettingsError(f"{name} holds a password, which would be shown; set {key} instead")


def _parse(name: str, text: str, default: object) -> object:
    """Return `text` in the type that the field's default has."""
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if isinstance(default, str):
        return text
    kind = int if isinstance(default, int) else float
    try:
        return kind(text)
    except ValueError as error:
        expected = "a whole number" if kind is int else "a number"
        raise SettingsError(f"{name}={text!r} can't be read; give {expected}") from error
