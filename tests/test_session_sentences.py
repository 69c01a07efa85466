"""Recognizers that read whole sentences stand beside those that read signs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

from signbridge.clips import gather
from signbridge.evaluation.replay import translate_landmarks
from signbridge.events import Event, Notice, Perhaps, Recognized, Said
from signbridge.export import contract
from signbridge.landmarks.timing import uniform
from signbridge.pipeline import Engine
from signbridge.protocols import Recognizer
from signbridge.recall import AFTER_S, BEFORE_S
from signbridge.session import Session
from signbridge.settings import Settings
from signbridge.stages.watching import REST_AFTER
from signbridge.types import Frame, Guess, RecognitionResult, Segment
from tests import fakes
from tests.fakes import RESTING, SIGNING, FakeRecognizer, frames
from tests.signing import signer

ONE_SENTENCE = ((RESTING, 1.0), (SIGNING, 1.0), (RESTING, 0.5), (SIGNING, 1.0), (RESTING, 2.0))
SENTENCE = "I went HOME; it rained!"


def reader(*sentences: str, error: str = "") -> FakeRecognizer:
    return FakeRecognizer(
        sentences or (SENTENCE,), "video", error, reads="sentences", sees="pictures"
    )


def engine(*recognizers: Recognizer) -> Engine:
    return replace(fakes.engine(), recognizers=recognizers)


def run(engine: Engine, pictures: Iterable[Frame]) -> list[Event]:
    session = Session(engine, open_segmenter=fakes.FakeSegmenter)
    events = [event for picture in pictures for event in session.push(picture)]
    return [*events, *session.finish()]


def said(events: Iterable[Event]) -> list[str]:
    return [event.utterance.text for event in events if isinstance(event, Said)]


def told(events: Iterable[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Notice)]


def test_sentence_of_the_first_that_is_trusted_is_said_unchanged() -> None:
    signs = FakeRecognizer(("HOME", "RAIN"))
    events = run(engine(reader(), signs), frames(*ONE_SENTENCE))
    assert said(events) == [SENTENCE]
    utterance = next(event.utterance for event in events if isinstance(event, Said))
    assert (utterance.composer, utterance.sources) == ("video", ())
    assert (utterance.start_s, utterance.end_s) == pytest.approx((1.0, 3.5), abs=0.11)


def test_signs_that_stand_first_and_are_sure_make_the_sentence() -> None:
    events = run(engine(FakeRecognizer(("HOME", "RAIN")), reader()), frames(*ONE_SENTENCE))
    assert said(events) == ["home rain."]
    # What the other read is shown all the same.
    results = [r for event in events if isinstance(event, Recognized) for r in event.results]
    assert [r.guesses[0].text for r in results] == ["HOME", "RAIN", SENTENCE]


@pytest.mark.parametrize(
    ("recognizers", "expected"),
    [
        ((FakeRecognizer(("",)), reader()), SENTENCE),
        ((reader(""), FakeRecognizer(("HOME", "RAIN"))), "home rain."),
        ((reader(error="the server is down"), FakeRecognizer(("HOME", "RAIN"))), "home rain."),
    ],
)
def test_who_is_not_sure_leaves_the_sentence_to_the_next(
    recognizers: tuple[FakeRecognizer, ...], expected: str
) -> None:
    assert said(run(engine(*recognizers), frames(*ONE_SENTENCE))) == [expected]


def test_signs_that_stand_behind_the_reader_do_not_outvote_it() -> None:
    unsure, sure = FakeRecognizer(("",), "first"), FakeRecognizer(("HOME", "RAIN"), "last")
    assert said(run(engine(unsure, reader(), sure), frames(*ONE_SENTENCE))) == [SENTENCE]


def test_reader_that_fails_leaves_a_notice() -> None:
    events = run(
        engine(reader(error="the server is down"), FakeRecognizer()), frames(*ONE_SENTENCE)
    )
    assert told(events) == ["Recognizer 'video' did not answer: the server is down"]


def test_reader_alone_gets_one_segment_with_its_pictures() -> None:
    alone = reader()
    events = run(engine(alone), frames(*ONE_SENTENCE, fps=20.0))
    assert said(events) == [SENTENCE]
    (segment,) = alone.seen
    assert (segment.start_s, segment.end_s) == pytest.approx((1.0, 3.5), abs=0.06)
    assert segment.clip is not None
    assert segment.clip.fps == 20.0
    red = segment.clip.pixels[:, 0, 0, 0]
    # A quarter of a second of rest on each side, two signs, half a second between them.
    runs = np.split(red, np.flatnonzero(np.diff(red)) + 1)
    assert [int(part[0]) for part in runs] == [RESTING, SIGNING, RESTING, SIGNING, RESTING]
    assert [len(part) for part in runs] == pytest.approx([5, 20, 10, 20, 5], abs=1)
    assert segment.landmarks.duration_s == pytest.approx(BEFORE_S + 2.5 + AFTER_S, abs=0.1)


def test_each_sentence_has_pictures_of_its_own() -> None:
    alone = reader("First.", "Second.")
    pictures = frames((SIGNING, 1.0), (RESTING, 2.0), (SIGNING, 2.0), (RESTING, 2.0))
    assert said(run(engine(alone), pictures)) == ["First.", "Second."]
    lengths_s = [segment.end_s - segment.start_s for segment in alone.seen]
    assert lengths_s == pytest.approx([1.0, 2.0], abs=0.1)


def test_sentence_still_going_at_the_end_is_read() -> None:
    assert said(run(engine(reader()), frames((RESTING, 1.0), (SIGNING, 1.0)))) == [SENTENCE]


def test_nobody_signing_is_not_read() -> None:
    alone = reader()
    assert said(run(engine(alone), frames((RESTING, 4.0)))) == []
    assert alone.seen == []


def test_no_picture_is_kept_for_those_who_read_signs() -> None:
    signs = FakeRecognizer()
    session = Session(engine(signs), open_segmenter=fakes.FakeSegmenter)
    for picture in frames(*ONE_SENTENCE):
        session.push(picture)
    assert session.watching._recall is None
    assert all(segment.clip is None for segment in signs.seen)


def test_camera_that_turns_ends_the_sentence() -> None:
    alone = reader("First.", "Second.")
    upright = [fakes.frame(SIGNING, index / 10) for index in range(10)]
    turned = [fakes.frame(SIGNING, 1 + index / 10, 48, 64) for index in range(10)]
    assert said(run(engine(alone), [*upright, *turned])) == ["First.", "Second."]
    assert [segment.clip.pixels.shape[1:3] for segment in alone.seen if segment.clip] == [
        (48, 64),
        (64, 48),
    ]


def test_sentence_stands_in_the_json_beside_the_signs() -> None:
    both = engine(reader(), FakeRecognizer(("HOME", "RAIN")))
    found = contract(gather(run(both, frames(*ONE_SENTENCE)), both, 10.0), "clip.mp4")
    assert found["text"] == SENTENCE
    segments = found["segments"]
    assert isinstance(segments, list)
    assert {segment["recognizer"] for segment in segments} == {"video", "landmark"}


def test_landmarks_alone_are_not_given_to_those_who_read_pictures() -> None:
    points = [fakes.person(raised=True)] * 20
    landmarks = uniform(points, [index / 10 for index in range(20)])
    found = translate_landmarks(engine(reader(), FakeRecognizer()), landmarks)
    assert "video" not in found.results
    assert any("'video' is off: it reads pictures" in notice for notice in found.notices)


def test_sentence_reader_of_landmarks_needs_no_pictures() -> None:
    alone = FakeRecognizer((SENTENCE,), "sequence", reads="sentences")
    whole = engine(alone)
    assert whole.reads_sentences
    assert not whole.sees_pictures
    assert said(run(whole, frames(*ONE_SENTENCE))) == [SENTENCE]
    (segment,) = alone.seen
    assert segment.clip is None
    # At ten pictures a second, and read early: half the pause that ends a sentence is over.
    early_s = REST_AFTER * Settings().sentence_pause_s
    assert segment.landmarks.duration_s == pytest.approx(BEFORE_S + 2.5 + early_s, abs=0.2)
    assert (segment.landmarks.width_px, segment.landmarks.height_px) == (64, 48)


def test_sentence_reader_of_landmarks_reads_landmark_files() -> None:
    alone = FakeRecognizer((SENTENCE,), "sequence", reads="sentences")
    found = translate_landmarks(engine(alone), signer(rest_s=0.8, sign_s=1.2))
    assert found.utterance.text == SENTENCE
    assert found.notices == ()


def test_sentence_read_from_landmarks_is_made_ready_before_the_pause_is_over() -> None:
    alone, speaker = FakeRecognizer((SENTENCE,), "sequence", reads="sentences"), fakes.FakeSpeaker()
    session = Session(replace(engine(alone), speaker=speaker), open_segmenter=fakes.FakeSegmenter)
    pause_s = session.saying.engine.settings.sentence_pause_s
    pictures = frames((SIGNING, 1.0), (RESTING, pause_s))
    early = [event for picture in pictures[:-1] for event in session.push(picture)]
    assert said(early) == []
    assert speaker.spoken == [SENTENCE]
    assert said(session.push(pictures[-1])) == [SENTENCE]
    assert (len(alone.seen), speaker.spoken) == (1, [SENTENCE])


def test_sentence_that_went_on_after_all_is_read_again_as_a_whole() -> None:
    alone = FakeRecognizer((SENTENCE,), "sequence", reads="sentences")
    events = run(
        engine(alone), frames((SIGNING, 1.0), (RESTING, 0.8), (SIGNING, 1.0), (RESTING, 2))
    )
    assert said(events) == [SENTENCE]
    spans = [(segment.start_s, segment.end_s) for segment in alone.seen]
    assert spans[-1] == pytest.approx((0.0, 2.8), abs=0.11)


class Whole:
    """Reads a sentence as these signs, unsure of those whose score is under a half."""

    name = "whole"
    reads: Literal["sentences"] = "sentences"
    sees: Literal["landmarks"] = "landmarks"

    def __init__(self, *signs: tuple[str, float], sure: bool = True, score: float = 0.7) -> None:
        self.signs, self.sure, self.score = signs, sure, score

    def recognize(self, segment: Segment) -> RecognitionResult:
        step_s = (segment.end_s - segment.start_s) / len(self.signs)
        signs = tuple(
            RecognitionResult(
                self.name,
                segment.start_s + place * step_s,
                segment.start_s + (place + 1) * step_s,
                (Guess(text, score),),
                score < 0.5,
                0.0,
            )
            for place, (text, score) in enumerate(self.signs)
        )
        guess = Guess(" ".join(text for text, _ in self.signs), self.score)
        return RecognitionResult(
            self.name, segment.start_s, segment.end_s, (guess,), not self.sure, 0.0,
            kind="sentence", signs=signs,
        )  # fmt: skip


def perhaps(events: Iterable[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Perhaps)]


def test_sentence_read_sign_by_sign_is_composed_of_its_sure_signs() -> None:
    whole = Whole(("YESTERDAY", 0.9), ("HOME", 0.2), ("RAIN", 0.8))
    chosen = engine(whole, FakeRecognizer(("HOME", "DOG")))
    events = run(chosen, frames(*ONE_SENTENCE))
    utterance = next(event.utterance for event in events if isinstance(event, Said))
    assert utterance.sources == ("YESTERDAY", "RAIN")
    # Each sign is given once: those read one by one give way, the unsure one stays to be seen.
    found = gather(events, chosen, 10.0).results
    assert list(found) == ["whole"]
    assert [(sign.guesses[0].text, sign.abstained) for sign in found["whole"]] == [
        ("YESTERDAY", False),
        ("HOME", True),
        ("RAIN", False),
    ]
    assert not perhaps(events)


def test_unsure_sentence_is_told_where_nothing_is_said() -> None:
    unsure = Whole(("MY", 0.3), ("HOME", 0.4), sure=False)
    chosen = engine(unsure, FakeRecognizer(("", "")))
    events = run(chosen, frames(*ONE_SENTENCE))
    assert said(events) == []
    assert perhaps(events) == ["MY HOME"]
    found = gather(events, chosen, 10.0)
    assert list(found.results) == ["landmark"]
    assert any("MY HOME" in notice for notice in found.notices)


@pytest.mark.parametrize(("score", "signs"), [(0.49, ("", "")), (0.7, ("HOME", ""))])
def test_unsure_sentence_is_kept_back_if_unlikely_or_if_signs_are_said(
    score: float, signs: tuple[str, str]
) -> None:
    unsure = Whole(("MY", 0.3), ("HOME", 0.4), sure=False, score=score)
    assert not perhaps(run(engine(unsure, FakeRecognizer(signs)), frames(*ONE_SENTENCE)))


def test_of_a_passage_longer_than_what_is_kept_the_signs_of_its_beginning_stay() -> None:
    signs = FakeRecognizer(("FIRST", "THEN"))
    both = engine(Whole(("LAST", 0.9)), signs)
    stretch = ((SIGNING, 1.0), (RESTING, 0.5))
    events = run(both, frames(*(stretch * 50), (RESTING, 2.0), fps=4))
    (sentence,) = [event for event in events if isinstance(event, Said)]
    first = sentence.results[0]
    assert first.recognizer == "landmark"
    assert first.start_s < 1
    assert sentence.results[-1].guesses[0].text == "LAST"
    assert sentence.results[-1].start_s > first.start_s + 10
