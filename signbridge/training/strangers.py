"""What was measured on strangers -> report.json for machines, report.md with plots for people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from signbridge.evaluation.calibration import calibration
from signbridge.evaluation.markdown import rates_table, share, table
from signbridge.evaluation.metrics import RESAMPLES, SEED, Interval, Rates, rates
from signbridge.evaluation.plots import Plot, draw_plots
from signbridge.evaluation.predictions import Evaluation
from signbridge.evaluation.report import Json, guesses_as_json, plain, versions
from signbridge.evaluation.scores import Scores, scores_of
from signbridge.recognize.landmark.checkpoint import WEIGHTS
from signbridge.training.people import People
from signbridge.training.refusals import MOST_ANSWERED, Refusal
from signbridge.training.steadiness import Steadiness


@dataclass(frozen=True, slots=True)
class Trees:
    """The network beside extra-trees, on the same clips, among the same glosses."""

    data: str
    n: int
    glosses: int
    network: Rates
    trees: Rates


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything the report says.

    answers: by kind of clip; "strangers" and "official" are always there. steadiness, refusals: by
    kind as well. known_people: (official test clips whose signer is in training, all of them).
    """

    model: Path
    vocabulary_size: int
    threshold: float
    answers: Mapping[str, Evaluation]
    people: People
    known_people: tuple[int, int]
    trees: tuple[Trees, ...]
    steadiness: Mapping[str, Sequence[Steadiness]]
    refusals: Sequence[Refusal]


def write(findings: Findings, out: Path) -> None:
    """Write report.json, report.md and the plots into a folder, which is made if absent."""
    out.mkdir(parents=True, exist_ok=True)
    scores = scores_of(findings.answers["strangers"])
    text = json.dumps(as_json(findings, scores), indent=2, ensure_ascii=False, allow_nan=False)
    (out / "report.json").write_text(text + "\n", encoding="utf-8")
    plots = draw_plots(findings.answers["strangers"], scores, out)
    page = as_page(findings, scores, plots.get("sign", ()))
    (out / "report.md").write_text(page, encoding="utf-8")


def as_json(findings: Findings, scores: Scores) -> dict[str, Json]:
    """Return the figures as JSON values, `sign` and `letter` as every report has them."""
    weights = (findings.model / WEIGHTS).read_bytes()
    return {
        "recognizer": findings.answers["strangers"].recognizer,
        "vocabulary_size": findings.vocabulary_size,
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "threshold": findings.threshold,
        "sign": guesses_as_json(scores.sign),
        "letter": guesses_as_json(scores.letter),
        "people": plain(asdict(findings.people)),
        "official": {
            **_official(findings),
            "clips_of_people_in_training": findings.known_people[0],
        },
        "baselines": plain([asdict(one) for one in findings.trees]),
        "robustness": {
            kind: plain([asdict(row) for row in rows])
            for kind, rows in findings.steadiness.items()
        },
        "false_accepts": plain([asdict(row) for row in findings.refusals]),
        "bootstrap": {"resamples": RESAMPLES, "seed": SEED, "drawn": "clips"},
        "versions": versions(),
    }  # fmt: skip


def _official(findings: Findings) -> dict[str, Json]:
    answers = findings.answers["official"]
    found = answers.answers(answers.predictions)
    reliability = calibration(found)
    return {**_json_of(rates(found)), "calibration": plain(asdict(reliability))}


def _json_of(found: Rates) -> dict[str, Json]:
    return {name: plain(value) for name, value in asdict(found).items()}


def as_page(findings: Findings, scores: Scores, plots: Sequence[Plot]) -> str:
    """Return the report as a Markdown page."""
    parts = [
        f"# {findings.answers['strangers'].recognizer} on strangers",
        f"Asked as the app asks it: landmarks, features, network; a vocabulary of "
        f"{findings.vocabulary_size}, an answer from a score of {findings.threshold:.3f} on. The "
        "sets hold hands and no picture, so their hands stand on a made-up body whose shoulders "
        "are where the set's own frame has them; clips are real videos, read whole.",
        *_people_part(findings, scores),
        *(f"![{plot.text}]({plot.file_name})" for plot in plots),
        *_official_part(findings),
        *_steadiness_part(findings),
        *_refusals_part(findings),
        f"## How it was measured\n\n{_conditions(findings)}",
    ]
    return "\n\n".join(parts) + "\n"


