"""Model cards and committed reports -> the figures in README.md, so that none is typed by hand.

`python -m signbridge.evaluation.tables` rewrites the marked block; with `--check` it only says
whether the block is what the cards and reports give.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, TypedDict

from signbridge.errors import BadInputError
from signbridge.evaluation.markdown import share, table
from signbridge.evaluation.metrics import NAN, Interval

ROOT = Path(__file__).resolve().parents[2]
BEGIN = "<!-- figures: written by python -m signbridge.evaluation.tables -->"
END = "<!-- end of figures -->"
NOTHING = "No model card or report is committed yet, so no figure is given."


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured line: on what, how many, how often right, and within what limits."""

    model: str
    data: str
    n: int
    top1: float
    top5: float
    chance: float
    top1_interval: Interval
    top5_interval: Interval


class _CardLine(TypedDict):
    data: str
    n: int
    top1: float
    top5: float
    chance: float
    intervals: dict[str, dict[str, float]]


class _Card(TypedDict):
    scores: list[_CardLine]
    summary: NotRequired[str]


class _Rates(TypedDict):
    n_in_vocabulary: int
    top1: float
    top5: float
    intervals: dict[str, dict[str, float]]


class _GuessScores(_Rates):
    by_source: dict[str, _Rates]
    chance: dict[str, float | None]


class _Steadiness(TypedDict):
    change: str
    n: int
    difference: float
    other_answer: float


class _Refusal(TypedDict):
    kind: str
    n: int
    live: float
    intervals: dict[str, dict[str, float]]


class _Report(TypedDict):
    summary: NotRequired[str]
    recognizer: str
    sign: _GuessScores
    letter: _GuessScores
    robustness: NotRequired[dict[str, list[_Steadiness]]]
    false_accepts: NotRequired[list[_Refusal]]


def main(arguments: list[str] | None = None) -> int:
    """Rewrite or check README.md; return 1 where a check finds it out of date."""
    parser = argparse.ArgumentParser(prog="python -m signbridge.evaluation.tables")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if outdated")
    check = parser.parse_args(arguments).check
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    filled = with_figures(text, figures_block(ROOT))
    if check and filled != text:
        sys.stderr.write("README.md is out of date; run python -m signbridge.evaluation.tables\n")
        return 1
    if not check:
        readme.write_text(filled, encoding="utf-8")
    return 0


def with_figures(text: str, block: str) -> str:
    """Return `text` with the part between the two marks replaced."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise BadInputError(f"README.md needs the line {BEGIN!r} once, and {END!r} once after it")
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{block}\n{END}{rest.split(END)[1]}"


def figures_block(root: Path) -> str:
    """Return the tables of every figure in the model cards and committed reports under `root`."""
    figures, summaries = [*_of_cards(root), *_of_reports(root)], list(_summaries(root))
    if not figures and not summaries:
        return NOTHING
    head = ("model", "measured on", "clips", "top 1", "top 5", "chance")
    tables = [table(head, (_row(figure) for figure in figures))] if figures else []
    parts = [*tables, *summaries]
    for report in _reports(root).values():
        parts += _false_accepts(report.get("false_accepts", []))
        for kind, rows in report.get("robustness", {}).items():
            parts.append(_steadiness(kind, rows))
    return "\n\n".join(parts)


def _false_accepts(rows: Sequence[_Refusal]) -> Iterator[str]:
    if rows:
        head = ("no sign of the vocabulary in", "clips", "answered all the same")
        lines = [
            (
                row["kind"],
                str(row["n"]),
                share(row["live"], Interval(**row["intervals"]["live"]), digits=3),
            )
            for row in rows
        ]
        yield table(head, lines)


def _steadiness(kind: str, rows: Sequence[_Steadiness]) -> str:
    """Say in a sentence what changing the same clips did at most."""
    changed = [row for row in rows if row["change"] != "untouched"]
    most = max(changed, key=lambda row: abs(row["difference"]))
    mirrored = next(row for row in rows if row["change"] == "mirrored")
    return (
        f"The same {kind} ({most['n']} signs) in {len(changed)} ways of being filmed otherwise: "
        f"top 1 changes by {100 * most['difference']:+.1f} points at most ({most['change']}); "
        f"with their landmarks mirrored, {share(mirrored['other_answer'])} of them get another "
        "best guess."
    )


def _row(figure: Figure) -> tuple[str, ...]:
    return (
        figure.model,
        figure.data,
        str(figure.n),
        share(figure.top1, figure.top1_interval),
        share(figure.top5, figure.top5_interval),
        share(figure.chance, digits=3),
    )


def _summaries(root: Path) -> Iterator[str]:
    """Yield what cards and reports say in words, where their figures fit no table."""
    told: set[str] = set()
    for path in sorted(root.glob("signbridge/assets/*/card.json")):
        card: _Card = json.loads(path.read_text(encoding="utf-8"))
        if card.get("summary"):
            told.add(card["summary"])
            yield f"{path.parent.name}: {card['summary']}"
    for name, report in _reports(root).items():
        if report.get("summary") and report["summary"] not in told:
            yield f"{name}: {report['summary']}"


def _of_cards(root: Path) -> Iterator[Figure]:
    for path in sorted(root.glob("signbridge/assets/*/card.json")):
        card: _Card = json.loads(path.read_text(encoding="utf-8"))
        try:
            for line in card["scores"]:
                rates = float(line["top1"]), float(line["top5"]), float(line["chance"])
                limits = (Interval(**line["intervals"][name]) for name in ("top1", "top5"))
                yield Figure(path.parent.name, line["data"], int(line["n"]), *rates, *limits)
        except (KeyError, TypeError) as cause:
            raise BadInputError(
                f"{path} needs `scores`: a list of objects with data, n, top1, top5, chance and "
                "the intervals of both"
            ) from cause


def _reports(root: Path) -> dict[str, _Report]:
    """Return the committed reports by the names of their folders."""
    paths = sorted(root.glob("docs/reports/*/report.json"))
    return {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def _of_reports(root: Path) -> Iterator[Figure]:
    for name, report in _reports(root).items():
        if (
            "sign" not in report
        ):  # of networks or of data; its summary, or its model's card, says the rest
            continue
        for kind, scores in (("signs", report["sign"]), ("letters", report["letter"])):
            sources: dict[str, _Rates] = {"all": scores, **scores["by_source"]}
            if len(scores["by_source"]) == 1:
                del sources["all"]
            for source, rates in sources.items():
                if rates["n_in_vocabulary"]:
                    data = f"{name}: {kind}, {source}"
                    yield _figure(report["recognizer"], data, rates, scores["chance"]["top1"])


def _figure(model: str, data: str, rates: _Rates, chance: float | None) -> Figure:
    intervals = {name: Interval(**ends) for name, ends in rates["intervals"].items()}
    return Figure(
        model,
        data,
        rates["n_in_vocabulary"],
        rates["top1"],
        rates["top5"],
        NAN if chance is None else chance,
        intervals["top1"],
        intervals["top5"],
    )


if __name__ == "__main__":
    sys.exit(main())
