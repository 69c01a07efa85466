"""Which clips a step learns from: an endless stream of shuffled passes, the same for one seed.

Nothing is remembered: the clips of step n follow from the seed and n, so a resumed run goes on
with the very clips that were next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np


def steps_of(n_clips: int, epochs: int, batch: int) -> int:
    """Return the whole steps in some passes over the clips; at least one."""
    return max(1, n_clips * epochs // batch)


def clips_of_step(step: int, n_clips: int, batch: int, seed: Sequence[int]) -> list[int]:
    """Return the places of the step's clips; a step may end one pass and begin the next."""
    places = range(step * batch, (step + 1) * batch)
    passes = {place // n_clips: [] for place in places}  # type: dict[int, list[int]]
    for place in places:
        passes[place // n_clips].append(place % n_clips)
    return [
        int(shuffled[place])
        for number, wanted in passes.items()
        for shuffled in [np.random.default_rng([*seed, number]).permutation(n_clips)]
        for place in wanted
    ]


def micro_batches(
    first: int,
    last: int,
    n_clips: int,
    batch: int,
    micro_batch: int,
    seed: Sequence[int],
    process: int = 0,
    processes: int = 1,
) -> Iterator[list[int]]:
    """Yield the clips this process takes at a time, in the steps from `first` to before `last`."""
    for step in range(first, last):
        clips = clips_of_step(step, n_clips, batch, seed)
        parts = [clips[i : i + micro_batch] for i in range(0, batch, micro_batch)]
        yield from parts[process::processes]
