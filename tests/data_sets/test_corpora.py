"""Corpora of sentences are read from their own tables and from landmark files of `extract`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from signbridge.data import how2sign, phoenix14t
from signbridge.errors import BadInputError
from signbridge.landmarks.files import read_landmarks, write_npz
from signbridge.types import Landmarks

HOW2SIGN = (
    "VIDEO_ID\tVIDEO_NAME\tSENTENCE_ID\tSENTENCE_NAME\tSTART_REALIGNED\tEND_REALIGNED\tSENTENCE\n"
    '-3c\t-3c-5-rgb_front\t-3c_0\t-3c_0-5-rgb_front\t0.0\t2.1\tHe said "hi" to me.\n'
    "-3c\t-3c-5-rgb_front\t-3c_1\t-3c_1-5-rgb_front\t2.1\t4.0\tNot extracted.\n"
)
PHOENIX = (
    "name|video|start|end|speaker|orth|translation\n"
    "11August-1|11August-1/1/*.png|-1|-1|Signer08|__ON__ JETZT WETTER WETTER++ loc-NORD __OFF__|"
    "und nun das wetter .\n"
)


def landmarks(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_npz(path, Landmarks(np.zeros((4, 543, 3), np.float32), 25.0))


def test_how2sign_gives_sentences_whose_landmarks_are_there(tmp_path: Path) -> None:
    (tmp_path / "how2sign_realigned_train.csv").write_text(HOW2SIGN, encoding="utf-8")
    landmarks(tmp_path / "landmarks" / "train" / "-3c_0-5-rgb_front.npz")
    (sentence,) = how2sign.read_sentences(tmp_path, "train")
    assert sentence.text == 'He said "hi" to me.'
    assert (sentence.signer, sentence.glosses) == ("how2sign-5", ())
    assert read_landmarks(sentence.path).fps == 25.0


def test_phoenix_gives_glosses_without_the_transcribers_marks(tmp_path: Path) -> None:
    table = tmp_path / "annotations" / "manual" / "PHOENIX-2014-T.dev.corpus.csv"
    table.parent.mkdir(parents=True)
    table.write_text(PHOENIX, encoding="utf-8")
    landmarks(tmp_path / "landmarks" / "dev" / "11August-1.npz")
    (sentence,) = phoenix14t.read_sentences(tmp_path, "val")
    assert sentence.glosses == ("JETZT", "WETTER", "NORD")
    assert (sentence.signer, sentence.text) == ("phoenix-Signer08", "und nun das wetter .")


def test_a_corpus_without_landmarks_says_how_to_extract_them(tmp_path: Path) -> None:
    (tmp_path / "how2sign_train.csv").write_text(HOW2SIGN, encoding="utf-8")
    with pytest.raises(BadInputError, match=r"none of the 2 train sentences; run .*extract"):
        how2sign.read_sentences(tmp_path, "train")


@pytest.mark.parametrize("corpus", [how2sign, phoenix14t])
def test_a_folder_without_tables_is_refused(corpus: object, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="holds n"):
        corpus.read_sentences(tmp_path, "test")  # type: ignore[attr-defined]


def test_a_table_that_lacks_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "how2sign_val.csv").write_text("VIDEO_ID\tSENTENCE\na\tb\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="lacks the columns VIDEO_NAME, SENTENCE_NAME"):
        how2sign.read_sentences(tmp_path, "val")
