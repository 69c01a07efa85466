"""What was measured of a translator -> card and README of its folder, report.md, report.json."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from matplotlib.figure import Figure

from signbridge.evaluation.markdown import table
from signbridge.recognize.landmark.checkpoint import count_parameters
from signbridge.recognize.translator.folder import Translator
from signbridge.training.card import LICENCE, commit
from signbridge.training.translator.config import TranslatorTraining
from signbridge.training.translator.measured import ALONE, FULL, Key, Measured
from signbridge.training.translator.real import RULE, RealSentence
from signbridge.training.translator.score import Wer
from signbridge.training.translator.spans import SpanTraining

COMMAND = "python -m signbridge.training.translator --data ../shared/data"
PLOT = "wer.png"
HOW = (
    "Trained on streams composed from isolated recordings, as no corpus of continuous ASL was at "
    "hand; it begins with the weights of the recognizer of isolated signs (`assets/signs`), "
    "without which so little training would not do."
)
SPLIT = (
    "The streams below are made of recordings of the 13 signers held out from training, in two "
    "halves: weights of the search and threshold used on one half were fitted on the other. Any "
    "order: one signer's glosses, shuffled, so that no grammar helps. Sentences: patterns of "
    "the training grammar; new patterns: patterns held out. Nobody held out knows all words of "
    "many sentences, so the signers of a half make these together. The grammar was written by "
    "hand, with the everyday phrases of a first lesson in it, by someone who knew the labels of "
    "the real clips below; 13 of those 16 can be made with its patterns, so they are no test of "
    "the prior. No network was fitted on the clips; of weights of the search that the streams "
    "could not tell apart, the fit begins with those that read more of the clips. The weights of "
    "isolated signs that it began with were trained before recordings were checked for copies: "
    "they saw the stranger wlasl-15 under another number; those for signs cut out of sentences "
    "were trained after. Both saw StartASL's signers, who sign 15 of the 16 real sentences."
)


def write_card(
    folder: Path, translator: Translator, config: TranslatorTraining, measured: Measured
) -> None:
    """Write card.json (for programs) and README.md (for people) into the model folder."""
    card = {
        "name": folder.name,
        "task": "sentences of American Sign Language: glosses in order, and English",
        "architecture": asdict(translator.network.config),
        "parameters": count_parameters(translator.network),
        "parameters_spans": count_parameters(translator.spans) if translator.spans else 0,
        "glosses": len(translator.vocabulary),
        "data": "composed streams of WLASL (C-UDA) and webcam recordings; see training/streams",
        "split": SPLIT,
        "how": HOW,
        "training": asdict(config),
        "spans": asdict(SpanTraining()),
        "search": asdict(translator.weights),
        "calibration": asdict(translator.calibration),
        "command": COMMAND,
        "commit": commit(),
        "measured": {k: v for k, v in as_json(measured, ()).items() if k != "summary"},
        "scores": [],  # of single signs; a sentence has word errors
        "licence": LICENCE,
    }
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (folder / "card.json").write_text(text, encoding="utf-8")
    lines = [
        f"# {folder.name}",
        "",
        f"Whole sentences from hand landmarks: {len(translator.vocabulary)} glosses by CTC and a "
        f"search over segments, and English word by word; {count_parameters(translator.network):,} "
        f"parameters. {HOW}",
        "",
        *wer_lines(measured),
        "",
        SPLIT,
        "",
        sureness_line(measured),
        "",
        f"Trained with `{COMMAND}`; the rest is in `card.json`.",
        "",
        LICENCE,
        "",
    ]
    (folder / "README.md").write_text("\n".join(lines), encoding="utf-8")


def write_report(out: Path, measured: Measured, real: Sequence[RealSentence]) -> None:
    """Write report.json, report.md and a plot into a folder, which is made if absent."""
    out.mkdir(parents=True, exist_ok=True)
    draw(measured, out / PLOT)
    text = json.dumps(as_json(measured, real), indent=2, ensure_ascii=False)
    (out / "report.json").write_text(text + "\n", encoding="utf-8")
    lines = ["# Sentences read as a whole", "", HOW, "", SPLIT, "", "## Glosses", ""]
    lines += [*wer_lines(measured), "", f"![word error rates]({PLOT})", ""]
    for (site, kind), rates in measured.glosses.items():
        first = next(iter(rates.values()))
        lines += [f"### {site}, {kind}: {first.n} sentences, {first.glosses} glosses", ""]
        lines += _ablation(rates)
        lines.append("")
    lines += [
        "## English",
        "",
        "Word error rates; the truth is what the composer writes of the glosses signed.",
        "",
    ]
    spoken = [
        (*key, name, _share(one.rate), _interval(one))
        for key, rates in measured.english.items()
        for name, one in rates.items()
    ]
    lines += table(("signers", "kind", "way", "WER", "95%"), spoken).splitlines()
    lines += ["", "## Certainty and time", "", sureness_line(measured), ""]
    lines.append(
        f"A sentence of {measured.sentence_s:.1f} s takes {measured.seconds_a_sentence * 1000:.0f} "
        "ms of one core from hands to glosses (median)."
    )
    lines += ["", *real_lines(real)]
    (out / "report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def wer_lines(measured: Measured) -> list[str]:
    """Return a table of the whole reader beside signs one by one and the prior alone."""
    rows = [
        (*key, str(rates[FULL].n), _share(rates[FULL].rate), _interval(rates[FULL]),
         _share(rates[ALONE].rate), _share(next(iter(rates.values())).rate))
        for key, rates in measured.glosses.items()
    ]  # fmt: skip
    head = ("signers", "kind", "sentences", "WER", "95%", "sign by sign", "no eyes")
    return table(head, rows).splitlines()


def sureness_line(measured: Measured) -> str:
    """Return what the threshold says of the signs that are read."""
    sure = measured.sureness
    return (
        f"Of the {sure.read} signs it reads {sure.answered:.0%} have a score as high as the "
        f"threshold, {sure.right_when_answered:.0%} of these rightly; a sentence is answered where "
        "the mean of its signs is."
    )


def real_lines(real: Sequence[RealSentence]) -> list[str]:
    """Return the table of real sentences, and how many were read rightly each way."""
    if not real:
        return []
    ways = list(real[0].by_way)
    lines = ["## Real sentences", "", RULE, ""]
    for way in ways:
        right, said = _counts(real, way)
        exact = sum(one.by_way[way].exact for one in real)
        lines.append(
            f"- {way}: {right} of {len(real)} right, {exact} of them exact; {said - right} wrong, "
            f"{len(real) - said} without an answer"
        )
    rows = []
    for one in real:
        cells = [_reading(one, way) for way in ways]
        keys = " ".join(one.keys) + ("" if one.known else " (not all in the vocabulary)")
        rows.append((one.label, keys, *cells))
    head = ("label", "key words", *ways)
    return [*lines, "", *table(head, rows).splitlines()]


def _reading(one: RealSentence, way: str) -> str:
    reading = one.by_way[way]
    mark = "**right** " if reading.right else ""
    return mark + (" ".join(reading.said) or "nothing")


def _counts(real: Sequence[RealSentence], way: str) -> tuple[int, int]:
    """Return how many sentences were read rightly, and how many at all."""
    readings = [one.by_way[way] for one in real]
    return sum(one.right for one in readings), sum(bool(one.said) for one in readings)


def _real_in_short(real: Sequence[RealSentence]) -> str:
    found = []
    for way in real[0].by_way:
        right, said = _counts(real, way)
        found.append(f"{way}: {right} of {len(real)}, {said - right} wrong")
    return (
        f"Real sentences whose key words are all there: {'; '.join(found)}. "
        f"{sum(one.acquainted for one in real)} of them are by signers that the networks learned "
        "from, and the fit of the search begins with weights that read more of them."
    )


def summary(measured: Measured, real: Sequence[RealSentence]) -> str:
    """Say in a sentence how many glosses are wrong, and how many real sentences are right."""
    sets = "; ".join(
        f"{site} signers, {kind} {_share(rates[FULL].rate)} ({_interval(rates[FULL])})"
        for (site, kind), rates in measured.glosses.items()
    )
    clips = f" {_real_in_short(real)}" if real else ""
    return f"word error rate of glosses in composed streams of people held out: {sets}.{clips}"


def as_json(measured: Measured, real: Sequence[RealSentence]) -> dict[str, object]:
    """Return everything measured as JSON."""

    def rows(found: Mapping[Key, Mapping[str, Wer]]) -> list[dict[str, object]]:
        return [
            {"signers": site, "kind": kind, "method": name, **asdict(one)}
            for (site, kind), rates in found.items()
            for name, one in rates.items()
        ]

    return {
        "summary": summary(measured, real),
        "glosses": rows(measured.glosses),
        "english": rows(measured.english),
        "sureness": asdict(measured.sureness),
        "seconds_a_sentence": measured.seconds_a_sentence,
        "sentence_s": measured.sentence_s,
        "real": [asdict(one) for one in real],
    }


def draw(measured: Measured, path: Path) -> None:
    """Draw the word error rate of each method on each set, with its interval."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    names = list(next(iter(measured.glosses.values())))
    for number, (key, rates) in enumerate(measured.glosses.items()):
        at = [place + 0.12 * number for place in range(len(names))]
        values = [rates[name].rate for name in names]
        reach = [
            [max(0.0, rates[name].rate - rates[name].interval.low) for name in names],
            [max(0.0, rates[name].interval.high - rates[name].rate) for name in names],
        ]
        axes.errorbar(values, at, xerr=reach, fmt="o", ms=4, label=", ".join(key))
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.6)
    axes.axvline(0.35, color="grey", lw=0.8, ls="--")
    axes.set_xlabel("word error rate of glosses, 95% intervals; dashed: 0.35")
    axes.legend(fontsize=7)
    figure.savefig(path, dpi=110)


def _ablation(rates: Mapping[str, Wer]) -> list[str]:
    head = ("way", "WER", "95%", "substituted", "left out", "put in")
    rows = [
        (name, _share(one.rate), _interval(one), _share(one.substituted), _share(one.left_out),
         _share(one.put_in))
        for name, one in rates.items()
    ]  # fmt: skip
    return table(head, rows).splitlines()


def _share(value: float) -> str:
    return f"{value:.3f}"


def _interval(one: Wer) -> str:
    return f"{one.interval.low:.3f} to {one.interval.high:.3f}"
