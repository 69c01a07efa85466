"""The figures of an evaluation -> a page a person reads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from signbridge.evaluation.metrics import RESAMPLES, SEED, Interval, Rates
from signbridge.evaluation.plots import Plot
from signbridge.evaluation.predictions import Evaluation
from signbridge.evaluation.scores import GuessScores, Scores

TITLES = {"sign": "Signs", "letter": "Letters"}


def markdown(
    evaluation: Evaluation,
    scores: Scores,
    versions: Mapping[str, str],
    plots: Mapping[str, tuple[Plot, ...]],
) -> str:
    """Return the report as a Markdown page."""
    parts = [_opening(evaluation)]
    for kind, of_kind in (("sign", scores.sign), ("letter", scores.letter)):
        if of_kind.all.n:
            parts.append(_guesses(TITLES[kind], of_kind))
            parts += [f"![{plot.text}]({plot.file_name})" for plot in plots.get(kind, ())]
    if scores.sentence.n:
        parts.append(_sentences(evaluation, scores))
    if evaluation.unreadable:
        rows = [(row.name, row.reason) for row in evaluation.unreadable]
        parts.append("## Not evaluated\n\n" + table(("clip", "why"), rows))
    parts.append(_conditions(versions))
    return "\n\n".join(parts) + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    head = tuple(head)
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def share(value: float, interval: Interval | None = None, digits: int = 2) -> str:
    """Return a rate and its interval, or a dash where it was not measured."""
    if math.isnan(value):
        return "–"  # noqa: RUF001 - a dash in a table cell
    if interval is None:
        return f"{value:.{digits}f}"
    return f"{value:.{digits}f} ({interval.low:.{digits}f}-{interval.high:.{digits}f})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _opening(evaluation: Evaluation) -> str:
    size = "an open vocabulary"
    if evaluation.vocabulary is not None:
        size = f"a vocabulary of {len(evaluation.vocabulary)}"
    return (
        f"# {evaluation.recognizer} on {evaluation.labels.name}\n\n"
        f"{len(evaluation.predictions)} clips evaluated, {len(evaluation.unreadable)} could not "
        f"be; {size}. Each sign and letter clip is one segment."
    )


def _guesses(title: str, scores: GuessScores) -> str:
    lines = [
        f"## {title}",
        rates_table("source", {"all": scores.all, **scores.by_source}),
        "Rates are over the clips whose label is in the vocabulary; top 1 and top 5 count every "
        "one, answered or not. In brackets: 95% interval; where all or none of a few clips are "
        "right it has no width and says little.",
        f"A blind guess is right in {share(scores.chance_top1, digits=3)} of them at the first "
        f"and {share(scores.chance_top5, digits=3)} within five tries. Expected calibration error "
        f"{share(scores.calibration.error)}. Clips whose label is not in the vocabulary, yet "
        f"answered: {share(scores.all.outside_answered)} of "
        f"{scores.all.n - scores.all.n_in_vocabulary}.",
    ]
    return "\n\n".join(lines)


def rates_table(of_what: str, named: Mapping[str, Rates]) -> str:
    """Return a table with a line for each named group of clips."""
    head = (of_what, "clips", "in vocabulary", "top 1", "top 5", "answered", "right if answered")
    return table(head, (_rates_row(name, rates) for name, rates in named.items()))


def _rates_row(name: str, rates: Rates) -> tuple[str, ...]:
    shares = ("top1", "top5", "coverage", "accuracy_when_answered")
    return (
        name,
        str(rates.n),
        str(rates.n_in_vocabulary),
        *(share(getattr(rates, rate), rates.intervals[rate]) for rate in shares),
    )


def _sentences(evaluation: Evaluation, scores: Scores) -> str:
    rows = [(p.clip.name, p.clip.label, p.text or "(nothing)") for p in evaluation.of("sentence")]
    return "\n\n".join(
        (
            "## Sentences",
            f"Word error rate {share(scores.sentence.wer)}, exact matches "
            f"{share(scores.sentence.exact_match)} of {scores.sentence.n}, "
            "without case and punctuation.",
            table(("clip", "reference", "translation"), rows),
        )
    )


def _conditions(versions: Mapping[str, str]) -> str:
    made_with = ", ".join(f"{name} {version or 'absent'}" for name, version in versions.items())
    return (
        f"## How it was measured\n\n{made_with}. Intervals: {RESAMPLES} bootstrap samples over "
        f"clips, seed {SEED}."
    )
