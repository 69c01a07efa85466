"""PHOENIX14T's annotations and landmark files -> sentences of DGS with glosses and German.

Camgoz et al., "Neural Sign Language Translation", CVPR 2018; for research alone. The tables are
separated by |, with the columns name, video, start, end, speaker, orth and translation.
"""

from __future__ import annotations

from pathlib import Path

from signbridge.data.corpus import CorpusSentence, landmark_file, present, read_table
from signbridge.errors import BadInputError

COLUMNS = ("name", "speaker", "orth", "translation")
FOLDERS = (".", "annotations/manual")
NAMES = {"train": "train", "val": "dev", "test": "test"}
# Marks of the transcribers that stand for no sign: emotion, position, hold, unclear.
MARKS = ("__", "<", "loc-", "cl-", "qu-", "poss-", "lh-")


def read_sentences(folder: Path, split: str) -> list[CorpusSentence]:
    """Return the sentences of a split (train, val, test) whose landmarks were extracted."""
    part = NAMES[split]
    name = f"PHOENIX-2014-T.{part}.corpus.csv"
    table = next((folder / place / name for place in FOLDERS if (folder / place / name).is_file()),
                 None)  # fmt: skip
    if table is None:
        raise BadInputError(f"{folder} holds no {name}")
    found: list[CorpusSentence | None] = []
    for row in read_table(table, "|", COLUMNS):
        path = landmark_file(folder, part, row["name"])
        if path is None:
            found.append(None)
            continue
        signer, text = f"phoenix-{row['speaker']}", row["translation"].strip()
        found.append(CorpusSentence(row["name"], path, signer, text, glosses_of(row["orth"])))
    return present(folder, split, found)


def glosses_of(orth: str) -> tuple[str, ...]:
    """Return the glosses of a line, without the transcribers' marks and repeats of one sign.

    `__ON__ REGEN REGEN loc-NORD WOLKE++ __OFF__` -> REGEN NORD WOLKE, as the corpus's own
    evaluation cleans it.
    """
    glosses: list[str] = []
    for word in orth.split():
        if word.startswith("__") or word.startswith("<"):
            continue
        for mark in MARKS:
            word = word.removeprefix(mark)
        word = word.rstrip("+").upper()
        if word and (not glosses or glosses[-1] != word):
            glosses.append(word)
    return tuple(glosses)
