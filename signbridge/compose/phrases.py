"""Noun phrases, places and adjectives -> the English words they are where they stand."""

from __future__ import annotations

from dataclasses import replace

from signbridge.compose.clauses import Clause
from signbridge.compose.nouns import Item, Noun
from signbridge.compose.words import Word, word


def as_actor(item: Item) -> Item:
    """SCHOOL START: a place that does something is a noun."""
    if isinstance(item, Word) and item.is_a("place") and item.after.startswith(("at", "in ")):
        return Noun(replace(item, kind="name"))
    return item


def link_word(verb: Word, noun: Noun, *, first: bool) -> str:
    """Return the preposition before an object: "to the store", "at the hospital"."""
    if noun.head.is_a("located") and verb.is_a("does_at"):
        return "at"
    if first:
        return verb.after
    return "to" if noun.is_alive else ""


def place_words(item: Word, goes: bool) -> str:
    """Return a place as one goes to it ("to school") or is there ("at school")."""
    if not goes:
        return item.after
    return (
        item.text
        if item.text in ("home", "here", "there", "outside", "inside", "far")
        else (f"to {item.text}")
    )


def object_of(verb: Word, noun: Noun, new: bool) -> str:
    """Return what a verb is done to: "a book" where it is new, else "the book"."""
    new = new and not noun.known and not (noun.head.is_a("located") and verb.is_a("does_at"))
    return noun.text("new" if new else "object")


def question_words(parts: Clause) -> str:
    """Return the question word with its noun: "how many children"."""
    if parts.wh is None or parts.asked is None:
        return parts.wh.text if parts.wh else ""
    counts = [word("MANY")] if parts.wh.gloss == "HOW-MANY" else []
    noun = Noun(parts.asked, counts=counts).text("bare").removeprefix("many ")
    return f"{parts.wh.text} {noun}"


def same_person(first: Noun, second: Noun) -> bool:
    """Say whether both are the same pronoun, signed again at the end."""
    return first.is_pronoun and first.head.gloss == second.head.gloss


def predicate_words(item: Item, index: int, items: list[Item]) -> str:
    """Return one part of what a subject is: "a teacher", "and tired", "at home"."""
    before = items[index - 1] if index else None
    if isinstance(item, Noun):
        after_preposition = isinstance(before, Word) and before.is_a("preposition")
        return item.text("object" if after_preposition or item.is_pronoun else "new")
    follows_adjective = isinstance(before, Word) and before.is_a("adjective")
    if item.is_a("adjective") and follows_adjective:
        return f"and {item.text}"
    return words_of(item, "bare")


def words_of(item: Item, role: str) -> str:
    """Return any item in English; role is for nouns, see `Noun.text`."""
    if isinstance(item, Noun):
        return item.text(role)
    return item.after if item.is_a("place") else item.text


def joined(*words: str) -> str:
    """Return the words that are not empty, with a space between."""
    return " ".join(word for word in words if word)
