"""Words and sentences of one visitor, in whatever order they come from their threads."""

from __future__ import annotations

from signbridge.events import Recognized, Said
from signbridge.types import Choice, Guess, RecognitionResult, Utterance
from signbridge.web import conversation as module
from signbridge.web.correctable import Sentence, Word
from signbridge.web.live_html import asked, transcript


def sign(gloss: str, start_s: float, *, sure: bool = True) -> RecognitionResult:
    return RecognitionResult(
        "landmark", start_s, start_s + 0.5, (Guess(gloss, 0.9),), not sure, 0.0
    )


def heard(result: RecognitionResult) -> Recognized:
    return Recognized((result,), None if result.abstained else result)


def said(*results: RecognitionResult) -> Said:
    text = " ".join(result.guesses[0].text for result in results)
    utterance = Utterance(text, "rules", 0.0, (), results[0].start_s, results[-1].end_s)
    return Said(utterance, None, results)


def composed(results: tuple[RecognitionResult, ...]) -> Utterance:
    return Utterance(" ".join(result.guesses[0].text for result in results), "anew", 0.0)


class Conversation(module.Conversation):
    """One whose composer answers at once."""

    def said(self, event: Said, offset_s: float = 0.0) -> Sentence | None:
        sentence = super().said(event, offset_s)
        return sentence and self._written(sentence)

    def tell(self, word: Word, text: str) -> None:
        self.correct(word, text)
        for sentence in list(self.sentences):
            self._written(sentence)

    def _written(self, sentence: Sentence) -> Sentence | None:
        if draft := self.draft(sentence.key):
            self.rewritten(draft, composed(draft.results))
        return self.sentence(sentence.key)


def test_sign_heard_before_the_last_sentence_was_said_belongs_to_the_next():
    conversation = Conversation()
    hello, book = sign("HELLO", 0.0), sign("BOOK", 5.0)
    conversation.heard(heard(hello))
    conversation.heard(heard(book))
    first = conversation.said(said(hello))
    assert first is not None
    assert first.utterance.text == "HELLO"
    assert [word.origin for word in conversation.words] == [book]
    second = conversation.said(said(book))
    assert second is not None
    assert second.utterance.text == "BOOK"
    assert list(conversation.words) == []


def test_unsure_sign_between_stays_with_its_sentence():
    conversation = Conversation()
    me, unsure, tired = sign("ME", 0.0), sign("BAD", 1.0, sure=False), sign("TIRED", 2.0)
    for each in (me, unsure, tired):
        conversation.heard(heard(each))
    sentence = conversation.said(said(me, tired))
    assert sentence is not None
    assert [word.origin for word in sentence.words] == [me, unsure, tired]
    assert sentence.utterance.composer == "rules"


def test_the_guess_that_was_taken_is_shown_with_its_score_and_the_first_beside_it():
    conversation = Conversation()
    water = RecognitionResult(
        "landmark", 0.0, 0.5, (Guess("WHITE", 0.4), Guess("WATER", 0.35)), False, 0.0
    )
    conversation.heard(heard(water))
    choice = Choice(0.0, water.guesses[1], water.guesses[0])
    event = Said(Utterance("Water.", "rules", 0.0, choices=(choice,)), None, (water,))
    sentence = conversation.said(event)
    assert sentence is not None
    (word,) = sentence.words
    assert word.shown.text == "WATER"
    assert not word.corrected
    html = transcript((sentence,))
    assert ">WATER</button>" in html
    assert "35%, taken for its neighbours instead of WHITE, 40%" in html
    assert "WATER" in asked(word)
    conversation.tell(word, "WHITE")
    (again,) = conversation.sentences[0].words
    assert again.shown.text == "WHITE"
    assert again.taken is None


def whole(*signs: RecognitionResult) -> Recognized:
    """A sentence from the first sign's start to the last one's end, read as these signs."""
    text = " ".join(each.guesses[0].text for each in signs)
    read = RecognitionResult(
        "hybrid", signs[0].start_s, signs[-1].end_s, (Guess(text, 0.8),), False, 0.0,
        kind="sentence", signs=signs,
    )  # fmt: skip
    return Recognized((read,), read)


def test_sentence_read_as_a_whole_takes_the_place_of_its_signs_alone():
    conversation = Conversation()
    earlier, wrong = sign("HELLO", 0.0), sign("BOOK", 3.1)
    for each in (earlier, wrong):
        conversation.heard(heard(each))
    name, unsure, what = sign("NAME", 3.0), sign("YOU", 3.5, sure=False), sign("WHAT", 4.0)
    conversation.heard(whole(name, unsure, what))
    assert [word.origin for word in conversation.words] == [earlier, name, unsure, what]


def test_sign_of_a_sentence_read_as_a_whole_can_be_corrected():
    conversation = Conversation()
    conversation.heard(heard(sign("BOOK", 0.1)))
    name, unsure = sign("NAME", 0.0), sign("YOU", 0.5, sure=False)
    conversation.heard(whole(name, unsure))
    sentence = conversation.said(said(name))
    assert sentence is not None
    conversation.tell(sentence.words[1], "YOUR")  # it was said
    assert conversation.sentences[0].utterance.text == "NAME YOUR"


