"""Results -> the few pieces of HTML that the Live and Upload tabs share."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape

from signbridge.speak.wav import wav_bytes
from signbridge.types import Guess, RecognitionResult, Speech
from signbridge.web.media import address


def percent(score: float) -> str:
    """Return 0.873 as "87%"; what would round to nothing is "under 1%"."""
    if math.isnan(score):
        return "-"
    return "under 1%" if 0 < score < 0.005 else f"{score:.0%}"


def seconds(value_s: float) -> str:
    """Return a length in seconds, or "not measured"."""
    return "not measured" if math.isnan(value_s) else f"{value_s:.2f} s"


def name_of(result: RecognitionResult) -> str:
    """Return the recognized gloss, or that there is none."""
    return "Not recognized" if result.abstained or not result.guesses else result.guesses[0].text


def next_guesses(result: RecognitionResult, most: int = 3) -> tuple[Guess, ...]:
    """Return what else it could be: all guesses where none was good enough."""
    return result.guesses[:most] if result.abstained else result.guesses[1 : 1 + most]


def guess_list(guesses: Iterable[Guess]) -> str:
    """Return guesses and their scores in one line."""
    items = "".join(
        f"<li><span>{escape(guess.text)}</span> <b>{percent(guess.score)}</b></li>"
        for guess in guesses
    )
    return f'<ul class="sb-guesses">{items}</ul>' if items else '<span class="sb-quiet">none</span>'


def score_bar(result: RecognitionResult) -> str:
    """Return the best score as a number and a bar; empty where nothing was recognized."""
    if result.abstained or not result.guesses:
        return '<span class="sb-quiet">below the threshold</span>'
    score = result.guesses[0].score
    if math.isnan(score):
        return '<span class="sb-quiet">the model gave no score</span>'
    note = ' <span class="sb-quiet">uncalibrated</span>' if result.kind == "sentence" else ""
    return (
        f'<span class="sb-score"><span class="sb-meter" aria-hidden="true">'
        f'<i style="width:{100 * score:.0f}%"></i></span>{percent(score)}{note}</span>'
    )


def notice_list(notices: Iterable[str]) -> str:
    """Return notices as a box; nothing where there is none."""
    items = "".join(f"<li>{escape(text)}</li>" for text in notices)
    return f'<ul class="sb-notices" aria-label="Notices">{items}</ul>' if items else ""


def growing(text: str) -> str:
    """Return a sentence that is being written; it is read out once it is whole."""
    if not text:
        return ""
    return (
        f'<p class="sb-sentence sb-growing" lang="en" aria-live="off">{escape(text)}'
        '<i aria-hidden="true"></i></p>'
    )


def player(speech: Speech | None, caption: str, *, autoplay: bool = True) -> str:
    """Return an audio element that speaks `caption`; nothing where there is no sound."""
    if speech is None or not len(speech.samples):
        return ""
    play = " autoplay" if autoplay else ""
    return _audio(f'{play} src="{address(wav_bytes(speech), "audio/wav")}"', caption)


def streamed(source: str, caption: str, *, autoplay: bool = True) -> str:
    """Return an audio element for a sound that is still being made; sound.js plays it at once."""
    return _audio(f' data-stream="{source}"' if autoplay else f' src="{source}"', caption)


def _audio(attributes: str, caption: str) -> str:
    label = f"Spoken: {escape(caption)}"
    return f'<audio class="sb-audio" controls{attributes} aria-label="{label}"></audio>'
