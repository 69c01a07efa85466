"""A sentence beside the signs it was made from: which of its words nobody signed?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from signbridge.compose.words import SPELLED, word
from signbridge.types import RecognitionResult

# What English needs and ASL leaves out: articles, copula, auxiliaries, prepositions, pronouns
# that are pointed at. Negation, question words, numbers, modals of duty and time are none of
# these: they change what is said, so somebody must have signed them.
_FREE_WORDS = """
a an the be am is are was were been being do does did have has had will would shall to of in on at
for from with by into onto about as than that this these those it its there here some any ones
and or but so if then i me my mine we us our ours you your yours he him his she her hers they them
their theirs oh well just too also please get
getting got let lets up down out off over
"""
FREE = frozenset(_FREE_WORDS.split())
# English that stands for a sign whose own words are others: sign's lemma -> lemmas it may become.
ALIKE = {
    "not": ("no", "never", "none", "nothing", "nobody", "without", "cannot", "don't", "neither"),
    "no": ("not",),
    "none": ("no", "not", "nothing", "nobody"),
    "never": ("not", "ever"),
    "can't": ("can", "cannot", "not", "unable", "able"),
    "cannot": ("can", "not", "unable", "able"),
    "can": ("could", "able", "may", "might"),
    "want": ("like", "wish"),
    "need": ("must", "should", "ought"),
    "must": ("need", "should", "ought"),
    "finish": ("already", "done", "finished", "after"),
    "why": ("because",),
    "old": ("year", "age"),
    "name": ("call",),
    "deaf": ("people",),
    "hearing": ("people",),
    "mexico": ("mexican",),
    "have": ("own", "has"),
    "live": ("life", "alive"),
    "good": ("well", "fine"),
    "much": ("many", "very", "lot"),
    "many": ("much", "lot", "several"),
    "how": ("what",),
    "what": ("which", "how"),
    "which": ("what",),
    "happen": ("wrong", "matter", "happening"),
    "teach": ("teacher", "teaching"),
    "person": ("people", "someone"),
    "people": ("person", "everyone"),
    "all": ("every", "everyone", "everything", "whole"),
    "thank": ("thanks", "grateful"),
    "now": ("today", "currently"),
    "before": ("ago", "earlier", "previously", "use"),
    "after": ("later", "then"),
    "later": ("soon", "after"),
    "future": ("will", "someday"),
    "child": ("kid",),
    "mother": ("mom", "mum"),
    "father": ("dad",),
    "goodbye": ("bye",),
    "hello": ("hi", "hey"),
    "tv": ("television",),
}
NEGATIVE = (
    "NOT",
    "NEVER",
    "NONE",
    "NOTHING",
    "NOT-YET",
    "CANNOT",
    "CAN'T",
    "DON'T-WANT",
    "DON'T-KNOW",
    "DON'T-LIKE",
)
_DENIALS = "not no never none nothing nobody nowhere without neither nor cannot"
_DENIES = frozenset(_DENIALS.split())
_NO_NUMBER = re.compile(r"\b(the|this|that|which) one\b")  # "the one I like"
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_NEGATED = re.compile(r"n't$")


@dataclass(frozen=True, slots=True)
class Traced:
    """One content word of a sentence and the gloss it comes from; "" where nobody signed it."""

    word: str
    gloss: str


class Signed:
    """What was signed, and so what may be said."""

    def __init__(self, results: Sequence[RecognitionResult]) -> None:
        """Take every guess; one that is not the best counts: choosing among guesses is allowed."""
        self._sources: dict[str, str] = {}
        self._denied = tuple(one for one in results if one.guesses[0].text in NEGATIVE)
        for gloss in _glosses(results):
            for root in _roots(gloss):
                self._sources[root] = gloss

    def traced(self, sentence: str) -> tuple[Traced, ...]:
        """Return each content word of the sentence with its gloss."""
        return tuple(Traced(text, self._gloss(text)) for text in content_words(sentence))

    def added(self, sentence: str) -> tuple[str, ...]:
        """Return the content words of the sentence that nobody signed, each once."""
        return tuple(dict.fromkeys(one.word for one in self.traced(sentence) if not one.gloss))

    def left_out(self, sentence: str) -> tuple[str, ...]:
        """Return what was denied and is not, though no other guess of that sign is said."""
        words = content_words(sentence)
        if not self._denied or _DENIES & set(words):
            return ()
        said = {one.gloss for one in self.traced(sentence)}
        return tuple(
            result.guesses[0].text
            for result in self._denied
            if not said & {guess.text for guess in result.guesses[1:]}
        )

    def _gloss(self, text: str) -> str:
        return next((self._sources[root] for root in _lemmas(text) if root in self._sources), "")


def content_words(sentence: str) -> tuple[str, ...]:
    """Return the words that carry meaning, in lower case; a contracted "not" is one of them."""
    found: list[str] = []
    plain = _NO_NUMBER.sub(r"\1", sentence.lower().replace("\u2019", "'"))
    for text in _WORD.findall(plain):
        if _NEGATED.search(text):
            found += ["not"]
            text = {"can't": "can", "won't": "will", "shan't": "shall"}.get(text, text[:-3])
        text = text.partition("'")[0]
        if text and text not in FREE:
            found.append(text)
    return tuple(found)


def _glosses(results: Sequence[RecognitionResult]) -> Iterable[str]:
    """Yield every guessed gloss; the best ones last, so that a word is traced to them first."""
    for rank in range(max((len(one.guesses) for one in results), default=0) - 1, -1, -1):
        for one in results:
            if rank < len(one.guesses):
                yield one.guesses[rank].text
    letters = [one.guesses[0].text for one in results if one.guesses]
    yield from _spelled_runs(letters)


def _spelled_runs(glosses: Sequence[str]) -> Iterable[str]:
    """Yield what letters signed one after another spell."""
    run = ""
    for gloss in (*glosses, ""):
        if gloss.startswith(SPELLED):
            run += gloss.removeprefix(SPELLED)
            continue
        if len(run) > 1:
            yield SPELLED + run
        run = ""


def _roots(gloss: str) -> frozenset[str]:
    """Return the lemmas that a gloss may become in English."""
    texts = [word(gloss).text, gloss.removeprefix(SPELLED).removeprefix("#").replace("-", " ")]
    roots: set[str] = set()
    for text in texts:
        plain = text.lower()
        for part in (*_WORD.findall(plain.replace("'s ", " ")), *content_words(plain)):
            for lemma in (part, *_lemmas(part)):
                roots.add(lemma)
                roots.update(ALIKE.get(lemma, ()))
    return frozenset(roots)


@lru_cache(maxsize=1024)  # what visitors spell must not stay
def _lemmas(text: str) -> tuple[str, ...]:
    """Return the word and its base forms as a noun, verb and adjective; "slowly" is "slow"."""
    from lemminflect import getAllLemmas

    found = [lemma for lemmas in getAllLemmas(text).values() for lemma in lemmas]
    if not found and text.endswith("s"):  # in no dictionary: a name, "Sundays"
        found.append(text[:-1])
    if text.endswith("ily"):
        found.append(text[:-3] + "y")
    elif text.endswith("ly"):
        found.append(text[:-2])
    return tuple(dict.fromkeys((text, *found)))