def _people_part(findings: Findings, scores: Scores) -> list[str]:
    found, sign = findings.people, scores.sign
    head = ("signer", "clips", "signs", "in vocabulary", "top 1", "top 5")
    rows = [
        (name, str(r.n), str(found.signs_of[name]), str(r.n_in_vocabulary),
         share(r.top1, r.intervals["top1"]), share(r.top5, r.intervals["top5"]))
        for name, r in found.by_signer.items()
    ]  # fmt: skip
    return [
        "## People left out of training",
        rates_table("source", {"all": sign.all, **sign.by_source}),
        rates_table("site", found.by_site),
        table(head, rows),
        "The mean over signers, each counted once, is "
        f"{share(found.mean_top1, found.mean_interval)}; the worst of those with enough clips is "
        f"{found.worst or 'nobody'}. A blind guess is right in "
        f"{share(sign.chance_top1, digits=3)} at the first try and "
        f"{share(sign.chance_top5, digits=3)} within five. Expected calibration error "
        f"{share(sign.calibration.error)}; temperature and threshold were fitted on these people. "
        "In brackets: 95% interval over clips (over signers for the mean). A webcam signer repeats "
        "few signs many times, so an interval over such clips is too narrow.",
    ]


def _official_part(findings: Findings) -> list[str]:
    answers = findings.answers["official"]
    found = answers.answers(answers.predictions)
    seen, of = findings.known_people
    head = ("measured on", "clips", "glosses", "model", "top 1", "top 5")
    rows = [
        (one.data, str(one.n), str(one.glosses), model, share(r.top1, r.intervals["top1"]),
         share(r.top5, r.intervals["top5"]))
        for one in findings.trees
        for model, r in (("network", one.network), ("extra-trees", one.trees))
    ]  # fmt: skip
    rows += [
        (one.data, str(one.n), str(one.glosses), "chance", share(1 / one.glosses, digits=3),
         share(min(1.0, 5 / one.glosses), digits=3))
        for one in findings.trees
    ]  # fmt: skip
    return [
        "## WLASL's official test clips",
        f"{seen} of the {of} clips show a person who is in training with other clips: only the "
        "recordings are new.",
        rates_table("among the whole vocabulary", {"WLASL-300 test": rates(found)}),
        f"Expected calibration error {share(calibration(found).error)}; nothing was fitted on "
        "these clips.",
        "Among the set's own glosses, beside a simple model on the same training rows:",
        table(head, rows),
    ]


def _steadiness_part(findings: Findings) -> list[str]:
    head = ("change", "clips", "top 1", "difference", "other best guess")
    parts = [
        "## The same clips, changed",
        "Difference: of the top-1 rate, from the untouched clips. Other best guess: share of clips "
        "whose first answer is not that of the untouched clip, right or wrong. The landmarks are "
        "changed, not the pixels: what the detector would make of a mirrored or smaller signer is "
        "not in it. Of a sign that a stranger recorded many times, the first few are taken.",
    ]
    for kind, rows in findings.steadiness.items():
        lines = [
            (row.change, str(row.n), share(row.top1, row.intervals["top1"]),
             _signed(row.difference, row.intervals["difference"]),
             share(row.other_answer, row.intervals["other_answer"]))
            for row in rows
        ]  # fmt: skip
        parts += [f"### {kind}", table(head, lines)]
    return parts


def _signed(value: float, interval: Interval) -> str:
    return f"{value:+.3f} ({interval.low:+.3f} to {interval.high:+.3f})"


def _refusals_part(findings: Findings) -> list[str]:
    return [
        "## Clips without a sign of the vocabulary",
        "Answered live: a session as the app opens it said anything at all. The idling "
        "recordings, these very ones, taught the model what idling is; no others are at hand. The "
        f"threshold lets at most {MOST_ANSWERED:.0%} of each kind of made-up clip through, of "
        "other such clips than these, where the reader of signs is asked alone.",
        _refusal_table(findings.refusals),
    ]


def _refusal_table(rows: Sequence[Refusal]) -> str:
    head = ("clips", "n", "with hands", "answered live", "answered as one segment", "commonest")
    lines = [
        (row.kind, str(row.n), str(row.with_hands), share(row.live, row.intervals["live"], 3),
         share(row.whole, row.intervals["whole"], 3), ", ".join(row.commonest) or "none")
        for row in rows
    ]  # fmt: skip
    return table(head, lines)


def _conditions(findings: Findings) -> str:
    made_with = ", ".join(f"{name} {version}" for name, version in versions().items() if version)
    return (
        f"`python -m signbridge.training.robustness --data ../shared/data --clips "
        f"../shared/data/clips/labels.csv`. {made_with}. Intervals: {RESAMPLES} bootstrap samples, "
        f"seed {SEED}."
    )
