"""Glosses -> words, utterances and clauses, and what a clause says beside its verb and nouns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from signbridge.compose.words import SPELLED, Word, word

NOUNS = ("noun", "person", "kin", "plural", "mass", "name")
PAIRS = {("HOW", "MANY"): "HOW-MANY", ("HOW", "MUCH"): "HOW-MUCH"}
ASKS_OF_NOUN = ("WHICH", "HOW-MANY", "HOW-MUCH")

# Signs that belong together, where nothing but another such group follows.
TOGETHER = {
    ("NICE", "MEET", "YOU"): "Nice to meet you.",
    ("NICE", "MEET"): "Nice to meet you.",
    ("NICE", "YOU", "MEET"): "Nice to meet you.",
    ("NICE", "MEET", "YOU", "ME"): "Nice to meet you.",
    ("HOW", "YOU"): "How are you?",
    ("SEE", "YOU", "LATER"): "See you later.",
    ("SEE", "LATER"): "See you later.",
    ("SEE", "YOU", "TOMORROW"): "See you tomorrow.",
    ("SEE", "YOU", "SOON"): "See you soon.",
    ("GOOD", "MORNING"): "Good morning.",
    ("GOOD", "AFTERNOON"): "Good afternoon.",
    ("GOOD", "NIGHT"): "Good night.",
    ("GOOD", "LUCK"): "Good luck!",
    ("HAPPY", "BIRTHDAY"): "Happy birthday!",
    ("THANK-YOU", "VERY", "MUCH"): "Thank you very much.",
    ("TIME", "WHAT"): "What time is it?",
    ("WHAT", "TIME"): "What time is it?",
    ("WHAT", "HAPPEN"): "What happened?",
    ("HAPPEN", "WHAT"): "What happened?",
    ("I-LOVE-YOU",): "I love you.",
}
EMBEDDED = "embedded"
SUBJECTS = ("possessive", "pronoun", "wh")
LONGEST_GROUP = max(map(len, TOGETHER))


@dataclass(slots=True)
class Clause:
    """One clause: its nouns, verbs and adjectives in order, and what modifies the whole."""

    words: list[Word] = field(default_factory=list)
    first_time: list[str] = field(default_factory=list)
    last_time: list[str] = field(default_factory=list)
    tense: str = "present"
    now: bool = False
    wh: Word | None = None
    asked: Word | None = None
    negative: bool = False
    never: bool = False
    not_yet: bool = False
    modal: str = ""
    finished: bool = False
    already: bool = False
    often: str = ""
    maybe: bool = False
    polite: bool = False
    asks: bool = False


def utterances(glosses: Sequence[str]) -> list[str | list[Word]]:
    """Return ready-made English and stretches of words, in order."""
    left = _without_repeats(glosses)
    found: list[str | list[Word]] = []
    while left:
        size = _group(left)
        if size:
            found.append(TOGETHER[tuple(left[:size])])
            left = left[size:]
            continue
        head = word(left[0])
        if head.is_a("fixed") and not head.text.endswith(","):
            found.append(head.text)
        elif found and isinstance(found[-1], list):
            found[-1].append(head)
        else:
            found.append([head])
        left = left[1:]
    return found


def _group(glosses: list[str]) -> int:
    """Length of the group that starts here; a longer sentence is never cut short by one."""
    for size in range(min(LONGEST_GROUP, len(glosses)), 0, -1):
        rest = glosses[size:]
        group = TOGETHER.get(tuple(glosses[:size]))
        if group is None:
            continue
        whole = size > 2 and not group.endswith("?")
        follows = bool(rest) and word(rest[0]).is_a("fixed", *(SUBJECTS if whole else ()))
        if not rest or follows or _group(rest):
            return size
    return 0


def _without_repeats(glosses: Sequence[str]) -> list[str]:
    """Return glosses with letters joined to names, and a sign repeated at once taken as one."""
    found: list[str] = []
    letters = ""
    for gloss in [*glosses, ""]:
        if gloss.startswith(SPELLED) and len(gloss) == len(SPELLED) + 1:
            letters += gloss[-1]
            continue
        if letters:
            found.append(SPELLED + letters)
            letters = ""
        if found and (found[-1], gloss) in PAIRS:
            found[-1] = PAIRS[found[-1], gloss]
        elif gloss and (not found or found[-1] != gloss):
            found.append(gloss)
    return found


def is_embedded(before: Word, item: Word) -> bool:
    """ME DON'T-KNOW WHERE BATHROOM: the question word opens what is known or not."""
    return item.is_a("wh") and before.is_a("with_clause")


