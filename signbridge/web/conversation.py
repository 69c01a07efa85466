"""What one live visitor has signed: the words of each sentence, which the visitor may correct."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from signbridge.events import Recognized, Said
from signbridge.types import RecognitionResult, Utterance
from signbridge.web.correctable import (
    Draft,
    Sentence,
    Word,
    counted,
    replaced,
    same,
    told,
    with_taken,
)

SENTENCES_KEPT = 500
CONTEXT_SENTENCES = 3
WORDS_WAITING = 40
"""Of a sentence that never ends, the last words can be corrected."""
NEAR_S = 3.0
"""A sign that was not recognized this long before a sentence is no part of it."""


class Conversation:
    """Keeps the last sentences, and the words of the one that is going on.

    Composes nothing itself, as that may take seconds: it gives the `draft` of a sentence a word of
    which was corrected, and takes what was `rewritten` of it.
    """

    def __init__(self) -> None:
        # What the signer took out of sentences not yet said, with the offset of its session.
        self._deleted: list[tuple[float, RecognitionResult]] = []
        self.words: deque[Word] = deque(maxlen=WORDS_WAITING)
        self.sentences: deque[Sentence] = deque(maxlen=SENTENCES_KEPT)

    @property
    def sure(self) -> bool:
        """Whether the sentence that is going on has a word that counts."""
        return bool(counted(self.words))

    def heard(self, event: Recognized, offset_s: float = 0.0) -> None:
        """Add a sign to the sentence that is going on, or take over how it was read as a whole.

        offset_s: from the start of the conversation to the start of the session.
        """
        result = event.believed or event.results[0]
        if result.kind == "gloss" and result.guesses:
            self.words.append(self._new(result, offset_s))
        elif event.believed is not None and result.signs:
            self._read_whole(result, offset_s)

    def _new(self, result: RecognitionResult, offset_s: float) -> Word:
        return Word(self._key("w"), result, result, offset_s=offset_s)

    def _read_whole(self, sentence: RecognitionResult, offset_s: float) -> None:
        """Put the signs of a sentence in the place of those that were read one by one.

        What the signer has corrected stays as it is. A sign keeps the key of the word whose time it
        has, as the signer may be about to correct that.
        """

        def within(sign: RecognitionResult) -> bool:
            return sentence.start_s <= sign.start_s < sentence.end_s

        own = [w for w in self.words if w.offset_s == offset_s and within(w.origin)]
        deleted = any(map(within, self._deleted_in(offset_s)))
        if deleted or any(word.corrected for word in own):
            return
        others = [word for word in self.words if word not in own]
        began = offset_s, sentence.start_s
        earlier = [word for word in others if (word.offset_s, word.origin.start_s) < began]
        later = [word for word in others if word not in earlier]
        read = []
        for sign in (each for each in sentence.signs if each.guesses):
            was = max(own, key=lambda word: _shared_s(word.origin, sign), default=None)
            if was is None or not _shared_s(was.origin, sign):
                read.append(self._new(sign, offset_s))
            else:
                own.remove(was)
                read.append(Word(was.key, sign, sign, offset_s=offset_s))
        self.words = deque([*earlier, *read, *later], maxlen=WORDS_WAITING)

    def said(self, event: Said, offset_s: float = 0.0) -> Sentence | None:
        """Close the sentence and return it; None where all its words were deleted meanwhile.

        offset_s: from the start of the conversation to the start of the session. Where a word was
        corrected too late for the composer, the sentence is outdated.
        """
        later = self._cut_after(event.results, offset_s)
        words = self._words_of(event.results, offset_s)
        self.words = later
        utterance = replace(
            event.utterance,
            start_s=event.utterance.start_s + offset_s,
            end_s=event.utterance.end_s + offset_s,
        )
        self._deleted = [(since_s, one) for since_s, one in self._deleted if since_s > offset_s]
        if not counted(words):
            return None
        sentence = Sentence(self._key("s"), with_taken(words, utterance), utterance, event.results)
        self.sentences.append(sentence)
        return sentence

    def word(self, key: str) -> Word | None:
        """Return the word of this key, None where it is gone."""
        words = [*self.words, *(word for each in self.sentences for word in each.words)]
        return next((word for word in words if word.key == key), None)

    def sentence(self, key: str) -> Sentence | None:
        """Return the sentence of this key, None where it is gone."""
        return next((each for each in self.sentences if each.key == key), None)

    def sentence_with(self, word: Word) -> Sentence | None:
        """Return the sentence that was said of this word, None where none was yet."""
        return next((each for each in self.sentences if word in each.words), None)

    def correct(self, word: Word, text: str) -> RecognitionResult | None:
        """Say what a word was, "" for none; return what becomes of it.

        A sentence that was said of it is outdated then, or gone where no word is left.
        """
        becomes = told(word, text)
        said = self.sentence_with(word)
        if said is None:
            if becomes is None:
                self._deleted.append((word.offset_s, word.result))
            self.words = deque(replaced(tuple(self.words), word, becomes), WORDS_WAITING)
            return becomes
        place = self.sentences.index(said)
        words = replaced(said.words, word, becomes)
        if counted(words):
            self.sentences[place] = replace(said, words=words)
        else:
            del self.sentences[place]
        return becomes

    def draft(self, key: str) -> Draft | None:
        """Return what a sentence is to be composed of; None where it is gone or not outdated."""
        sentence = self.sentence(key)
        if sentence is None or not sentence.outdated:
            return None
        earlier = [each.utterance.text for each in self.sentences if each.key != key]
        return Draft(key, counted(sentence.words), tuple(earlier[-CONTEXT_SENTENCES:]))

    def rewritten(self, draft: Draft, utterance: Utterance) -> None:
        """Take what was composed of a draft, unless its words were corrected again meanwhile."""
        for place, sentence in enumerate(self.sentences):
            if sentence.key == draft.key and same(counted(sentence.words), draft.results):
                times = sentence.utterance
                timed = replace(utterance, start_s=times.start_s, end_s=times.end_s)
                words = with_taken(sentence.words, timed)
                self.sentences[place] = Sentence(draft.key, words, timed, draft.results)

    def waiting(self, offset_s: float) -> tuple[RecognitionResult, ...]:
        """Return what counts of the words that a session has not said."""
        return counted(word for word in self.words if word.offset_s == offset_s)

    def _cut_after(self, results: Sequence[RecognitionResult], offset_s: float) -> deque[Word]:
        """Take the words of the next sentence out of this one's, and return them.

        Naming does not wait for a slow voice: the next signs may be heard before this is said, or
        those of the next session. Words of a session before this one were said, or never will be.
        """
        end_s = max(result.end_s for result in results)
        known = {id(each) for each in results}
        words = [word for word in self.words if word.offset_s == offset_s]
        later = next(
            (
                place
                for place, word in enumerate(words)
                if not word.origin.abstained
                and word.origin.start_s >= end_s
                and not {id(word.origin), id(word.result)} & known
            ),
            len(words),
        )
        newer = (word for word in self.words if word.offset_s > offset_s)
        self.words = deque(words[:later], maxlen=WORDS_WAITING)
        return deque([*words[later:], *newer], maxlen=WORDS_WAITING)

    def _deleted_in(self, offset_s: float) -> list[RecognitionResult]:
        return [one for since_s, one in self._deleted if since_s == offset_s]

    def _words_of(self, results: Sequence[RecognitionResult], offset_s: float) -> tuple[Word, ...]:
        """Return the words of a sentence: those it was made from, and the unsure between them.

        Where it was made from other signs than the page has in their time, these count, but for
        what the signer has corrected or taken out.
        """
        if any(result.kind == "sentence" for result in results):
            return tuple(self._new(each, offset_s) for each in results)
        own = list(self.words)
        known = [each for word in own for each in (word.origin, word.result)]
        deleted = self._deleted_in(offset_s)
        known += deleted
        others = [each for each in results if not any(each is one for one in known)]
        settled = [*deleted, *(word.origin for word in own if word.corrected)]
        new = [each for each in others if not any(_same_time(each, one) for one in settled)]
        kept = [
            word
            for word in own
            if word.corrected or not any(_same_time(word.origin, each) for each in new)
        ]
        words = [*kept, *(self._new(each, offset_s) for each in new)]
        from_s = results[0].start_s - NEAR_S
        near = (word for word in words if word.origin.start_s >= from_s)
        return tuple(sorted(near, key=lambda word: word.origin.start_s))

    def _key(self, kind: str) -> str:
        # Random: a page may still show or ask about words of before a Clear or a lost connection,
        # and none of them may be taken for a later one.
        return kind + secrets.token_hex(8)


def _shared_s(first: RecognitionResult, second: RecognitionResult) -> float:
    """How long two results overlap in time."""
    return max(0.0, min(first.end_s, second.end_s) - max(first.start_s, second.start_s))


def _same_time(first: RecognitionResult, second: RecognitionResult) -> bool:
    """Whether two results are of the same sign: they share most of the shorter one's time."""
    shorter_s = min(first.end_s - first.start_s, second.end_s - second.start_s)
    return _shared_s(first, second) > 0.5 * shorter_s
