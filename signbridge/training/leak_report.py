"""What the leak check found -> report.json for machines, report.md for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from signbridge.data.leaks import DISTANCE, HASH, KINDS, PERSON, SIGNER, Comparison, Leak
from signbridge.data.manifest import Entry
from signbridge.evaluation.markdown import share, table
from signbridge.evaluation.report import Json, plain, versions
from signbridge.training.filmed_copies import TRAINED, Video, by_source, video_part
from signbridge.training.leak_table import HEAD, count_signers, row_of, thresholds
from signbridge.training.shipped import Effect
from signbridge.training.videos import PICTURE_DISTANCE

COMMAND = (
    "python -m signbridge.training.leaks --data ../shared/data --clips "
    "../shared/data/clips/labels.csv --out docs/reports/leaks"
)


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything the report says.

    splits: what the next training is checked on; shipped: the same with the rows of the shipped
    weights; official: WLASL's own division as it comes.
    """

    entries: Sequence[Entry]
    splits: Sequence[Comparison]
    official: Sequence[Comparison]
    shipped: Sequence[Comparison]
    shipped_rows: int
    checked_rows: int
    checked: bool
    scores: Sequence[Effect]
    videos: Sequence[Video]


def write(findings: Findings, out: Path) -> None:
    """Write report.json and report.md into a folder, which is made if absent."""
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_json(findings), indent=2, ensure_ascii=False, allow_nan=False)
    (out / "report.json").write_text(text + "\n", encoding="utf-8")
    (out / "report.md").write_text(as_page(findings), encoding="utf-8")


def as_json(findings: Findings) -> dict[str, Json]:
    """Return the figures as JSON values."""
    return {
        "summary": summary(findings),
        "sets": [dict(zip(SETS, row, strict=True)) for row in _sets(findings.entries)],
        "splits": [_comparison(one) for one in findings.splits],
        "official": [_comparison(one) for one in findings.official],
        "shipped": {
            "checked": findings.checked,
            "rows": findings.shipped_rows,
            "rows_after_the_check": findings.checked_rows,
            "splits": [_comparison(one) for one in findings.shipped],
            "scores": plain([asdict(one) for one in findings.scores]),
        },
        "videos": plain([{**asdict(one), "kind": one.kind} for one in findings.videos]),
        "picture_distance": PICTURE_DISTANCE,
        "versions": versions(),
    }


def _comparison(one: Comparison) -> Json:
    return {
        "sides": [one.first.name, one.second.name],
        "rows": [len(one.first.entries), len(one.second.entries)],
        "signers": [count_signers(one.first.entries), count_signers(one.second.entries)],
        "threshold": one.threshold,
        "found": {kind: len(one.found[kind]) for kind in KINDS},
        "known": list(one.accepted),
        "leaking": list(one.leaking),
        "leaks": {kind: [_pair(leak) for leak in one.found[kind]] for kind in one.leaking},
    }


def _pair(leak: Leak) -> Json:
    return plain(
        {
            **{f"{side}_{name}": getattr(entry, name)
               for side, entry in (("first", leak.first), ("second", leak.second))
               for name in ("dataset", "clip", "gloss", "signer")},
            "distance": leak.distance,
        }
    )  # fmt: skip


SETS = ("dataset", "rows", "signers", "split", "licences")


def _sets(entries: Sequence[Entry]) -> list[tuple[str, str, str, str, str]]:
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.dataset, entry.split), []).append(entry)
    return [
        (
            dataset,
            str(len(its)),
            str(count_signers(its)) if count_signers(its) else "not stated",
            split,
            ", ".join(sorted({entry.licence for entry in its})),
        )
        for (dataset, split), its in groups.items()
    ]


