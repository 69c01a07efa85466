"""Two English sentences -> how far they agree by word and by content; no model, no network.

`meaning` counts shared content words. It knows no synonyms and no word order: "the dog bit the
man" agrees wholly with "the man bit the dog". It is a hint for a reader, not a judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signbridge.evaluation.metrics import NAN
from signbridge.evaluation.text import normalised, word_errors

# Words that English grammar asks for and ASL does not sign. Pronouns, question words and
# negation are not among them: they are signed, and a sentence means something else without them.
SMALL_WORDS = frozenset(
    normalised(
        "a an the am are is was were be been being do does did have has had having will would "
        "shall should can could may might must of to in on at by for with from as and or but so "
        "that than then there"
    )
)
NEGATIONS = frozenset(("no", "not", "never", "none", "nobody", "nothing", "nowhere", "nor"))
SAME_PERSON = {
    word: words[0]
    for words in (
        ("i", "me", "my", "mine", "myself"),
        ("you", "your", "yours", "yourself", "yourselves"),
        ("he", "him", "his", "himself"),
        ("she", "her", "hers", "herself"),
        ("it", "its", "itself"),
        ("we", "us", "our", "ours", "ourselves"),
        ("they", "them", "their", "theirs", "themselves"),
    )
    for word in words
}
UNLIKE_NEGATION = 0.5


@dataclass(frozen=True, slots=True)
class Agreement:
    """Both in [0, 1]; NaN where neither sentence has a word to compare.

    words: 1 less the word edits over the longer sentence, without case and punctuation. meaning:
    the F1 of the content words' lemmas, halved where only one of the two sentences denies.
    """

    words: float
    meaning: float


def agreement(a: str, b: str) -> Agreement:
    """Return how far two sentences agree; the order of the two does not matter."""
    first, second = normalised(a), normalised(b)
    longer = max(len(first), len(second))
    edits, _ = word_errors(" ".join(first), " ".join(second))
    words = 1 - edits / longer if longer else NAN
    return Agreement(words, _meaning(_spelled_out(a), _spelled_out(b)))


def _spelled_out(text: str) -> tuple[str, ...]:
    """Return the words of a text with `don't` as `do not`."""
    import jiwer

    text = text.casefold().replace("’", "'").replace("cannot", "can not")  # noqa: RUF001
    return normalised(jiwer.ExpandCommonEnglishContractions()(text))


def _meaning(first: Sequence[str], second: Sequence[str]) -> float:
    ours, theirs = _content(first), _content(second)
    if not ours and not theirs:
        return NAN
    left, shared = list(theirs), 0
    for lemmas in ours:
        match = next((other for other in left if lemmas & other), None)
        if match is not None:
            left.remove(match)
            shared += 1
    overlap = 2 * shared / (len(ours) + len(theirs))
    unlike = NEGATIONS.isdisjoint(first) != NEGATIONS.isdisjoint(second)
    return overlap * UNLIKE_NEGATION if unlike else overlap


def _content(words: Sequence[str]) -> list[frozenset[str]]:
    return [_lemmas(word) for word in words if word not in SMALL_WORDS]


def _lemmas(word: str) -> frozenset[str]:
    """Return a word and what it may be a form of: `saw` is also `see`."""
    from lemminflect import getAllLemmas

    if word in SAME_PERSON:
        return frozenset({SAME_PERSON[word]})
    return frozenset({word}.union(*getAllLemmas(word).values()))
