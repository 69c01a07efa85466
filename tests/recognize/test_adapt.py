"""What a signer showed counts, and only where it is like what is signed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax

from signbridge.landmarks.features import sign_features
from signbridge.recognize.landmark.adapt import Adapter, Weighing
from signbridge.recognize.landmark.checkpoint import Calibration
from signbridge.recognize.landmark.personal import Personal
from signbridge.recognize.landmark.recognizer import LandmarkRecognizer
from signbridge.types import Segment
from tests import signing

VOCABULARY = ("A", "B", "C")
OUTPUTS = 40  # three that are offered, and others that only take from them


def logits(*peaks: tuple[int, float], seed: int = 0) -> np.ndarray:
    """Return (1, OUTPUTS) of small noise with some outputs raised."""
    values = np.random.default_rng(seed).normal(0, 0.1, OUTPUTS)
    for place, height in peaks:
        values[place] += height
    return values[None].astype(np.float32)


# A signer's B: the network sees an A in it, with a hint of output 20.
OWN_B = ((0, 6.0), (20, 5.0))


def adapter(gloss: str, **changes: float) -> Adapter:
    shown = np.concatenate([logits(*OWN_B, seed=seed) for seed in (1, 2, 3)])
    return Adapter(VOCABULARY, [gloss] * 3, shown, Weighing(**changes))


def test_a_sign_like_the_examples_gets_their_name():
    again = logits(*OWN_B, seed=9)
    assert softmax(again)[0, :3].argmax() == 0
    assert adapter("B").probabilities(again, 1.0)[0].argmax() == 1


def test_a_sign_unlike_the_examples_keeps_the_networks_answer():
    clear = logits((2, 9.0), (30, 3.0), seed=9)
    after = adapter("B").probabilities(clear, 1.0)[0]
    np.testing.assert_allclose(after, softmax(clear)[0, :3], atol=0.02)


def test_a_taught_sign_is_an_answer_beside_the_vocabulary():
    taught = adapter("COFFEE-SHOP")
    assert taught.glosses == ("A", "B", "C", "COFFEE-SHOP")
    assert taught.probabilities(logits(*OWN_B, seed=9), 1.0)[0].argmax() == 3
    assert taught.probabilities(logits((2, 9.0), seed=9), 1.0)[0].argmax() == 2


def test_probabilities_leave_the_rest_to_signs_that_are_not_offered():
    outside = logits((25, 9.0), seed=9)
    total = adapter("COFFEE-SHOP").probabilities(outside, 1.0).sum()
    assert total < 0.05


def test_a_taught_answer_has_a_calibration_of_its_own():
    modest = adapter("COFFEE-SHOP", new_slope=0.1, new_offset=-1.0)
    again = logits(*OWN_B, seed=9)
    assert modest.scores(again, Calibration())[3] < 0.6
    assert (
        adapter("COFFEE-SHOP", new_slope=1.0, new_offset=0.0).scores(again, Calibration())[3] > 0.9
    )


def test_examples_that_agree_with_the_network_make_it_no_less_sure():
    clear = logits((0, 9.0), (20, 5.0), seed=9)
    modest = adapter("A", slope=0.1, offset=-5.0).scores(clear, Calibration())
    alone = Calibration().scores(softmax(clear)[0, :3])
    assert modest[0] == pytest.approx(alone[0])


@pytest.fixture(scope="module")
def shipped() -> LandmarkRecognizer:
    return LandmarkRecognizer()


def circles(turns: int, **changes: float) -> Segment:
    landmarks = signing.signer(turns=turns, **changes)
    return Segment(landmarks, 0.0, landmarks.duration_s)


def example(segment: Segment) -> np.ndarray:
    return sign_features(segment.landmarks)[0]


def test_the_shipped_recognizer_learns_a_sign_from_three_examples(shipped):
    personal = Personal()
    for rate, size in ((30.0, 0.25), (25.0, 0.3), (20.0, 0.2)):
        personal = personal.adding("ROUND-TRIP", example(circles(3, fps=rate, size=size)))
    own = shipped.taught(personal)
    result = own.recognize(circles(3, fps=15.0, size=0.27))
    assert result.guesses[0].text == "ROUND-TRIP"
    assert not result.abstained
    assert "ROUND-TRIP" not in shipped.vocabulary
    assert own.name == shipped.name


def test_one_signers_signs_change_nothing_for_others(shipped):
    before = shipped.recognize(circles(1))
    shipped.taught(Personal().adding("ROUND-TRIP", example(circles(1))))
    after = shipped.recognize(circles(1))
    assert after.guesses == before.guesses


def test_with_nothing_shown_the_answers_are_the_same(shipped):
    own = shipped.taught(Personal().adding("X", example(circles(1)))).taught(Personal())
    assert own.recognize(circles(1)).guesses == shipped.recognize(circles(1)).guesses


def test_a_taught_sign_meets_the_threshold_whatever_its_name(shipped, monkeypatch):
    segment = circles(3)
    for name in ("ROUND-TRIP", "FS-LINDA"):
        own = shipped.taught(Personal().adding(name, example(segment)))
        for threshold, abstained in ((0.0, False), (1.1, True)):
            strict = replace(own._checkpoint.calibration, threshold=threshold)
            monkeypatch.setattr(own, "_checkpoint", replace(own._checkpoint, calibration=strict))
            result = own.recognize(segment)
            assert (result.guesses[0].text, result.abstained) == (name, abstained)
