"""Made-up finger-spelling, and that a tiny network learns from it and resumes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from signbridge.recognize.spelling.decode import Word, decoded
from signbridge.recognize.spelling.model import LETTERS, SpellingConfig
from signbridge.training import spelling as training
from signbridge.training.spelled import PATHS, STILL, Hand, SpellingStyle, spelled
from signbridge.training.spelling import SpellingTraining, some_word, train
from signbridge.training.spelling_report import Reading, _calibrated, similarity

CLEAN = SpellingStyle(jitter=0.0, tilt=0.0, lost=0.0, rise_s=(0.0, 0.0), hold_s=(0.3, 0.3))
TINY = SpellingTraining(steps=16, words=6, others=2, chunk=4, rate=3e-3)


@pytest.fixture
def hand() -> Hand:
    rng = np.random.default_rng(0)
    stills = [letter for letter in LETTERS if letter not in PATHS]
    shapes = {letter: rng.normal(0, 0.5, (1, 21, 3)).astype(np.float32) for letter in stills}
    for shape in shapes.values():
        shape[:, 0] = 0.0
        shape[:, 9] = (0.0, -1.0, 0.0)
    return Hand("made up", shapes)


@pytest.fixture
def others() -> list[NDArray[np.float32]]:
    rng = np.random.default_rng(1)
    return [rng.normal(0, 0.5, (30, 21, 3)).cumsum(axis=0).astype(np.float32) for _ in range(4)]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = SpellingConfig(width=16, blocks=1, memory=8, dropout=0.0)
    monkeypatch.setattr(training, "SpellingConfig", lambda: tiny)
    torch.set_num_threads(1)


def fingers(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the shapes in the picture plane, from the wrist."""
    return (frames - frames[:, :1])[..., :2]


@pytest.mark.parametrize("letter", ["A", "J", "Z"])
def test_letter_spelled_alone_shows_the_shape_it_is_drawn_with(hand: Hand, letter: str) -> None:
    frames = spelled(letter, hand, np.random.default_rng(2), CLEAN)
    shape = hand.shapes[STILL.get(letter, letter)]
    assert np.abs(fingers(frames)[0] - fingers(shape)[0]).max() < 1e-4


def test_only_letters_that_are_drawn_move_the_hand(hand: Hand) -> None:
    way = {
        letter: np.ptp(spelled(letter, hand, np.random.default_rng(3), CLEAN)[:, 0, :2], axis=0)
        for letter in "AJZ"
    }
    assert way["J"].max() > way["A"].max() + 0.3  # the hand itself drifts a little
    assert way["Z"].max() > way["A"].max() + 0.3


def test_letter_said_twice_is_not_one_long_letter(hand: Hand) -> None:
    frames = spelled("LL", hand, np.random.default_rng(4), CLEAN)
    shape = fingers(hand.shapes["L"])[0]
    away = np.abs(fingers(frames) - shape).max(axis=(1, 2)) + np.abs(
        np.diff(frames[:, 0, :2], axis=0, prepend=frames[:1, 0, :2])
    ).max(axis=1)
    middle = slice(len(frames) // 3, 2 * len(frames) // 3)
    assert away[middle].max() > 3 * max(away[:3].max(), 1e-3)


def test_rough_spelling_is_finite_and_of_every_length(hand: Hand) -> None:
    rng = np.random.default_rng(5)
    made = [spelled(some_word(hand, rng), hand, rng) for _ in range(200)]
    assert all(np.isfinite(frames).all() and frames.shape[1:] == (21, 3) for frames in made)
    lengths = [len(frames) for frames in made]
    assert min(lengths) < 20 < 60 < max(lengths)


def test_hand_spells_only_words_it_has_the_letters_for(hand: Hand) -> None:
    few = Hand("few", {letter: hand.shapes[letter] for letter in "ABI"})
    assert few.can_spell("JAB")
    assert not few.can_spell("ZAB")
    assert few.can_spell(some_word(few, np.random.default_rng(6)))


def test_resumed_training_equals_an_unbroken_one(
    hand: Hand,
    others: list[NDArray[np.float32]],
    tmp_path: Path,
    small: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(training, "SAVE_EVERY", 2)
    whole = train([hand], others, TINY, tmp_path / "whole.pt")
    original, done = training._save, []

    def stop_after_one(*arguments: object) -> None:
        original(*arguments)  # type: ignore[arg-type]
        done.append(1)
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "_save", stop_after_one)
    with pytest.raises(KeyboardInterrupt):
        train([hand], others, TINY, tmp_path / "parts.pt")
    monkeypatch.setattr(training, "_save", original)
    resumed = train([hand], others, TINY, tmp_path / "parts.pt")
    for first, second in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(first, second)


@pytest.mark.slow
def test_training_learns_to_spell(
    hand: Hand,
    others: list[NDArray[np.float32]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tiny = SpellingConfig(width=32, blocks=2, memory=24, dropout=0.0)
    monkeypatch.setattr(training, "SpellingConfig", lambda: tiny)
    hand = Hand("few", {letter: hand.shapes[letter] for letter in "ANELIO"})
    config = SpellingTraining(steps=320, words=16, others=4, rate=1e-2)
    network = train([hand], others, config, tmp_path / "state.pt")
    rng = np.random.default_rng(7)
    alike = []
    for _ in range(30):
        word = some_word(hand, rng)
        frames = spelled(word, hand, rng)
        with torch.inference_mode():
            answer = network(torch.from_numpy(frames)[None])[0].numpy()
        alike.append(similarity(decoded(answer).text, word))
    assert np.mean(alike) > 0.7  # a network that always says nothing has 0


@pytest.mark.parametrize(
    ("said", "meant", "expected"),
    [("LEO", "LEO", 1.0), ("", "LEO", 0.0), ("LEA", "LEO", 2 / 3), ("LEONA", "LEO", 0.6)],
)
def test_similarity_is_one_less_edits_over_the_longer_length(
    said: str, meant: str, expected: float
) -> None:
    assert similarity(said, meant) == pytest.approx(expected)


def test_calibration_makes_scores_the_share_that_is_right() -> None:
    rng = np.random.default_rng(8)
    truth = rng.uniform(0.05, 0.95, 4000)
    raw = 1 / (1 + (1 / truth - 1) ** 2)  # twice too sure in its odds
    readings = [
        Reading("x", "LEO", True, Word("LEO" if rng.random() < share else "LEA", float(score)))
        for share, score in zip(truth, raw, strict=True)
    ]
    fitted = _calibrated(readings, [Word("", 0.0)] * 10)
    assert fitted.scale == pytest.approx(0.5, abs=0.1)
    assert fitted.probability(0.8**2 / (0.8**2 + 0.2**2)) == pytest.approx(0.8, abs=0.05)
