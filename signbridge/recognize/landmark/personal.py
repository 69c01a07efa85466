"""What one signer showed: examples of signs under the names they gave, and the file they keep."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from signbridge.errors import BadInputError
from signbridge.landmarks import topology
from signbridge.landmarks.features import STEPS
from signbridge.recognize.vocabulary import LETTER_PREFIX, NAME_PREFIX, canonical

SIGN_SHAPE = (STEPS, 2, topology.HAND_POINTS, 3)
MOST_EXAMPLES = 200  # 3 MB of memory a visitor
LONGEST_NAME = 40
FORMAT = "signbridge-personal-1"
MOST_BYTES = 5_000_000
FARTHEST = 100.0  # shoulder widths: no hand is there, and half precision still tells places apart
SUFFIX = ".npz"


def _no_signs() -> NDArray[np.float16]:
    return np.zeros((0, *SIGN_SHAPE), np.float16)


@dataclass(frozen=True, slots=True)
class Personal:
    """One signer's examples, in the order they were shown.

    glosses: the sign of each example, in the vocabulary or not. signs: (E, STEPS, 2, 21, 3)
    float16, one stretch each as `landmarks.features` gives it; hands alone, no face or picture.
    """

    glosses: tuple[str, ...] = ()
    signs: NDArray[np.float16] = field(default_factory=_no_signs, compare=False, repr=False)

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.glosses)

    @property
    def names(self) -> tuple[str, ...]:
        """The signs shown, each once, in the order of their first example."""
        return tuple(dict.fromkeys(self.glosses))

    def of(self, gloss: str) -> NDArray[np.float16]:
        """Return the examples (n, STEPS, 2, 21, 3) of one sign."""
        return self.signs[[one == gloss for one in self.glosses]]

    def adding(self, gloss: str, sign: NDArray[np.generic]) -> Personal:
        """Return what is known after one more example (STEPS, 2, 21, 3) of a sign."""
        if len(self) >= MOST_EXAMPLES:
            raise BadInputError(
                f"at most {MOST_EXAMPLES} examples are kept; remove a sign before you add to them"
            )
        signs = np.concatenate([self.signs, sign[None].astype(np.float16)])
        return Personal((*self.glosses, gloss), signs)

    def without(self, gloss: str) -> Personal:
        """Return what is known without one sign."""
        kept = [i for i, one in enumerate(self.glosses) if one != gloss]
        return Personal(tuple(self.glosses[i] for i in kept), self.signs[kept])


def gloss_named(name: str, of_someone: bool = False) -> str:
    """Return the gloss of a typed name; raise `BadInputError` for one that can't be a gloss.

    of_someone: it is the sign of a person's or a place's name. So is one that is typed like a
    spelled word, as `fs linda`: a word of that gloss would be one that was read letter by letter.
    """
    gloss = canonical(name)
    letters = gloss.removeprefix(LETTER_PREFIX)
    if letters != gloss and len(letters) > 1:
        gloss = NAME_PREFIX + letters
    elif gloss and of_someone and not gloss.startswith((LETTER_PREFIX, NAME_PREFIX)):
        gloss = canonical(NAME_PREFIX + name)  # as it is typed: Ms Grey is not the color
    if not gloss or len(gloss.removeprefix(NAME_PREFIX)) > LONGEST_NAME:
        raise BadInputError(
            f"a sign's name needs 1 to {LONGEST_NAME} letters or digits, such as “coffee shop”"
        )
    return gloss


def to_bytes(personal: Personal) -> bytes:
    """Return the signer's file."""
    file = io.BytesIO()
    np.savez_compressed(
        file,
        format=np.array(FORMAT),
        glosses=np.array(personal.glosses, dtype=f"<U{LONGEST_NAME + len(NAME_PREFIX)}"),
        signs=personal.signs,
    )
    return file.getvalue()


def from_bytes(data: bytes) -> Personal:
    """Return what a signer's file holds; raise `BadInputError` in one line for any other file."""
    if len(data) > MOST_BYTES:
        raise BadInputError(f"the file is larger than {MOST_BYTES // 1_000_000} MB; {_EXPECTED}")
    try:
        return _unpacked(data)
    except BadInputError:
        raise
    except Exception as cause:  # readers of zip files and arrays fail in a dozen ways
        raise BadInputError(f"the file is not a signer's own; {_EXPECTED}") from cause


_EXPECTED = "expected one that “Download my signs” made"


def _unpacked(data: bytes) -> Personal:
    parts = _parts(data)
    if str(parts["format"]) != FORMAT:
        raise BadInputError(
            f"the file has the version {str(parts['format'])[:40]!r}, expected {FORMAT!r}; "
            "record the signs again"
        )
    glosses, signs = parts["glosses"], parts["signs"]
    if signs.dtype != np.float16 or signs.shape[1:] != SIGN_SHAPE or glosses.dtype.kind != "U":
        raise BadInputError(f"the file holds {signs.dtype} of {signs.shape}; {_EXPECTED}")
    if glosses.shape != (len(signs),) or len(signs) > MOST_EXAMPLES:
        raise BadInputError(
            f"the file holds {glosses.size} names for {len(signs)} examples, expected one each "
            f"and at most {MOST_EXAMPLES}"
        )
    return Personal(tuple(gloss_named(str(one)) for one in glosses), _checked(signs))


def _parts(data: bytes) -> dict[str, NDArray[np.generic]]:
    """Return the file's arrays, none of them pickled, once their size is known to be small."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MOST_BYTES:
        raise BadInputError(f"the file unpacks to {unpacked // 1_000_000} MB; {_EXPECTED}")
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        return {name: stored[name] for name in ("format", "glosses", "signs")}


def _checked(signs: NDArray[np.generic]) -> NDArray[np.float16]:
    """Refuse numbers that are no hands: a hand is wholly seen or wholly NaN, and in reach."""
    hands = signs.astype(np.float16, copy=False)
    missing = np.isnan(hands)
    whole = missing.all(axis=(-1, -2)) | ~missing.any(axis=(-1, -2))
    seen = ~missing.all(axis=(1, 2, 3, 4))
    if not whole.all() or not seen.all() or (np.abs(np.nan_to_num(hands)) > FARTHEST).any():
        raise BadInputError(f"the file holds numbers that are no hands; {_EXPECTED}")
    return hands
