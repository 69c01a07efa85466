"""Asks about the same clips, untouched and changed -> how far the answers hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from signbridge.evaluation.metrics import SEED, Interval, bootstrap, ratio
from signbridge.recognize.landmark.recognizer import LandmarkRecognizer
from signbridge.recognize.vocabulary import canonical
from signbridge.training.cases import Case
from signbridge.training.changes import Change
from signbridge.types import Landmarks, Segment


@dataclass(frozen=True, slots=True)
class Steadiness:
    """How one change of the same clips changes the answers, over signs of the vocabulary.

    difference: of the top-1 rate, changed minus untouched. other_answer: share of clips whose best
    guess is another one. Intervals are over clips.
    """

    change: str
    n: int
    top1: float
    difference: float
    other_answer: float
    intervals: dict[str, Interval]


def steadiness(
    recognizer: LandmarkRecognizer, cases: Sequence[Case], ways: Mapping[str, Change]
) -> tuple[Steadiness, ...]:
    """Return what each way of changing `cases` does to the answers; a case has its own dice."""
    known = [case for case in cases if canonical(case.clip.label) in recognizer.vocabulary]
    answers: dict[str, list[str]] = {name: [] for name in ("untouched", *ways)}
    for number, case in enumerate(known):
        clip = case.see()
        answers["untouched"].append(_best(recognizer, clip))
        for name, change in ways.items():
            changed = change(clip, np.random.default_rng((SEED, number)))
            answers[name].append(_best(recognizer, changed))
    labels = [canonical(case.clip.label) for case in known]
    return tuple(_compared(name, answers[name], answers["untouched"], labels) for name in answers)


def _best(recognizer: LandmarkRecognizer, clip: Landmarks) -> str:
    result = recognizer.recognize(Segment(clip, 0.0, clip.duration_s))
    return result.guesses[0].text if result.guesses else ""


def _compared(
    change: str, answers: Sequence[str], untouched: Sequence[str], labels: Sequence[str]
) -> Steadiness:
    right = np.array([a == b for a, b in zip(answers, labels, strict=True)], dtype=float)
    before = np.array([a == b for a, b in zip(untouched, labels, strict=True)], dtype=float)
    other = np.array([a != b for a, b in zip(answers, untouched, strict=True)], dtype=float)
    of = np.ones(len(labels))
    hits = {"top1": right, "difference": right - before, "other_answer": other}
    return Steadiness(
        change,
        len(labels),
        **{name: ratio(values, of) for name, values in hits.items()},
        intervals={name: bootstrap(values, of) for name, values in hits.items()},
    )
