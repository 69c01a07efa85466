"""Figures of the composers -> report.json, report.md and a picture."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from signbridge.evaluation.boundaries import Measured
from signbridge.evaluation.composer import candidates, retrieval
from signbridge.evaluation.composer.endpoint import Asked
from signbridge.evaluation.markdown import table
from signbridge.evaluation.plots import BLUE, GREY, ORANGE
from signbridge.evaluation.replay_report import shown

Sides = Mapping[str, Mapping[str, Measured]]


@dataclass(frozen=True, slots=True)
class Grounded:
    """Of `n` lattices with answers that are partly made up, by kind.

    before, after: content words that nobody signed, as the model wrote and as the page shows.
    rules: the same of the local composer. struck: answers refused, by kind. true_kept: answers
    with nothing made up that were let through.
    """

    n: int
    kinds: Mapping[str, int]
    before: Measured
    after: Measured
    rules: Measured
    struck: Mapping[str, Measured]
    true_kept: Measured


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was measured; asked: what a chat model did, None where none was set."""

    cases: int
    must_stay: int
    choice: Sides
    grounded: Grounded
    retrieval: Sides
    asked: Asked | None = None


def write(out: Path, figures: Figures) -> None:
    """Write the report into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    data = {"summary": summary(figures), **asdict(figures)}
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    (out / "report.json").write_text(text, encoding="utf-8")
    (out / "report.md").write_text(_markdown(figures), encoding="utf-8")
    _draw(figures, out / "figures.png")


def summary(figures: Figures) -> str:
    """Say in a few words what the report shows."""
    before, after = (side["sentence"] for side in figures.choice.values())
    grounded = figures.grounded
    return (
        f"{figures.cases} sentences with a confused sign: every sign right in {shown(before)} by "
        f"first guesses, {shown(after)} with neighbours. {grounded.n} answers of a chat model that "
        f"make things up: {grounded.before.value:.1%} of content words made up as written, "
        f"{grounded.after.value:.1%} as shown; the local composer {grounded.rules.value:.1%}."
    )


def _markdown(figures: Figures) -> str:
    parts = [
        "# Composers",
        summary(figures),
        "In brackets: 95% intervals, cases drawn again.",
        *_choice(figures),
        *_grounding(figures.grounded),
        *_retrieval(figures.retrieval),
        *_asked(figures.asked),
    ]
    return "\n\n".join(parts) + "\n"


def _choice(figures: Figures) -> Sequence[str]:
    return (
        "## A sign's second guess",
        f"{figures.cases} sentences, each with one sign that the recognizer has confused in tests "
        f"(`assets/signs/per_sign.csv`). In {figures.must_stay} of them the first guess is right "
        "and must stay; its scores are drawn from the same ranges as in the others, so that only "
        "the neighbours can tell. The scores are written, not recognized.",
        _sides(figures.choice, candidates.MEASURES),
        "![The same figures as bars, by first guesses and with neighbours](figures.png)",
        "The pairs of signs are counted on `training/streams/grammar.txt`, "
        "`training/choice/together.txt` and `compose/chat/examples.tsv`; how cautious to be was "
        "fitted on sentences of patterns held out from these. No sentence of the set is an example "
        "or can be made by a pattern: `tests/training/test_choice.py` tries each. One person wrote "
        "both the patterns and the set, and after a first look at the set two rules were added: "
        "how frequent a gloss is counts for nothing, and a taken guess must have been seen beside "
        "a neighbour.",
    )


def _grounding(found: Grounded) -> Sequence[str]:
    listed = ", ".join(f"{count} {kind}" for kind, count in found.kinds.items())
    rows = [
        ("content words made up, as the model wrote", shown(found.before)),
        ("content words made up, as the page shows", shown(found.after)),
        ("the same of the local composer", shown(found.rules)),
        *((f"answers struck: {kind}", shown(each)) for kind, each in found.struck.items()),
        ("true answers let through (the bundled examples)", shown(found.true_kept)),
    ]
    return (
        "## What nobody signed",
        f"{found.n} lattices with noise beside each sign, and answers that a chat model might make "
        f"up: {listed}. Drawn ones put a made-up word into an example's English; written ones also "
        "change numbers, deny, leave a denial out, or obey what was finger-spelled. Which words "
        "are made up is known from how the answer was made; the check is not asked.",
        table(("", "share"), rows),
        "The true answers are examples that the check was written beside, so that new ones will "
        "be struck more often than these: then the rules' sentence is shown, with a notice.",
    )


def _retrieval(found: Sides) -> Sequence[str]:
    return (
        "## Examples in the prompt",
        "Each bundled example, left out in turn, with the examples that are found for its glosses "
        "and with as many drawn by chance. No model is asked.",
        _sides(found, retrieval.MEASURES),
    )


def _asked(found: Asked | None) -> Sequence[str]:
    if found is None:
        return (
            "## Through a chat model",
            "Not measured: SIGNBRIDGE_CHAT_URL was not set.",
        )
    texts = {"answered": "sentences let through", "chrf": "chrF against the right sentence"}
    return (
        f"## Through the chat model {found.model}",
        _sides({"chat model": found.choice}, candidates.MEASURES),
        _sides(found.retrieval, texts),
    )


def _sides(sides: Sides, texts: Mapping[str, str]) -> str:
    rows = [(text, *(shown(side[name]) for side in sides.values())) for name, text in texts.items()]
    return table(("", *sides), rows)


def _draw(figures: Figures, path: Path) -> None:
    figure = Figure(figsize=(9, 3.6), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    choice, near = figure.subplots(1, 2)
    _bars(choice, figures.choice, tuple(candidates.MEASURES), "signs taken rightly")
    _bars(near, figures.retrieval, tuple(retrieval.MEASURES), "examples in the prompt")
    figure.savefig(path)


def _bars(axes: Axes, sides: Sides, names: Sequence[str], title: str) -> None:
    width = 0.8 / len(sides)
    for number, ((side, found), colour) in enumerate(
        zip(sides.items(), (ORANGE, BLUE, GREY), strict=False)
    ):
        for place, name in enumerate(names):
            one = found[name]
            x = place + (number - (len(sides) - 1) / 2) * width
            axes.bar(x, one.value, width * 0.95, color=colour, label=None if place else side)
            reach = [[one.value - one.interval.low], [one.interval.high - one.value]]
            axes.errorbar(x, one.value, reach, color="black", capsize=3)
    axes.set_xticks(range(len(names)), [name.replace("_", "\n") for name in names])
    axes.set_ylim(0, 1.05)
    axes.set_title(title)
    axes.legend()
