"""Training the letter reader: a tiny set is learned whole; the report tells what was read."""

from pathlib import Path

import numpy as np
import torch

from signbridge.data.letter_hands import LetterHand
from signbridge.recognize.letters.model import SHAPES, LetterConfig
from signbridge.training.letters import answers, train
from signbridge.training.letters_fit import LetterTraining, fit_rule, make_bank, vary
from signbridge.training.letters_report import HandResult, write_letters_report
from signbridge.web.benchmarks import benchmarks


def made_up_hand(name: str, seed: int) -> LetterHand:
    """Return a hand of three very different shapes, held."""
    rng = np.random.default_rng(seed)
    shapes = np.random.default_rng(9).normal(size=(3, 21, 3)).astype(np.float32)
    tracks, letters = [], []
    for letter, shape in zip("ABC", shapes, strict=True):
        for _ in range(6):
            noise = rng.normal(0, 0.03, (5, 21, 3)).astype(np.float32)
            tracks.append(shape + noise)
            letters.append(letter)
    return LetterHand(name, tuple(letters), tuple(tracks), moves=True, sided=True)


def test_tiny_set_is_learned_whole() -> None:
    hands = [made_up_hand("one", 1), made_up_hand("two", 2)]
    config = LetterTraining(steps=60, batch=64)
    banks = [make_bank(hand, config, copies=60) for hand in hands]
    reader, _ = train(hands, banks, config, LetterConfig(width=32))
    unseen = made_up_hand("three", 3)
    assert answers(reader, unseen) == unseen.letters


def test_varied_hands_stay_hands_of_their_letter() -> None:
    hands = torch.randn(4, 21, 3)
    still = LetterTraining(yaw=0, pitch=0, roll=0, bones=0, jitter=0, depth=(1, 1), squeeze=0)
    varied = vary(hands, still, torch.Generator().manual_seed(0))
    centred = hands - hands[:, :1]
    expected = centred / centred[:, 9].norm(dim=-1)[:, None, None]
    assert torch.allclose(varied, expected, atol=1e-5)


def test_rule_of_motion_tells_what_it_was_taught() -> None:
    cues = np.repeat(np.eye(3, 7) * 3, 10, axis=0)
    drawn = np.repeat([0, 1, 2], 10)
    rule = fit_rule(cues, drawn)
    assert [int(rule.probabilities(one).argmax()) for one in cues] == list(drawn)


def test_report_counts_right_letters_and_shows_on_the_benchmarks_tab(tmp_path: Path) -> None:
    still = HandResult("a", False, ("A", "A", "J"), ("A", "B", "I"), ("A", "A", "I"))
    moving = HandResult("b", True, ("A", "J", "Z"), ("A", "J", "D"), ("A", "I", "D"))
    report = write_letters_report(tmp_path / "letters", [still, moving])
    hands = report["hands"]
    assert isinstance(hands, dict)
    assert hands["a"]["accuracy"] == 0.5
    assert hands["b"]["accuracy"] == 2 / 3
    assert hands["a"]["extra_trees"] == 1.0
    assert report["chance"] == 1 / len(SHAPES)
    (page,) = benchmarks(tmp_path)
    assert "| b | Z | 0.00 | D |" in page.page
    assert page.page.count("data:image/png") == 3
