"""A recognized sign that the signer may correct, and the sentence that was said of such signs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from signbridge.types import Guess, RecognitionResult, Utterance

SIGNER = "you"
"""Stands as the recognizer's name where the signer has said what it was."""
NOT_SCORED = float("nan")


@dataclass(frozen=True, slots=True)
class Word:
    """One recognized sign.

    origin: as the recognizer gave it; result: as it counts. taken: the guess that stands in its
    sentence where that is not the best. offset_s: from the start of the conversation to that of the
    session, from which the results' times count.
    """

    key: str
    origin: RecognitionResult
    result: RecognitionResult
    taken: Guess | None = None
    offset_s: float = 0.0

    @property
    def shown(self) -> Guess:
        """The guess that stands in its sentence."""
        return self.taken or self.result.guesses[0]

    @property
    def corrected(self) -> bool:
        """Whether the signer has said what it was."""
        return self.result is not self.origin


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something that was said, and its words.

    made_of: what the utterance was composed of; where that is not what the words are by now, it is
    to be composed anew.
    """

    key: str
    words: tuple[Word, ...]
    utterance: Utterance
    made_of: tuple[RecognitionResult, ...]

    @property
    def outdated(self) -> bool:
        """Whether a word was corrected that the utterance does not know of."""
        return not same(counted(self.words), self.made_of)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a sentence is to be composed of anew, and what was said before it."""

    key: str
    results: tuple[RecognitionResult, ...]
    context: tuple[str, ...]


def counted(words: Iterable[Word]) -> tuple[RecognitionResult, ...]:
    """Return what a sentence is made from: the words that are sure, or that the signer chose."""
    return tuple(word.result for word in words if not word.result.abstained)


def told(word: Word, text: str) -> RecognitionResult | None:
    """Return what becomes of a word; told the same twice, the result stays the one it is."""
    if not text:
        return None
    again = word.corrected and word.result.guesses[0].text == text
    return word.result if again else _chosen(word.result, text)


def with_taken(words: tuple[Word, ...], utterance: Utterance) -> tuple[Word, ...]:
    """Return the words as the composer took them: not always by their best guess."""
    taken = {choice.start_s: choice.taken for choice in utterance.choices}
    return tuple(replace(word, taken=taken.get(word.result.start_s)) for word in words)


def replaced(
    words: tuple[Word, ...], word: Word, becomes: RecognitionResult | None
) -> tuple[Word, ...]:
    """Return the words, one of them as it has become; without it for None."""
    if becomes is None:
        return tuple(each for each in words if each.key != word.key)
    changed = replace(word, result=becomes, taken=None)
    return tuple(changed if each.key == word.key else each for each in words)


def same(first: Sequence[object], second: Sequence[object]) -> bool:
    """Whether these are the very same things in the same order."""
    return len(first) == len(second) and all(a is b for a, b in zip(first, second, strict=True))


def _chosen(result: RecognitionResult, text: str) -> RecognitionResult:
    """Return the result as the signer says it was; the other guesses stay to be chosen."""
    others = tuple(guess for guess in result.guesses if guess.text != text)
    guesses = (Guess(text, NOT_SCORED), *others)
    return replace(result, recognizer=SIGNER, guesses=guesses, abstained=False)
