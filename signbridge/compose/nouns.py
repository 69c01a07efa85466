"""Words -> noun phrases, verbs, adjectives and places in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from signbridge.compose.clauses import NOUNS
from signbridge.compose.forms import POSSESSIVE_FORM, article, plural
from signbridge.compose.words import Word

PEOPLE = ("person", "kin", "name")
BEFORE_PLURAL = ("MANY", "ALL", "SOME", "MORE", "MOST", "OTHER", "ENOUGH", "FEW", "BOTH")
NO_ARTICLE_AFTER = ("determiner", "possessive", "number")


@dataclass(slots=True)
class Noun:
    """A noun phrase; owner is an English possessive ("my", "mother's").

    known: both people know which one, as when it is signed first.
    """

    head: Word
    owner: str = ""
    counts: list[Word] = field(default_factory=list)
    describes: list[str] = field(default_factory=list)
    known: bool = False

    @property
    def is_pronoun(self) -> bool:
        """Whether it is ME, YOU, THEY and their like."""
        return self.head.is_a("pronoun")

    @property
    def is_alive(self) -> bool:
        """Whether it can want, know or say something."""
        people = (*PEOPLE, "pronoun")
        return self.head.is_a(*people) or self.head.gloss in ("CHILDREN", "PARENTS", "PEOPLE")

    @property
    def many(self) -> bool:
        """Whether a plural stands for it."""
        counted = any(c.gloss in BEFORE_PLURAL for c in self.counts) or any(
            c.is_a("number") and c.gloss != "ONE" for c in self.counts
        )
        return self.head.is_a("plural") or (counted and self.head.is_a("noun", "person"))

    @property
    def agreement(self) -> str:
        """Return "I", "he" or "you", the persons that English verbs tell apart."""
        if self.head.text == "I":
            return "I"
        if self.many or self.head.text in ("you", "we", "they"):
            return "you"
        return "he"

    def text(self, role: str) -> str:
        """Return it in English; role is "subject", "topic" (of "is"), "object", "new" or "bare"."""
        if self.is_pronoun:
            from signbridge.compose.forms import OBJECT_FORM

            word = self.head.text
            return OBJECT_FORM.get(word, word) if role in ("object", "new") else word
        name = plural(self.head.text) if self.many and not self.head.is_a("plural") else ""
        words = [*(c.text for c in self.counts), *self.describes, name or self.head.text]
        phrase = " ".join(words)
        if self.owner:
            return f"{self.owner} {phrase}"
        return f"{self._article(role, phrase)} {phrase}".strip()

    def _article(self, role: str, phrase: str) -> str:
        if role == "bare" or self.counts or self.head.is_a("name", "kin"):
            return ""
        if self.head.is_a("mass") and role != "topic":
            return ""
        if self.head.text.startswith("the "):
            return ""
        if role == "new":
            return "" if self.many else article(phrase)
        return "the"


Item = Noun | Word


def chunked(words: Sequence[Word], has_verb: bool) -> list[Item]:
    """Return noun phrases in place of their words; verbs, adjectives and places stay words.

    has_verb: with a verb, an adjective after a noun describes it; without, it is the predicate.
    """
    items: list[Item] = []
    waiting = _Waiting()
    for index, item in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else None
        last = items[-1] if items else None
        if item.is_a("possessive"):
            ends = following is None or not _opens_noun(following)
            if ends and isinstance(last, Noun) and not last.is_pronoun and not last.owner:
                last.owner = item.text  # PHONE MY
            else:
                waiting.owner = item.text
        elif item.is_a("determiner", "number") and following and _opens_noun(following):
            waiting.counts.append(item)
        elif item.is_a("adjective") and following and following.is_a(*NOUNS):
            waiting.describes.append(item.text)
        elif item.is_a("degree") and following and following.is_a("adjective"):
            waiting.degree = item.text
        elif item.is_a("adjective"):
            _place_adjective(items, waiting.degreed(item), has_verb)
        elif item.is_a("pronoun") and following and following.gloss == "NAME":
            waiting.owner = POSSESSIVE_FORM.get(item.text, "")
        elif item.is_a(*NOUNS, "pronoun", "determiner", "number", "possessive"):
            _place_noun(items, waiting.taken(item), has_verb)
        else:
            items.append(item)
    if waiting.owner:  # MY at the end, with nothing it could own
        items.append(Noun(Word("", "name", {"my": "mine", "your": "yours"}.get(waiting.owner, ""))))
    return items


@dataclass(slots=True)
class _Waiting:
    """What was said of a noun that is still to come."""

    owner: str = ""
    counts: list[Word] = field(default_factory=list)
    describes: list[str] = field(default_factory=list)
    degree: str = ""

    def taken(self, head: Word) -> Noun:
        noun = Noun(head, self.owner, self.counts, self.describes)
        self.owner, self.counts, self.describes = "", [], []
        return noun

    def degreed(self, item: Word) -> Word:
        text, self.degree = f"{self.degree} {item.text}".strip(), ""
        return Word(item.gloss, item.kind, text, item.after)


def _opens_noun(item: Word) -> bool:
    return item.is_a(*NOUNS, "adjective", "number", "determiner")


def _place_adjective(items: list[Item], item: Word, has_verb: bool) -> None:
    last = items[-1] if items else None
    if has_verb and isinstance(last, Noun) and not last.is_pronoun and not last.describes:
        last.describes.append(item.text)
    else:
        items.append(item)


def _place_noun(items: list[Item], noun: Noun, has_verb: bool) -> None:
    """MOTHER CAR is mother's car; with a verb to come MOTHER may be the one who acts."""
    last = items[-1] if items else None
    owns = (
        isinstance(last, Noun)
        and last.head.is_a("person", "kin")
        and not noun.owner
        and noun.head.is_a("noun", "plural")
        and (not has_verb or any(isinstance(i, Word) and i.is_a("verb") for i in items))
    )
    if owns:
        assert isinstance(last, Noun)
        noun.owner = f"{last.text('subject')}'s"
        items[-1] = noun
    else:
        items.append(noun)
