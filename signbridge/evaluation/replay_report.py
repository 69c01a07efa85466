"""Figures of streams played live -> report.json, report.md and a picture, sides side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from signbridge.evaluation.boundaries import MEASURES, REST_S, Measured
from signbridge.evaluation.markdown import table
from signbridge.evaluation.plots import BLUE, ORANGE

TEXTS = {name: text for name, (text, _) in MEASURES.items()} | {
    "delay_s": "end of a sign to its stretch being named, median seconds",
    "rest_delay_s": f"the same where no sign follows within {REST_S:g} s",
    "right": "signs whose stretch bears the right gloss, best guess",
    "duplicates": "words given with certainty a second time for one sign",
    "flicker": "changes of a shown word, each stretch",
}
LONE_TEXTS = {
    "none": "no stretch",
    "several": "more than one stretch",
    "right": "surest stretch has the right best guess",
    "once": "answered with certainty, once, rightly",
}
REAL = "real clips"
SAID = {
    "boundary_f1": "boundary F1 at 0.2 s",
    "segment_iou": "IoU",
    "delay_s": "seconds from the end of a sign to its word",
    "rest_delay_s": "where none follows",
}
DRAWN = (
    "boundary_f1",
    "segment_iou",
    "time_iou",
    "right",
    "duplicates",
    "splits",
    "extra",
    "missed",
)


@dataclass(frozen=True, slots=True)
class Lone:
    """Shares of clips of one sign each; the fields are described in LONE_TEXTS."""

    n: int
    none: Measured
    several: Measured
    right: Measured
    once: Measured


@dataclass(frozen=True, slots=True)
class Side:
    """One way of finding signs: its figures on sentences, and on signs alone by kind of clip."""

    name: str
    figures: Mapping[str, Measured]
    lone: Mapping[str, Lone]


def summary(sides: Sequence[Side], streams: int) -> str:
    """Say in a sentence how well each way finds the signs of a stream."""
    found = "; ".join(
        f"{side.name}: "
        + ", ".join(f"{SAID[name]} {side.figures[name].value:.2f}" for name in SAID)
        for side in sides
    )
    return f"{streams} streams of signs by people held out, played live: {found}."


def write_replay_report(out: Path, sides: Sequence[Side], streams: int, signs: int) -> None:
    """Write the report of all sides into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    data = {
        "summary": summary(sides, streams),
        "streams": streams,
        "signs": signs,
        "sides": {
            side.name: {
                "sentences": {name: asdict(figure) for name, figure in side.figures.items()},
                "alone": {kind: asdict(lone) for kind, lone in side.lone.items()},
            }
            for side in sides
        },
    }
    (out / "report.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    (out / "report.md").write_text(_markdown(sides, streams, signs), encoding="utf-8")
    _draw(sides, out / "figures.png")


def shown(figure: Measured) -> str:
    """Return a figure with its interval."""
    return f"{figure.value:.2f} ({figure.interval.low:.2f} to {figure.interval.high:.2f})"


def _markdown(sides: Sequence[Side], streams: int, signs: int) -> str:
    names = [side.name for side in sides]
    parts = [
        "# Signs found in live streams",
        f"{streams} streams of {signs} signs, composed from isolated recordings of signers that no "
        "network was trained on: two to seven signs by one signer, with transitions, changes of "
        "speed, rests, lost frames and lost hands, at 10 to 30 frames a second. Composed streams "
        "are smoother than people are; no continuous signing with known boundaries was at hand. "
        "In brackets: 95% intervals, streams drawn again.",
        table(
            ("", *names),
            [
                (text, *(shown(side.figures[name]) for side in sides))
                for name, text in TEXTS.items()
            ],
        ),
        "![The same figures as bars, rules and learned side by side](figures.png)",
        "A stretch the network does not cut is handed on whole, with the hands' rise and fall; "
        "what counts is from when to when the network says that the sign in it was made. The rules "
        "know no such thing. Delays hold what recognizing took on two cores that others used as "
        "well.",
    ]
    for kind in sides[0].lone:
        parts += [
            f"## One sign alone: {kind} (n = {sides[0].lone[kind].n})",
            table(
                ("share of clips", *names),
                [
                    (text, *(shown(getattr(side.lone[kind], name)) for side in sides))
                    for name, text in LONE_TEXTS.items()
                ],
            ),
        ]
    if any(REAL in side.lone for side in sides):
        parts.append(
            "Some real clips repeat their sign or show sentences around it: for these, more than "
            "one stretch is right."
        )
    return "\n\n".join(parts) + "\n"


def _draw(sides: Sequence[Side], path: Path) -> None:
    figure = Figure(figsize=(9, 4), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    width = 0.8 / len(sides)
    for number, (side, colour) in enumerate(zip(sides, (ORANGE, BLUE), strict=False)):
        for place, name in enumerate(DRAWN):
            one = side.figures[name]
            x = place + (number - (len(sides) - 1) / 2) * width
            label = side.name if place == 0 else None
            axes.bar(x, one.value, width * 0.95, color=colour, label=label)
            reach = [[one.value - one.interval.low], [one.interval.high - one.value]]
            axes.errorbar(x, one.value, reach, color="black", capsize=3)
    axes.set_xticks(range(len(DRAWN)), [name.replace("_", "\n") for name in DRAWN])
    axes.set_ylim(0, 1)
    axes.legend()
    figure.savefig(path)
