"""A signer's file: what was shown comes back, and nothing else gets in."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from signbridge.errors import BadInputError
from signbridge.recognize.landmark import personal as module
from signbridge.recognize.landmark.personal import (
    FORMAT,
    SIGN_SHAPE,
    Personal,
    from_bytes,
    gloss_named,
    to_bytes,
)


def sign(seed: int = 0) -> np.ndarray:
    """Return (STEPS, 2, 21, 3) of a right hand somewhere; the left is not seen."""
    points = np.random.default_rng(seed).normal(0, 0.3, SIGN_SHAPE).astype(np.float16)
    points[:, 1] = np.nan
    return points


def shown() -> Personal:
    return Personal().adding("HELLO", sign(0)).adding("COFFEE-SHOP", sign(1))


def packed(**changes: object) -> bytes:
    """Return the file of `shown` with some parts changed; None leaves one out."""
    personal = shown()
    parts = {"format": np.array(FORMAT), "glosses": np.array(personal.glosses)}
    parts |= {"signs": personal.signs, **changes}
    file = io.BytesIO()
    np.savez_compressed(file, **{k: v for k, v in parts.items() if v is not None})
    return file.getvalue()


def test_what_was_shown_is_in_the_file_and_comes_back():
    again = from_bytes(to_bytes(shown()))
    assert again == shown()
    np.testing.assert_array_equal(again.signs, shown().signs)


def test_ten_signs_of_three_examples_are_a_small_file():
    personal = Personal()
    for number in range(30):
        personal = personal.adding(f"SIGN-{number // 3}", sign(number))
    assert len(to_bytes(personal)) < 500_000


def test_a_removed_sign_takes_its_examples_along():
    left = shown().adding("HELLO", sign(2)).without("HELLO")
    assert left.names == ("COFFEE-SHOP",)
    np.testing.assert_array_equal(left.signs, sign(1)[None])


def test_a_name_of_the_vocabulary_in_any_spelling_is_its_gloss():
    assert gloss_named("thanks") == gloss_named("Thank you") == "THANK-YOU"
    assert gloss_named("coffee shop") == "COFFEE-SHOP"


def test_a_name_of_someone_is_a_name_sign_as_it_is_typed():
    assert gloss_named("Mark", of_someone=True) == "NS-MARK"
    assert gloss_named("Ms Grey", of_someone=True) == "NS-MS-GREY"
    assert gloss_named("NS-MARK") == gloss_named("NS-MARK", of_someone=True) == "NS-MARK"
    with pytest.raises(BadInputError, match="1 to 40 letters"):
        gloss_named(" ", of_someone=True)


def test_a_sign_named_like_a_spelled_word_is_a_name_sign_and_a_letter_is_a_letter():
    assert gloss_named("fs linda") == gloss_named("FS-LINDA") == "NS-LINDA"
    assert gloss_named("fs b") == gloss_named("letter B", of_someone=True) == "FS-B"
    old = packed(glosses=np.array(["FS-LINDA", "FS-B"]))
    assert from_bytes(old).glosses == ("NS-LINDA", "FS-B")


@pytest.mark.parametrize("name", ["", "  ", "!?", "x" * 41])
def test_a_name_that_can_be_no_gloss_is_refused(name):
    with pytest.raises(BadInputError, match="1 to 40 letters"):
        gloss_named(name)


def test_there_is_a_most_to_remember(monkeypatch):
    monkeypatch.setattr(module, "MOST_EXAMPLES", 2)
    with pytest.raises(BadInputError, match="at most 2 examples are kept"):
        shown().adding("MORE", sign(3))


def infinite() -> np.ndarray:
    signs = shown().signs.copy()
    signs[0, 0, 0, 0, 0] = np.inf
    return signs


def half_a_hand() -> np.ndarray:
    signs = shown().signs.copy()
    signs[0, 0, 0, 4] = np.nan
    return signs


def header(shape: str, kind: str = "<f2") -> bytes:
    """Return the start of an array's file, which says how large the array is."""
    told = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(told).to_bytes(2, "little") + told


def forged(**entries: bytes) -> bytes:
    """Return the file of `shown` with some entries of the archive written by hand."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed())) as real, zipfile.ZipFile(file, "w") as made:
        for name in real.namelist():
            made.writestr(name, entries.get(name.removesuffix(".npy"), real.read(name)))
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a signer's own"),
        (b"PK\x03\x04 nothing more", "not a signer's own"),
        (to_bytes(shown())[:-200], "not a signer's own"),
        (b"x" * 5_000_001, "larger than 5 MB"),
        (packed(signs=None), "not a signer's own"),
        (packed(glosses=np.array(["HELLO", None], dtype=object)), "not a signer's own"),
        (packed(extra=np.zeros(10_000_000, np.uint8)), "unpacks to 10 MB"),
        (packed(format=np.array("signbridge-personal-9")), "version 'signbridge-personal-9'"),
        (packed(signs=shown().signs[:, :32]), r"float16 of \(2, 32, 2, 21, 3\)"),
        (packed(signs=shown().signs.astype(np.float32)), "float32"),
        (forged(signs=b"no array"), "not a signer's own"),
        (forged(glosses=b"no array"), "not a signer's own"),
        (forged(signs=header("(10000000000000, 8)")), "not a signer's own"),
        (forged(signs=header("((((((")), "not a signer's own"),
        (forged(glosses=header("(2,)", "<U1") + b"\xff\xff\xff\x7f" * 2), "not a signer's own"),
        (packed(glosses=np.array(["HELLO"])), "1 names for 2 examples"),
        (packed(glosses=np.array([1, 2])), "float16 of"),
        (packed(glosses=np.array(["HELLO", "?"])), "1 to 40 letters"),
        (packed(signs=np.full_like(shown().signs, np.nan)), "no hands"),
        (packed(signs=half_a_hand()), "no hands"),
        (packed(signs=infinite()), "no hands"),
    ],
    ids=lambda one: one if isinstance(one, str) else "file",
)
def test_any_other_file_is_refused_in_one_line(data, reason):
    with pytest.raises(BadInputError, match=reason) as caught:
        from_bytes(data)
    assert "\n" not in str(caught.value)
