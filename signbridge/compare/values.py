"""What a comparison holds: one clip, and one column a recognizer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from signbridge.types import RecognitionResult

NAN = float("nan")
Reads = Literal["signs", "sentences"]
"""What a recognizer takes in: each stretch of signing by itself, or the whole clip at once."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds one column took; NaN where a stage did not run or was not measured.

    start: to load the model, where this clip was its first. landmarks: the same for all columns,
    which share them. recognize: in the recognizer, of which preprocess, model and decode are known
    where it tells. total: from the clip's first frame to the column's last word, without loading.
    """

    start_s: float = NAN
    landmarks_s: float = NAN
    preprocess_s: float = NAN
    model_s: float = NAN
    decode_s: float = NAN
    recognize_s: float = NAN
    compose_s: float = NAN
    total_s: float = NAN


@dataclass(frozen=True, slots=True)
class Column:
    """What one recognizer says of the clip; `error` says why it says nothing.

    about: model, revision and device, as far as the recognizer tells. text: its sentences, joined.
    frames: how many pictures it looked at. pictures: (N, H, W, 3) uint8 RGB as its model saw them,
    where it shows them.
    """

    recognizer: str
    reads: Reads = "signs"
    about: Mapping[str, str] = field(default_factory=dict)
    results: tuple[RecognitionResult, ...] = ()
    text: str = ""
    times: Times = Times()
    frames: int = 0
    notices: tuple[str, ...] = ()
    error: str = ""
    pictures: NDArray[np.uint8] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One clip and the columns that are finished, in the order they were asked for.

    waiting: the recognizers that have not finished. notices: what is wrong with the clip itself.
    """

    clip: str
    duration_s: float
    frames: int
    fps: float
    landmarks_s: float
    columns: tuple[Column, ...] = ()
    waiting: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    def column(self, recognizer: str) -> Column | None:
        """Return the column of a recognizer, None while it is not finished."""
        return next((one for one in self.columns if one.recognizer == recognizer), None)


def total(values: list[float]) -> float:
    """Return the sum of what was measured, NaN where nothing was."""
    known = [value for value in values if not math.isnan(value)]
    return sum(known) if known else NAN
