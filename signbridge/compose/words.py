"""What kind of word each gloss is: a written list, then LemmInflect's dictionary."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import capwords

from signbridge.lexicon import NAMES

SPELLED = "FS-"
NAME_SIGN = "NS-"
PROPERTIES = (
    "with_to", "with_ing", "with_clause", "state", "to_person", "wants_new", "also_noun",
    "also_verb", "it_does", "located", "does_at", "has_degree", "brings_in", "happens", "lasts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A gloss as the grammar sees it.

    text: its English words in base form; after: the preposition before an object, or how a place
    is named where one is, not where one goes.
    """

    gloss: str
    kind: str
    text: str
    after: str = ""

    def is_a(self, *kinds: str) -> bool:
        """Say whether the word is of one of these kinds or has one of these properties."""
        return self.kind in kinds or any(kind in _properties(self.gloss) for kind in kinds)


def word(gloss: str) -> Word:
    """Return the word of a gloss; unknown glosses are looked up, and otherwise are nouns."""
    known = _table().get(gloss)
    if known:
        return known
    if gloss.startswith((SPELLED, "#")):
        names = gloss.removeprefix(SPELLED).removeprefix("#").split("-")
        return Word(gloss, "name", " ".join(map(str.capitalize, names)))  # FS-NEW-YORK
    if gloss.isdigit():
        return Word(gloss, "number", gloss)
    text = gloss.removeprefix(NAME_SIGN).lower().replace("-", " ")
    kind = "name" if gloss.startswith(NAME_SIGN) else _guessed_kind(text)
    return Word(gloss, kind, capwords(text) if kind == "name" else text)


@cache
def _table() -> dict[str, Word]:
    table: dict[str, Word] = {}
    for kind, entry in _entries():
        gloss, _, text = entry.partition("=")
        text = (text or gloss.lower().replace("-", " ")).replace("_", " ")
        if kind in PROPERTIES:
            continue
        text, _, after = text.partition("|" if kind == "place" else "/")
        if kind == "name" and "=" not in entry:
            text = gloss if len(gloss) <= 3 else gloss.capitalize()
        table[gloss] = Word(gloss, kind, text, after)
    return table


@cache
def _properties(gloss: str) -> frozenset[str]:
    return frozenset(_by_property()[gloss])


@cache
def _by_property() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for kind, entry in _entries():
        if kind in PROPERTIES:
            found[entry].add(kind)
    return found


@cache
def _entries() -> tuple[tuple[str, str], ...]:
    text = resources.files(__package__).joinpath("words.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(
        (kind.strip(), entry)
        for kind, _, entries in (line.partition(":") for line in lines)
        for entry in entries.split()
    )


def _guessed_kind(text: str) -> str:
    """Mark and Rose are words as well: a signer ticks that such a sign is a name."""
    from lemminflect import getAllLemmas

    found = getAllLemmas(text) if " " not in text else {}
    if not found and text.upper() in NAMES:
        return "name"
    if "NOUN" in found:
        return "noun"
    for part, kind in (("VERB", "verb"), ("ADJ", "adjective"), ("ADV", "when")):
        if part in found:
            return kind
    return "noun"
