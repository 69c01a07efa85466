"""A comparison -> one PNG: a lane a recognizer over the same seconds, with its sentence."""

from __future__ import annotations

import io
import math
import textwrap

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from signbridge.compare.values import Column, Comparison
from signbridge.evaluation.comparison import Judged, figures
from signbridge.types import RecognitionResult

SURE, UNSURE, QUIET = "#0f766e", "#e2e8f0", "#475569"
WIDTH_IN, LANE_IN, HEAD_IN, DPI = 10.0, 1.75, 0.95, 130
# Letters of the bars' type that fit into one inch.
_LETTERS_AN_INCH = 11
_LINE = 105


def picture(judgement: Judged) -> bytes:
    """Return the comparison as a PNG."""
    comparison = judgement.comparison
    n = max(1, len(comparison.columns))
    height_in = HEAD_IN + LANE_IN * n + 0.45
    figure = Figure(figsize=(WIDTH_IN, height_in), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(0.02, 1 - 0.32 / height_in, _plain(comparison.clip), fontsize=13, weight="bold")
    figure.text(0.02, 1 - 0.62 / height_in, _head(judgement), fontsize=9, color=QUIET)
    for row, column in enumerate(comparison.columns):
        top_in = height_in - HEAD_IN - LANE_IN * row
        axes = figure.add_axes(
            (0.02, (top_in - 1.3) / height_in, 0.96, 0.55 / height_in), label=column.recognizer
        )
        _lane(axes, column, comparison)
        axes.set_xticks(axes.get_xticks() if row == n - 1 else [])
        lines = _words(column, judgement)
        for line, (text, size, colour) in enumerate(lines):
            at_in = top_in - 0.2 - 0.27 * line if line < 2 else top_in - 1.5
            figure.text(0.02, at_in / height_in, _plain(text), fontsize=size, color=colour)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _head(judgement: Judged) -> str:
    comparison = judgement.comparison
    facts = (
        f"{comparison.duration_s:.1f} s, {comparison.frames} frames, landmarks "
        f"{comparison.landmarks_s:.1f} s, shared by all"
    )
    reference = f"; meant: {judgement.reference}" if judgement.reference else ""
    return _plain(textwrap.shorten(facts + reference, _LINE, placeholder=" …"))


def _words(column: Column, judgement: Judged) -> list[tuple[str, float, str]]:
    """Return what stands above the lane in two lines, and below it in one: text, size, colour."""
    about = ", ".join(column.about.values())
    head = f"{column.recognizer}   {about}"
    if column.error:
        why = textwrap.shorten(f"No answer. {column.error}", _LINE, placeholder=" …")
        return [(head, 9.5, QUIET), (why, 10, "#7c2d12")]
    said = textwrap.shorten(column.text or "No sentence.", 80, placeholder=" …")
    below = figures(judgement.scores.get(column.recognizer, {}))
    times = column.times
    spent = (("recognition", times.recognize_s), ("whole", times.total_s))
    known = [f"{name} {value:.2f} s" for name, value in spent if not math.isnan(value)]
    below = "; ".join([*known, f"{column.frames} frames", *([below] if below else [])])
    return [(head, 9.5, QUIET), (said, 13, "black"), (below, 8.5, QUIET)]


def _lane(axes: Axes, column: Column, comparison: Comparison) -> None:
    axes.set_xlim(0, max(comparison.duration_s, 0.1))
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    axes.set_facecolor("#f8fafc")
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(labelsize=8, colors=QUIET)
    axes.xaxis.set_major_formatter("{x:g} s")
    for result in column.results:
        _bar(axes, result, comparison.duration_s)


def _bar(axes: Axes, result: RecognitionResult, duration_s: float) -> None:
    unsure = result.abstained or not result.guesses
    length_s = max(result.end_s - result.start_s, 0.02)
    axes.barh(
        0.5, length_s, 0.84, left=result.start_s, color=UNSURE if unsure else SURE, linewidth=0
    )
    name = "?" if unsure else result.guesses[0].text
    room = int(length_s / max(duration_s, 0.1) * WIDTH_IN * _LETTERS_AN_INCH)
    if room < len(name):
        name = name[: max(1, room - 1)] + "…" if room > 2 else ""
    colour = QUIET if unsure else "white"
    middle_s = result.start_s + length_s / 2
    axes.text(
        middle_s, 0.5, _plain(name), ha="center", va="center", fontsize=9.5, color=colour,
        weight="bold", clip_on=True,
    )  # fmt: skip


def _plain(text: str) -> str:
    """Return text in which a dollar sign starts no formula."""
    return text.replace("$", r"\$")
