"""The pictures of the letters' report: rates by hand and by letter, and the confusions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from signbridge.evaluation.plots import BLUE, GREY, ORANGE
from signbridge.recognize.letters.reader import LETTERS


def draw_hands(report: Mapping[str, object], path: Path) -> None:
    """Draw each held-out hand's share right beside the extra-trees' and chance."""
    hands = report["hands"]
    assert isinstance(hands, dict)
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axes = figure.add_subplot()
    places = np.arange(len(hands))
    right = np.array([r["accuracy"] for r in hands.values()])
    axes.bar(places - 0.2, right, 0.38, color=BLUE, label="this model")
    axes.errorbar(places - 0.2, right, _reach(hands, right), fmt="none", color="black", capsize=2)
    trees = [r["extra_trees"] for r in hands.values()]
    axes.bar(places + 0.2, trees, 0.38, color=ORANGE, label="extra-trees, held letters only")
    axes.axhline(float(str(report["chance"])), color=GREY, linestyle=":", label="chance")
    axes.set_xticks(places, [name.split("/")[0] for name in hands], rotation=40, ha="right")
    axes.set_ylabel("share right, 95% interval")
    axes.set_ylim(0, 1.02)
    axes.legend(loc="lower left")
    _save(figure, path)


def draw_letters(report: Mapping[str, object], path: Path) -> None:
    """Draw each letter's share right, averaged over the hands that show it."""
    letters = report["letters"]
    assert isinstance(letters, dict)
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    axes = figure.add_subplot()
    right = np.array([r["mean"] for r in letters.values()])
    axes.bar(list(letters), right, color=BLUE)
    axes.errorbar(
        range(len(right)), right, _reach(letters, right), fmt="none", color="black", capsize=2
    )
    axes.set_ylabel("mean over hands, 95% interval")
    axes.set_ylim(0, 1.02)
    _save(figure, path)


def draw_confusions(pairs: Sequence[tuple[Sequence[str], Sequence[str]]], path: Path) -> None:
    """Draw what each letter is taken for: shares of a hand's recordings, averaged over hands."""
    total = np.zeros((len(LETTERS), len(LETTERS)))
    for shown, read in pairs:
        counts = np.zeros_like(total)
        for letter, answer in zip(shown, read, strict=True):
            counts[LETTERS.index(letter), LETTERS.index(answer)] += 1
        total += counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    total /= np.maximum(total.sum(axis=1, keepdims=True), 1e-9)
    figure = Figure(figsize=(7, 6.5), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(total, cmap="Blues", vmin=0, vmax=1)
    for row, column in zip(*np.nonzero(total >= 0.05), strict=True):
        share = total[row, column]
        colour = "white" if share > 0.5 else "black"
        axes.text(
            column, row, f"{share:.2f}"[1:] if share < 0.995 else "1",
            ha="center", va="center", fontsize=6, color=colour,
        )  # fmt: skip
    axes.set_xticks(range(len(LETTERS)), list(LETTERS))
    axes.set_yticks(range(len(LETTERS)), list(LETTERS))
    axes.set_xlabel("taken for")
    axes.set_ylabel("shown (J and Z: still pictures too)")
    _save(figure, path)


def _reach(
    rows: Mapping[str, Mapping[str, Sequence[float]]],
    middle: NDArray[np.float64],
) -> NDArray[np.float64]:
    ends = np.array([r["interval"] for r in rows.values()])
    reach = np.abs(np.stack([middle - ends[:, 0], ends[:, 1] - middle]))
    return np.asarray(reach, dtype=np.float64)


def _save(figure: Figure, path: Path) -> None:
    FigureCanvasAgg(figure)
    figure.savefig(path, dpi=110)
