"""One clause -> English, by the order and habits of ASL (topic first, no copula, no article)."""

from __future__ import annotations

from dataclasses import replace

from signbridge.compose.clauses import Clause, clause
from signbridge.compose.forms import Mood, adverb, conjugated, form
from signbridge.compose.nouns import Item, Noun, chunked
from signbridge.compose.words import Word, word

# Verbs whose lone noun is what happens, not what it happens to: BUS ARRIVE.
HAPPENS = (
    "ARRIVE", "HAPPEN", "CRASH", "STOP", "START", "CONTINUE", "DISAPPEAR", "MOVE", "BREAK", "OPEN",
    "CLOSE", "HURT", "CHANGE", "GO", "COME", "LEAVE", "RUN", "SLEEP", "CRY", "WALK", "JUMP", "EAT",
    "DRINK", "SIT", "STAND", "SWIM",
)  # fmt: skip
BARE_AFTER = ("HELP", "LET", "GO", "COME")  # "help me learn", "go eat"


def realised(words: list[Word]) -> tuple[str, bool]:
    """Return one clause in English without capital or stop, and whether it asks something."""
    parts = clause(words)
    has_verb = any(item.is_a("verb", "negative") for item in parts.words)
    items = chunked(parts.words, has_verb)
    body = _with_verb(parts, items) if has_verb else _without_verb(parts, items)
    asks = parts.wh is not None or parts.asks
    pieces = [*parts.first_time, body, *parts.last_time]
    text = " ".join(piece for piece in pieces if piece)
    if parts.maybe:
        text = f"maybe {text}".strip()
    if parts.polite:
        request = has_verb and not asks and _is_request(items)
        text = f"please {text}" if request else f"{text}, please"
    return text.strip(" ,"), asks


def embedded(words: list[Word]) -> tuple[str, bool]:
    """Return what is known or not, "where the bathroom is", and that it asks nothing."""
    parts = clause(words)
    has_verb = any(item.is_a("verb", "negative") for item in parts.words)
    items = chunked(parts.words, has_verb)
    told = replace(parts, wh=None)
    times = [*parts.first_time, *parts.last_time]
    if has_verb and isinstance(items[0], Noun):
        return _joined(_asked(parts), _with_verb(told, items), *times), False
    if has_verb:
        return _joined(_with_verb(parts, items), *times), False
    nouns = [item for item in items if isinstance(item, Noun)]
    described = [item for item in items if isinstance(item, Word)]
    asked = _asked(parts)
    if parts.wh and parts.wh.gloss == "HOW" and described and described[0].is_a("has_degree"):
        asked, described = _joined(asked, described[0].text), described[1:]
    if not nouns:
        return _joined(asked, *(_said(item, "bare") for item in described), *times), False
    aux, main = conjugated("be", nouns[0].agreement, _mood(told, None))
    rest = [*(noun.text("new") for noun in nouns[1:]), *(_said(item, "bare") for item in described)]
    return _joined(asked, nouns[0].text("topic"), aux, main, *rest, *times), False


def _is_request(items: list[Item]) -> bool:
    return not items or isinstance(items[0], Word)


def _mood(parts: Clause, verb: Word | None) -> Mood:
    perfect = (parts.finished or parts.already or parts.not_yet) and parts.tense == "present"
    tense = "past" if parts.finished and parts.tense == "past" else parts.tense
    moving = parts.now and verb is not None and not verb.is_a("state") and not perfect
    return Mood(
        tense=tense,
        modal=parts.modal,
        negative=parts.negative or (verb is not None and verb.is_a("negative")),
        perfect=perfect and verb is not None,
        progressive=moving and not parts.modal and tense == "present",
        asks=parts.wh is not None or parts.asks,
    )


def _with_verb(parts: Clause, items: list[Item]) -> str:
    at = next(i for i, x in enumerate(items) if isinstance(x, Word) and x.is_a("verb", "negative"))
    verb, before, after = items[at], items[:at], items[at + 1 :]
    assert isinstance(verb, Word)
    before = [_as_actor(x) if verb.gloss in HAPPENS else x for x in before]
    subject, topics = _subject(verb, [x for x in before if isinstance(x, Noun)], after)
    loose = [x for x in before if isinstance(x, Word)]
    if subject:
        after = [x for x in after if not (isinstance(x, Noun) and _same(x, subject))]
    rest = _complement(verb, [*after, *topics, *loose])
    mood = _mood(parts, verb)
    if parts.not_yet:
        rest = f"{rest} yet".strip()
    if subject is None:
        return _without_subject(parts, verb, mood, rest)
    aux, main = conjugated(verb.text, subject.agreement, mood)
    adverbs = [parts.often, "never" if parts.never else "", "already" if parts.already else ""]
    middle = " ".join(word for word in [*adverbs, main] if word)
    if mood.asks:
        question = _asked(parts)
        return _joined(question, aux, subject.text("subject"), middle, rest)
    return _joined(subject.text("subject"), aux, middle, rest)


