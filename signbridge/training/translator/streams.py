"""Sentences of signers held out, in two halves: each is measured by what fits the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from signbridge.training.streams.grammar import Grammar, held_out_grammar, training_grammar
from signbridge.training.translator.composed import Example, Pieces, Troupe

RANDOM, SENTENCES, NEW_PATTERNS = "any order", "sentences", "new patterns"
SITES = ("dictionary", "webcam")
FEWEST = 3  # glosses of a signer who makes streams alone


def site_of(signer: str) -> str:
    """Return whether a signer of the collection was filmed for a dictionary or by a webcam."""
    return "webcam" if signer.startswith("words-") else "dictionary"


def halves(signers: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the signers of either site dealt out in turn, so that both halves have both."""
    first: list[str] = []
    second: list[str] = []
    for site in SITES:
        own = sorted(signer for signer in signers if site_of(signer) == site)
        first += own[::2]
        second += own[1::2]
    return tuple(first), tuple(second)


def test_sets(
    pieces: Pieces, signers: Sequence[str], count: int, seed: int
) -> Mapping[tuple[str, str], list[Example]]:
    """Return up to `count` sentences by (site, kind): one signer's glosses in any order, sentences
    of patterns trained on, and of patterns held out. The same for the same seed.

    Sentences are made by the signers of a half together, since none has all words of many.
    """
    sets: dict[tuple[str, str], list[Example]] = {}
    for site in SITES:
        own = {name: pieces[name] for name in signers if site_of(name) == site and name in pieces}
        rng = np.random.default_rng([seed, SITES.index(site)])
        alone = Troupe(own, FEWEST)
        if alone.signers:
            sets[site, RANDOM] = _drawn(alone, None, count, rng)
        together = Troupe(own)
        for kind, grammar in ((SENTENCES, training_grammar()), (NEW_PATTERNS, held_out_grammar())):
            possible = grammar.within(together.glosses)
            if not possible.empty:
                sets[site, kind] = _drawn(together, possible, count, rng)
    return sets


def _drawn(
    troupe: Troupe, grammar: Grammar | None, count: int, rng: np.random.Generator
) -> list[Example]:
    found = []
    for _ in range(count):
        made = troupe.random(rng) if grammar is None else troupe.sentence(grammar.draw(rng), rng)
        if made is not None:
            found.append(made)
    return found
