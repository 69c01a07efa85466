"""Training the letter reader: a tiny set is learned whole; the report tells what was read."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from signbridge.data.letter_hands import LetterHand
from signbridge.landmarks import topology
from signbridge.recognize.letters.model import SHAPES, LetterConfig
from signbridge.training import letters
from signbridge.training.letters import answers, train
from signbridge.training.letters_fit import LetterTraining, fit_rule, make_bank, vary
from signbridge.training.letters_page import LOW
from signbridge.training.letters_report import HandResult, write_letters_report
from signbridge.training.letters_why import Difference, Why, poses
from signbridge.web.benchmarks import benchmarks
from tests.signing import hand_shape


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
    why = Why((Difference("palm", 41.4, 12.2), Difference("thumb", 30.0, 9.0)), 0.91)
    still = HandResult(
        "a", False, ("A", "A", "A", "J"), ("A", "B", "N", "I"), ("A", "A", "B", ""), {"A": why}
    )
    moving = HandResult("b", True, ("A", "J", "Z"), ("A", "J", "D"), ("A", "", ""))
    report = write_letters_report(tmp_path / "letters", [still, moving])
    hands = report["hands"]
    assert isinstance(hands, dict)
    assert hands["a"]["accuracy"] == 1 / 3
    assert hands["b"]["accuracy"] == 2 / 3
    assert hands["b"]["held_letters"] == 1.0
    assert (hands["a"]["extra_trees"], hands["b"]["extra_trees"]) == (2 / 3, 1.0)
    assert report["chance"] == 1 / len(SHAPES)
    (page,) = benchmarks(tmp_path)
    assert (
        "| b | Z | 1 | 0.00 | D 100% | not taken apart: drawn in the air, or too few other hands |"
        in page.page
    )
    mended = "palm (41°, others 12°), thumb (30°, others 9°): 0.91"
    assert f"| a | A | 3 | 0.33 | B 33%, N 33% | {mended} |" in page.page
    assert page.page.count("data:image/png") == 3


def test_report_says_where_no_pose_mends_a_letter(tmp_path: Path) -> None:
    why = Why((Difference("palm", 8.0, 9.0), Difference("thumb", 30.0, 9.0)), 0.02)
    one = HandResult("a", False, ("A",), ("B",), ("A",), {"A": why})
    write_letters_report(tmp_path / "letters", [one])
    page = (tmp_path / "letters" / "report.md").read_text()
    told = "nothing: all parts changed 0.02; furthest off thumb (30°, others 9°)"
    assert f"| a | A | 1 | 0.00 | B 100% | {told} |" in page


def test_drawn_letters_are_no_question_for_extra_trees() -> None:
    teacher, asked = made_up_hand("one", 1), made_up_hand("two", 2)
    drawn = replace(asked, letters=("J", "Z", *asked.letters[2:]))
    said = letters.tree_answers([teacher], drawn)
    assert said[:2] == ("", "")
    assert set(said[2:]) <= set("ABC")


def bent_hand(name: str, seed: int) -> LetterHand:
    """Return a hand that bends its index finger for A, its middle one for B, its little for C."""
    rng, tracks = np.random.default_rng(seed), []
    for letter, finger in zip("ABC", (1, 2, 4), strict=True):
        joints = list(topology.FINGERS[finger])
        shape = hand_shape()
        away = shape[joints] - shape[joints[:1]]
        shape[joints] = shape[joints[:1]] + away[:, [1, 2, 0]]
        tracks += [(letter, shape + rng.normal(0, 0.02, (5, 21, 3)).astype("f4"))] * 6
    letters, ways = zip(*tracks, strict=True)
    return LetterHand(name, letters, ways, moves=True, sided=True)


def test_misread_letters_are_taken_apart_with_the_reader_that_misread_them() -> None:
    teachers = [bent_hand("one", 1), bent_hand("two", 2)]
    config = LetterTraining(steps=60, batch=64)
    banks = [make_bank(hand, config, copies=60) for hand in teachers]
    reader, _ = train(teachers, banks, config, LetterConfig(width=32))
    # What is called A is the shape of B, and the other way round; C is C.
    unseen = bent_hand("three", 3)
    swapped = replace(unseen, letters=tuple("BAC"["ABC".index(one)] for one in unseen.letters))
    read = answers(reader, swapped)
    result = HandResult("three", True, swapped.letters, read, read)
    why = letters.reasons(
        reader, result, swapped, poses(swapped), [poses(teacher) for teacher in teachers]
    )
    assert set(why) == {"A", "B"}
    for letter in why:
        assert why[letter].right >= LOW
        parts = {one.part for one in why[letter].differences}
        assert parts
        assert parts <= {"index finger", "middle finger"}
