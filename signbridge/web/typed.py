"""What a visitor types in place of a sign -> its gloss; in place of a sentence -> that sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass

from signbridge.recognize.vocabulary import LETTER_PREFIX, canonical

LONGEST_WORD, LONGEST_SENTENCE = 40, 300
"""In characters."""
# Letters that Unicode does not take apart into a letter of A to Z and a mark. A gloss is what the
# hands spell, and they have no others.
_FOLDED = str.maketrans(
    {"Ł": "L", "Ø": "O", "Æ": "AE", "Œ": "OE", "Đ": "D", "Ð": "D", "Þ": "TH", "Ħ": "H", "Ŧ": "T"}
    | {"\u00b4": ""}  # an accent of its own, typed as an apostrophe
)
_BETWEEN = re.compile(r"[\s_\-\u2010-\u2015]+")


@dataclass(frozen=True, slots=True)
class Typed:
    """The gloss of a typed word, "" for none, and which of its characters can't be spelled."""

    gloss: str
    left_out: str = ""


def word(text: str, vocabulary: Container[str]) -> Typed:
    """Return a sign where there is one of this name, else its finger-spelling: FS-NEW-YORK."""
    gloss = canonical(text)
    if gloss in vocabulary:
        return Typed(gloss)
    # Upper case first: it makes SS of a sharp s, and I of one without a dot.
    letters = unicodedata.normalize("NFKD", text.upper().translate(_FOLDED)).upper()
    parts = ("".join(filter(_is_spelled, part)) for part in _BETWEEN.split(letters))
    spelled = "-".join(part for part in parts if part)
    if not any(map(str.isalpha, spelled)):
        return Typed("")
    left_out = unicodedata.normalize("NFC", "".join(filter(_is_missed, letters)))
    return Typed(LETTER_PREFIX + spelled, "".join(dict.fromkeys(left_out)))


def sentence(text: str) -> str:
    """Return a typed sentence as it stands, in one line and without what is not seen."""
    return "".join(each for each in " ".join(text.split()) if _is_seen(each)).strip()


def _is_spelled(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _is_missed(letter: str) -> bool:
    """Whether somebody misses it: a letter, digit or symbol, no mark, point or space."""
    told = unicodedata.category(letter)[0] in "LNS" or letter in "&@%#*/"
    return not _is_spelled(letter) and told


def _is_seen(letter: str) -> bool:
    """Whether it is no control, format or unassigned character: these may turn a line around."""
    return unicodedata.category(letter)[0] != "C"
