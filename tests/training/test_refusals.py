"""Clips in which nobody signs, and how often they are answered."""

from dataclasses import replace

import numpy as np
import pytest

from signbridge.landmarks import topology
from signbridge.landmarks.body import in_body_frame
from signbridge.landmarks.features import sign_features
from signbridge.training.nonsigns import LAP, made, makers
from signbridge.training.refusals import (
    MOST_ANSWERED,
    Heard,
    heard,
    lowest_quiet_threshold,
    refusal,
    together,
)
from tests.fakes import FakeRecognizer, engine
from tests.signing import hand_shape, signer

SHAPES = 0.3 * np.stack([hand_shape(spread) for spread in (0.3, 0.6, 1.0)])
RNG = np.random.default_rng


def scores(*values: float, said: int = 0) -> Heard:
    """Return clips with these scores, of which the first `said` were answered."""
    answered = np.arange(len(values)) < said
    words = tuple("WORD" if one else "" for one in answered)
    return Heard(np.array(values), np.array(values), answered, words)


@pytest.mark.parametrize("kind", makers())
def test_made_up_clip_is_the_same_each_time_and_shows_a_hand(kind):
    first, again = made(2, SHAPES, 0)[kind], made(2, SHAPES, 0)[kind]
    assert np.array_equal(first[0]().points, again[0]().points, equal_nan=True)
    assert not np.array_equal(first[0]().points, first[1]().points, equal_nan=True)
    assert len(sign_features(first[0]())) > 0


def test_resting_hands_hardly_move_and_a_scratching_one_returns_to_the_lap():
    for seed in range(10):
        still = in_body_frame(makers()["hands at rest"](SHAPES, RNG(seed))).points[:, :, 0, :2]
        assert np.nan_to_num(still).std(axis=0).max() < 0.05
        moving = in_body_frame(makers()["scratching"](SHAPES, RNG(seed))).points[:, :, 0]
        leads = int(np.nan_to_num(moving[..., 1]).std(axis=0).argmax())
        assert moving[-1, leads, 1] == pytest.approx(LAP[1], abs=0.4)
        assert moving[:, leads, 1].min() < 0.8


def test_noise_does_not_always_have_a_body():
    clips = [makers()["noise for landmarks"](SHAPES, RNG(seed)) for seed in range(10)]
    assert {bool(np.isnan(clip.points[0, topology.NOSE, 0])) for clip in clips} == {True, False}


def test_recognizer_that_always_answers_accepts_everything():
    found = heard(engine(FakeRecognizer()), [signer, signer])
    row = refusal("clips", found, 0.5)
    assert (row.n, row.whole, row.live) == (2, 1.0, 1.0)
    assert row.commonest == ("HELLO 2",)


def test_recognizer_that_is_never_sure_accepts_nothing():
    found = heard(engine(FakeRecognizer(glosses=("",))), [signer])
    row = refusal("clips", found, 0.5)
    assert (row.whole, row.live, row.commonest) == (0.0, 0.0, ())


def test_empty_picture_has_nothing_to_answer_live():
    empty = replace(signer(), points=np.full_like(signer().points, np.nan))
    assert heard(engine(FakeRecognizer()), [lambda: empty]).live.tolist() == [0.0]


def test_quiet_threshold_lets_the_allowed_share_through_and_no_more():
    loud, soft = scores(*np.linspace(0.01, 1.0, 100)), scores(*[0.1] * 40)
    threshold = lowest_quiet_threshold({"loud": loud, "soft": soft})
    assert refusal("loud", loud, threshold).whole == MOST_ANSWERED
    assert refusal("soft", soft, threshold).whole == 0.0
    assert refusal("loud", loud, threshold - 0.01).whole > MOST_ANSWERED
    assert lowest_quiet_threshold({"same": scores(*[0.4] * 10)}) > 0.4


def test_spelled_word_is_answered_whatever_the_threshold():
    found = heard(engine(FakeRecognizer(glosses=("FS-ANNA",))), [signer])
    assert refusal("clips", found, 0.99).whole == 1.0
    found = heard(engine(FakeRecognizer(glosses=("FS-A",))), [signer])
    assert refusal("clips", found, 0.99).whole == 0.0


def test_what_a_session_says_counts_as_answered_whatever_its_score():
    row = refusal("clips", scores(0.1, 0.9, said=1), 0.5)
    assert (row.live, row.whole, row.commonest) == (0.5, 0.5, ("WORD 1",))


def test_kinds_are_pooled_clip_by_clip():
    pooled = refusal("all", together([scores(0.9, said=1), scores(0.1, 0.2, 0.3)]), 0.5)
    assert (pooled.n, pooled.live, pooled.whole) == (4, 0.25, 0.25)


def test_sentence_read_as_a_whole_counts_and_signs_are_asked_of_the_reader_of_signs():
    readers = (
        FakeRecognizer(("BOOK",), "sentences", reads="sentences"),
        FakeRecognizer(("",)),
    )
    both = engine(change=lambda made: replace(made, recognizers=readers))
    found = heard(both, [signer])
    row = refusal("clips", found, 0.5)
    assert (row.live, row.whole) == (1.0, 0.0)
