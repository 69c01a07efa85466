"""Recognized signs -> a timeline to look at and a table that says the same."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from signbridge.types import RecognitionResult, Translation
from signbridge.web.words import guess_list, name_of, next_guesses, percent, score_bar


def timeline(translation: Translation, duration_s: float) -> str:
    """Return one lane a recognizer; each sign is a button that plays the clip from there."""
    return lanes_of(translation.results, duration_s)


def lanes_of(results: Mapping[str, tuple[RecognitionResult, ...]], duration_s: float) -> str:
    """Return one lane a name, over the same seconds; nothing where there is no lane."""
    lanes = "".join(_lane(name, found, duration_s) for name, found in results.items())
    if not lanes:
        return ""
    ticks = "".join(
        f'<span style="left:{100 * share:.0f}%">{share * duration_s:.1f} s</span>'
        for share in (0.0, 0.5, 1.0)
    )
    return (
        '<section class="sb-timeline" aria-label="Timeline of recognized signs">'
        f'<h3>Timeline</h3>{lanes}<div class="sb-ticks" aria-hidden="true">{ticks}</div></section>'
    )


def _lane(name: str, results: tuple[RecognitionResult, ...], duration_s: float) -> str:
    bars = "".join(f"<li>{_bar(result, duration_s)}</li>" for result in results)
    return f'<div class="sb-lane-name">{escape(name)}</div><ol class="sb-lane">{bars}</ol>'


def _bar(result: RecognitionResult, duration_s: float) -> str:
    left, right = (
        100 * min(max(at_s / duration_s, 0.0), 1.0) if duration_s > 0 else 0.0
        for at_s in (result.start_s, result.end_s)
    )
    unsure = result.abstained or not result.guesses
    score = "" if unsure else f", {percent(result.guesses[0].score)}"
    label = (
        f"{name_of(result)}{score}, {result.start_s:.1f} to {result.end_s:.1f} seconds. "
        "Play from here."
    )
    return (
        f'<button type="button" class="sb-seek{" sb-unsure" if unsure else ""}" '
        f'data-at="{result.start_s:.2f}" style="left:{left:.2f}%;width:{right - left:.2f}%" '
        f'aria-label="{escape(label)}" title="{escape(label)}">'
        f"{'?' if unsure else escape(name_of(result))}</button>"
    )


def table(translation: Translation) -> str:
    """Return every segment with its sign, score, next guesses, time and recognizer."""
    rows = sorted(
        (result for results in translation.results.values() for result in results),
        key=lambda result: result.start_s,
    )
    if not rows:
        return ""
    body = "".join(map(_row, rows))
    heads = "".join(
        f'<th scope="col">{head}</th>'
        for head in ("Sign", "Score", "Next guesses", "Time", "Recognizer")
    )
    return (
        '<section><h3>Signs</h3><table class="sb-table"><thead><tr>'
        f"{heads}</tr></thead><tbody>{body}</tbody></table></section>"
    )


def _row(result: RecognitionResult) -> str:
    unsure = ' class="sb-unsure"' if result.abstained else ""
    return (
        f'<tr{unsure}><th scope="row">{escape(name_of(result))}</th>'
        f'<td data-label="Score">{score_bar(result)}</td>'
        f'<td data-label="Next guesses">{guess_list(next_guesses(result))}</td>'
        f'<td data-label="Time">{result.start_s:.1f} to {result.end_s:.1f} s</td>'
        f'<td data-label="Recognizer">{escape(result.recognizer)}, '
        f"{1000 * result.elapsed_s:.0f} ms</td></tr>"
    )
