"""A translation -> JSON for programs, lines for a person, and captions in SubRip form."""

from __future__ import annotations

import math
from collections.abc import Iterable

from signbridge.types import Choice, RecognitionResult, Translation, Utterance

GUESSES_SHOWN = 4
READABLE_S = 1.0  # a caption that is gone sooner is missed


def contract(translation: Translation, clip: str) -> dict[str, object]:
    """Return the JSON object of one clip; `null` stands for what was not measured."""
    timings = translation.timings
    return {
        "clip": clip,
        "text": translation.utterance.text,
        "segments": [
            _segment(result) for results in translation.results.values() for result in results
        ],
        "notices": [*translation.notices, *map(told, translation.utterance.choices)],
        "timings_s": {
            "landmarks": _number(timings.landmarks_s),
            "recognize": _number(timings.recognize_s),
            "compose": _number(timings.compose_s),
            "speak": _number(timings.speak_s),
            "total": _number(timings.total_s),
        },
        "frames": translation.frames,
        "fps": _number(translation.fps),
    }


def plain(translation: Translation, clip: str) -> str:
    """Return what was found in one clip as lines for a person to read."""
    timings = translation.timings
    return "\n".join(
        [
            f"{clip}: {translation.utterance.text or '(no sentence)'}",
            *(_line(result) for results in translation.results.values() for result in results),
            *(f"  {told(choice)}" for choice in translation.utterance.choices),
            *(f"  note: {notice}" for notice in translation.notices),
            f"  {translation.frames} frames at {translation.fps:.4g} a second; "
            f"landmarks {timings.landmarks_s:.2f} s, recognition {timings.recognize_s:.2f} s, "
            f"all {timings.total_s:.2f} s",
        ]
    )


def told(choice: Choice) -> str:
    """Return which guess was taken for its neighbours, and instead of which."""
    taken, first = choice.taken, choice.instead_of
    return (
        f"{taken.text} ({taken.score:.0%}) is taken instead of {first.text} ({first.score:.0%}): "
        "its neighbours ask for it."
    )


def srt(translation: Translation) -> str:
    """Return the sentences as SubRip captions at the times they were signed."""
    return captions(translation.sentences)


def captions(sentences: Iterable[Utterance]) -> str:
    """Return timed sentences as SubRip captions.

    A caption stays for READABLE_S, however short its sign was, unless the next one comes sooner.
    """
    shown = list(sentences)
    following = [*(said.start_s for said in shown[1:]), math.inf]
    until = [_shown_until_s(*one) for one in zip(shown, following, strict=True)]
    cues = (
        f"{number}\n{_clock(said.start_s)} --> {_clock(end_s)}\n{said.text}\n"
        for number, (said, end_s) in enumerate(zip(shown, until, strict=True), start=1)
    )
    return "\n".join(cues)


def _shown_until_s(said: Utterance, next_s: float) -> float:
    return max(said.end_s, min(said.start_s + READABLE_S, next_s))


def minutes(sentences: Iterable[Utterance]) -> str:
    """Return timed sentences as plain lines, each with the time at which it began."""
    return "".join(f"{_clock(said.start_s)[:8]}  {said.text}\n" for said in sentences)


def _segment(result: RecognitionResult) -> dict[str, object]:
    return {
        "start_s": _number(result.start_s),
        "end_s": _number(result.end_s),
        "recognizer": result.recognizer,
        "abstained": result.abstained,
        "guesses": [
            {"gloss": guess.text, "score": _number(guess.score)} for guess in result.guesses
        ],
    }


def _line(result: RecognitionResult) -> str:
    guesses = ", ".join(
        guess.text if math.isnan(guess.score) else f"{guess.text} {guess.score:.0%}"
        for guess in result.guesses[:GUESSES_SHOWN]
    )
    if result.abstained:
        guesses = f"not recognized; perhaps {guesses}" if guesses else "not recognized"
    return f"  {result.start_s:6.2f} - {result.end_s:6.2f} s  {result.recognizer}: {guesses}"


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _clock(at_s: float) -> str:
    """Return 3661.5 as 01:01:01,500."""
    ms = round(max(0.0, at_s) * 1000) if math.isfinite(at_s) else 0
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"
