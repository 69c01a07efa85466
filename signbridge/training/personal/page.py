"""The figures about calibrating and teaching -> report.json, report.md and a plot."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from signbridge.evaluation.markdown import share, table
from signbridge.evaluation.metrics import RESAMPLES, SEED
from signbridge.evaluation.plots import BLUE, GREY
from signbridge.evaluation.report import Json, plain, versions
from signbridge.recognize.landmark.adapt import Weighing
from signbridge.training.personal.measure import Rate
from signbridge.training.personal.study import Row

PLOT = "shown.png"


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that were measured alike, and what a reader must know of them."""

    title: str
    text: str
    rows: tuple[Row, ...]
    taught: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of one thread: a sign before and after, and learning `examples` of them."""

    sign_ms: float
    own_sign_ms: float
    learn_ms: float
    examples: int
    file_kb: float


def write(parts: Sequence[Part], weighing: Weighing, cost: Cost, out: Path) -> None:
    """Write the report into a folder, which is made if absent."""
    out.mkdir(parents=True, exist_ok=True)
    found: dict[str, Json] = {
        "summary": summary(parts),
        "parts": plain([asdict(part) for part in parts]),
        "weighing": plain(asdict(weighing)),
        "cost": plain(asdict(cost)),
        "bootstrap": {"resamples": RESAMPLES, "seed": SEED, "drawn": "a signer's signs"},
        "versions": versions(),
    }
    text = json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)
    (out / "report.json").write_text(text + "\n", encoding="utf-8")
    draw(parts, out / PLOT)
    (out / "report.md").write_text(as_page(parts, weighing, cost), encoding="utf-8")


def summary(parts: Sequence[Part]) -> str:
    """Return what the first row of each part says, in words."""
    said = []
    for part in parts:
        row = part.rows[0]
        before = "" if part.taught else f"{share(row.before_shown.value)} before, "
        said.append(
            f"{part.title} ({row.what}): {before}{_shown(row.shown)} after; answered "
            f"rightly {_shown(row.given)}; other signs taken for one shown {_shown(row.false, 3)}"
        )
    return ". ".join(said) + "."


def as_page(parts: Sequence[Part], weighing: Weighing, cost: Cost) -> str:
    """Return the report as a Markdown page."""
    numbers = ", ".join(f"{name} {value:g}" for name, value in asdict(weighing).items())
    made_with = ", ".join(f"{name} {version}" for name, version in versions().items() if version)
    lines = [
        "# Calibrating to a person, and teaching signs",
        "A signer shows some signs a few times; then other recordings are asked about. Prototypes "
        "on the frozen network's logits; nothing is trained. Each signer's weights (how much "
        "likeness counts, how its score is read) were chosen on the other signers. Each signer's "
        "sign counts once; in brackets: 95% interval over these. There are few people in it: an "
        "interval over their signs is narrower than one over people would be.",
        f"![{PLOT_TEXT}]({PLOT})",
    ]
    for part in parts:
        lines += [f"## {part.title}", part.text, _table(part)]
    lines += [
        "## What it costs",
        f"One sign takes {cost.sign_ms:.1f} ms, {cost.own_sign_ms:.1f} ms after {cost.examples} "
        f"examples, which are learned in {cost.learn_ms:.0f} ms and kept in a file of "
        f"{cost.file_kb:.0f} kB (one thread, ONNX Runtime, without landmarks).",
        "## How it was measured",
        "`python -m signbridge.training.personal --data ../shared/data`, with `--probe FILE` for "
        "the network that held signs back. The app's own weights, "
        f"fitted on all these signers: {numbers}. "
        f"{made_with}. Intervals: {RESAMPLES} bootstrap samples, seed {SEED}.",
    ]
    return "\n\n".join(lines) + "\n"


PLOT_TEXT = "Share of recordings right at the first guess before and after, with 95% intervals"


def _table(part: Part) -> str:
    head = ["shown", "signers", "shown signs right", "shown signs answered rightly",
            "other signs right", "other signs, answered with a sign shown",
            "outside the vocabulary, answered"]  # fmt: skip
    return table(head, [_line(row, part.taught) for row in part.rows])


def _line(row: Row, taught: bool) -> list[str]:
    signers = str(row.signers) if row.signers > 1 else "many"
    return [
        f"{row.what} (n = {row.shown.n})",
        signers,
        *(
            _shown(after) if taught and own else f"{share(old.value)} → {_shown(after)}"
            for old, after, own in (
                (row.before_shown, row.shown, True),
                (row.before_given, row.given, True),
                (row.before_other, row.other, False),
            )
        ),
        f"{share(row.before_false.value, digits=3)} → {_shown(row.false, 3)}",
        f"{share(row.before_outside.value, digits=3)} → {_shown(row.outside, 3)}",
    ]


def _shown(rate: Rate, digits: int = 2) -> str:
    return share(rate.value, rate.interval, digits)


def draw(parts: Sequence[Part], path: Path) -> None:
    """Draw the share of the shown signs that is right, before and after, a row each."""
    rows = [row for part in parts for row in part.rows]
    names = [f"{row.what}\n{part.title.split(':')[0]}" for part in parts for row in part.rows]
    figure = Figure(figsize=(8, 1 + 0.5 * len(rows)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for place, row in enumerate(rows):
        for shift, one, colour, label in (
            (-0.18, row.before_shown, GREY, "before"),
            (0.18, row.shown, BLUE, "after"),
        ):
            axes.barh(place + shift, one.value, 0.34, color=colour,
                      label=label if place == 0 else None)  # fmt: skip
            reach = (
                [max(0.0, one.value - one.interval.low)],
                [max(0.0, one.interval.high - one.value)],
            )
            axes.errorbar(one.value, place + shift, xerr=reach, color="black", capsize=3)
    axes.set_yticks(range(len(rows)), names, fontsize=8)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of the shown signs right")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.04), ncols=2, frameon=False)
    figure.savefig(path, dpi=110)