def clauses(words: Sequence[Word]) -> list[tuple[str, list[Word]]]:
    """Return (conjunction, words) pairs; a new subject after a predicate opens a new clause.

    The conjunction EMBEDDED stands before a question word that is not asked: I know where.
    """
    parts: list[tuple[str, list[Word]]] = [("", [])]
    for index, item in enumerate(words):
        current = parts[-1][1]
        if current and is_embedded(current[-1], item) and words[index + 1 :]:
            current += [one for one in words[index + 1 :] if one.is_a("question")]
            parts.append((EMBEDDED, [item]))
        elif item.is_a("question") and parts[-1][0] == EMBEDDED:
            continue
        elif item.is_a("conjunction"):
            parts.append((item.text, []))
        elif _opens_clause(current, item, words[index + 1 :]):
            parts.append((",", [item]))
        elif _second_predicate(current, item):
            parts.append(("and", [current[-2], item]))
        else:
            current.append(item)
    return [(joint, _as_used(_wish_first(part))) for joint, part in parts if part]


def _wish_first(words: list[Word]) -> list[Word]:
    """GO DOCTOR NEED, said last for weight, is needing to go."""
    acts = next((i for i, one in enumerate(words) if one.is_a("verb")), len(words))
    wish = words[-1].is_a("with_to") and words[-1].is_a("state")
    if wish and acts < len(words) - 1 and not words[acts].is_a("state"):
        return [*words[:acts], words[-1], *words[acts:-1]]
    return words


def _opens_clause(current: Sequence[Word], item: Word, following: Sequence[Word]) -> bool:
    """ME DEAF YOU HEARING; RAIN ME STAY; WATER ME THIRSTY."""
    if not item.is_a("pronoun") or not current or not following:
        return False
    predicate = following[0].is_a("verb", "negative", "adjective", "modal", "negation")
    last = current[-1]
    if not predicate or last.is_a("to_person", "with_clause", "wh", "past", "ahead", "when"):
        return False
    if last.is_a("adjective"):
        topic_of = len(following) == 1 and following[0].is_a("wants_new", "state")
        return len(current) > 1 and not current[-2].is_a("wh") and not topic_of
    if last.is_a("it_does"):
        return True
    said = any(w.is_a("verb", "negative", "adjective") for w in current)
    topic = last.is_a("mass") and following[0].is_a("adjective")
    return topic or (said and last.is_a(*NOUNS, "place", "negation"))


def _second_predicate(current: Sequence[Word], item: Word) -> bool:
    """ME THIRSTY WANT WATER: the same subject does something else."""
    return (
        item.is_a("verb", "negative")
        and len(current) > 1
        and current[-1].is_a("adjective")
        and current[-2].is_a("pronoun")
    )


def _as_used(words: list[Word]) -> list[Word]:
    """Decide whether signs that are both noun and verb are the one or the other here."""
    verbs = [w for w in words if w.is_a("verb", "negative")]
    found = []
    for index, item in enumerate(words):
        before = words[index - 1] if index else None
        last = index + 1 == len(words)
        wanted = last and before and before.is_a("wants_new")
        owned = before and before.is_a("possessive")
        if item.is_a("also_noun") and (wanted or owned):
            item = replace(item, kind="mass")
        elif item.gloss == "FINISH" and before and before.is_a(*NOUNS, "also_noun"):
            item = replace(item, kind="adjective", text="finished")
        elif item.is_a("also_verb") and _may_be_verb(before, item, alone=not verbs):
            item = replace(item, kind="verb", after="")
        found.append(item)
    return found


