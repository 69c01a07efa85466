"""The figures of an evaluation -> a page a person reads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from signbridge.evaluation.efficiency import Efficiency
from signbridge.evaluation.facts import Facts, in_words
from signbridge.evaluation.metrics import RESAMPLES, SEED, Interval, Rates
from signbridge.evaluation.plots import CONFUSIONS_SHOWN, Plot
from signbridge.evaluation.predictions import Evaluation
from signbridge.evaluation.score import bracketed, shown
from signbridge.evaluation.scores import (
    GuessScores,
    Scores,
    worst_signer,
    worst_signer_of_sentences,
)
from signbridge.evaluation.sentences import TextScore, TextScores

SCORES_OF_EACH = ("wer_normalised", "chrf", "rouge_l", "meteor")  # that say something of one
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
            parts += [_guesses(TITLES[kind], of_kind), _beside(evaluation.recognizer, of_kind)]
            parts += _signers(of_kind)
            parts += [f"![{plot.text}]({plot.file_name})" for plot in plots.get(kind, ())]
            parts += _confusions(evaluation, kind)
    if scores.efficiency:
        parts.append(_efficiency(scores.efficiency))
    if scores.sentence.n:
        parts += _sentences(evaluation, scores)
    if evaluation.unreadable:
        rows = [(row.name, row.reason) for row in evaluation.unreadable]
        parts.append("## Not evaluated\n\n" + table(("clip", "why"), rows))
    parts.append(_conditions(versions, evaluation.model))
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
        f"be; {size}. Each sign and letter clip is one segment.{_skipped(evaluation.skipped)}"
    )


def _skipped(kinds: Mapping[str, int]) -> str:
    if not kinds:
        return ""
    named = ", ".join(f"{count} of kind {kind}" for kind, count in kinds.items())
    return f" Rows passed over, as their kind is not evaluated: {named}."


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


def _beside(recognizer: str, scores: GuessScores) -> str:
    """Return the rates of the simple recognizer next to those of the other, source by source."""
    simple = scores.beside
    if simple is None:
        return (
            "Nothing but chance stands beside these figures; with `--trees DATA`, the folder of "
            "the training data, `evaluate` asks extra-trees the same clips."
        )
    names = (recognizer, simple.recognizer)
    head = ("source", "clips", *(f"{name}, {top}" for top in ("top 1", "top 5") for name in names))
    groups = {"all": (scores.all, simple.all)}
    groups |= {name: (of, simple.by_source[name]) for name, of in scores.by_source.items()}
    rows = (
        (
            source,
            str(both[0].n_in_vocabulary),
            *(
                share(getattr(one, top), one.intervals[top])
                for top in ("top1", "top5")
                for one in both
            ),
        )
        for source, both in groups.items()
    )
    return (
        f"The same clips asked of a simple model, {simple.recognizer} ({simple.learned}; "
        f"a vocabulary of {simple.vocabulary_size}):\n\n{table(head, rows)}"
    )


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


def _signers(scores: GuessScores) -> list[str]:
    worst = worst_signer(scores.by_signer)
    if worst is None:
        return []
    rates = scores.by_signer[worst]
    named = (
        f"By signer: {worst} is recognized least, {share(rates.top1)} of "
        f"{rates.n_in_vocabulary} clips at the first guess."
    )
    return [named, rates_table("signer", scores.by_signer)]


def _confusions(evaluation: Evaluation, kind: str) -> list[str]:
    """Return the commonest wrong answers in words, beside the picture of them."""
    found = evaluation.confusions(kind)
    if not found:
        return []
    rows = [(label, guess, str(n)) for (label, guess), n in found[:CONFUSIONS_SHOWN]]
    clips = sum(n for _, n in found)
    said = f"The commonest of {clips} wrong answers, {len(found)} different ones:"
    return [said, table(("signed", "taken for", "clips"), rows)]


def _efficiency(found: Efficiency) -> str:
    return (
        f"## What it costs\n\n{found.parameters:,} parameters and {found.macs / 1e6:.0f} million "
        "multiply-accumulates a sign (matrices and convolutions). NetScore "
        f"{_finite(found.net_score)}: 20 log10(a² / (√p √m)) with a the top 1 of all signs in "
        "percent, "
        "p millions of parameters and m billions of multiply-accumulates (Wong 2018). Information "
        f"density {_finite(found.information_density)}: percent right for each million of "
        "parameters "
        "(Canziani et al. 2016)."
    )


def _finite(value: float) -> str:
    return f"{value:.1f}" if math.isfinite(value) else "none"


def _sentences(evaluation: Evaluation, scores: Scores) -> list[str]:
    found = scores.sentence
    rows = [
        (
            score.title,
            shown(score.score, score.unit),
            _ends(score),
            score.unit,
            f"`{score.signature}`",
        )
        for score in found.scores
    ]
    alone = [found[key] for key in SCORES_OF_EACH]
    each = [
        (
            p.clip.name,
            p.clip.label,
            p.text or "(nothing)",
            *(shown(score.by_sentence[index], score.unit) for score in alone),
        )
        for index, p in enumerate(evaluation.of("sentence"))
    ]
    head = ("clip", "reference", "translation", *(score.title for score in alone))
    return [
        "## Sentences",
        f"{found.n} sentences, each beside one reference. A word error rate is better when low "
        "and can be over 100; all others are better when high.",
        table(("score", "value", "95% interval", "unit", "signature"), rows),
        *_signers_of_sentences(scores.sentence_by_signer),
        table(head, each),
    ]


def _ends(score: TextScore) -> str:
    return bracketed(score.interval, score.unit).strip("()")


def _signers_of_sentences(by_signer: Mapping[str, TextScores]) -> list[str]:
    worst = worst_signer_of_sentences(by_signer)
    if worst is None:
        return []
    rows = [
        (signer, str(of.n), *(shown(of[key].score, of[key].unit) for key in SCORES_OF_EACH))
        for signer, of in by_signer.items()
    ]
    titles = [by_signer[worst][key].title for key in SCORES_OF_EACH]
    named = f"By signer: {worst} has the highest word error rate."
    return [named, table(("signer", "sentences", *titles), rows)]


def _conditions(versions: Mapping[str, str], model: Facts | None) -> str:
    told = f"\n\n{in_words(model)}" if model else ""
    made_with = ", ".join(f"{name} {version or 'absent'}" for name, version in versions.items())
    return (
        f"## How it was measured\n\n{made_with}. Intervals: {RESAMPLES} bootstrap samples over "
        f"clips or sentences, seed {SEED}.{told}"
    )
