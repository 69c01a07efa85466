"""English forms of words: verbs in tense and person, plurals, articles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from signbridge.compose.words import Word

OBJECT_FORM = {"I": "me", "he": "him", "she": "her", "we": "us", "they": "them"}
POSSESSIVE_FORM = {
    "I": "my", "you": "your", "he": "his", "she": "her", "we": "our", "they": "their", "it": "its",
}  # fmt: skip
CONTRACTED = {
    "can": "can't", "will": "won't", "am": "am not", "must": "must not", "cannot": "can't",
}  # fmt: skip
BE = {"past": {"I": "was", "he": "was"}, "present": {"I": "am", "he": "is"}}
ADVERB_OF = {"GOOD": "well", "HARD": "hard", "FAST": "fast", "LATE": "late", "EARLY": "early"}


@dataclass(frozen=True, slots=True)
class Mood:
    """How a verb is used; tense is "past", "present" or "future"."""

    tense: str = "present"
    modal: str = ""
    negative: bool = False
    perfect: bool = False
    progressive: bool = False
    asks: bool = False


def conjugated(verb: str, person: str, mood: Mood) -> tuple[str, str]:
    """Return auxiliary and main verb ("don't", "eat"); the auxiliary may be "".

    verb: base form, or "be"; person: "I", "he" (third singular) or "you" (all others).
    """
    modal = mood.modal or ("will" if mood.tense == "future" else "")
    if modal:
        return _negated(modal, mood.negative), "be" if verb == "be" else verb
    if (verb == "be" and not mood.perfect) or mood.progressive:
        aux = BE[mood.tense].get(person, "were" if mood.tense == "past" else "are")
        return _negated(aux, mood.negative), "" if verb == "be" else form(verb, "VBG")
    if mood.perfect:
        aux = "had" if mood.tense == "past" else "has" if person == "he" else "have"
        return _negated(aux, mood.negative), form(verb, "VBN")
    if mood.negative or mood.asks:
        aux = "did" if mood.tense == "past" else "does" if person == "he" else "do"
        return _negated(aux, mood.negative), verb
    if mood.tense == "past":
        return "", form(verb, "VBD")
    return "", form(verb, "VBZ") if person == "he" else verb


def _negated(aux: str, negative: bool) -> str:
    if not negative:
        return "can't" if aux == "cannot" else aux
    return CONTRACTED.get(aux, f"{aux}n't")


@cache
def form(phrase: str, tag: str) -> str:
    """Return a base form in the form of a Penn tag: form("go home", "VBD") -> "went home"."""
    from lemminflect import getInflection

    first, _, rest = phrase.partition(" ")
    found = getInflection(first, tag=tag) or getInflection(first, tag=tag, inflect_oov=True)
    return f"{found[0] if found else first} {rest}".strip()


def plural(noun: str) -> str:
    """Return the plural of a noun phrase: "hearing aid" -> "hearing aids"."""
    start, _, last = noun.rpartition(" ")
    return f"{start} {form(last, 'NNS')}".strip()


def article(text: str) -> str:
    """Return "a" or "an", by how the next word is spelled."""
    if text.startswith(("uni", "use", "one", "eu")):
        return "a"
    return "an" if text[:1].lower() in "aeiou" or text.startswith(("hour", "honest")) else "a"


def adverb(word: Word) -> str:
    """Return an adjective as it describes a verb: SLOW -> "slowly", BIG -> "big"."""
    known = ADVERB_OF.get(word.gloss)
    return known or _adverb_of(word.text)


@cache
def _adverb_of(adjective: str) -> str:
    """Return the word in -ly where English has one; "bigly" and "tally" are none."""
    from lemminflect import getAllLemmas

    made = adjective[:-1] + "ily" if adjective.endswith("y") else adjective + "ly"
    return made if "ADV" in getAllLemmas(made) else adjective
