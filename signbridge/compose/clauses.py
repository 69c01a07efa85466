"""Words -> clauses, and what a clause says beside its verb and nouns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from signbridge.compose.forms import form, plural
from signbridge.compose.words import Word

NOUNS = ("noun", "person", "kin", "plural", "mass", "name")
ASKS_OF_NOUN = ("WHICH", "HOW-MANY", "HOW-MUCH")

TELLS = ("TELL", "ASK", "SHOW")
EMBEDDED = "embedded"
PREDICATES = ("verb", "negative", "adjective", "modal", "negation")


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
    lasting: bool = False
    price: bool = False


def is_embedded(before: Sequence[Word], item: Word) -> bool:
    """ME DON'T-KNOW WHERE BATHROOM, TELL ME WHERE: it opens what is known or told."""
    told = len(before) > 1 and before[-1].is_a("pronoun") and before[-2].gloss in TELLS
    return item.is_a("wh") and bool(before) and (before[-1].is_a("with_clause") or told)


def clauses(words: Sequence[Word]) -> list[tuple[str, list[Word]]]:
    """Return (conjunction, words) pairs; a new subject after a predicate opens a new clause.

    The conjunction EMBEDDED stands before a question word that is not asked: I know where.
    """
    parts: list[tuple[str, list[Word]]] = [("", [])]
    for index, item in enumerate(words):
        current = parts[-1][1]
        if is_embedded(current, item) and words[index + 1 :]:
            current += [one for one in words[index + 1 :] if one.is_a("question", "polite")]
            parts.append((EMBEDDED, [item]))
        elif item.is_a("question", "polite") and parts[-1][0] == EMBEDDED:
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
    if _time_opens(current, item, following) or _person_opens(current, item, following):
        return True
    if not item.is_a("pronoun") or not current or not following:
        return False
    predicate = following[0].is_a(*PREDICATES)
    last = current[-1]
    if item in current and last.is_a("verb", "negation"):  # ME NOT MARRY ME SINGLE
        return following[0].is_a("adjective", "state")
    if not predicate or last.is_a("to_person", "with_clause", "wh", "past", "ahead", "when"):
        return False
    if last.is_a("adjective"):
        topic_of = len(following) == 1 and following[0].is_a("wants_new", "state")
        return len(current) > 1 and not current[-2].is_a("wh") and not topic_of
    if last.is_a("it_does"):
        return True
    if last.is_a("happens") and len(current) > 1 and following[0].is_a("state"):
        return True
    said = any(w.is_a("verb", "negative", "adjective") for w in current)
    topic = last.is_a("mass") and following[0].is_a("adjective")
    return topic or (said and last.is_a(*NOUNS, "place", "negation"))


def _time_opens(current: Sequence[Word], item: Word, following: Sequence[Word]) -> bool:
    """TODAY ME BUSY | TOMORROW ME FREE."""
    said = any(w.is_a("verb", "negative", "adjective") for w in current)
    moment = item.is_a("past", "ahead", "when", "present")
    subject = len(following) > 1 and following[0].is_a("pronoun", "possessive")
    return moment and said and subject and any(one.is_a(*PREDICATES) for one in following)


def _person_opens(current: Sequence[Word], item: Word, following: Sequence[Word]) -> bool:
    """ME LATE | BOSS ANGRY."""
    described = len(current) > 1 and current[-1].is_a("adjective") and current[-2].is_a("pronoun")
    is_so = len(following) == 1 and following[0].is_a("adjective")
    return described and is_so and item.is_a("person", "kin")


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
        elif item.is_a("lasts") and _is_lasting(words, index):
            item = replace(item, kind="adjective", text=form(item.text, "VBN"))
        elif item.is_a("also_verb") and _may_be_verb(before, item, alone=not verbs):
            item = replace(item, kind="verb", after="")
        found.append(item)
    return found


def _is_lasting(words: list[Word], index: int) -> bool:
    """YOU MARRY QM asks what is; WANT MARRY and YESTERDAY ME MARRY tell what is done."""
    others = [*words[:index], *words[index + 1 :]]
    moved = any(one.is_a("verb", "negative", "modal", "past", "ahead") for one in others)
    to_whom = any(one.is_a(*NOUNS, "pronoun") for one in words[index + 1 :])
    return index > 0 and not moved and not to_whom


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
    found.asks = found.asks or _asks_first(words)
    found.price = _is_price(found, words)
    _ask_of_noun(found, words)
    return found


def _asks_first(words: Sequence[Word]) -> bool:
    """CAN YOU HELP ME."""
    return len(words) > 2 and words[0].is_a("modal") and words[1].text == "you"


def _is_price(found: Clause, words: Sequence[Word]) -> bool:
    """COFFEE HOW-MUCH asks what it costs, HOW-MUCH COFFEE how much there is."""
    if found.wh is None or found.wh.gloss != "HOW-MUCH" or len(found.words) > 2:
        return False
    named = all(one.is_a(*NOUNS, "possessive", "pronoun") for one in found.words)
    return named and (words[-1].gloss == "HOW-MUCH" or found.words[-1].is_a("pronoun"))


def _ask_of_noun(found: Clause, words: Sequence[Word]) -> None:
    """WHICH BOOK, CHILDREN HOW-MANY: the noun beside the question word belongs to it."""
    if found.wh is None:
        return
    acts = any(item.is_a("verb") for item in found.words)
    if found.price:
        return
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
    if found.words and found.words[-1].gloss == "SINCE":
        found.words.pop()
        found.lasting = True
        found.last_time.append(f"since {item.text}")
        return True
    found.tense = {"past": "past", "ahead": "future"}.get(item.kind, found.tense)
    found.now = found.now or item.is_a("present")
    first = index == 0 and item.gloss not in ("AGAIN", "EARLY", "NOW")
    (found.first_time if first else found.last_time).append(item.text)
    return True


def _took_ago(found: Clause, item: Word) -> bool:
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