def _may_be_verb(before: Word | None, item: Word, *, alone: bool) -> bool:
    if not alone:  # LEARN SIGN is learning to sign; WANT TEST is wanting a test
        takes_verb = before is not None and before.is_a("with_to", "with_ing")
        return takes_verb and before is not None and not before.is_a("wants_new")
    if item.is_a("it_does"):
        return before is None or not before.is_a("adjective", "verb")
    return before is None or before.is_a("pronoun", "polite", "negation", "modal")


def clause(words: Sequence[Word]) -> Clause:
    """Sort a clause's words by what they do."""
    found = Clause()
    for index, item in enumerate(words):
        if not _took_time(found, item, index) and not _took_function(found, item, words):
            found.words.append(item)
    _ask_of_noun(found, words)
    return found


def _ask_of_noun(found: Clause, words: Sequence[Word]) -> None:
    """WHICH BOOK, CHILDREN HOW-MANY: the noun beside the question word belongs to it."""
    if found.wh is None:
        return
    acts = any(item.is_a("verb") for item in found.words)
    if found.wh.gloss not in ASKS_OF_NOUN and not (found.wh.gloss == "WHAT" and acts):
        return
    at = next(i for i, item in enumerate(words) if item.is_a("wh"))
    before = () if found.wh.gloss == "WHAT" else words[max(0, at - 1) : at]
    for beside in (*words[at + 1 : at + 2], *before):
        if beside.is_a(*NOUNS) and len(found.words) > 1 and beside in found.words:
            found.words.remove(beside)
            found.asked = beside
            return


def _took_time(found: Clause, item: Word, index: int) -> bool:
    if not item.is_a("past", "ahead", "when", "present"):
        return False
    if item.gloss == "AGO":
        return _took_ago(found, item)
    found.tense = {"past": "past", "ahead": "future"}.get(item.kind, found.tense)
    found.now = found.now or item.is_a("present")
    first = index == 0 and item.gloss not in ("AGAIN", "EARLY", "NOW")
    (found.first_time if first else found.last_time).append(item.text)
    return True


def _took_ago(found: Clause, item: Word) -> bool:
    from signbridge.compose.forms import plural

    found.tense = "past"
    if len(found.words) > 1 and found.words[-2].is_a("number"):
        count, unit = found.words[-2:]
        del found.words[-2:]
        noun = unit.text if count.gloss == "ONE" else plural(unit.text)
        found.last_time.append(f"{count.text} {noun} {item.text}")
    else:
        found.last_time.append(item.text)
    return True


def _took_function(found: Clause, item: Word, words: Sequence[Word]) -> bool:
    more_verbs = any(w.is_a("verb", "negative") for w in words if w is not item)
    if item.is_a("wh") and found.wh is None:
        found.wh = item
    elif item.is_a("negation"):
        found.never = found.never or item.gloss == "NEVER"
        found.not_yet = found.not_yet or item.gloss == "NOT-YET"
        found.negative = found.negative or item.gloss != "NEVER"
    elif item.is_a("modal"):
        if item.text == "will":
            found.tense = "future"
        else:
            found.modal = item.text
    elif item.gloss == "FINISH" and more_verbs:
        found.finished = True
    elif item.gloss == "ALREADY":
        found.already = True
    elif item.is_a("often"):
        found.often = item.text
    elif item.is_a("maybe"):
        found.maybe = True
    elif item.is_a("polite"):
        found.polite = True
    elif item.is_a("question"):
        found.asks = True
    else:
        return False
    return True
