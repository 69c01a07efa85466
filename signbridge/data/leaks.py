"""Two sides of a split -> what stands on both: people, recordings, copies by hash and distance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.data.copies import TWIN_DISTANCE, nearest, sharing
from signbridge.data.manifest import Entry
from signbridge.data.samples import Sample
from signbridge.errors import BadInputError

# person: two signer ids in one recording are one person.
SIGNER, PERSON, RECORDING, HASH, DISTANCE = "signer", "person", "recording", "hash", "distance"
KINDS = (SIGNER, PERSON, RECORDING, HASH, DISTANCE)
EXAMPLES = 3  # of each kind in an error


class LeakError(BadInputError):
    """Two sides of a split share what they must not; the message lists it."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a split: its rows and, where they are at hand, prints and signs of each.

    prints: see `copies.hand_prints`; signs: (N, STEPS, 2, 21, 3) float16, N the number of rows.
    """

    name: str
    entries: Sequence[Entry]
    prints: Sequence[NDArray[np.uint64]] = ()
    signs: NDArray[np.float16] | None = None

    @classmethod
    def of(cls, name: str, samples: Sequence[Sample], signs: NDArray[np.float16]) -> Side:
        """Return the side with these samples and their signs."""
        return cls(name, samples, [sample.prints for sample in samples], signs)


@dataclass(frozen=True, slots=True)
class Leak:
    """One row of each side that share something; distance is NaN for what has none."""

    first: Entry
    second: Entry
    distance: float = float("nan")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two sides share, by kind: a pair for each signer, person or row of the second side.

    accepted: kinds that this pair of sides may share, such as WLASL's official test and the people
    it shows.
    """

    first: Side
    second: Side
    found: Mapping[str, tuple[Leak, ...]]
    accepted: tuple[str, ...] = ()
    threshold: float = TWIN_DISTANCE

    @property
    def leaking(self) -> tuple[str, ...]:
        """Return the kinds that are found and must not be."""
        return tuple(kind for kind in KINDS if self.found[kind] and kind not in self.accepted)

    def describe(self) -> str:
        """Return a line for each kind that leaks, with the count and the first examples."""
        lines = []
        for kind in self.leaking:
            leaks = self.found[kind]
            examples = "; ".join(_example(kind, leak) for leak in leaks[:EXAMPLES])
            lines.append(
                f"{self.first.name} and {self.second.name}: {len(leaks)} by {kind}: {examples}"
            )
        return "\n".join(lines)


def compare(first: Side, second: Side, accepted: Sequence[str] = ()) -> Comparison:
    """Return what two sides share; the second is the one that is measured on."""
    copies = _by_hash(first, second)
    found = {
        SIGNER: _by_signer(first, second),
        PERSON: _people(copies),
        RECORDING: _by_recording(first, second),
        HASH: copies,
        DISTANCE: _by_distance(first, second),
    }
    return Comparison(first, second, found, tuple(accepted))


def refuse_leaks(comparisons: Sequence[Comparison]) -> None:
    """Raise `LeakError` with everything that leaks; say nothing where nothing does."""
    lines = [one.describe() for one in comparisons if one.leaking]
    if lines:
        raise LeakError(
            "the split leaks, nothing may be trained on it:\n"
            + "\n".join(lines)
            + "\nleave these rows, or everything of these signers, out of one side"
        )


def _by_signer(first: Side, second: Side) -> tuple[Leak, ...]:
    """One pair for each signer; rows of nobody in particular can't be compared."""
    known = {entry.signer: entry for entry in reversed(first.entries) if entry.signer}
    shown = {entry.signer: entry for entry in reversed(second.entries) if entry.signer in known}
    return tuple(Leak(known[signer], entry) for signer, entry in sorted(shown.items()))


def _by_recording(first: Side, second: Side) -> tuple[Leak, ...]:
    """One pair for each row of the second side; names only mean something within one set."""
    known = {
        (entry.dataset, entry.recording): entry
        for entry in reversed(first.entries)
        if entry.recording
    }
    return tuple(
        Leak(known[entry.dataset, entry.recording], entry)
        for entry in second.entries
        if (entry.dataset, entry.recording) in known
    )


def _by_hash(first: Side, second: Side) -> tuple[Leak, ...]:
    pairs = enumerate(sharing(second.prints, first.prints))
    return tuple(Leak(first.entries[i], second.entries[row]) for row, i in pairs if i >= 0)


def _people(copies: Sequence[Leak]) -> tuple[Leak, ...]:
    pairs = {
        (leak.first.signer, leak.second.signer): leak
        for leak in reversed(copies)
        if leak.first.signer != leak.second.signer
    }
    return tuple(leak for _, leak in sorted(pairs.items()))


def _by_distance(first: Side, second: Side) -> tuple[Leak, ...]:
    if first.signs is None or second.signs is None:
        return ()
    index, distance = nearest(second.signs, first.signs)
    return tuple(
        Leak(first.entries[i], second.entries[row], float(far))
        for row, (i, far) in enumerate(zip(index, distance, strict=True))
        if far < TWIN_DISTANCE
    )


def _example(kind: str, leak: Leak) -> str:
    if kind == SIGNER:
        return leak.first.signer
    if kind == PERSON:
        return f"{leak.first.signer} is {leak.second.signer}"
    far = f" at {leak.distance:.4f}" if kind == DISTANCE else ""
    first, second = (f"{e.dataset} {e.clip} ({e.gloss})" for e in (leak.first, leak.second))
    return f"{first} and {second}{far}"