def _as_actor(item: Item) -> Item:
    """SCHOOL START: a place that does something is a noun."""
    if isinstance(item, Word) and item.is_a("place") and item.after.startswith(("at", "in ")):
        return Noun(replace(item, kind="name"))
    return item


def _subject(verb: Word, before: list[Noun], after: list[Item]) -> tuple[Noun | None, list[Noun]]:
    """Return who acts, and what else stood before the verb: BOOK ME WANT has the book first."""
    alive = [noun for noun in before if noun.is_alive]
    if alive:
        subject = next((n for n in reversed(alive) if n.is_pronoun), alive[-1])
        return subject, [noun for noun in before if noun is not subject]
    if len(before) > 1:
        return before[-1], before[:-1]
    follows = any(isinstance(item, Noun) for item in after)
    if before and ((follows and not _lone_me(verb, after)) or verb.gloss in HAPPENS):
        return before[0], []
    if _lone_me(verb, after):
        return next(x for x in after if isinstance(x, Noun) and x.head.text == "I"), before
    return None, before


def _lone_me(verb: Word, after: list[Item]) -> bool:
    """WANT ME: the signer says so of themselves; HELP ME asks."""
    mine = bool(after) and isinstance(after[-1], Noun) and after[-1].head.text == "I"
    return mine and not verb.is_a("to_person")


def _without_subject(parts: Clause, verb: Word, mood: Mood, rest: str) -> str:
    if verb.is_a("it_does"):
        aux, main = conjugated(verb.text, "he", mood)
        return _joined("it", aux, main, rest)
    if parts.wh and parts.wh.gloss in ("WHO", "WHAT", "WHICH"):  # WHO TEACH YOU
        aux, main = conjugated(verb.text, "he", replace(mood, asks=False))
        return _joined(parts.wh.text, aux, main, rest)
    if parts.wh:
        return _joined(parts.wh.text, "to" if parts.wh.gloss != "WHY" else "", verb.text, rest)
    if parts.finished:
        return _joined("have", form(verb.text, "VBN"), rest)
    if mood.tense == "past":
        return _joined(form(verb.text, "VBD"), rest)
    if mood.tense == "future" or mood.modal:
        aux, main = conjugated(verb.text, "you", mood)
        return _joined(aux, main, rest)
    start = "never" if parts.never else "don't" if mood.negative else ""
    return _joined(start, verb.text, rest)


def _complement(verb: Word, items: list[Item]) -> str:
    """Return what follows the verb: objects, a second verb, a clause, places, manner."""
    words: list[str] = []
    said_object = False
    for index, item in enumerate(items):
        if isinstance(item, Noun):
            new = verb.is_a("wants_new") and not words
            clause_follows = verb.is_a("with_clause") and _has_predicate(items[index + 1 :])
            if clause_follows and (item.is_pronoun or item.is_alive) and not words:
                return _joined(*words, _subordinate(items[index:]))
            link = _link(verb, item, first=not said_object)
            if words and words[-1] in _PREPOSITIONS:
                link = ""
            words += [link, _object(verb, item, new)]
            said_object = True
        elif item.is_a("verb", "negative"):
            return _joined(*words, _second_verb(verb, item, items[index + 1 :]))
        elif item.is_a("place"):
            goes = verb.after == "to" and verb.gloss != "TALK"
            words.append(_place(item, goes))
        elif item.is_a("preposition"):
            words.append(item.text)
        elif item.is_a("adjective"):
            feels = verb.gloss in ("FEEL", "GET", "STAY", "LOOK", "KEEP")
            words.append(item.text if feels else adverb(item))
        else:
            words.append(item.text)
    return _joined(*words)


_PREPOSITIONS = ("with", "from", "for", "about", "since", "until", "behind", "in", "on", "near")


def _link(verb: Word, noun: Noun, *, first: bool) -> str:
    """Return the preposition before an object: "to the store", "at the hospital"."""
    if noun.head.is_a("located") and verb.is_a("does_at"):
        return "at"
    if first:
        return verb.after
    return "to" if noun.is_alive else ""


def _place(item: Word, goes: bool) -> str:
    if not goes:
        return item.after
    return (
        item.text
        if item.text in ("home", "here", "there", "outside", "inside", "far")
        else (f"to {item.text}")
    )


