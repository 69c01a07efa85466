"""A comparison -> the columns, the shared timeline and the downloads of the Compare tab."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.compare.values import Column, Comparison
from signbridge.evaluation.comparison import Judged, contract, figure
from signbridge.evaluation.score import shown
from signbridge.evaluation.sentences import TextScores
from signbridge.types import RecognitionResult
from signbridge.web.media import address, pretty_json, text_address
from signbridge.web.timeline import lanes_of
from signbridge.web.words import guess_list, name_of, next_guesses, notice_list, score_bar

NEXT_GUESSES = 4
PICTURES_SHOWN = 12
_PICTURE_SIDE_PX = 160
STAGES = (
    ("Loading, once", "start_s"),
    ("Landmarks, shared", "landmarks_s"),
    ("Preprocessing", "preprocess_s"),
    ("Model", "model_s"),
    ("Decoding", "decode_s"),
    ("Recognizer in all", "recognize_s"),
    ("Sentence", "compose_s"),
    ("Whole", "total_s"),
)
HIDDEN = "This recognizer has no answer; the reason is shown after the vote."


def comparison_html(judgement: Judged, shown_as: Mapping[str, str], blind: bool = False) -> str:
    """Return everything there is to see so far.

    shown_as: recognizer -> what its column is called, in the order of the columns. blind: what
    could tell the recognizers apart but their words is left out, and there is no download.
    """
    found = judgement.comparison
    columns = [(found.column(name), label) for name, label in shown_as.items()]
    finished = {label: column for column, label in columns if column is not None}
    lanes = lanes_of({label: one.results for label, one in finished.items()}, found.duration_s)
    cards = "".join(
        _waiting(label) if column is None else _card(column, label, judgement, blind)
        for column, label in columns
    )
    facts = (
        f"{found.duration_s:.1f} s, {found.frames} frames; landmarks took "
        f"{short(found.landmarks_s)}, once for all columns."
    )
    busy = "true" if found.waiting else "false"
    saved = "" if blind or found.waiting else _downloads(judgement)
    return (
        f'<section class="sb-details" aria-live="polite" aria-busy="{busy}">'
        f'<p class="sb-quiet">{facts}</p>{notice_list(found.notices)}{lanes}'
        f'<div class="sb-side">{cards}</div>{_agreements(judgement, shown_as)}{saved}</section>'
    )


def _waiting(label: str) -> str:
    return (
        f'<article class="sb-column sb-waiting"><h3>{escape(label)}</h3>'
        '<p class="sb-quiet">Working …</p></article>'
    )


def _card(column: Column, label: str, judgement: Judged, blind: bool) -> str:
    scores = judgement.scores.get(column.recognizer)
    head = f'<article class="sb-column"><h3>{escape(label)}</h3>'
    if column.error:
        return f"{head}{notice_list([HIDDEN if blind else column.error])}</article>"
    text = (
        f'<p class="sb-sentence" lang="en">{escape(column.text)}</p>'
        if column.text
        else '<p class="sb-sentence sb-none">No sentence.</p>'
    )
    about = "" if blind else _about(column)
    # Pictures, notices and times would give the recognizer away.
    after = "" if blind else f"{_saw(column)}{notice_list(column.notices)}{_times(column)}"
    return f"{head}{about}{text}{_scores(scores)}{_results(column)}{after}</article>"


def _about(column: Column) -> str:
    facts = "".join(
        f"<div><dt>{escape(key.capitalize())}</dt><dd>{escape(value)}</dd></div>"
        for key, value in column.about.items()
    )
    return f'<dl class="sb-timings sb-model">{facts}</dl>' if facts else ""


def _results(column: Column) -> str:
    items = "".join(map(_result, column.results))
    return f'<ol class="sb-reads">{items}</ol>' if items else ""


def _result(result: RecognitionResult) -> str:
    rest = next_guesses(result, NEXT_GUESSES + result.abstained)
    more = f'<div class="sb-quiet">Else: {guess_list(rest)}</div>' if rest else ""
    unsure = ' class="sb-unsure"' if result.abstained else ""
    return (
        f"<li{unsure}><strong>{escape(name_of(result))}</strong>{score_bar(result)}"
        f'<span class="sb-quiet sb-when">{result.start_s:.1f} to {result.end_s:.1f} s</span>'
        f"{more}</li>"
    )


def _scores(scores: TextScores | None) -> str:
    if scores is None:
        return ""
    cells = "".join(
        f'<div title="{escape(one.signature)}"><dt>{escape(one.title)}</dt>'
        f"<dd>{shown(one.score, one.unit)}</dd></div>"
        for one in scores.scores
    )
    return f'<h4>Against the reference</h4><dl class="sb-timings">{cells}</dl>'


def _agreements(judgement: Judged, shown_as: Mapping[str, str]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(shown_as[one.one])} and {escape(shown_as[one.other])}</th>'
        f'<td data-label="By word">{figure(one.agreement.words)}</td>'
        f'<td data-label="By meaning">{figure(one.agreement.meaning)}</td></tr>'
        for one in judgement.agreements
    )
    if not rows:
        return ""
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("By word", "By meaning"))
    return (
        '<section><h3>Agreement</h3><table class="sb-table"><thead><tr>'
        f'<th scope="col">Sentences of</th>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        '<p class="sb-quiet">By meaning: shared content words, in any order and form; it knows no '
        "synonyms.</p></section>"
    )


def _times(column: Column) -> str:
    cells = "".join(
        f"<div><dt>{label}</dt><dd>{short(getattr(column.times, field))}</dd></div>"
        for label, field in STAGES
        if field != "start_s" or not math.isnan(column.times.start_s)
    )
    return (
        f'<h4>Time taken</h4><dl class="sb-timings">{cells}</dl>'
        f'<p class="sb-quiet">{column.frames} frames looked at.</p>'
    )


def _saw(column: Column) -> str:
    if column.pictures is None or not len(column.pictures):
        return ""
    n = len(column.pictures)
    chosen = np.unique(np.linspace(0, n - 1, min(n, PICTURES_SHOWN)).round().astype(int))
    images = "".join(
        f'<li><img alt="Picture {row + 1} of {n}" src="{_jpeg(column.pictures[row])}"></li>'
        for row in chosen
    )
    return f'<h4>What the video model saw</h4><ul class="sb-saw">{images}</ul>'


def _jpeg(pixels: NDArray[np.uint8]) -> str:
    from PIL import Image

    image = Image.fromarray(pixels)
    image.thumbnail((_PICTURE_SIDE_PX, _PICTURE_SIDE_PX))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=75)
    return address(file.getvalue(), "image/jpeg")


def _downloads(judgement: Judged) -> str:
    """Return the links that save everything shown, as JSON and as a picture."""
    from signbridge.evaluation.comparison_picture import picture

    stem = escape(Path(judgement.comparison.clip).stem)
    json_text = text_address(pretty_json(contract(judgement)), "application/json")
    png = address(picture(judgement), "image/png")
    return (
        '<nav class="sb-downloads" aria-label="Downloads"><h3>Download</h3>'
        f'<a class="sb-download" download="{stem}-comparison.json" href="{json_text}">JSON</a>'
        f'<a class="sb-download" download="{stem}-comparison.png" href="{png}">Picture (PNG)</a>'
        "</nav>"
    )


def names_shown(comparison: Comparison, order: Sequence[str], blind: bool) -> dict[str, str]:
    """Return what each column is called, in `order`: its recognizer, or a letter where blind."""
    letters = (f"Recognizer {chr(ord('A') + place)}" for place in range(len(order)))
    return {name: letter if blind else name for name, letter in zip(order, letters, strict=True)}


def short(value_s: float) -> str:
    """Return a time to three digits at most, or that it was not measured."""
    if math.isnan(value_s):
        return "not measured"
    if value_s < 0.001:
        return "under 1 ms"
    return f"{1000 * value_s:.0f} ms" if value_s < 1 else f"{value_s:.1f} s"
