"""A comparison -> one PNG: a lane a recognizer over the same seconds, with its sentence."""

from __future__ import annotations

import io
import math
import textwrap

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from signbridge.compare.values import Column, Comparison
from signbridge.evaluation.comparison import Agreed, Judged
from signbridge.evaluation.comparison import figure as figure_of
from signbridge.evaluation.score import shown
from signbridge.types import Guess, RecognitionResult

SURE, UNSURE, QUIET, ALARM = "#0f766e", "#cbd5e1", "#475569", "#7c2d12"
WIDTH_IN, LANE_IN, HEAD_IN, DPI = 10.0, 1.55, 0.95, 130
# Letters of the bars' type that fit into one inch.
_LETTERS_AN_INCH = 11
_LINE = 105
SCORES_SHOWN = ("bleu_4", "chrf", "wer_normalised", "exact_match")


def picture(judgement: Judged) -> bytes:
    """Return the comparison as a PNG."""
    comparison = judgement.comparison
    columns = comparison.columns
    foot = [_agreed(one) for one in judgement.agreements]
    height_in = HEAD_IN + LANE_IN * len(columns) + 0.5 + 0.22 * len(foot)
    figure = Figure(figsize=(WIDTH_IN, height_in), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)

    def write(text: str, down_in: float, size: float, colour: str = QUIET) -> None:
        figure.text(0.02, 1 - down_in / height_in, _plain(text), fontsize=size, color=colour)

    write(comparison.clip, 0.36, 13, "black")
    write(_head(judgement), 0.64, 9)
    top_in = HEAD_IN
    for column in columns:
        for text, size, colour, down_in in _words(column, judgement):
            write(text, top_in + down_in, size, colour)
        bottom = 1 - (top_in + 1.25) / height_in
        axes = figure.add_axes((0.02, bottom, 0.96, 0.55 / height_in), label=column.recognizer)
        _lane(axes, column, comparison, scale=column is columns[-1])
        top_in += LANE_IN
    for line, text in enumerate(foot):
        write(text, top_in + 0.4 + 0.22 * line, 9)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _agreed(one: Agreed) -> str:
    words, meaning = figure_of(one.agreement.words), figure_of(one.agreement.meaning)
    return f"{one.one} and {one.other} agree: {words} by word, {meaning} by meaning"


def _head(judgement: Judged) -> str:
    comparison = judgement.comparison
    facts = (
        f"{comparison.duration_s:.1f} s, {comparison.frames} frames, landmarks "
        f"{comparison.landmarks_s:.1f} s, shared by all"
    )
    reference = f"; meant: {judgement.reference}" if judgement.reference else ""
    return _plain(textwrap.shorten(facts + reference, _LINE, placeholder=" …"))


def _words(column: Column, judgement: Judged) -> list[tuple[str, float, str, float]]:
    """Return what stands about the lane: text, size, colour, and inches below the column's top."""
    head = f"{column.recognizer}   {', '.join(column.about.values())}"
    if column.error:
        why = textwrap.shorten(f"No answer. {column.error}", _LINE, placeholder=" …")
        return [(head, 9, QUIET, 0.1), (why, 10, ALARM, 0.38)]
    said = textwrap.shorten(column.text or "No sentence.", 80, placeholder=" …")
    below = "; ".join(filter(None, (_spent(column), _scored(column, judgement))))
    return [(head, 9, QUIET, 0.1), (said, 13, "black", 0.4), (below, 8.5, QUIET, 0.61)]


def _spent(column: Column) -> str:
    times = column.times
    spent = (("recognition", times.recognize_s), ("whole", times.total_s))
    known = [f"{name} {value:.2f} s" for name, value in spent if not math.isnan(value)]
    return ", ".join([*known, f"{column.frames} frames"])


def _scored(column: Column, judgement: Judged) -> str:
    scores = judgement.scores.get(column.recognizer)
    chosen = [one for one in scores.scores if one.key in SCORES_SHOWN] if scores else []
    return ", ".join(f"{one.title} {shown(one.score, one.unit)}" for one in chosen)


def _lane(axes: Axes, column: Column, comparison: Comparison, scale: bool) -> None:
    for result in column.results:
        _bar(axes, result, comparison.duration_s)
    axes.set_xlim(0, max(comparison.duration_s, 0.1))
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    axes.set_facecolor("#f1f5f9")
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(labelsize=8, colors=QUIET, bottom=scale, labelbottom=scale)
    axes.xaxis.set_major_formatter("{x:g} s")


def _bar(axes: Axes, result: RecognitionResult, duration_s: float) -> None:
    unsure = result.abstained or not result.guesses
    length_s = max(result.end_s - result.start_s, 0.02)
    axes.barh(
        0.5, length_s, 0.84, left=result.start_s, color=UNSURE if unsure else SURE, linewidth=0
    )
    name = "?" if unsure else _named(result.guesses[0])
    room = int(length_s / max(duration_s, 0.1) * WIDTH_IN * _LETTERS_AN_INCH)
    if room < len(name):
        name = name[: max(1, room - 1)] + "…" if room > 2 else ""
    colour = QUIET if unsure else "white"
    middle_s = result.start_s + length_s / 2
    axes.text(
        middle_s, 0.5, _plain(name), ha="center", va="center", fontsize=9.5, color=colour,
        weight="bold", clip_on=True,
    )  # fmt: skip


def _named(guess: Guess) -> str:
    return guess.text if math.isnan(guess.score) else f"{guess.text}  {guess.score:.0%}"


def _plain(text: str) -> str:
    """Return text in which a dollar sign starts no formula."""
    return text.replace("$", r"\$")
