"""What is installed, which backends can start, which hosts would be contacted, what to set."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version

from signbridge import __version__
from signbridge.build import COMPOSERS, EXTRACTORS, RECOGNIZERS, SPEAKERS, start
from signbridge.errors import BackendUnavailableError
from signbridge.servers import ask_all
from signbridge.settings import Settings

PACKAGES = (
    "torch",
    "mediapipe",
    "numpy",
    "gradio",
    "av",
    "piper-tts",
    "onnxruntime",
    "lemminflect",
    "pose-format",
    "opencv-contrib-python",
    "transformers",
    "peft",
    "torchvision",
    "openai",
)


def examine(env: Mapping[str, str] | None = None) -> str:
    """Return the report as text; starts every backend and asks every server once.

    Raises for none of them.
    """
    settings = Settings.from_environment(env)
    lines = [f"signbridge {__version__}, Python {platform.python_version()}", "", "Installed"]
    lines += [f"  {name} {_version(name)}" for name in PACKAGES]
    lines += ["", "Backends (* = chosen by the settings)"]
    lines += _trial("landmarks", EXTRACTORS, ("holistic",), settings)
    lines += _trial("recognizer", RECOGNIZERS, settings.recognizers, settings)
    lines += _trial("composer", COMPOSERS, (settings.composer,), settings)
    lines += _trial("voice", SPEAKERS, (settings.speaker,), settings)
    lines += ["", "Servers, each asked a real question", *_servers(settings)]
    lines += [
        "",
        _contacts(settings),
        f"The app would listen on {settings.host}, port {settings.port}.",
        "",
        "Set SIGNBRIDGE_RECOGNIZERS, SIGNBRIDGE_COMPOSER or SIGNBRIDGE_SPEAKER to choose others.",
    ]
    return "\n".join(lines)


def _servers(settings: Settings) -> list[str]:
    seen = ask_all(settings)
    if not seen:
        return ["  none is set"]
    return [
        f"! {one.name}: can't be used: {one.fault}"
        if one.fault
        else f"  {one.name} {one.url}: {one.found}"
        for one in seen
    ]


def _contacts(settings: Settings) -> str:
    sent = (f"{host} (sent there: {what})" for host, what in settings.contacts)
    named = "; ".join(sent) or "none. Everything runs on this machine"
    return f"Hosts that would be contacted: {named}."


def _trial(
    kind: str,
    backends: Mapping[str, Callable[[Settings], object]],
    chosen: tuple[str, ...],
    settings: Settings,
) -> list[str]:
    marks = {name: "*" if name in chosen else " " for name in backends}
    outcomes = {name: _outcome(kind, name, backends, settings) for name in backends}
    return [f"{marks[name]} {kind} {name}: {outcome}" for name, outcome in outcomes.items()]


def _outcome(
    kind: str, name: str, backends: Mapping[str, Callable[[Settings], object]], settings: Settings
) -> str:
    started_s = time.perf_counter()
    try:
        start(kind, name, backends, settings)
    except BackendUnavailableError as error:
        return f"can't start: {error}"
    return f"starts in {time.perf_counter() - started_s:.1f} s"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "is not installed; run `pip install -r requirements.txt`"
