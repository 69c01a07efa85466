"""A sentence read stretch by stretch, and who is believed for each."""

from __future__ import annotations

import json

import numpy as np
import pytest

from signbridge.errors import CheckpointError
from signbridge.landmarks.body import RIGHT, Hands
from signbridge.recognize.dispatch import (
    CHOICES,
    EVIDENCE,
    MODEL,
    RULE_S,
    Dispatcher,
    Readings,
    by_rule,
)
from signbridge.recognize.hybrid import AROUND_S, HybridRecognizer, stretches
from signbridge.recognize.landmark.personal import Personal
from signbridge.training.cases import standing
from signbridge.types import Guess, Landmarks, RecognitionResult, Segment
from tests.signing import hand_shape

FPS = 20.0


def result(*guesses: tuple[str, float], start_s: float = 0.0) -> RecognitionResult:
    made = tuple(Guess(text, score) for text, score in guesses)
    sure = bool(made) and made[0].score >= 0.5
    return RecognitionResult("reader", start_s, start_s + 0.4, made, not sure, 0.0)


def dispatcher(**worth_by_evidence: dict[str, float]) -> Dispatcher:
    """A dispatcher with the given weight of each named piece of evidence, by reader."""
    weights = np.zeros((len(CHOICES), 1 + len(EVIDENCE)))
    for choice, given in worth_by_evidence.items():
        for name, weight in given.items():
            weights[CHOICES.index(choice), 1 + EVIDENCE.index(name)] = weight
    rows = tuple(tuple(map(float, row)) for row in weights)
    return Dispatcher(rows, (0.0,) * len(EVIDENCE), (1.0,) * len(EVIDENCE))


BY_SCORE = dispatcher(sign={"sign": 1.0}, spelling={"word": 1.0}, sequence={"sequence": 1.0})


def moving(*raised_s: float, rest_s: float = 1.0) -> Landmarks:
    """A right hand that is up for each of these times, with rest around and between."""
    rest = np.full((round(rest_s * FPS), 2, 21, 3), np.nan, np.float32)
    parts = [rest]
    for seconds in raised_s:
        count = round(seconds * FPS)
        up = np.full((count, 2, 21, 3), np.nan, np.float32)
        up[:, RIGHT] = 0.3 * hand_shape()
        up[:, RIGHT, :, 0] += np.linspace(0, 0.6, count)[:, None]
        parts += [up, rest]
    return standing(Hands(np.concatenate(parts), FPS))


class Reader:
    """Answers each stretch with what is given for its length in tenths of a second."""

    def __init__(self, answers: dict[int, RecognitionResult]) -> None:
        self.answers = answers
        self.about = {"model": "made up"}

    def recognize(self, segment: Segment) -> RecognitionResult:
        return self.answers.get(tenths(segment.landmarks), result())


class Sequence:
    def __init__(self, answers: dict[int, tuple[RecognitionResult, ...]]) -> None:
        self.answers = answers

    def read(self, landmarks: Landmarks) -> tuple[RecognitionResult, ...]:
        return self.answers.get(tenths(landmarks, AROUND_S), ())


def tenths(landmarks: Landmarks, margin_s: float = 0.1) -> int:
    """The length without what is kept on either side."""
    return round(10 * (landmarks.duration_s - 2 * margin_s))


def hybrid() -> HybridRecognizer:
    sign = Reader({10: result(("HELLO", 0.9)), 20: result(("YOU", 0.3)), 15: result(("NO", 0.2))})
    words = Reader({15: result(("FS-ANNA", 0.8))})
    sequence = Sequence({20: (result(("WHERE", 0.9)), result(("YOU", 0.7)), result(("LIVE", 0.4)))})
    return HybridRecognizer(sign, words, sequence, " ".join, BY_SCORE)


def test_each_stretch_goes_to_the_reader_that_suits_it():
    found, _ = hybrid().read(moving(1.0, 2.0, 1.5))
    assert [one.guesses[0].text for one in found] == ["HELLO", "WHERE", "YOU", "LIVE", "FS-ANNA"]
    assert {one.recognizer for one in found} == {"hybrid"}


def test_sentence_is_made_of_the_sure_signs_where_they_are_most():
    landmarks = moving(1.0, 2.0)
    said = hybrid().recognize(Segment(landmarks, 0.0, landmarks.duration_s))
    assert said.kind == "sentence"
    assert said.guesses[0].text == "HELLO WHERE YOU"
    assert said.raw == "HELLO WHERE YOU (LIVE)"
    assert [sign.guesses[0].text for sign in said.signs] == ["HELLO", "WHERE", "YOU", "LIVE"]
    assert [sign.guesses[0].text for sign in said.sure] == ["HELLO", "WHERE", "YOU"]
    assert not said.abstained


def test_score_is_what_the_readers_chosen_are_worth_by_length():
    landmarks = moving(1.0, 2.0)
    said = hybrid().recognize(Segment(landmarks, 0.0, landmarks.duration_s))
    one, many = 0.9, (0.9 + 0.7 + 0.4) / 3  # by BY_SCORE
    assert said.guesses[0].score == pytest.approx((1.2 * one + 2.2 * many) / 3.4, abs=0.01)


def test_sentence_of_signs_that_are_mostly_unsure_is_a_guess():
    sequence = Sequence({20: (result(("WHERE", 0.4)), result(("YOU", 0.7)))})
    unsure = HybridRecognizer(Reader({}), Reader({}), sequence, " ".join, BY_SCORE)
    landmarks = moving(2.0)
    said = unsure.recognize(Segment(landmarks, 0.0, landmarks.duration_s))
    assert said.abstained
    assert said.guesses[0].text == "WHERE YOU"
    assert said.raw == "(WHERE) YOU"


