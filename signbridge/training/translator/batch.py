"""Examples -> tensors: hands, lengths, the gloss at each moment, glosses and words in order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from signbridge.recognize.translator.encoder import BLANK
from signbridge.recognize.translator.model import IGNORED
from signbridge.recognize.translator.words import UNKNOWN, padded
from signbridge.training.translator.composed import Example

EDGE = 0.12  # of a sign at either end, where what is signed is not told
CLEAR_S = 0.06  # from either neighbour: there, a moment between two signs is neither
LONGEST_S = 14.0


@dataclass(frozen=True, slots=True)
class Batch:
    """hands (B, T, 2, 21, 3), NaN beyond lengths (B,); moments (B, M), BLANK, gloss or IGNORED.

    glosses: numbered from 1. words (B, L): with BEGIN and END; rows without a text are padding.
    """

    hands: Tensor
    lengths: Tensor
    moments: Tensor
    glosses: list[list[int]]
    words: Tensor


def batch_of(
    examples: Sequence[Example],
    glosses: Mapping[str, int],
    words: Mapping[str, int],
    stride: int,
    longest_text: int,
) -> Batch:
    """Return examples as one batch; glosses and words name their numbers."""
    longest = int(LONGEST_S * examples[0].prepared.fps)
    hands = [one.prepared.hands[:longest] for one in examples]
    lengths = [len(one) for one in hands]
    table = np.full((len(hands), max(lengths), *hands[0].shape[1:]), np.nan, dtype=np.float32)
    for row, points in zip(table, hands, strict=True):
        row[: len(points)] = points
    count = (max(lengths) + stride - 1) // stride
    moments = np.full((len(hands), count), IGNORED, dtype=np.int64)
    for row, one, length in zip(moments, examples, lengths, strict=True):
        known = (length + stride - 1) // stride
        row[:known] = labelled(one, np.arange(known) * stride / one.prepared.fps, glosses)
    texts = [[words.get(word, UNKNOWN) for word in tokens(one.text)] for one in examples]
    return Batch(
        torch.from_numpy(table),
        torch.tensor(lengths),
        torch.from_numpy(moments),
        [[1 + glosses[gloss] for gloss in one.glosses] for one in examples],
        padded(texts, longest_text),
    )


def labelled(
    example: Example,
    times: np.ndarray[tuple[int], np.dtype[np.float64]],
    glosses: Mapping[str, int],
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return (len(times),): the gloss, from 1, in the middle of its span, BLANK clear of all."""
    if not example.spans_s:
        return np.full(len(times), IGNORED, dtype=np.int64)  # a corpus does not tell
    labels = np.full(len(times), BLANK, dtype=np.int64)
    for start, end in example.spans_s:
        labels[(times > start - CLEAR_S) & (times < end + CLEAR_S)] = IGNORED
    for gloss, (start, end) in zip(example.glosses, example.spans_s, strict=True):
        edge = EDGE * (end - start)
        labels[(times >= start + edge) & (times <= end - edge)] = 1 + glosses[gloss]
    return labels


def tokens(text: str) -> list[str]:
    """Return the words and marks of an English sentence in lower case."""
    return re.findall(r"[a-z0-9]+(?:['-][a-z0-9]+)*|[.,?!]", text.lower())
