"""Pixels of the examples through the whole path, with the shipped models and no fake between."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from signbridge.build import build
from signbridge.clips import translate
from signbridge.evaluation.text import normalised
from signbridge.pipeline import Engine
from signbridge.settings import Settings
from signbridge.web.examples import FOLDER, TABLE

QUICK = ("hello.mp4", "please.mp4", "family-tired.mp4", "name-linda.mp4")
ROWS = list(csv.DictReader((FOLDER / TABLE).read_text(encoding="utf-8").splitlines()))
CASES = [
    pytest.param(row, id=row["path"], marks=() if row["path"] in QUICK else pytest.mark.slow)
    for row in ROWS
]


@cache
def engine() -> Engine:
    return build(Settings())


def letter_by_letter(glosses: Sequence[str]) -> list[str]:
    """Spelled letters may be read one by one or as a word."""
    return [
        f"FS-{letter}" if gloss.startswith("FS-") else gloss
        for gloss in glosses
        for letter in (gloss.removeprefix("FS-") if gloss.startswith("FS-") else [gloss])
    ]


@pytest.mark.parametrize("row", CASES)
def test_example_is_translated_and_spoken(row: dict[str, str]) -> None:
    found = translate(engine(), FOLDER / row["path"])
    assert normalised(found.utterance.text) == normalised(row["english"])
    assert letter_by_letter(found.utterance.sources) == letter_by_letter(row["glosses"].split())
    assert found.speech is not None
    assert np.sqrt(np.mean(found.speech.samples**2)) > 0.01
    assert 0.2 < found.speech.duration_s < 10


def test_every_kind_of_example_is_there() -> None:
    kinds = [row["kind"] for row in ROWS]
    assert kinds.count("sign") >= 6
    assert kinds.count("sentence") >= 2
    assert kinds.count("spelling") >= 1