def test_nothing_read_is_not_recognized():
    landmarks = moving(0.7)
    said = hybrid().recognize(Segment(landmarks, 0.0, landmarks.duration_s))
    assert (said.abstained, said.guesses) == (True, ())


def test_stretches_are_where_a_hand_is_raised_in_time():
    found = [close for close, _ in stretches(moving(1.0, 2.0))]
    assert len(found) == 2
    assert found[0].start_s == pytest.approx(1.0, abs=0.15)
    assert found[1].start_s == pytest.approx(3.0, abs=0.15)
    assert found[1].duration_s == pytest.approx(2.2, abs=0.15)


def test_half_of_the_rest_between_two_stretches_goes_with_each():
    found = [wide for _, wide in stretches(moving(1.0, 2.0, rest_s=0.6))]
    ends_s = found[0].start_s + found[0].duration_s
    assert found[0].start_s == pytest.approx(0.1, abs=0.1)
    assert ends_s == pytest.approx(1.9, abs=0.1)
    assert found[1].start_s == pytest.approx(ends_s, abs=0.01)


def test_who_reads_many_signs_sees_the_rest_around_them():
    given = []

    class Listening(Sequence):
        def read(self, landmarks: Landmarks) -> tuple[RecognitionResult, ...]:
            given.append(landmarks.duration_s)
            return ()

    landmarks = moving(1.0)
    HybridRecognizer(Reader({}), Reader({}), Listening({}), " ".join, BY_SCORE).read(landmarks)
    assert given == [pytest.approx(1.0 + 2 * AROUND_S, abs=0.15)]


def test_nothing_raised_is_no_stretch():
    assert stretches(moving()) == ()


def test_reader_that_read_nothing_is_not_believed():
    readings = Readings(1.0, result(("HELLO", 0.1)), result(), ())
    only_words = dispatcher(spelling={"log duration": 100.0}, sequence={"log duration": 100.0})
    assert only_words.choose(Readings(5.0, readings.sign, readings.word, ())) == "sign"
    assert only_words.choose(Readings(5.0, result(), result(), ())) == "sign"


def test_single_sign_is_for_the_reader_of_signs():
    one = result(("B", 0.9))
    assert BY_SCORE.choose(Readings(1.0, result(("A", 0.5)), result(), (one,))) == "sign"
    assert BY_SCORE.choose(Readings(1.0, result(), result(), (one,))) == "sequence"
    assert BY_SCORE.choose(Readings(1.0, result(("A", 0.5)), result(), (one, one))) == "sequence"


def test_lead_of_the_sign_must_be_overcome():
    both = (result(("B", 0.6)), result(("C", 0.6)))
    readings = Readings(1.0, result(("A", 0.5)), result(), both)
    assert BY_SCORE.choose(readings) == "sequence"
    ahead = Dispatcher(BY_SCORE.weights, BY_SCORE.centre, BY_SCORE.scale, lead=0.2)
    assert ahead.choose(readings) == "sign"


def test_rule_knows_the_duration_alone():
    assert by_rule(Readings(RULE_S - 0.01, result(), result(), ())) == "sign"
    assert by_rule(Readings(RULE_S + 0.01, result(), result(), ())) == "sequence"


def test_dispatcher_saved_is_the_dispatcher_loaded(tmp_path):
    BY_SCORE.save(tmp_path)
    assert Dispatcher.load(tmp_path) == BY_SCORE


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.pop("weights"),
        lambda found: found.update(evidence=["another"]),
        lambda found: found.update(weights=[[0.0]]),
    ],
)
def test_broken_folder_is_refused(tmp_path, change):
    BY_SCORE.save(tmp_path)
    found = json.loads((tmp_path / MODEL).read_text())
    change(found)
    (tmp_path / MODEL).write_text(json.dumps(found))
    with pytest.raises(CheckpointError, match=MODEL):
        Dispatcher.load(tmp_path)


def test_it_names_the_weights_of_all_its_readers():
    sign, words = Reader({}), Reader({})
    sign.weights_sha256, words.weights_sha256 = {"signs/a": "01"}, {"spelling/b": "23"}
    joined = HybridRecognizer(sign, words, Sequence({}), " ".join, BY_SCORE)
    assert joined.weights_sha256 == {"signs/a": "01", "spelling/b": "23"}


def test_the_dispatchers_weights_are_named_before_and_after_it_is_taught():
    own = HybridRecognizer(Reader({}), Reader({}), Sequence({}), " ".join)
    assert set(own.weights_sha256) == {f"dispatch/{MODEL}"}
    taught = own.taught(Personal())
    assert taught.weights_sha256 == own.weights_sha256


def test_what_a_signer_teaches_reaches_the_reader_of_signs():
    class Learner(Reader):
        def taught(self, personal: Personal) -> Reader:
            return Reader({10: result((f"MINE-{len(personal)}", 0.9))})

    shared = HybridRecognizer(
        Learner({10: result(("HELLO", 0.9))}), Reader({}), Sequence({}), " ".join, BY_SCORE
    )
    (taught,), _ = shared.taught(Personal()).read(moving(1.0))
    (known,), _ = shared.read(moving(1.0))
    assert (taught.guesses[0].text, known.guesses[0].text) == ("MINE-0", "HELLO")