def summary(findings: Findings) -> str:
    """Return what a reader of the README must know, in a few sentences."""
    clean = all(not one.leaking for one in findings.splits)
    parts = [
        "no signer, recording or copy of one is on two sides of the split that is trained on."
        if clean
        else "the split that is trained on leaks; see docs/reports/leaks."
    ]
    leaked = sum(
        len({leak.second.clip for kind in one.leaking if kind != PERSON
             for leak in one.found[kind]})
        for one in findings.shipped
    )  # fmt: skip
    if leaked:
        parts.append(
            f"The shipped weights, trained before this check, saw copies of {leaked} of the "
            f"{sum(len(one.second.entries) for one in findings.shipped)} clips they are tested on."
        )
    for one in findings.shipped:
        for leak in one.found[PERSON] if PERSON in one.leaking else ():
            parts.append(
                f"The stranger {leak.second.signer} is in their training as {leak.first.signer}."
            )
    for source, kinds in by_source(findings.videos).items():
        if kinds[TRAINED]:
            parts.append(
                f"{kinds[TRAINED]} of the {sum(kinds.values())} `{source}` clips are recordings "
                "they were trained on."
            )
    return " ".join(parts)


def as_page(findings: Findings) -> str:
    """Return the report as a Markdown page."""
    parts = [
        "# Leaks",
        "Does anything that the models are measured on stand in what they learned from?",
        *_split_part(findings),
        *_shipped_part(findings),
        *video_part(findings.videos),
        "## The sets",
        table(("set", "rows", "signers", "side", "licences"), _sets(findings.entries)),
        "Every set is read through one manifest. `text` is not in it: nobody signs in lines of "
        "gloss and English, and no model here is trained on them. Sides are those of the sign "
        "recognizer; the speller holds other hands out.",
        f"## How it was measured\n\n`{COMMAND}`. It ends with an error where the first table has a "
        "leak, and training refuses to start.",
    ]
    return "\n\n".join(parts) + "\n"


def _split_part(findings: Findings) -> list[str]:
    return [
        "## What is trained on, and what it is measured on",
        table(HEAD, [row_of(one) for one in findings.splits]),
        thresholds(findings.splits),
        "`strangers` are split off by signer. `known people` are WLASL's official test clips: "
        "unseen recordings of people most of whom train with other clips, kept for comparison "
        "with papers, never as a figure for strangers.",
        "## WLASL's official division as it comes",
        table(HEAD, [row_of(one) for one in findings.official]),
        *(_official_line(one) for one in findings.official),
        "WLASL files recordings under several glosses. Papers that train on all of it are measured "
        "on these as well; here the copies are left out of training.",
    ]


def _official_line(one: Comparison) -> str:
    in_train = {entry.signer for entry in one.first.entries if entry.official_split == "train"}
    trained = sum(leak.second.signer in in_train for leak in one.found[SIGNER])
    shared, of = len(one.found[SIGNER]), count_signers(one.second.entries)
    hashed, near = len(one.found[HASH]), len(one.found[DISTANCE])
    return (
        f"- {one.first.name}: {shared} of the {of} test signers are in it ({trained} of them in "
        f"train alone), and {hashed} of the {len(one.second.entries)} test clips have a copy there "
        f"by hash, {near} by distance."
    )


def _shipped_part(findings: Findings) -> list[str]:
    if findings.checked:
        return [
            "## The shipped weights for single signs",
            "Trained on rows that passed this check. The translator's own networks are older: see "
            "its card.",
        ]
    leaks = [
        (one.second.name, kind, f"{leak.second.clip} ({leak.second.gloss})", leak.second.signer,
         f"{leak.first.clip} ({leak.first.gloss})", leak.first.signer)
        for one in findings.shipped for kind in one.leaking for leak in one.found[kind]
    ]  # fmt: skip
    effects = [
        (one.data, str(one.every.n), share(one.every.top1, digits=3), str(one.clean.n),
         share(one.clean.top1, digits=3))
        for one in findings.scores
    ]  # fmt: skip
    return [
        "## The shipped weights",
        f"Their {findings.shipped_rows} rows were chosen by the distance to official test clips "
        "alone, which misses a copy in which some hands were not found, and a stranger filed under "
        f"a second number. The check leaves {findings.checked_rows} rows for the next training; "
        "the shipped ones shared this:",
        table(HEAD, [row_of(one) for one in findings.shipped]),
        table(("side", "by", "clip", "signer", "row trained on", "its signer"), leaks),
        "What that does to their scores (best guess among the whole vocabulary; clean: without "
        "these clips and without every clip of a stranger known under another number):",
        table(("measured on", "clips", "top 1", "clean clips", "top 1, clean"), effects),
    ]
