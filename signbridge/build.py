"""Settings -> a running `Engine`: the only place that picks backends, imported when picked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from signbridge.compare.contender import Contender
from signbridge.errors import BackendUnavailableError, CheckpointError
from signbridge.lacks import LACKS, missing_nothing, video_weights
from signbridge.pipeline import Engine
from signbridge.protocols import Composer, LandmarkExtractor, Recognizer, Speaker
from signbridge.remote import Endpoint
from signbridge.settings import PREFIX, Settings

T = TypeVar("T")


def _holistic(_: Settings) -> LandmarkExtractor:
    from signbridge.landmarks.holistic import HolisticExtractor

    return HolisticExtractor()


def _landmark(settings: Settings) -> Recognizer:
    from signbridge.recognize.landmark.recognizer import LandmarkRecognizer
    from signbridge.recognize.spelling.speller import Speller

    return LandmarkRecognizer(_signs_folder(settings), Speller())


def _video(settings: Settings) -> Recognizer:
    from signbridge.recognize.video.local import VideoRecognizer
    from signbridge.recognize.video.prompt import PROMPTS

    return VideoRecognizer(video_weights(settings), PROMPTS[settings.video_prompt])


def _video_endpoint(settings: Settings) -> Recognizer:
    from signbridge.recognize.video.endpoint import EndpointRecognizer
    from signbridge.recognize.video.prompt import PROMPTS

    endpoint = endpoint_of(settings, "video_endpoint")
    return EndpointRecognizer(endpoint, PROMPTS[settings.video_prompt])


def endpoint_of(settings: Settings, name: str) -> Endpoint:
    """Return the server that the settings beginning with `name` describe."""
    url, key, model, timeout_s = (
        getattr(settings, f"{name}_{field}") for field in ("url", "key", "model", "timeout_s")
    )
    return Endpoint(url, key, model, timeout_s, PREFIX + name.upper())


def _signs_folder(settings: Settings) -> Path | None:
    """Return where the weights for single signs lie; None for the project's own."""
    return None if settings.landmark_model == "shipped" else Path(settings.landmark_model)


def _spelling(_: Settings) -> Recognizer:
    from signbridge.recognize.spelling.recognizer import SpellingRecognizer

    return SpellingRecognizer()


def _sequence(settings: Settings) -> Recognizer:
    from signbridge.compose.rules import compose_glosses
    from signbridge.recognize.translator.recognizer import SequenceRecognizer

    own = settings.translator_model
    folder = None if own == "shipped" else Path(own)
    return SequenceRecognizer(folder, signs=_signs_folder(settings), write=compose_glosses)


def _hybrid(settings: Settings) -> Recognizer:
    from signbridge.compose.rules import compose_glosses
    from signbridge.recognize.hybrid import HybridRecognizer
    from signbridge.recognize.landmark.recognizer import LandmarkRecognizer
    from signbridge.recognize.spelling.recognizer import SpellingRecognizer
    from signbridge.recognize.translator.recognizer import SequenceRecognizer

    folder = _signs_folder(settings)
    signs, sequence = LandmarkRecognizer(folder), SequenceRecognizer(signs=folder)
    return HybridRecognizer(signs, SpellingRecognizer(), sequence, compose_glosses)


def _rules(_: Settings) -> Composer:
    from signbridge.compose.rules import RuleComposer

    return RuleComposer()


def _chat(settings: Settings) -> Composer:
    from signbridge.compose.chat.composer import ChatComposer

    return ChatComposer(endpoint_of(settings, "chat"))


def _piper(settings: Settings) -> Speaker:
    from signbridge.speak.piper import PiperSpeaker

    return PiperSpeaker(settings.speech_speed)


def _speech_endpoint(settings: Settings) -> Speaker:
    from signbridge.speak.endpoint import EndpointSpeaker
    from signbridge.speak.voice import Voice

    endpoint = endpoint_of(settings, "speech")
    return EndpointSpeaker(endpoint, Voice(settings.speech_voice, settings.speech_speed))


def _xtts(settings: Settings) -> Speaker:
    from signbridge.speak.voice import Voice
    from signbridge.speak.xtts import XttsSpeaker

    voice = Voice(settings.speech_voice, settings.speech_speed)
    accepted = settings.xtts_licence == "accepted"
    return XttsSpeaker(settings.xtts_weights, voice, accepted=accepted)


