"""Held-out signers -> what each shows the recognizer, and other recordings it is asked about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from signbridge.data.collection import Collection
from signbridge.data.copies import sharing, twins
from signbridge.data.manifest import TRAIN

Rows = NDArray[np.int64]
WEBCAM, DICTIONARY = "webcam", "dictionary"
OTHERS = "others"  # who show what the signer is then asked about


@dataclass(frozen=True, slots=True)
class Task:
    """One signer, some signs shown, and what is asked; all are rows of the collection.

    shown: the examples. asked: the signer's other recordings of signs of the vocabulary, of the
    signs shown and of others. outside: recordings that show no sign of the vocabulary.
    """

    signer: str
    kind: str
    shown: Rows
    asked: Rows
    outside: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def rows(self) -> Rows:
        """Every recording that the task needs."""
        return np.concatenate([self.shown, self.asked, self.outside])


def tasks(
    collection: Collection, signers: Sequence[str], kind: str, signs: int, examples: int, draws: int
) -> tuple[Task, ...]:
    """Return `draws` tasks for each signer who has `signs` signs with enough recordings."""
    found = []
    for signer in signers:
        by_gloss = _recordings(collection, signer)
        enough = [one for one in by_gloss.values() if len(_first(one, kind)) >= examples]
        if len(enough) >= signs:
            for draw in range(draws):
                rng = np.random.default_rng((draw, signs, examples))
                pools = [
                    _first(enough[i], kind) for i in rng.choice(len(enough), signs, replace=False)
                ]
                shown = np.concatenate([rng.choice(one, examples, replace=False) for one in pools])
                found.append(_task(collection, signer, kind, by_gloss, shown))
    return tuple(found)


def _task(
    collection: Collection,
    signer: str,
    kind: str,
    by_gloss: dict[int, Rows],
    shown: Rows,
) -> Task:
    used = [_first(one, kind) if kind == WEBCAM else shown for one in by_gloss.values()]
    asked = np.concatenate(
        [np.setdiff1d(one, no) for one, no in zip(by_gloss.values(), used, strict=True)]
    )
    own = collection.of_signers({signer})
    outside = own[collection.labels[own] >= collection.offered]
    return Task(
        signer, kind, shown, apart(collection, asked, shown), apart(collection, outside, shown)
    )


def from_teachers(
    collection: Collection, signers: Sequence[str], signs: int, examples: int, draws: int
) -> tuple[Task, ...]:
    """Return tasks in which people in training show signs of the vocabulary, a recording each.

    The signer is asked about everything they recorded.
    """
    people = np.array([sample.signer for sample in collection.samples])
    teachers = np.array([sample.split == TRAIN for sample in collection.samples])
    found = []
    for signer in signers:
        by_gloss = _recordings(collection, signer)
        for draw in range(draws):
            rng = np.random.default_rng((draw, signs, examples))
            shown: list[int] = []
            for gloss in rng.permutation(list(by_gloss))[:signs]:
                rows = np.flatnonzero((collection.labels == gloss) & teachers)
                chosen = rng.permutation(np.unique(people[rows]))[:examples]
                shown += [int(rng.choice(rows[people[rows] == one])) for one in chosen]
            if shown:
                found.append(_task(collection, signer, OTHERS, by_gloss, np.array(shown)))
    return tuple(found)


def apart(collection: Collection, rows: Rows, shown: Rows) -> Rows:
    """Return the rows that are no copy of one shown, by hands exactly equal or by distance."""
    prints = [sample.prints for sample in collection.samples]
    copied = twins(collection.signs[rows], collection.signs[shown]) >= 0
    copied |= sharing([prints[i] for i in rows], [prints[i] for i in shown]) >= 0
    return rows[~copied]


def _recordings(collection: Collection, signer: str) -> dict[int, Rows]:
    """Return a signer's recordings of each sign of the vocabulary, in the order they were made."""
    rows = collection.of_signers({signer})
    rows = np.array(sorted(rows, key=lambda i: _number(collection.samples[i].recording)))
    labels = collection.labels[rows]
    return {int(one): rows[labels == one] for one in np.unique(labels) if one < collection.offered}


def _first(rows: Rows, kind: str) -> Rows:
    """Return what may be shown: of a webcam's row of repeats the first half, so that no repeat
    asked about follows at once on one shown."""
    return rows[: len(rows) // 2] if kind == WEBCAM else rows


def _number(recording: str) -> int:
    last = recording.rsplit("/", 1)[-1]
    return int(last) if last.isdigit() else 0


def foreign(
    collection: Collection,
    glosses: Sequence[int],
    examples: int,
    together: int,
    draws: int,
    askable: Sequence[str],
) -> Iterator[tuple[Rows, Rows]]:
    """Yield (shown, asked): signs shown by some signers, asked of signers who showed none of them.

    together: how many signs are taught at once. askable: those asked, who never show; where it is
    empty, everybody may do either.
    """
    signers = np.array([sample.signer for sample in collection.samples])
    for draw in range(draws):
        rng = np.random.default_rng((draw, examples, together))
        shown: list[int] = []
        asked: list[int] = []
        for gloss in rng.choice(glosses, together, replace=False):
            rows = np.flatnonzero(collection.labels == gloss)
            people = rng.permutation(np.setdiff1d(signers[rows], askable))[:examples]
            shown += [int(rng.choice(rows[signers[rows] == one])) for one in people]
            others = rows[~np.isin(signers[rows], people)]
            asked += others[np.isin(signers[others], askable)].tolist() if askable else list(others)
        yield np.array(shown), apart(collection, np.array(asked, dtype=np.int64), np.array(shown))