def test_what_the_signer_corrected_stays_when_the_sentence_is_read_as_a_whole():
    conversation = Conversation()
    book = sign("BOOK", 0.1)
    conversation.heard(heard(book))
    conversation.tell(conversation.words[0], "SCHOOL")
    conversation.heard(whole(sign("NAME", 0.0)))
    assert [word.result.guesses[0].text for word in conversation.words] == ["SCHOOL"]


def test_sign_that_is_read_anew_keeps_the_key_of_its_word():
    conversation = Conversation()
    for each in (sign("BOOK", 0.1), sign("HELLO", 2.0)):
        conversation.heard(heard(each))
    keys = [word.key for word in conversation.words]
    conversation.heard(whole(sign("NAME", 0.0), sign("WHAT", 2.1), sign("YOU", 4.0)))
    assert [word.key for word in conversation.words][:2] == keys
    assert len({word.key for word in conversation.words}) == 3
    # The signer was about to correct it, and does so once it is said.
    conversation.said(said(*(word.origin for word in conversation.words)))
    word = conversation.word(keys[1])
    assert word is not None
    conversation.tell(word, "WHERE")
    assert conversation.sentences[0].utterance.text == "NAME WHERE YOU"


def test_deleted_question_mark_of_before_is_nothing_to_the_next_sentence():
    conversation = Conversation()
    conversation.heard(heard(sign("BAD", 0.0, sure=False)))
    conversation.tell(conversation.words[0], "")
    for each in (sign("ME", 6.0), sign("DRINK", 7.0)):
        conversation.heard(heard(each))
    me, drink = sign("ME", 5.9), sign("DRINK", 6.9)
    conversation.heard(whole(me, drink))
    sentence = conversation.said(said(me, drink))
    assert sentence is not None
    assert [word.origin for word in sentence.words] == [me, drink]
    assert sentence.utterance.composer == "rules"  # nothing to compose anew


def test_sign_corrected_before_the_page_heard_of_the_whole_is_said_once_as_corrected():
    conversation = Conversation()
    for each in (sign("ME", 0.0), sign("DRINK", 1.0), sign("BOOK", 2.0)):
        conversation.heard(heard(each))
    conversation.tell(conversation.words[0], "YOU")
    conversation.tell(conversation.words[2], "")
    signs = sign("ME", 0.1), sign("WATER", 1.1), sign("BOOK", 2.1)
    conversation.heard(whole(*signs))
    sentence = conversation.said(said(*signs))
    assert sentence is not None
    assert sentence.utterance.text == "YOU WATER"


def test_words_of_a_session_that_is_gone_are_no_part_of_the_next_ones_sentence():
    conversation = Conversation()
    conversation.heard(heard(sign("BAD", 1.0, sure=False)), offset_s=0.0)
    hello = sign("HELLO", 1.0)
    conversation.heard(heard(hello), offset_s=20.0)
    sentence = conversation.said(said(hello), offset_s=20.0)
    assert sentence is not None
    assert [word.origin for word in sentence.words] == [hello]


def test_sign_of_the_next_sentence_heard_before_the_whole_stays_after_it():
    conversation = Conversation()
    hello, book = sign("HELLO", 0.0), sign("BOOK", 5.0)
    for each in (hello, book):
        conversation.heard(heard(each))
    name, what = sign("NAME", 0.0), sign("WHAT", 0.6)
    conversation.heard(whole(name, what))
    assert [word.origin for word in conversation.words] == [name, what, book]
    sentence = conversation.said(said(name, what))
    assert sentence is not None
    assert [word.origin for word in sentence.words] == [name, what]
    assert [word.origin for word in conversation.words] == [book]


def test_what_was_deleted_in_a_session_that_is_gone_is_nothing_to_the_next():
    conversation = Conversation()
    conversation.heard(heard(sign("BAD", 1.0, sure=False)), offset_s=0.0)
    conversation.tell(conversation.words[0], "")
    water, later = sign("WATER", 1.1), sign("NOT", 2.0)
    conversation.heard(whole(water, later), offset_s=20.0)
    sentence = conversation.said(said(water, later), offset_s=20.0)
    assert sentence is not None
    assert [word.origin for word in sentence.words] == [water, later]
    assert sentence.utterance.composer == "rules"


def test_word_of_a_session_that_broke_off_does_not_hold_the_next_ones_words():
    conversation = Conversation()
    conversation.heard(heard(sign("OLD", 30.0)), offset_s=0.0)
    for start_s in (1.0, 6.0):
        each = sign("HELLO", start_s)
        conversation.heard(heard(each), offset_s=40.0)
        sentence = conversation.said(said(each), offset_s=40.0)
        assert sentence is not None
        assert [word.origin for word in sentence.words] == [each]
        assert list(conversation.words) == []
