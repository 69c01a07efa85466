"""The pictures of a report: rates by source, confusions, reliability, coverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from signbridge.evaluation.metrics import Interval, Rates
from signbridge.evaluation.predictions import Evaluation
from signbridge.evaluation.scores import GuessScores, Scores

BLUE, ORANGE, GREY = "#1f6feb", "#d97706", "#6b7280"  # apart for colour-blind readers too
CONFUSIONS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture beside the report; `text` says what it shows to who can't see it."""

    file_name: str
    text: str


def draw_plots(evaluation: Evaluation, scores: Scores, folder: Path) -> dict[str, tuple[Plot, ...]]:
    """Draw the pictures of each kind that has answers to known labels; return them by kind."""
    plots: dict[str, tuple[Plot, ...]] = {}
    for kind, of_kind in (("sign", scores.sign), ("letter", scores.letter)):
        if of_kind.all.n_in_vocabulary:
            plots[kind] = (
                _draw_rates(of_kind, folder / f"{kind}-rates.png"),
                _draw_coverage(of_kind, folder / f"{kind}-coverage.png"),
                _draw_reliability(of_kind, folder / f"{kind}-reliability.png"),
            )
        if confusions := evaluation.confusions(kind)[:CONFUSIONS_SHOWN]:
            plots[kind] += (_draw_confusions(confusions, folder / f"{kind}-confusions.png"),)
    return plots


def _draw_rates(scores: GuessScores, path: Path) -> Plot:
    groups = {"all": scores.all, **scores.by_source}
    groups = {name: rates for name, rates in groups.items() if rates.n_in_vocabulary}
    figure, axes = _axes(width=2.5 + 1.3 * len(groups))
    for shift, rate, name, colour in (
        (-0.18, "top1", "top 1", BLUE),
        (0.18, "top5", "top 5", ORANGE),
    ):
        for place, rates in enumerate(groups.values()):
            value = getattr(rates, rate)
            label = name if place == 0 else None
            axes.bar(place + shift, value, 0.34, color=colour, label=label)
            axes.errorbar(place + shift, value, _reach(rates, rate), color="black", capsize=3)
    axes.axhline(scores.chance_top1, color=GREY, linestyle=":", label="chance, top 1")
    axes.set_xticks(range(len(groups)))
    axes.set_xticklabels([f"{name}\nn = {r.n_in_vocabulary}" for name, r in groups.items()])
    axes.set_ylabel("share right, 95% interval")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.14), ncols=3, frameon=False)
    return _save(figure, path, "Top-1 and top-5 rate by source, with 95% intervals")


def _reach(rates: Rates, name: str) -> tuple[list[float], list[float]]:
    interval, value = rates.intervals[name], getattr(rates, name)
    return [max(0.0, value - interval.low)], [max(0.0, interval.high - value)]


def _draw_coverage(scores: GuessScores, path: Path) -> Plot:
    figure, axes = _axes()
    coverage, accuracy = zip(*scores.calibration.curve, strict=True)
    axes.plot(coverage, accuracy, color=BLUE, drawstyle="steps-post", label="any threshold")
    if scores.all.coverage:
        axes.plot(
            scores.all.coverage,
            scores.all.accuracy_when_answered,
            "o",
            color=ORANGE,
            label="the recognizer's own",
        )
    axes.set(xlim=(0, 1.02), xlabel="share of clips answered", ylabel="share right of those")
    axes.legend(loc="lower left", frameon=False)
    return _save(figure, path, "Share right against share answered, as the threshold moves")


def _draw_reliability(scores: GuessScores, path: Path) -> Plot:
    figure, axes = _axes()
    bins = scores.calibration.bins
    axes.plot((0, 1), (0, 1), color=GREY, linestyle=":", label="a perfect score")
    axes.plot([b.score for b in bins], [b.right for b in bins], "o-", color=BLUE)
    for one in bins:
        axes.annotate(f"{one.n}", (one.score, one.right), (4, -12), textcoords="offset points")
    axes.set(xlim=(0, 1.02), xlabel="score of the best guess", ylabel="share right")
    axes.legend(loc="lower right", frameon=False)
    return _save(figure, path, "Share right against score, with the number of clips at each point")


def _draw_confusions(confusions: list[tuple[tuple[str, str], int]], path: Path) -> Plot:
    figure, axes = _axes(height=1.2 + 0.24 * len(confusions))
    names = [f"{label} → {guess}" for (label, guess), _ in confusions]
    axes.barh(names, [n for _, n in confusions], color=BLUE)
    axes.set(ylim=(len(names) - 0.4, -0.6), xlabel="clips")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return _save(figure, path, "The commonest wrong answers, label and best guess")


def _axes(width: float = 5.5, height: float = 4.0) -> tuple[Figure, Axes]:
    # Not pyplot: it keeps every figure in a list of its own and picks a window system.
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_ylim(0, 1.02)
    return figure, axes


def _save(figure: Figure, path: Path, text: str) -> Plot:
    figure.savefig(path, dpi=110)
    return Plot(path.name, text)


def draw_people(rates: Mapping[str, float], path: Path, text: str) -> Plot:
    """Draw one bar a person, in the order given, and the mean as a line."""
    figure, axes = _axes(width=6.5, height=1.2 + 0.2 * len(rates))
    axes.barh(list(rates), list(rates.values()), color=BLUE)
    axes.axvline(sum(rates.values()) / len(rates), color=ORANGE, label="mean")
    axes.set(ylim=(len(rates) - 0.4, -0.6), xlim=(0, 1.02), xlabel="share right")
    axes.tick_params(axis="y", labelsize=7)
    axes.legend(loc="lower right", frameon=False)
    return _save(figure, path, text)


def draw_costs(
    points: Mapping[str, tuple[float, float, float, Interval]],
    words: tuple[str, str, str],
    path: Path,
    text: str,
) -> Plot:
    """Draw each named rate with its interval against its two costs: (cost, cost, rate, interval).

    words: of the first cost, the second and the rate.
    """
    figure = Figure(figsize=(9.0, 4.6), layout="constrained")
    FigureCanvasAgg(figure)
    for place, axes in enumerate(figure.subplots(1, 2, sharey=True)):
        for number, (name, (*cost, rate, interval)) in enumerate(points.items()):
            reach = [[rate - interval.low], [interval.high - rate]]
            marker = "os^Dv"[number % 5]
            colour = (BLUE, ORANGE, GREY)[number // 5 % 3]
            axes.errorbar(cost[place], rate, reach, fmt=marker, color=colour, capsize=3, label=name)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set(xlabel=words[place], xlim=(0, None))
    figure.axes[0].set_ylabel(words[2])
    handles, names = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, frameon=False)
    return _save(figure, path, text)
