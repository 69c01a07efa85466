"""Written labels -> signs: one table of variants, and the ordered glosses a model knows."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from signbridge.errors import CheckpointError

FILE_NAME = "vocabulary.csv"
LETTER_PREFIX = "FS-"  # as linguists gloss finger-spelling
NAME_PREFIX = "NS-"  # and a person's or a place's own sign
_LETTER = re.compile("(?:letter|fs) ([a-z])")
_APOSTROPHES = str.maketrans("", "", "'’‘`")  # noqa: RUF001 - labels are typed with any of them


def canonical(label: str) -> str:
    """Return the gloss of a written label: `thanks`, `Thank_you` -> `THANK-YOU`.

    `letter_b` and `FS-B` are the finger-spelled letter `FS-B`; a bare `I` is the pronoun.
    """
    words = _words(label)
    if letter := _LETTER.fullmatch(words):
        return LETTER_PREFIX + letter[1].upper()
    known = _table().get(words)
    return known.gloss if known else words.upper().replace(" ", "-")


def same_sign(first: str, second: str) -> bool:
    """Say whether two labels are written for the same sign."""
    return canonical(first) == canonical(second)


def display_text(gloss: str) -> str:
    """Return the gloss as a page shows it: `THANK-YOU` -> `thank you`."""
    words = _words(gloss)
    if letter := _LETTER.fullmatch(words):
        return letter[1].upper()
    known = _table().get(words)
    return known.text if known else words


def spellings(gloss: str) -> tuple[str, ...]:
    """Return the ways a gloss is written, in plain words: MOTHER -> mother, mom, mum, ..."""
    listed = (words for words, entry in _table().items() if entry.gloss == gloss)
    return tuple(dict.fromkeys((_words(gloss), *listed)))


def conversation() -> tuple[str, ...]:
    """Return the glosses two strangers need first, beyond the 300 most frequent of WLASL."""
    lines = _asset("conversation.txt").splitlines()
    return tuple(word for line in lines if not line.startswith("#") for word in line.split())


@dataclass(frozen=True)
class Vocabulary:
    """The signs a model knows, in the order of its outputs."""

    glosses: tuple[str, ...]
    texts: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a vocabulary in which two outputs would mean one sign."""
        if len(self.glosses) != len(self.texts):
            raise CheckpointError(
                f"vocabulary has {len(self.glosses)} glosses but {len(self.texts)} texts"
            )
        if doubled := sorted({g for g in self.glosses if self.glosses.count(g) > 1}):
            raise CheckpointError(f"vocabulary names {', '.join(doubled)} twice; merge the rows")

    @classmethod
    def of(cls, labels: Iterable[str]) -> Vocabulary:
        """Return the signs of `labels`, each once, in order of first appearance."""
        glosses = tuple(dict.fromkeys(canonical(label) for label in labels))
        return cls(glosses, tuple(display_text(gloss) for gloss in glosses))

    @classmethod
    def load(cls, folder: Path) -> Vocabulary:
        """Read a model folder's vocabulary; its rows are in the order of the model's outputs."""
        path = folder / FILE_NAME
        try:
            with path.open(encoding="utf-8", newline="") as file:
                rows = [(row["gloss"], row["text"]) for row in csv.DictReader(file)]
        except FileNotFoundError as cause:
            raise CheckpointError(f"{path} is missing; a model folder carries one") from cause
        except KeyError as cause:
            raise CheckpointError(f"{path} needs the columns gloss and text") from cause
        return cls(tuple(gloss for gloss, _ in rows), tuple(text for _, text in rows))

    def save(self, folder: Path) -> None:
        """Write the vocabulary into a model folder."""
        with (folder / FILE_NAME).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("gloss", "text"))
            writer.writerows(zip(self.glosses, self.texts, strict=True))

    def index(self, label: str) -> int | None:
        """Return the model output that means `label`, or None if the model does not know it."""
        gloss = canonical(label)
        return self.glosses.index(gloss) if gloss in self.glosses else None

    def __contains__(self, label: object) -> bool:
        """Say whether the model knows the sign of a label, in any of its spellings."""
        return isinstance(label, str) and canonical(label) in self.glosses

    def __len__(self) -> int:
        """Return the number of signs."""
        return len(self.glosses)


@dataclass(frozen=True, slots=True)
class _Entry:
    gloss: str
    text: str


def _words(label: str) -> str:
    """Return lower-case words with single spaces, free of apostrophes and punctuation."""
    plain = label.casefold().translate(_APOSTROPHES)
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


@cache
def _table() -> dict[str, _Entry]:
    """Return normalised spelling -> entry, from the one table of variants."""
    table: dict[str, _Entry] = {}
    for row in csv.DictReader(_asset("variants.csv").splitlines()):
        entry = _Entry(row["gloss"], row["text"])
        for spelling in (row["gloss"], row["text"], *filter(None, row["variants"].split(";"))):
            words = _words(spelling)
            assert table.get(words, entry).gloss == entry.gloss, f"{words!r} is listed twice"
            table[words] = entry
    return table


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
