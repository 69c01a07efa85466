"""A translation -> the JSON that the command line prints, and captions in SubRip form."""

from __future__ import annotations

import math

from signbridge.types import RecognitionResult, Translation


def contract(translation: Translation, clip: str) -> dict[str, object]:
    """Return the JSON object of one clip; `null` stands for what was not measured."""
    timings = translation.timings
    return {
        "clip": clip,
        "text": translation.utterance.text,
        "segments": [
            _segment(result) for results in translation.results.values() for result in results
        ],
        "notices": list(translation.notices),
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


def srt(translation: Translation) -> str:
    """Return the sentences as SubRip captions at the times they were signed."""
    cues = (
        f"{number}\n{_clock(said.start_s)} --> {_clock(said.end_s)}\n{said.text}\n"
        for number, said in enumerate(translation.sentences, start=1)
    )
    return "\n".join(cues)


def _segment(result: RecognitionResult) -> dict[str, object]:
    return {
        "start_s": result.start_s,
        "end_s": result.end_s,
        "recognizer": result.recognizer,
        "abstained": result.abstained,
        "guesses": [{"gloss": guess.text, "score": guess.score} for guess in result.guesses],
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _clock(at_s: float) -> str:
    """Return 3661.5 as 01:01:01,500."""
    ms = round(max(0.0, at_s) * 1000) if math.isfinite(at_s) else 0
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"
