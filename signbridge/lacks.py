"""Why a recognizer or a voice can't start, said without loading it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from signbridge.errors import BackendUnavailableError
from signbridge.settings import Settings

if TYPE_CHECKING:
    from signbridge.recognize.video.weights import Weights


def video_weights(settings: Settings) -> Weights:
    """Return which weights the video-language recognizer loads in process."""
    from signbridge.recognize.video.weights import Weights

    return Weights(
        base=settings.video_base,
        base_revision=settings.video_base_revision,
        adapter=settings.video_adapter,
        adapter_revision=settings.video_adapter_revision,
        download=settings.video_download == "on",
    )


def _landmark_lacks(settings: Settings) -> str:
    return _folder_lacks(settings.landmark_model, "LANDMARK_MODEL")


def _sequence_lacks(settings: Settings) -> str:
    own = _folder_lacks(settings.translator_model, "TRANSLATOR_MODEL")
    return own or _landmark_lacks(settings)


def _folder_lacks(model: str, variable: str) -> str:
    if model == "shipped" or Path(model).is_dir():
        return ""
    return f"missing folder {model}, set SIGNBRIDGE_{variable} to one with weights"


def _video_lacks(settings: Settings) -> str:
    from signbridge.recognize.video.weights import adapter_folder, base_folder

    weights = video_weights(settings)
    try:
        base_folder(replace(weights, download=False))
        adapter_folder(replace(weights, download=False))
    except BackendUnavailableError as error:
        return "" if weights.download else str(error)
    return ""


def _endpoint_lacks(settings: Settings) -> str:
    if settings.video_endpoint_url != "none":
        return ""
    return "no endpoint is set; set SIGNBRIDGE_VIDEO_ENDPOINT_URL to an OpenAI-compatible server"


def _speech_endpoint_lacks(settings: Settings) -> str:
    if settings.speech_url != "none":
        return ""
    return "no endpoint is set; set SIGNBRIDGE_SPEECH_URL to a server with /v1/audio/speech"


def _xtts_lacks(settings: Settings) -> str:
    from signbridge.speak.xtts import lacks

    return lacks(settings.xtts_weights, accepted=settings.xtts_licence == "accepted")


def missing_nothing(_: Settings) -> str:
    """Return that nothing is missing."""
    return ""


Lacks = Callable[[Settings], str]
"""Settings -> what is missing, "" where it may start."""
LACKS: dict[str, Lacks] = {
    "landmark": _landmark_lacks,
    "sequence": _sequence_lacks,
    "hybrid": _landmark_lacks,
    "video": _video_lacks,
    "video-endpoint": _endpoint_lacks,
}
SPEAKER_LACKS: dict[str, Lacks] = {
    "piper": missing_nothing,
    "speech-endpoint": _speech_endpoint_lacks,
    "xtts": _xtts_lacks,
}
