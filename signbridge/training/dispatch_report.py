"""What three readers and their dispatcher made of the same stretches -> report.json, report.md."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from signbridge.evaluation.markdown import share, table
from signbridge.evaluation.metrics import RESAMPLES, SEED, Interval, bootstrap
from signbridge.evaluation.plots import Plot, draw_people
from signbridge.evaluation.report import Json, plain, versions
from signbridge.recognize.dispatch import CHOICES, RULE_S
from signbridge.training.dispatch_said import Said, as_part

COMMAND = "python -m signbridge.training.dispatch --data ../shared/data"
ALL = "all kinds alike"
DISPATCHER = "the dispatcher"


class ReadCase(Protocol):
    """A case as the readers read it; see `dispatch.Read`."""

    @property
    def kind(self) -> str: ...
    @property
    def half(self) -> int: ...
    @property
    def duration_s(self) -> float: ...
    @property
    def worth(self) -> NDArray[np.float64]: ...
    @property
    def said(self) -> tuple[Said, ...]: ...


@dataclass(frozen=True, slots=True)
class Rate:
    """Mean share of the truth over n stretches, with its 95% interval."""

    n: int
    mean: float
    interval: Interval


def methods(found: Sequence[ReadCase], chosen: Sequence[int]) -> dict[str, NDArray[np.float64]]:
    """Return for each way of choosing how much of each stretch's truth it has, (n,)."""
    worth = np.stack([one.worth for one in found])
    rows = np.arange(len(found))
    last = CHOICES.index("sequence")
    by_rule = [0 if one.duration_s < RULE_S else last for one in found]
    limits = [best_limit([one for one in found if one.half != half]) for half in (0, 1)]
    fitted = [0 if one.duration_s < limits[one.half] else last for one in found]
    return {
        **{f"always {name}": worth[:, place] for place, name in enumerate(CHOICES)},
        f"under {RULE_S:.2f} s a sign, else a sequence": worth[rows, by_rule],
        "the same with the duration fitted": worth[rows, fitted],
        DISPATCHER: worth[rows, np.array(chosen)],
        "the best of the three, known afterwards": worth.max(axis=1),
    }


def best_limit(found: Sequence[ReadCase]) -> float:
    """Return the duration under which one sign is best believed, above it a sequence."""
    worth = np.stack([one.worth for one in found])
    duration = np.array([one.duration_s for one in found])
    weight = weights(found)
    limits = np.unique(np.round(duration, 1))
    scores = [
        (weight * np.where(duration < limit, worth[:, 0], worth[:, -1])).sum() for limit in limits
    ]
    return float(limits[int(np.argmax(scores))])


def weights(found: Sequence[ReadCase]) -> NDArray[np.float64]:
    """Return (n,): each kind weighs the same, however many stretches of it there are."""
    kinds = [one.kind for one in found]
    return np.array([1 / kinds.count(kind) for kind in kinds])


def rates(found: Sequence[ReadCase], values: NDArray[np.float64]) -> dict[str, Rate]:
    """Return the mean of each kind, and over all kinds alike."""
    kinds = np.array([one.kind for one in found])
    result = {}
    for kind in dict.fromkeys(kinds.tolist()):
        own = values[kinds == kind]
        result[kind] = Rate(len(own), float(own.mean()), bootstrap(own, np.ones(len(own))))
    weight = weights(found)
    weight = weight / weight.sum() * len(found)
    mean = float((weight * values).sum() / weight.sum())
    result[ALL] = Rate(len(found), mean, bootstrap(weight * values, weight))
    return result