def _object(verb: Word, noun: Noun, new: bool) -> str:
    new = new and not (noun.head.is_a("located") and verb.is_a("does_at"))
    return noun.text("new" if new else "object")


def _has_predicate(items: list[Item]) -> bool:
    return any(isinstance(x, Word) and x.is_a("verb", "negative", "adjective") for x in items)


def _subordinate(items: list[Item]) -> str:
    """Return "you are right" from the items after THINK, KNOW and their like."""
    inner = Clause()
    has_verb = any(isinstance(x, Word) and x.is_a("verb", "negative") for x in items)
    return _with_verb(inner, items) if has_verb else _without_verb(inner, items)


def _second_verb(verb: Word, second: Word, items: list[Item]) -> str:
    rest = _complement(second, items)
    if second.is_a("negative"):
        return _joined("and don't", second.text, rest)
    if verb.gloss in BARE_AFTER:
        return _joined(second.text, rest)
    if verb.is_a("with_to"):
        return _joined("to", second.text, rest)
    if verb.is_a("with_ing"):
        return _joined(form(second.text, "VBG"), rest)
    return _joined("and", second.text, rest)


def _asked(parts: Clause) -> str:
    """Return the question word with its noun: "how many children"."""
    if parts.wh is None or parts.asked is None:
        return parts.wh.text if parts.wh else ""
    counts = [word("MANY")] if parts.wh.gloss == "HOW-MANY" else []
    noun = Noun(parts.asked, counts=counts).text("bare").removeprefix("many ")
    return f"{parts.wh.text} {noun}"


def _same(first: Noun, second: Noun) -> bool:
    return first.is_pronoun and first.head.gloss == second.head.gloss


def _without_verb(parts: Clause, items: list[Item]) -> str:
    """Return a clause with the copula that ASL leaves out, or a bare phrase."""
    nouns = [item for item in items if isinstance(item, Noun)]
    words = [item for item in items if isinstance(item, Word)]
    if len(nouns) > 1 and _same(nouns[0], nouns[-1]):
        items = [item for item in items if item is not nouns.pop()]
    if parts.wh:
        return _copula_question(parts, nouns, words)
    if not nouns or (len(items) == 1 and not _modified(parts)):
        bare = "subject" if words or len(nouns) > 1 else "bare"
        before = "not" if parts.negative else "never" if parts.never else ""
        return _joined(before, *(_said(item, bare) for item in items))
    subject = nouns[0]
    others = [item for item in items if item is not subject]
    aux, main = conjugated("be", subject.agreement, _mood(parts, None))
    predicate = [_predicate(item, index, others) for index, item in enumerate(others)]
    adverbs = [parts.often, "never" if parts.never else "", "already" if parts.already else ""]
    tail = "yet" if parts.not_yet else ""
    name = subject.text("topic")
    start = [aux, name] if parts.asks else [name, aux]
    return _joined(*start, *adverbs, main, *predicate, tail)


def _modified(parts: Clause) -> bool:
    times = parts.first_time or parts.last_time or parts.often
    return bool(parts.negative or parts.asks or parts.modal or times)


def _predicate(item: Item, index: int, items: list[Item]) -> str:
    before = items[index - 1] if index else None
    if isinstance(item, Noun):
        after_preposition = isinstance(before, Word) and before.is_a("preposition")
        return item.text("object" if after_preposition or item.is_pronoun else "new")
    follows_adjective = isinstance(before, Word) and before.is_a("adjective")
    if item.is_a("adjective") and follows_adjective:
        return f"and {item.text}"
    return _said(item, "bare")


def _said(item: Item, role: str) -> str:
    if isinstance(item, Noun):
        return item.text(role)
    return item.after if item.is_a("place") else item.text


def _copula_question(parts: Clause, nouns: list[Noun], words: list[Word]) -> str:
    assert parts.wh is not None
    asked = _asked(parts)
    if parts.wh.gloss == "HOW" and words and words[0].is_a("has_degree"):
        asked, words = f"how {words[0].text}", words[1:]
    described = " ".join(_said(word, "bare") for word in words)
    if not nouns:
        return _joined(asked, described)
    subject, others = nouns[0], nouns[1:]
    if parts.wh.gloss in ("WHICH", "HOW-MANY", "HOW-MUCH") and not words and not others:
        return _joined(asked, subject.text("bare"))
    aux, main = conjugated("be", subject.agreement, replace(_mood(parts, None), asks=True))
    rest = [noun.text("new") for noun in others]
    return _joined(asked, aux, subject.text("topic"), main, *rest, described)


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word)
