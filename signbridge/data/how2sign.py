"""How2Sign's annotations and landmark files -> sentences of ASL with English and no glosses.

Duarte et al., "How2Sign: A Large-scale Multimodal Dataset for Continuous American Sign Language",
CVPR 2021; CC BY-NC 4.0. The tables are tab-separated; clips are named by SENTENCE_NAME.
"""

from __future__ import annotations

from pathlib import Path

from signbridge.data.corpus import CorpusSentence, landmark_file, present, read_table
from signbridge.errors import BadInputError

COLUMNS = ("VIDEO_NAME", "SENTENCE_NAME", "SENTENCE")
TABLES = ("how2sign_realigned_{split}.csv", "how2sign_{split}.csv")


def read_sentences(folder: Path, split: str) -> list[CorpusSentence]:
    """Return the sentences of a split (train, val, test) whose landmarks were extracted.

    The realigned table is preferred where both are there.
    """
    tables = [folder / name.format(split=split) for name in TABLES]
    table = next((path for path in tables if path.is_file()), None)
    if table is None:
        raise BadInputError(f"{folder} holds neither {tables[0].name} nor {tables[1].name}")
    found: list[CorpusSentence | None] = []
    for row in read_table(table, "\t", COLUMNS):
        path = landmark_file(folder, split, row["SENTENCE_NAME"])
        signer = signer_of(row["VIDEO_NAME"])
        text = row["SENTENCE"].strip()
        name = row["SENTENCE_NAME"]
        found.append(CorpusSentence(name, path, signer, text) if path else None)
    return present(folder, split, found)


def signer_of(video_name: str) -> str:
    """Return the signer of VIDEO-SIGNER-rgb_front, such as -3cqc3B0Q9k-5-rgb_front; "" if none."""
    parts = video_name.rsplit("-", 2)
    known = len(parts) == 3 and parts[2].startswith("rgb") and parts[1].isdigit()
    return f"how2sign-{parts[1]}" if known else ""
