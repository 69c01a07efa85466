"""A clip -> what the Upload tab shows of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path

from signbridge.clips import translate
from signbridge.errors import BadInputError
from signbridge.export import contract, srt, told
from signbridge.pipeline import Engine
from signbridge.protocols import Grow
from signbridge.types import Translation
from signbridge.web.annotate import AnnotatedClip
from signbridge.web.media import pretty_json, text_address
from signbridge.web.timeline import table, timeline
from signbridge.web.words import growing, notice_list, player, seconds

STAGES = (
    ("Landmarks", "landmarks_s"),
    ("Recognize", "recognize_s"),
    ("Compose", "compose_s"),
    ("Speak", "speak_s"),
    ("Total", "total_s"),
)


def translate_clip(
    engine: Engine,
    clip: Path,
    annotated: Path | None = None,
    progress: Callable[[float, str], None] | None = None,
    grow: Grow | None = None,
) -> Translation:
    """Return what `clip` says; write it with its landmarks to `annotated` on the way.

    Where that can't be written, there is no such file, and a notice says why.
    grow: is told what it says while that is written.
    """
    try:
        if annotated is None:
            return translate(engine, clip, progress=progress, grow=grow)
        with AnnotatedClip(annotated, engine.settings.max_fps) as picture:
            found = translate(engine, clip, progress=progress, watch=picture.watch, grow=grow)
        if picture.failed:
            annotated.unlink(missing_ok=True)
            found = replace(found, notices=(*found.notices, picture.failed))
        return found
    except BadInputError as error:
        # The visitor knows the clip by its name, not by where this server keeps it.
        raise BadInputError(str(error).replace(str(clip), f"“{clip.name}”")) from error


def answer(translation: Translation, expected: str = "") -> str:
    """Return the sentence, its sound and the notices; `expected` is what an example says."""
    text = translation.utterance.text
    shown = (
        f'<p class="sb-sentence" lang="en">{escape(text)}</p>'
        if text
        else '<p class="sb-sentence sb-none">No sentence.</p>'
    )
    truth = (
        f'<p class="sb-quiet">This example was made to say: {escape(expected)}</p>'
        if expected
        else ""
    )
    glosses = " ".join(translation.utterance.sources)
    from_signs = f'<p class="sb-quiet">From the signs: {escape(glosses)}</p>' if glosses else ""
    return (
        '<section class="sb-answer" aria-live="polite"><h3>In English</h3>'
        f"{shown}{player(translation.speech, text)}{from_signs}{_choices(translation)}{truth}"
        f"{notice_list(translation.notices)}</section>"
    )


def _choices(translation: Translation) -> str:
    """Return which signs were not taken by their best guess, with the scores of both."""
    return "".join(
        f'<p class="sb-quiet">{escape(told(choice))}</p>'
        for choice in translation.utterance.choices
    )


def unfinished(text: str) -> str:
    """Return the answer while its sentence is being written."""
    return f'<section class="sb-answer"><h3>In English</h3>{growing(text)}</section>'


def details(translation: Translation, clip: str) -> str:
    """Return the timeline, the table of signs, the downloads and the timings."""
    return (
        f'<div class="sb-details">{timeline(translation, duration_s(translation))}'
        f"{table(translation)}{_downloads(translation, clip)}{_timings(translation)}</div>"
    )


def duration_s(translation: Translation) -> float:
    """Return the clip's length as far as it was looked at."""
    ends = [result.end_s for results in translation.results.values() for result in results]
    looked_s = translation.frames / translation.fps if translation.fps > 0 else 0.0
    return max([looked_s, *ends])


def _downloads(translation: Translation, clip: str) -> str:
    stem = escape(Path(clip).stem)
    files = [(f"{stem}.json", pretty_json(contract(translation, clip)), "application/json", "JSON")]
    if translation.sentences:
        files.insert(0, (f"{stem}.srt", srt(translation), "application/x-subrip", "Captions (SRT)"))
    links = "".join(
        f'<a class="sb-download" download="{name}" href="{text_address(text, kind)}">{label}</a>'
        for name, text, kind, label in files
    )
    return f'<nav class="sb-downloads" aria-label="Downloads"><h3>Download</h3>{links}</nav>'


def _timings(translation: Translation) -> str:
    cells = "".join(
        f"<div><dt>{label}</dt><dd>{seconds(getattr(translation.timings, field))}</dd></div>"
        for label, field in STAGES
    )
    rate = "" if math.isnan(translation.fps) else f", {translation.fps:.2f} a second"
    return (
        f'<section><h3>Time taken</h3><dl class="sb-timings">{cells}</dl>'
        f'<p class="sb-quiet">{translation.frames} frames looked at{rate}.</p></section>'
    )
