"""Trained rows -> report.json for machines, report.md with a plot for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from signbridge.evaluation.efficiency import information_density, net_score
from signbridge.evaluation.markdown import share, table
from signbridge.evaluation.metrics import RESAMPLES, SEED, Interval
from signbridge.evaluation.plots import draw_costs
from signbridge.evaluation.report import Json, plain, versions
from signbridge.recognize.landmark.size import count_macs
from signbridge.training.architectures.build import build
from signbridge.training.architectures.cost import Cost, milliseconds
from signbridge.training.architectures.rates import Rate, difference, rates
from signbridge.training.architectures.rows import Row

SETS = {
    "official": "WLASL-300 official test, among its own glosses",
    "dictionary": "dictionary signers left out of training, among the whole vocabulary",
    "webcam": "webcam signers left out of training, among the whole vocabulary",
}
SHIPPED, BASELINE = "conv-transformer", "hybrid, baseline"
NETWORKS = """\
- transformer: a plain encoder (Vaswani et al. 2017), three layers normalised after each part,
  sinusoidal positions.
- conv-transformer: the shipped recipe; twice two gated depthwise convolutions through time with
  channel attention, then self-attention. Causal: the convolutions see no later step.
- hybrid: an encoder for each part, joined; convolutions through time; BiLSTMs; a softmax. Its
  pieces are switched on one by one below.

All read the same hands. The first two share the stem (shapes of the hands, their places, and how
these change over one and two steps); the hybrid reads the same figures part by part."""
COMMAND = "python -m signbridge.training.compare --data ../shared/data"


def costs(rows: Sequence[Row]) -> dict[str, Cost]:
    """Return what each row's network costs; its weights do not matter for that."""
    networks = {row.name: build(row.config, row.classes) for row in rows}
    taken = milliseconds(networks)
    return {
        row.name: Cost(row.parameters, count_macs(networks[row.name]), taken[row.name])
        for row in rows
    }


def write(rows: Sequence[Row], out: Path) -> None:
    """Write report.json, report.md and the plots into a folder, which is made if absent."""
    out.mkdir(parents=True, exist_ok=True)
    found, cost = rates(rows), costs(rows)
    text = json.dumps(as_json(rows, found, cost), indent=2, ensure_ascii=False, allow_nan=False)
    (out / "report.json").write_text(text + "\n", encoding="utf-8")
    points = {
        row.name: (cost[row.name].p50_ms, cost[row.name].parameters / 1e6, *_top1(found[row.name]))
        for row in rows
    }
    plot = draw_costs(
        points,
        ("milliseconds a sign, one core", "parameters, millions", "WLASL-300 top 1, 95% interval"),
        out / "costs.png",
        "Top-1 rate on WLASL-300's test against time and against size",
    )
    page = as_page(rows, found, cost, f"![{plot.text}]({plot.file_name})")
    (out / "report.md").write_text(page, encoding="utf-8")


def _top1(found: Mapping[str, Rate]) -> tuple[float, Interval]:
    return found["official"].top1, found["official"].intervals["top1"]


def as_json(
    rows: Sequence[Row], found: Mapping[str, Mapping[str, Rate]], cost: Mapping[str, Cost]
) -> dict[str, Json]:
    """Return the figures as JSON values."""
    return {
        "summary": summary(rows, found, cost),
        "budget": plain(asdict(rows[0].budget)),
        "classes": rows[0].classes,
        "sets": SETS,
        "architectures": {
            row.name: {
                "config": plain(asdict(row.config)),
                **asdict(cost[row.name]),
                "training_s": row.seconds,
                "net_score": net_score(found[row.name]["official"].top1, *_size(cost[row.name])),
                "information_density": information_density(
                    found[row.name]["official"].top1, row.parameters
                ),
                **{name: plain(asdict(one)) for name, one in found[row.name].items()},
            }
            for row in rows
        },
        "chance": {name: 1 / hits.glosses for name, hits in rows[0].hits.items()},
        "bootstrap": {"resamples": RESAMPLES, "seed": SEED, "drawn": "clips; signers of strangers"},
        "versions": versions(),
    }


def _size(cost: Cost) -> tuple[int, int]:
    return cost.parameters, cost.macs


def summary(
    rows: Sequence[Row], found: Mapping[str, Mapping[str, Rate]], cost: Mapping[str, Cost]
) -> str:
    """Say in a sentence which network did best and what it costs."""
    best = max(rows, key=lambda row: found[row.name]["official"].top1)
    top1, interval = _top1(found[best.name])
    return (
        f"of {len(rows)} trained with the same short budget, {best.name} is right most often on "
        f"WLASL-300's test, {share(top1, interval)} top 1 in {cost[best.name].p50_ms:.0f} ms with "
        f"{best.parameters / 1e6:.2f} million parameters."
    )