EXTRACTORS: dict[str, Callable[[Settings], LandmarkExtractor]] = {"holistic": _holistic}
RECOGNIZERS: dict[str, Callable[[Settings], Recognizer]] = {
    "landmark": _landmark,
    "video": _video,
    "video-endpoint": _video_endpoint,
    "spelling": _spelling,
    "sequence": _sequence,
    "hybrid": _hybrid,
}
COMPOSERS: dict[str, Callable[[Settings], Composer]] = {"rules": _rules, "chat": _chat}
SPEAKERS: dict[str, Callable[[Settings], Speaker]] = {
    "piper": _piper,
    "speech-endpoint": _speech_endpoint,
    "xtts": _xtts,
}
SECOND_SPEAKER = "piper"
"""Speaks where the chosen voice can't; it needs nothing but the app's own packages."""


def start(
    kind: str, name: str, backends: Mapping[str, Callable[[Settings], T]], settings: Settings
) -> T:
    """Return the backend called `name`; raise `BackendUnavailableError` with the reason."""
    try:
        return backends[name](settings)
    except (BackendUnavailableError, CheckpointError) as error:
        raise BackendUnavailableError(f"{kind} {name!r} is off: {error}") from error
    except ImportError as error:
        raise BackendUnavailableError(
            f"{kind} {name!r} is off: {error}; run `pip install -r requirements.txt`"
        ) from error


def build(settings: Settings) -> Engine:
    """Return the engine that `settings` ask for; what can't start leaves a notice.

    Raises `BackendUnavailableError` when no recognizer can start.
    """
    notices: list[str] = []
    recognizers: list[Recognizer] = []
    for name in settings.recognizers:
        try:
            recognizers.append(start("Recognizer", name, RECOGNIZERS, settings))
        except BackendUnavailableError as error:
            notices.append(str(error))
    if not recognizers:
        raise BackendUnavailableError("no recognizer can start: " + "; ".join(notices))
    voices = _voices(settings, notices)
    bare = without_models(settings)
    return replace(
        bare,
        recognizers=tuple(recognizers),
        speaker=voices[0] if voices else None,
        second_speaker=voices[1] if len(voices) > 1 else None,
        notices=(*bare.notices, *notices),
    )


def _voices(settings: Settings, notices: list[str]) -> list[Speaker]:
    """Return the voice of the settings and the one that steps in for it, as far as they start."""
    if settings.speaker == "none":
        return []
    voices: list[Speaker] = []
    for name in dict.fromkeys((settings.speaker, SECOND_SPEAKER)):
        try:
            voices.append(start("Voice", name, SPEAKERS, settings))
        except BackendUnavailableError as error:
            notices.append(str(error))
    if voices and voices[0].name != settings.speaker:
        notices[-1] += f"; {voices[0].name!r} speaks instead"
    return voices


def without_models(settings: Settings) -> Engine:
    """Return an engine with no recognizer and no voice, for those who bring their own.

    The rules write the sentence where the composer of the settings can't start, or fails later.
    """
    rules = start("Composer", "rules", COMPOSERS, settings)
    composer: Composer = rules
    notices: tuple[str, ...] = ()
    if settings.composer != "rules":
        try:
            composer = start("Composer", settings.composer, COMPOSERS, settings)
        except BackendUnavailableError as error:
            notices = (f"{error}; the rules write the sentences",)
    return Engine(
        extractor=start("Landmark extractor", "holistic", EXTRACTORS, settings),
        recognizers=(),
        composer=composer,
        speaker=None,
        settings=settings,
        notices=notices,
        spare=None if composer is rules else rules,
    )


def contenders(settings: Settings, engine: Engine | None = None) -> tuple[Contender, ...]:
    """Return every recognizer, those of the settings first, to be started when first asked.

    engine: its recognizers are taken as they are, not started again.
    """
    running = {one.name: Contender.running(one) for one in engine.recognizers} if engine else {}
    others = {
        name: Contender(
            name,
            partial(start, "Recognizer", name, RECOGNIZERS, settings),
            partial(LACKS.get(name, missing_nothing), settings),
        )
        for name in RECOGNIZERS
    }
    offered = others | running
    first = dict.fromkeys((*settings.recognizers, *running, *offered))
    return tuple(offered[name] for name in first if name in offered)
