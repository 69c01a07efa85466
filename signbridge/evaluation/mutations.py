"""A good video file -> one that is broken, as by accident or on purpose.

Each mutation takes the file and a random generator, and returns other bytes of about its size.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Mutation = Callable[[bytes, np.random.Generator], bytes]
HEAD_BYTES = 1024
# Numbers that programs get wrong: nothing, one, the largest of each width, and just below.
EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
# Boxes of MP4 that state sizes, times, counts and places.
BOXES = (
    b"mvhd", b"tkhd", b"mdhd", b"stsd", b"stts", b"stsz", b"stsc", b"stco", b"ctts", b"elst",
    b"avcC", b"trak", b"moov", b"mdat", b"stss",
)  # fmt: skip
OTHERS = (
    b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"\x7fELF\x02\x01\x01", b"<!doctype html><script>",
    b"%PDF-1.7\n", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/a.ts\n", b"ffconcat version 1.0\n",
    b"RIFF\x00\x10\x00\x00WAVEfmt ", b"ID3\x04\x00", b"\xff\xd8\xff\xe0", b"MZ", b"",
)  # fmt: skip


def flip_bits(data: bytes, rng: np.random.Generator) -> bytes:
    """Flip 1 to 64 bits anywhere."""
    changed = bytearray(data)
    for place in rng.integers(0, 8 * len(data), rng.integers(1, 65)):
        changed[place // 8] ^= 1 << int(place % 8)
    return bytes(changed)


def spoil_head(data: bytes, rng: np.random.Generator) -> bytes:
    """Write noise over a stretch of the head, behind the first bytes that tell the kind."""
    start = int(rng.integers(8, min(HEAD_BYTES, len(data) - 1)))
    noise = rng.bytes(int(rng.integers(1, 65)))
    return data[:start] + noise + data[start + len(noise) :]


def lie_in_head(data: bytes, rng: np.random.Generator) -> bytes:
    """Replace 1 to 4 numbers of the head by extreme ones: sizes, lengths, rates."""
    changed = bytearray(data)
    for _ in range(rng.integers(1, 5)):
        start = int(rng.integers(4, min(HEAD_BYTES, len(data) - 4)))
        changed[start : start + 4] = _extreme(rng)
    return bytes(changed)


def lie_in_box(data: bytes, rng: np.random.Generator) -> bytes:
    """Replace a box's size, or a number in it; in files without boxes, numbers of the head."""
    found = [place for box in BOXES if (place := data.find(box)) >= 4]
    if not found:
        return lie_in_head(data, rng)
    box = found[rng.integers(len(found))]
    # The size stands before the name; what the box says stands behind it.
    start = box + (-4 if rng.random() < 0.3 else 4 * int(rng.integers(1, 24)))
    return data[:start] + _extreme(rng) + data[start + 4 :]


def cut(data: bytes, rng: np.random.Generator) -> bytes:
    """Keep only the beginning."""
    return data[: int(rng.integers(1, len(data)))]


def drop(data: bytes, rng: np.random.Generator) -> bytes:
    """Leave out a stretch."""
    start, end = _stretch(data, rng)
    return data[:start] + data[end:]


def repeat(data: bytes, rng: np.random.Generator) -> bytes:
    """Put a stretch in twice."""
    start, end = _stretch(data, rng)
    return data[:end] + data[start:end] + data[end:]


def swap(data: bytes, rng: np.random.Generator) -> bytes:
    """Let two neighbouring stretches change places."""
    first, last = _stretch(data, rng)
    middle = int(rng.integers(first, last + 1))
    return data[:first] + data[middle:last] + data[first:middle] + data[last:]


def spoil_middle(data: bytes, rng: np.random.Generator) -> bytes:
    """Write noise over a stretch anywhere."""
    start, end = _stretch(data, rng)
    return data[:start] + rng.bytes(end - start) + data[end:]


def only_magic(data: bytes, rng: np.random.Generator) -> bytes:
    """Keep the bytes that tell the kind; the rest is noise."""
    return data[:16] + rng.bytes(len(data) - 16)


def other_kind(data: bytes, rng: np.random.Generator) -> bytes:
    """Put a file of another kind in its place, under the same name."""
    return OTHERS[rng.integers(len(OTHERS))] + rng.bytes(int(rng.integers(0, 4096)))


MUTATIONS: dict[str, Mutation] = {
    "bits flipped": flip_bits,
    "head spoilt": spoil_head,
    "lies in the head": lie_in_head,
    "lies in a box": lie_in_box,
    "cut off": cut,
    "stretch left out": drop,
    "stretch repeated": repeat,
    "stretches swapped": swap,
    "middle spoilt": spoil_middle,
    "noise behind the magic": only_magic,
    "other kind of file": other_kind,
}


def _extreme(rng: np.random.Generator) -> bytes:
    number = EXTREMES[rng.integers(len(EXTREMES))]
    return number.to_bytes(4, "big" if rng.random() < 0.5 else "little")


def _stretch(data: bytes, rng: np.random.Generator) -> tuple[int, int]:
    start, end = sorted(int(place) for place in rng.integers(0, len(data) + 1, 2))
    return start, end
