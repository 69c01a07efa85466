"""One clause -> English, by the order and habits of ASL (topic first, no copula, no article)."""

from __future__ import annotations

from dataclasses import replace

from signbridge.compose.clauses import ASKS_OF_NOUN, Clause, clause
from signbridge.compose.forms import Mood, adverb, conjugated, form
from signbridge.compose.nouns import Item, Noun, chunked
from signbridge.compose.phrases import (
    as_actor,
    joined,
    link_word,
    object_of,
    place_words,
    predicate_words,
    question_words,
    same_person,
    words_of,
)
from signbridge.compose.words import Word

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
        return joined(question_words(parts), _with_verb(told, items), *times), False
    if has_verb:
        return joined(_with_verb(parts, items), *times), False
    nouns = [item for item in items if isinstance(item, Noun)]
    described = [item for item in items if isinstance(item, Word)]
    asked = question_words(parts)
    if parts.wh and parts.wh.gloss == "HOW" and described and described[0].is_a("has_degree"):
        asked, described = joined(asked, described[0].text), described[1:]
    if not nouns:
        return joined(asked, *(words_of(item, "bare") for item in described), *times), False
    aux, main = conjugated("be", nouns[0].agreement, _mood(told, None))
    rest = [
        *(noun.text("new") for noun in nouns[1:]),
        *(words_of(item, "bare") for item in described),
    ]
    return joined(asked, nouns[0].text("topic"), aux, main, *rest, *times), False


def _is_request(items: list[Item]) -> bool:
    return not items or isinstance(items[0], Word)


def _mood(parts: Clause, verb: Word | None) -> Mood:
    done = parts.finished or parts.already or parts.not_yet or parts.lasting
    perfect = done and parts.tense == "present"
    tense = "past" if parts.finished and parts.tense == "past" else parts.tense
    moving = parts.now and verb is not None and not verb.is_a("state") and not perfect
    return Mood(
        tense=tense,
        modal=parts.modal,
        negative=parts.negative or (verb is not None and verb.is_a("negative")),
        perfect=perfect and (verb is not None or parts.lasting),
        progressive=moving and not parts.modal and tense == "present",
        asks=parts.wh is not None or parts.asks,
    )


def _with_verb(parts: Clause, items: list[Item]) -> str:
    at = next(i for i, x in enumerate(items) if isinstance(x, Word) and x.is_a("verb", "negative"))
    verb, before, after = items[at], items[:at], items[at + 1 :]
    assert isinstance(verb, Word)
    before = [as_actor(x) if verb.is_a("happens") else x for x in before]
    subject, topics = _subject(verb, [x for x in before if isinstance(x, Noun)], after)
    loose = [x for x in before if isinstance(x, Word)]
    if subject:
        after = [x for x in after if not (isinstance(x, Noun) and same_person(x, subject))]
    for topic in topics:
        topic.known = not verb.is_a("brings_in")
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
        question = question_words(parts)
        return joined(question, aux, subject.text("subject"), middle, rest)
    return joined(subject.text("subject"), aux, middle, rest)


def _subject(verb: Word, before: list[Noun], after: list[Item]) -> tuple[Noun | None, list[Noun]]:
    """Return who acts, and what else stood before the verb: BOOK ME WANT has the book first."""
    alive = [noun for noun in before if noun.is_alive]
    if alive:
        subject = next((n for n in reversed(alive) if n.is_pronoun), alive[-1])
        return subject, [noun for noun in before if noun is not subject]
    if len(before) > 1:
        acts = 0 if verb.is_a("happens") and verb.after else -1  # BUS STORE GO
        return before[acts], [noun for noun in before if noun is not before[acts]]
    follows = any(isinstance(item, Noun) for item in after)
    if before and ((follows and not _lone_me(verb, after)) or verb.is_a("happens")):
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
        return joined("it", aux, main, rest)
    if parts.wh and parts.wh.gloss in ("WHO", "WHAT", "WHICH"):  # WHO TEACH YOU
        aux, main = conjugated(verb.text, "he", replace(mood, asks=False))
        return joined(question_words(parts), aux, main, rest)
    if parts.wh:
        return joined(parts.wh.text, "to" if parts.wh.gloss != "WHY" else "", verb.text, rest)
    if parts.finished:
        return joined("have", form(verb.text, "VBN"), rest)
    if mood.tense == "past":
        return joined(form(verb.text, "VBD"), rest)
    if mood.tense == "future" or mood.modal:
        aux, main = conjugated(verb.text, "you", mood)
        return joined(aux, main, rest)
    start = "never" if parts.never else "don't" if mood.negative else ""
    return joined(parts.often, start, verb.text, rest)


