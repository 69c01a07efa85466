"""Patterns of ASL sentences -> sequences of glosses, and the English the composer gives them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources

import numpy as np

from signbridge.compose.rules import compose_glosses
from signbridge.errors import BadInputError
from signbridge.recognize.vocabulary import LETTER_PREFIX

Glosses = tuple[str, ...]
NAME = "<name>"
_NAMES = (
    "ANA ANNA BEN BOB CARL DAN EMMA EVA GINA IAN IVAN JACK JANE JOHN KATE KIM LEO LINA LISA LUCY "
    "MARIA MARK MAX MIA NINA NOAH OLGA OMAR PAUL ROSA SAM SARA TIM TOM VERA WILL"
)
NAMES = tuple(_NAMES.split())


@dataclass(frozen=True, slots=True)
class Sentence:
    """Glosses in the order they are signed, the number of their pattern, and their English."""

    glosses: Glosses
    pattern: int
    text: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words of a sentence, for each the glosses or slots to draw from; weight: how often."""

    words: tuple[tuple[str, ...], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Grammar:
    """Patterns and what their slots stand for, each gloss with its weight."""

    patterns: tuple[Pattern, ...]
    slots: Mapping[str, Mapping[str, float]]

    def within(self, glosses: Sequence[str]) -> Grammar:
        """Return the sentences that are made of `glosses` alone; patterns left without go."""
        known = set(glosses)
        slots = {
            name: {gloss: weight for gloss, weight in slot.items() if gloss in known}
            for name, slot in self.slots.items()
        }
        spells = all(LETTER_PREFIX + letter in known for name in NAMES for letter in name)

        def possible(option: str) -> bool:
            if option == NAME:
                return spells
            return option in known or bool(slots.get(option.strip("<>")))

        patterns = []
        for pattern in self.patterns:
            words = tuple(
                tuple(option for option in word if not option or possible(option))
                for word in pattern.words
            )
            weight = pattern.weight if all(any(word) or "" in word for word in words) else 0.0
            if not any(any(word) for word in words):
                weight = 0.0
            patterns.append(replace(pattern, words=words, weight=weight))
        return Grammar(tuple(patterns), slots)

    @property
    def empty(self) -> bool:
        """Whether no sentence can be made."""
        return not any(pattern.weight for pattern in self.patterns)

    def draw(self, rng: np.random.Generator) -> Sentence:
        """Return a sentence drawn by the weights; raise `ValueError` from an empty grammar."""
        weights = np.array([pattern.weight for pattern in self.patterns])
        number = int(rng.choice(len(weights), p=weights / weights.sum()))
        glosses: list[str] = []
        for word in self.patterns[number].words:
            option = word[rng.integers(len(word))]
            if option == NAME:
                name = NAMES[rng.integers(len(NAMES))]
                glosses += [LETTER_PREFIX + letter for letter in name]
            elif option.startswith("<"):
                slot = self.slots[option.strip("<>")]
                shares = np.array(list(slot.values()))
                glosses.append(str(rng.choice(list(slot), p=shares / shares.sum())))
            elif option:
                glosses.append(option)
        return Sentence(tuple(glosses), number, english(glosses))


def english(glosses: Sequence[str]) -> str:
    """Return what the composer writes for glosses; letters that follow one another are a word."""
    return compose_glosses(joined_letters(glosses))


def joined_letters(glosses: Sequence[str]) -> Glosses:
    """Return the glosses with runs of two or more spelled letters as one: FS-A FS-L is FS-AL."""
    joined: list[str] = []
    open_ = False
    for gloss in glosses:
        letter = gloss.startswith(LETTER_PREFIX)
        if letter and open_:
            joined[-1] += gloss.removeprefix(LETTER_PREFIX)
        else:
            joined.append(gloss)
        open_ = letter
    return tuple(joined)


def training_grammar() -> Grammar:
    """Return the patterns a model may learn from."""
    return _shipped()[0]


def held_out_grammar() -> Grammar:
    """Return the patterns no model has learned from."""
    return _shipped()[1]


def _shipped() -> tuple[Grammar, Grammar]:
    text = resources.files(__package__).joinpath("grammar.txt").read_text(encoding="utf-8")
    return read_grammar(text)


def read_grammar(text: str) -> tuple[Grammar, Grammar]:
    """Return the training and the held-out patterns of a grammar file; its head tells the form."""
    slots: dict[str, dict[str, float]] = {}
    parts: dict[str, list[Pattern]] = {"train": [], "held out": []}
    part = ""
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if words[0] == "slot":
            slots[words[1]] = dict(_weighed(word) for word in words[3:])
        elif line.strip().removesuffix(":") in parts:
            part = line.strip().removesuffix(":")
        elif part:
            parts[part].append(_pattern(words))
        else:
            raise BadInputError(f"grammar, line {number}: patterns follow 'train:' or 'held out:'")
    return Grammar(tuple(parts["train"]), slots), Grammar(tuple(parts["held out"]), slots)


def _weighed(word: str) -> tuple[str, float]:
    gloss, _, weight = word.partition("*")
    return gloss, float(weight or 1)


def _pattern(words: list[str]) -> Pattern:
    weight = 1.0
    if re.fullmatch(r"\d+", words[0]):
        weight, words = float(words[0]), words[1:]
    options = []
    for word in words:
        optional = word.startswith("[")
        choice = tuple(word.strip("[]").split("|"))
        options.append(("",) * len(choice) + choice if optional else choice)
    return Pattern(tuple(options), weight)


Draw = Callable[[np.random.Generator], Sentence]
