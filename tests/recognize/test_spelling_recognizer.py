"""Finger-spelling as a recognizer of its own: a word, or an abstention."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import numpy as np
import pytest

from signbridge.errors import CheckpointError
from signbridge.landmarks.body import Hands
from signbridge.recognize.spelling.decode import Word
from signbridge.recognize.spelling.recognizer import SpellingRecognizer
from signbridge.recognize.spelling.speller import DEFAULT_FOLDER
from signbridge.types import Guess, Landmarks, RecognitionResult, Segment
from tests.signing import signer


def answered(monkeypatch: pytest.MonkeyPatch, text: str, score: float) -> RecognitionResult:
    recognizer = SpellingRecognizer()

    def spell(hands: Hands) -> Word:
        return Word(text, score)

    monkeypatch.setattr(recognizer._speller, "spell", spell)
    return recognizer.recognize(Segment(signer(), 0.5, 2.7))


def test_a_word_read_with_certainty_is_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    result = answered(monkeypatch, "LEO", 0.9)
    assert result.guesses == (Guess("FS-LEO", 0.9),)
    assert not result.abstained
    assert (result.recognizer, result.start_s, result.end_s) == ("spelling", 0.5, 2.7)


@pytest.mark.parametrize(("text", "score"), [("LE", 0.99), ("LEO", 0.2)])
def test_a_short_or_unsure_word_is_only_a_guess(
    monkeypatch: pytest.MonkeyPatch, text: str, score: float
) -> None:
    result = answered(monkeypatch, text, score)
    assert result.abstained
    assert result.guesses == (Guess(f"FS-{text}", score),)


def test_no_hand_is_no_word() -> None:
    unseen = Landmarks(np.full((30, 543, 3), np.nan, np.float32), 25.0)
    result = SpellingRecognizer().recognize(Segment(unseen, 0.0, 1.2))
    assert result.abstained
    assert result.guesses == ()


def test_it_tells_how_long_each_stage_took_and_which_weights_answered() -> None:
    recognizer = SpellingRecognizer()
    result = recognizer.recognize(Segment(signer(), 0.0, 2.2))
    stages = result.stages
    assert stages.preprocess_s + stages.model_s == pytest.approx(result.elapsed_s, abs=1e-6)
    assert math.isnan(stages.decode_s)
    digest = hashlib.sha256((DEFAULT_FOLDER / "model.safetensors").read_bytes()).hexdigest()
    assert recognizer.about == {"model": "spelling", "revision": digest[:12], "device": "cpu"}
    assert recognizer.weights_sha256 == {"spelling/model.safetensors": digest[:12]}


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="holds no finger-spelling model"):
        SpellingRecognizer(tmp_path)
