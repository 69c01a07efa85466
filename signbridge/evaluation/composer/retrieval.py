"""Each bundled example with the others beside it -> how much the nearest ones tell of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sacrebleu.metrics import CHRF

from signbridge.compose.chat.retrieval import Example, Retriever, examples
from signbridge.evaluation.boundaries import Measured
from signbridge.evaluation.composer.candidates import measure

SEED, NEAREST = 0, 6
MEASURES = {
    "construction": "nearest example shows the same construction",
    "among": f"one of the {NEAREST} shown does",
    "chrf": "chrF of the nearest example's English against the right sentence",
    "best_chrf": f"chrF of the best of the {NEAREST} shown",
}


def measured() -> Mapping[str, Mapping[str, Measured]]:
    """Return each measure for the examples that are found and for examples drawn by chance."""
    every = examples()
    retriever = Retriever(every)
    rng = np.random.default_rng(SEED)
    found = [_nearest(retriever, one) for one in every]
    chance = [_by_chance(rng, every, one) for one in every]
    return {"found": _measures(every, found), "by chance": _measures(every, chance)}


def _nearest(retriever: Retriever, left_out: Example) -> list[Example]:
    """Return what is found for an example among the others."""
    near = retriever.nearest(left_out.glosses.split(), NEAREST + 1)
    return [one for one in near if one is not left_out][:NEAREST]


def _by_chance(
    rng: np.random.Generator, every: Sequence[Example], left_out: Example
) -> list[Example]:
    others = [one for one in every if one is not left_out]
    return [others[place] for place in rng.choice(len(others), NEAREST, replace=False)]


def _measures(
    every: Sequence[Example], shown: Sequence[Sequence[Example]]
) -> Mapping[str, Measured]:
    rows: dict[str, list[float]] = {name: [] for name in MEASURES}
    chrf = CHRF()
    for one, near in zip(every, shown, strict=True):
        same = [other.shows == one.shows for other in near]
        scores = [chrf.sentence_score(other.english, [one.english]).score / 100 for other in near]
        rows["construction"].append(bool(same) and same[0])
        rows["among"].append(any(same))
        rows["chrf"].append(scores[0] if scores else 0.0)
        rows["best_chrf"].append(max(scores, default=0.0))
    return {name: measure(values, [1] * len(values)) for name, values in rows.items()}