def as_page(
    rows: Sequence[Row],
    found: Mapping[str, Mapping[str, Rate]],
    cost: Mapping[str, Cost],
    picture: str,
) -> str:
    """Return the report as a Markdown page."""
    budget = rows[0].budget
    minutes = sum(row.seconds for row in rows) / 60
    parts = [
        "# Architectures",
        f"The same short budget for all: {budget.epochs} epochs in batches of {budget.batch} over "
        f"the {rows[0].classes} glosses of the app's vocabulary, the same augmentation, rate and "
        f"seed ({budget.seed}); {minutes:.0f} minutes for all. It compares architectures and gives "
        "no final scores: the shipped model trains five to nine times as long on more signs, and "
        "another seed would move each line a little.",
        NETWORKS,
        "## How often each is right",
        _right_table(rows, found),
        f"Clips: {'; '.join(f'{name} - {what}' for name, what in SETS.items())}. In brackets: 95% "
        "bootstrap interval, over clips for the official test; over signers for strangers, whose "
        "clips are no independent trials, and of whom there are few. Difference: of top 1 on the "
        f"same official test clips, from {SHIPPED}.",
        picture,
        "## What an answer costs",
        _cost_table(rows, found, cost),
        "Milliseconds: median of one sign at a time on one core in PyTorch, the networks taking "
        "turns. MACs: multiply-accumulates of matrices and convolutions, half of what torch's "
        "counter calls FLOPs. NetScore (Wong 2018): 20 log10(a² / (√p √m)) with a the official "
        "top 1 in percent, p millions of parameters, m billions of MACs. Information density "
        "(Canziani et al. 2016): a / p.",
        "## The hybrid's parts",
        _ablation_table(rows),
        "Each line adds one piece to the baseline (encoders for the hands and their place, their "
        "concatenation, convolutions of one span, two BiLSTM layers, a plain softmax); the last "
        "adds all. WLASL has hands only, so no face or body is among the parts.",
        f"## How it was measured\n\n`{COMMAND}`. "
        + ", ".join(f"{name} {version}" for name, version in versions().items() if version)
        + f". Intervals: {RESAMPLES} bootstrap samples, seed {SEED}.",
    ]
    return "\n\n".join(parts) + "\n"


def _right_table(rows: Sequence[Row], found: Mapping[str, Mapping[str, Rate]]) -> str:
    head = ("network", "official top 1", "difference", "official top 5", "dictionary top 1",
            "webcam top 1")  # fmt: skip
    shipped = {row.name: row for row in rows}.get(SHIPPED)
    lines = []
    for row in rows:
        one = found[row.name]
        apart = "" if shipped in (None, row) else _apart(row, shipped)
        shares = [share(one[name].top1, one[name].intervals["top1"]) for name in SETS]
        top5 = share(one["official"].top5, one["official"].intervals["top5"])
        lines.append((row.name, shares[0], apart, top5, *shares[1:]))
    chance = {name: 1 / hits.glosses for name, hits in rows[0].hits.items()}
    guessed = [share(chance[name], digits=3) for name in SETS]
    lines.append(("chance", guessed[0], "", share(5 * chance["official"], digits=3), *guessed[1:]))
    counts = [found[rows[0].name][name] for name in SETS]
    told = [f"{one.n} clips, {one.signers} signers" for one in counts]
    lines.append(("measured on", told[0], "", told[0], *told[1:]))
    return table(head, lines)


def _apart(row: Row, other: Row) -> str:
    value, interval = difference(row.hits["official"], other.hits["official"])
    return f"{value:+.3f} ({interval.low:+.3f} to {interval.high:+.3f})"


def _cost_table(
    rows: Sequence[Row], found: Mapping[str, Mapping[str, Rate]], cost: Mapping[str, Cost]
) -> str:
    head = ("network", "parameters", "MACs, millions", "ms", "NetScore", "information density")
    lines = [
        (
            row.name,
            f"{row.parameters:,}",
            f"{cost[row.name].macs / 1e6:.1f}",
            f"{cost[row.name].p50_ms:.1f}",
            f"{net_score(found[row.name]['official'].top1, *_size(cost[row.name])):.1f}",
            f"{information_density(found[row.name]['official'].top1, row.parameters):.1f}",
        )
        for row in rows
    ]
    return table(head, lines)


def _ablation_table(rows: Sequence[Row]) -> str:
    base = {row.name: row for row in rows}.get(BASELINE)
    hybrids = [row for row in rows if row.config.kind == "hybrid" and row is not base]
    if base is None or not hybrids:
        return "Not measured."
    head = ("piece", "difference of official top 1 from the baseline", "parameters added")
    lines = [
        (row.name.removeprefix("hybrid, + "), _apart(row, base),
         f"{row.parameters - base.parameters:+,}")
        for row in hybrids
    ]  # fmt: skip
    return table(head, lines)