def _complement(verb: Word, items: list[Item]) -> str:
    """Return what follows the verb: objects, a second verb, a clause, places, manner."""
    words: list[str] = []
    said_object = False
    for index, item in enumerate(items):
        if isinstance(item, Noun):
            new = verb.is_a("wants_new") and not words
            clause_follows = verb.is_a("with_clause") and _has_predicate(items[index + 1 :])
            if clause_follows and (item.is_pronoun or item.is_alive) and not words:
                return joined(*words, _subordinate(items[index:]))
            link = link_word(verb, item, first=not said_object)
            if item.counts and index and isinstance(items[index - 1], Noun):
                link = "and"
            if words and words[-1] in _PREPOSITIONS:
                link = ""
            words += [link, object_of(verb, item, new)]
            said_object = True
        elif item.is_a("verb", "negative"):
            return joined(*words, _second_verb(verb, item, items[index + 1 :]))
        elif item.is_a("place"):
            goes = verb.after == "to" and verb.gloss != "TALK"
            words.append(place_words(item, goes))
        elif item.is_a("preposition"):
            words.append(item.text)
        elif item.is_a("adjective"):
            feels = verb.gloss in ("FEEL", "GET", "STAY", "LOOK", "KEEP")
            words.append(item.text if feels else adverb(item))
        else:
            words.append(item.text)
    return joined(*words)


_PREPOSITIONS = ("with", "from", "for", "about", "since", "until", "behind", "in", "on", "near")


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
        return joined("and don't", second.text, rest)
    if verb.gloss in BARE_AFTER:
        return joined(second.text, rest)
    if verb.is_a("with_to"):
        return joined("to", second.text, rest)
    if verb.is_a("with_ing"):
        return joined(form(second.text, "VBG"), rest)
    return joined("and", second.text, rest)


def _without_verb(parts: Clause, items: list[Item]) -> str:
    """Return a clause with the copula that ASL leaves out, or a bare phrase."""
    nouns = [item for item in items if isinstance(item, Noun)]
    words = [item for item in items if isinstance(item, Word)]
    if len(nouns) > 1 and same_person(nouns[0], nouns[-1]):
        again = nouns.pop()
        items = [item for item in items if item is not again]
    if parts.wh:
        return _copula_question(parts, nouns, words)
    if not nouns or (len(items) == 1 and not _modified(parts)):
        bare = "subject" if words or len(nouns) > 1 else "bare"
        before = "not" if parts.negative else "never" if parts.never else ""
        before = "not yet" if parts.not_yet else before
        often = [parts.often, "already" if parts.already else ""]
        return joined(*often, before, *(words_of(item, bare) for item in items))
    subject = nouns[0]
    others = [item for item in items if item is not subject]
    aux, main = conjugated("be", subject.agreement, _mood(parts, None))
    predicate = [predicate_words(item, index, others) for index, item in enumerate(others)]
    adverbs = [parts.often, "never" if parts.never else "", "already" if parts.already else ""]
    tail = "yet" if parts.not_yet else ""
    name = subject.text("topic")
    start = [aux, name] if parts.asks else [name, aux]
    return joined(*start, *adverbs, main, *predicate, tail)


def _modified(parts: Clause) -> bool:
    times = parts.first_time or parts.last_time or parts.often
    return bool(parts.negative or parts.asks or parts.modal or times)


def _copula_question(parts: Clause, nouns: list[Noun], words: list[Word]) -> str:
    assert parts.wh is not None
    asked = question_words(parts)
    if parts.wh.gloss == "HOW" and words and words[0].is_a("has_degree"):
        asked, words = f"how {words[0].text}", words[1:]
    described = " ".join(words_of(word, "bare") for word in words)
    if not nouns:
        return joined(asked, described)
    subject, others = nouns[0], nouns[1:]
    if parts.wh.gloss in ASKS_OF_NOUN and not words and not others and not parts.price:
        return joined(asked, subject.text("bare"))
    aux, main = conjugated("be", subject.agreement, replace(_mood(parts, None), asks=True))
    rest = [noun.text("new") for noun in others]
    return joined(asked, aux, subject.text("topic"), main, *rest, described)
