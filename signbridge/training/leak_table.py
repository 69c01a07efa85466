"""What two sides of a split share -> lines of a table, for the terminal and for the report."""

from __future__ import annotations

from collections.abc import Sequence

from signbridge.data.leaks import DISTANCE, HASH, KINDS, RECORDING, Comparison
from signbridge.data.manifest import Entry
from signbridge.evaluation.markdown import table

HEAD = ("sides", "rows", "signers", *KINDS, "verdict")


def comparison_lines(found: Sequence[Comparison]) -> list[str]:
    """Return a table of what each pair of sides shares, a line each."""
    return [*table(HEAD, [row_of(one) for one in found]).splitlines(), "", thresholds(found)]


def row_of(one: Comparison) -> tuple[str, ...]:
    """Return a cell for each of HEAD."""
    counts = (
        f"{len(one.found[kind])}" + (" (known)" if one.found[kind] and kind in one.accepted else "")
        for kind in KINDS
    )
    return (
        f"{one.first.name} / {one.second.name}",
        f"{len(one.first.entries)} / {len(one.second.entries)}",
        f"{count_signers(one.first.entries)} / {count_signers(one.second.entries)}",
        *counts,
        _verdict(one),
    )


def _verdict(one: Comparison) -> str:
    if one.leaking:
        return f"leaks by {', '.join(one.leaking)}"
    copied = any(one.found[kind] for kind in (RECORDING, HASH, DISTANCE))
    return "known to leak" if copied else "clean"


def count_signers(entries: Sequence[Entry]) -> int:
    """Return how many people are named in these rows."""
    return len({entry.signer for entry in entries if entry.signer})


def thresholds(found: Sequence[Comparison]) -> str:
    """Return what the columns count."""
    return (
        f"signer, person: how many are on both sides; the others: rows of the second side with a "
        f"copy on the first: the same recording by name, a hand exactly equal (hash), or nearer "
        f"than {found[0].threshold} body units a point (distance). person: two signer ids in one "
        f"recording."
    )
