"""The letter reader: the same answer however a hand is placed, mirrored or sized; J and Z move."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from signbridge.avatar import drawings
from signbridge.errors import CheckpointError
from signbridge.recognize.letters.model import SHAPES, LetterConfig, LetterNet
from signbridge.recognize.letters.motion import MotionRule
from signbridge.recognize.letters.reader import LETTERS, LetterReader, save_letters
from signbridge.recognize.letters.shape import shape_features

Array = NDArray[np.float32]
MIRROR = np.array([-1, 1, 1], dtype=np.float32)
DRAWN = Path(drawings.__file__).parents[1] / "assets" / "drawings" / "drawings.npz"


@pytest.fixture(scope="module")
def reader() -> LetterReader:
    return LetterReader.load()


def drawn_hand(letter: str) -> Array:
    """Return the right hand (21, 3) of a shipped drawing, in palm lengths."""
    with np.load(DRAWN) as stored:
        row = list(stored["glosses"]).index(f"FS-{letter}")
        shape = stored["shapes"][row, 8, 0].astype(np.float32)
    shape = shape - shape[:1]
    return np.asarray(shape / np.linalg.norm(shape[9, :2]), dtype=np.float32)


def held(letter: str, frames: int = 20) -> Array:
    return np.repeat(drawn_hand(letter)[None], frames, axis=0)


def carried(path: list[tuple[float, float]], letter: str) -> Array:
    """Return a held hand carried along corners of a path in palm lengths."""
    at = np.linspace(0, len(path) - 1, 24)
    places = [np.interp(at, range(len(path)), axis) for axis in np.array(path).T]
    way = held(letter, len(at))
    way[..., :2] += np.stack(places, axis=1)[:, None]
    return way


def hooked() -> Array:
    """Return an I hand that goes down while the little finger swings round."""
    way = held("I", 24)
    for share, frame in zip(np.linspace(0, 1, len(way)), way, strict=True):
        turn = 1.9 * share
        flat = frame[:, :2] @ np.array(
            [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]], dtype=np.float32
        )
        frame[:, :2] = flat + np.array([0, 0.5 * share], dtype=np.float32)
    return way


def zigzag() -> Array:
    """Return a D hand that draws a Z as large as recorded ones: the wrist goes 1.8, and sways."""
    way = carried([(0.0, 0.0), (1.8, 0.0), (0.1, 1.4), (1.9, 1.4)], "D")
    swing = np.interp(np.linspace(0, 3, len(way)), range(4), [-0.45, 0.45, -0.45, 0.45])
    for turn, frame in zip(swing, way, strict=True):
        turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        frame[:, :2] = (frame[:, :2] - frame[0, :2]) @ turned.astype(np.float32) + frame[0, :2]
    return way


def letter_of(reader: LetterReader, way: Array) -> str:
    return LETTERS[int(reader.read(way).argmax())]


def test_most_drawn_letters_are_read(reader: LetterReader) -> None:
    read = [letter_of(reader, held(letter)) for letter in SHAPES]
    assert np.mean([a == b for a, b in zip(SHAPES, read, strict=True)]) >= 0.8


def test_left_hand_gets_the_answer_of_its_mirrored_right_hand(reader: LetterReader) -> None:
    hands = np.random.default_rng(0).normal(size=(50, 21, 3)).astype(np.float32)
    assert np.allclose(reader.shapes(hands), reader.shapes(hands * MIRROR), atol=1e-5)
    way = hooked()
    assert np.allclose(reader.read(way), reader.read(way * MIRROR), atol=1e-5)


def test_untrained_network_is_mirror_safe_too() -> None:
    hands = torch.randn(8, 21, 3)
    network = LetterNet(LetterConfig(width=8)).eval()
    mirrored = network(hands * torch.tensor([-1.0, 1.0, 1.0]))
    assert torch.allclose(network(hands).flip(1), mirrored, atol=1e-5)


def test_size_and_place_do_not_matter(reader: LetterReader) -> None:
    way = hooked()
    moved = way * np.float32(37) + np.array([500, -20, 3], dtype=np.float32)
    assert np.allclose(reader.read(way), reader.read(moved), atol=1e-3)


def test_turning_the_hand_leaves_its_lengths_and_bends() -> None:
    hands = torch.randn(5, 21, 3)
    turn, _ = torch.linalg.qr(torch.randn(3, 3))
    turn = turn * torch.linalg.det(turn)
    same = slice(60, 120)  # the points in the palm's own frame
    before, after = shape_features(hands), shape_features(hands @ turn.T)
    assert torch.allclose(before[:, same], after[:, same], atol=1e-3)
    assert torch.allclose(before[:, 129:], after[:, 129:], atol=1e-3)
    assert not torch.allclose(before[:, :60], after[:, :60], atol=1e-1)


def test_i_that_hooks_is_j_and_i_that_is_held_is_not(reader: LetterReader) -> None:
    assert letter_of(reader, hooked()) == "J"
    assert letter_of(reader, held("I")) == "I"


def test_pointing_finger_that_zigzags_is_z_and_one_that_is_held_is_d(reader: LetterReader) -> None:
    assert letter_of(reader, zigzag()) == "Z"
    assert letter_of(reader, held("D")) == "D"


def test_hand_that_comes_up_and_goes_down_draws_nothing(reader: LetterReader) -> None:
    for letter in "ID":
        rise = [(0.0, 2.0), (0.0, 0.0), (0.0, 0.0), (0.0, 2.0)]
        assert letter_of(reader, carried(rise, letter)) == letter


def test_saved_reader_answers_the_same(tmp_path: Path) -> None:
    network = LetterNet(LetterConfig(width=8))
    rule = MotionRule(((0.1,) * 7,) * 3, (0.0, 0.1, 0.2))
    save_letters(tmp_path, network, rule)
    way = held("B")
    saved = LetterReader.load(tmp_path).read(way)
    assert np.allclose(saved, LetterReader(network, rule).read(way), atol=1e-2)


def test_broken_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=str(tmp_path)):
        LetterReader.load(tmp_path)
