"""Answers to clips of many people -> rates by where they come from and by who signs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from signbridge.evaluation.metrics import NAN, Interval, Rates, bootstrap, rates
from signbridge.evaluation.predictions import Evaluation
from signbridge.training.cases import Case

FEWEST = 10  # clips in the vocabulary: a signer with fewer is not named the worst


@dataclass(frozen=True, slots=True)
class People:
    """Rates by site and by signer; the mean over signers, each counted once, whatever they gave.

    A webcam signer repeats a few signs thirty times: clips alone would make such a person weigh
    thirty times, and the interval over clips too narrow.
    """

    by_site: dict[str, Rates]
    by_signer: dict[str, Rates]
    signs_of: dict[str, int]
    worst: str
    mean_top1: float
    mean_interval: Interval


def people(evaluation: Evaluation, cases: Sequence[Case]) -> People:
    """Return the rates of the people in `cases`, which `evaluation` answers in the same order."""
    by_signer = _grouped(evaluation, cases, lambda case: case.signer)
    known = {name: found for name, found in by_signer.items() if found.n_in_vocabulary}
    means = np.array([found.top1 for found in known.values()])
    many = {name: found for name, found in known.items() if found.n_in_vocabulary >= FEWEST}
    return People(
        by_site=_grouped(evaluation, cases, lambda case: case.site),
        by_signer=by_signer,
        signs_of={
            signer: len({case.clip.label for case in cases if case.signer == signer})
            for signer in by_signer
        },
        worst=min(many, key=lambda name: many[name].top1, default=""),
        mean_top1=float(means.mean()) if len(means) else NAN,
        mean_interval=bootstrap(means, np.ones(len(means))),
    )


def _grouped(
    evaluation: Evaluation, cases: Sequence[Case], key: Callable[[Case], str]
) -> dict[str, Rates]:
    groups: dict[str, list[int]] = {}
    for place, case in enumerate(cases):
        groups.setdefault(key(case), []).append(place)
    return {
        name: rates(evaluation.answers([evaluation.predictions[place] for place in places]))
        for name, places in sorted(groups.items())
    }
