"""Sentence patterns and written examples -> how often one gloss follows another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from itertools import pairwise

from signbridge.compose.candidates import EDGE, SPELLED
from signbridge.compose.chat.retrieval import examples
from signbridge.training.streams import grammar as patterns
from signbridge.training.streams.grammar import NAME, Grammar, read_grammar, training_grammar

Weights = Counter[tuple[str, str]]
LETTERS = 3.0
"""A name has about so many letters: so often one letter follows another."""
EXAMPLE = 4.0
"""A written example counts as much as a pattern of this weight."""


def together() -> Grammar:
    """Return the patterns of what goes with what, with the slots of the grammar beside them."""
    shared = resources.files(patterns.__package__).joinpath("grammar.txt")
    slots = [one for one in shared.read_text("utf-8").splitlines() if one.startswith("slot ")]
    own = resources.files(__package__).joinpath("together.txt").read_text(encoding="utf-8")
    return read_grammar("\n".join([*slots, own]))[0]


def learned() -> Weights:
    """Return the pairs of all that the composer may learn from; held-out patterns are not in it."""
    weights = pairs_of(training_grammar()) + pairs_of(together())
    return weights + pairs_of_sentences(one.glosses.split() for one in examples())


def pairs_of_sentences(sentences: Iterable[Sequence[str]]) -> Weights:
    """Return the pairs of written sentences."""
    weights: Weights = Counter()
    for glosses in sentences:
        plain = [SPELLED if gloss.startswith(("FS-", "#")) else gloss for gloss in glosses]
        kept = [gloss for gloss in plain if not gloss.startswith("CL-")]  # no sign of a list
        for pair in pairwise([EDGE, *kept, EDGE]):
            weights[pair] += EXAMPLE
    return weights


def pairs_of(grammar: Grammar) -> Weights:
    """Return how often each pair is expected in the sentences that the patterns make."""
    weights: Weights = Counter()
    for pattern in grammar.patterns:
        last: Mapping[str, float] = {EDGE: pattern.weight}
        for options in pattern.words:
            last = _onward(weights, last, _drawn(grammar, options))
        for gloss, weight in last.items():
            weights[gloss, EDGE] += weight
    return weights


def _drawn(grammar: Grammar, options: Sequence[str]) -> Mapping[str, float]:
    """Return how likely each gloss is drawn for one word of a pattern; "" for none."""
    shares: Counter[str] = Counter()
    for option in options:
        if option.startswith("<") and option != NAME:
            slot = grammar.slots[option.strip("<>")]
            total = sum(slot.values())
            for gloss, weight in slot.items():
                shares[gloss] += weight / total / len(options)
        else:
            shares[SPELLED if option == NAME else option] += 1 / len(options)
    return shares


def _onward(
    weights: Weights, last: Mapping[str, float], drawn: Mapping[str, float]
) -> Mapping[str, float]:
    """Count the pairs that one word makes; return how often each gloss is then the last."""
    after: Counter[str] = Counter()
    for gloss, share in drawn.items():
        for before, weight in last.items():
            if not gloss:
                after[before] += weight * share
                continue
            weights[before, gloss] += weight * share
            after[gloss] += weight * share
        if gloss == SPELLED:
            weights[SPELLED, SPELLED] += LETTERS * sum(last.values()) * share
    return after
