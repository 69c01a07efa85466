"""Words -> sentences: where a statement ends and a question begins, without any pause between."""

from __future__ import annotations

from collections.abc import Sequence

from signbridge.compose.clauses import ASKS_OF_NOUN, NOUNS, is_embedded
from signbridge.compose.words import Word, word

PREDICATES = ("verb", "negative", "adjective", "place")
STARTERS = ("pronoun", "possessive", "kin", "person")
TIMES = ("past", "ahead", "when", "present")
AFTER_QUESTION = (*STARTERS, "wh", "verb", "negative")


def sentences(words: Sequence[Word]) -> list[list[Word]]:
    """Return the words of each sentence; a statement is never drawn into the question after it."""
    words = _with_reasons(words)
    found: list[list[Word]] = [[]]
    for index, item in enumerate(words):
        current = found[-1]
        if current and _breaks(current, item, words[index + 1 :]):
            found.append([item])
        else:
            current.append(item)
    return [part for part in found if part]


def _with_reasons(words: Sequence[Word]) -> list[Word]:
    """ME SAD WHY DOG SICK gives a reason; YOU SAD WHY asks for one."""
    found = list(words)
    for index, item in enumerate(words):
        before, after = words[:index], words[index + 1 :]
        told = item.gloss == "WHY" and _complete(before) and _complete(after)
        if told and not _about_you(before) and not is_embedded(before, item):
            found[index] = word("BECAUSE")
    return found


def _breaks(current: Sequence[Word], item: Word, following: Sequence[Word]) -> bool:
    last = current[-1]
    if item.is_a("question", "conjunction", "polite") or last.is_a("conjunction"):
        return False
    if last.is_a("question") or _is_name(current):
        return True
    if last.is_a("polite"):
        return item.is_a("pronoun") and len(current) > 1
    if any(is_embedded(one, after) for one, after in _ways_to_cut([*current, item])):
        return False
    asked = next((place for place, one in enumerate(current) if one.is_a("wh")), None)
    if asked is None:
        return _question_begins(current, item, following) or _request_begins(
            current, item, following
        )
    if asked and asked == len(current) - 1:
        return _asked_last(current[:-1], last, item, following)
    return _subject_begins(item, following) and _complete(current[1:]) and not _takes(last)


def _ways_to_cut(words: Sequence[Word]) -> list[tuple[Sequence[Word], Word]]:
    return [(words[:index], one) for index, one in enumerate(words)]


def _is_name(current: Sequence[Word]) -> bool:
    """MY NAME ANNA, ME NAME ANNA: said in full."""
    return len(current) > 1 and current[-1].is_a("name") and current[-2].gloss == "NAME"


def _asked_last(before: Sequence[Word], wh: Word, item: Word, following: Sequence[Word]) -> bool:
    """YOU LIVE WHERE | ME LIVE HERE; but CHILDREN HOW-MANY YOU HAVE is one question."""
    if wh.gloss in (*ASKS_OF_NOUN, "WHAT") and item.is_a(*NOUNS) and not following:
        return False
    if any(one.is_a("pronoun", "possessive", *PREDICATES) for one in before):
        return item.is_a(*AFTER_QUESTION)
    return item.text == "I"


def _question_begins(current: Sequence[Word], item: Word, following: Sequence[Word]) -> bool:
    """ME DEAF | YOU DEAF QM; ME HUNGRY | WHERE RESTAURANT."""
    if not _complete(current):
        return False
    if item.is_a("wh"):
        of_noun = len(following) == 1 and following[0].is_a(*NOUNS)
        asks_of_noun = item.gloss in (*ASKS_OF_NOUN, "WHAT") and of_noun
        told = any(not one.is_a(*TIMES, "question", "polite") for one in following)
        return told and not _about_you(current) and not asks_of_noun
    asks = any(one.is_a("wh", "question") for one in following)
    same = following[:1] and following[0] == current[-1]  # ME UNDERSTAND | YOU UNDERSTAND QM
    subject = item.is_a(*STARTERS) and (same or not _takes(current[-1]))
    return asks and bool(subject) and not (item.is_a("possessive") and _lacks_object(current[-1]))


def _request_begins(current: Sequence[Word], item: Word, following: Sequence[Word]) -> bool:
    """ME NOT UNDERSTAND | SIGN AGAIN PLEASE."""
    if current[0].text != "I" or not _complete(current):
        return False
    if current[-1].is_a("adjective"):  # ME LOST | HELP ME
        return item.is_a("to_person") and bool(following) and following[0].text == "I"
    refused = any(one.is_a("negation", "negative") for one in current)
    acts = item.is_a("verb", "also_verb") and any(one.is_a("polite") for one in following)
    return refused and acts and current[-1].is_a("verb")


def _subject_begins(item: Word, following: Sequence[Word]) -> bool:
    return item.is_a("pronoun") and bool(following) and following[0].is_a(*PREDICATES, "modal")


def _takes(last: Word) -> bool:
    """HELP, LOVE, THINK: what follows is whom they help or what they think."""
    return last.is_a("to_person", "with_clause", "preposition", "negation", "modal")


def _lacks_object(last: Word) -> bool:
    return last.is_a("verb", "negative")


def _about_you(words: Sequence[Word]) -> bool:
    subject = next((one for one in words if one.is_a(*STARTERS)), None)
    return subject is not None and subject.text in ("you", "your")


def _complete(words: Sequence[Word]) -> bool:
    """Say whether these words hold a subject and what is said of it."""
    subject = next((i for i, one in enumerate(words) if one.is_a(*NOUNS, "pronoun")), None)
    if subject is None:
        return False
    rest = words[subject + 1 :]
    is_something = words[subject].is_a("pronoun") and any(one.is_a(*NOUNS) for one in rest)
    return is_something or any(one.is_a(*PREDICATES) for one in rest)