def write(found: Sequence[ReadCase], chosen: Sequence[int], out: Path) -> str:
    """Write report.json, report.md and the plot into a folder; return the summary."""
    out.mkdir(parents=True, exist_ok=True)
    values = methods(found, chosen)
    measured = {name: rates(found, each) for name, each in values.items()}
    apart = {
        name: rates(found, values[DISPATCHER] - each)[ALL]
        for name, each in values.items()
        if name != DISPATCHER
    }
    text = summary(measured, apart)
    report: dict[str, Json] = {
        "summary": text,
        "methods": {
            name: plain({k: asdict(v) for k, v in own.items()}) for name, own in measured.items()
        },
        "dispatcher_less": {name: plain(asdict(one)) for name, one in apart.items()},
        "bootstrap": {"resamples": RESAMPLES, "seed": SEED, "drawn": "stretches"},
        "versions": versions(),
    }
    (out / "report.json").write_text(
        json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
    )
    plot = draw_people(
        {name: own[ALL].mean for name, own in measured.items()},
        out / "methods.png",
        "Share of the truth by each way of choosing a reader",
    )
    page = as_page(found, chosen, measured, apart, plot)
    (out / "report.md").write_text(page, encoding="utf-8")
    return text


def best_single(measured: Mapping[str, Mapping[str, Rate]]) -> str:
    """Return the reader that is best always believed."""
    return max((f"always {name}" for name in CHOICES), key=lambda name: measured[name][ALL].mean)


def summary(measured: Mapping[str, Mapping[str, Rate]], apart: Mapping[str, Rate]) -> str:
    """Say in a sentence what choosing is worth."""
    own, single = measured[DISPATCHER][ALL], best_single(measured)
    rule = next(name for name in measured if name.startswith("under"))
    return (
        f"of {own.n} stretches of people held out (single signs, sentences and spelled words, made "
        f"up of their recordings), {share(own.mean, own.interval)} of what was signed is read with "
        f"the dispatcher; {share(measured[single][ALL].mean)} with the best single reader "
        f"({single}), {share(measured[rule][ALL].mean)} by the 16-frame rule. The dispatcher's "
        f"lead: {apart[single].mean:+.2f} ({apart[single].interval.low:+.2f} to "
        f"{apart[single].interval.high:+.2f}) and {apart[rule].mean:+.2f} "
        f"({apart[rule].interval.low:+.2f} to {apart[rule].interval.high:+.2f})."
    )


def as_page(
    found: Sequence[ReadCase],
    chosen: Sequence[int],
    measured: Mapping[str, Mapping[str, Rate]],
    apart: Mapping[str, Rate],
    plot: Plot,
) -> str:
    """Return the report as a Markdown page."""
    kinds = list(next(iter(measured.values())))
    rows = [
        (name, *(share(own[kind].mean, own[kind].interval) for kind in kinds))
        for name, own in measured.items()
    ]
    counts = next(iter(measured.values()))
    head = ("who is believed", *(f"{kind} ({counts[kind].n})" for kind in kinds))
    leads = [
        (name, f"{one.mean:+.3f} ({one.interval.low:+.3f} to {one.interval.high:+.3f})")
        for name, one in apart.items()
    ]
    shown = [
        (
            kind,
            *(
                str(
                    sum(
                        choice == place
                        for one, choice in zip(found, chosen, strict=True)
                        if one.kind == kind
                    )
                )
                for place in range(len(CHOICES))
            ),
        )
        for kind in kinds
        if kind != ALL
    ]
    parts = [
        "# Which reader to believe",
        f"In short: {summary(measured, apart)}",
        "A value is 1 less the errors (glosses put in, left out or wrong) for each gloss signed, "
        "at least 0; a mean over stretches. Signs and sentences are composed of recordings by "
        "signers that no reader was trained on, spelled words of handshapes of hands left out; the "
        "readers' own thresholds were fitted on such people, so their level is a little too good, "
        "the order of the ways of choosing hardly. Each half of the people is measured by what was "
        "fitted to the other.",
        table(head, rows),
        f"![{plot.text}]({plot.file_name})",
        "## How much the dispatcher is ahead, on the same stretches",
        table(("of", "difference"), leads),
        "## What it chooses",
        table(("signed", *CHOICES), shown),
        "## What the app says then",
        as_part(found, chosen),
        f"## How it was measured\n\n`{COMMAND}`. Intervals: {RESAMPLES} bootstrap samples over "
        f"stretches, seed {SEED}.",
    ]
    return "\n\n".join(parts) + "\n"
