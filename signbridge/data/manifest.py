"""One line for every recording of every set: what is signed, by whom, on which side of a split."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from signbridge.errors import BadInputError

# Sides of the split by signer. KNOWN are WLASL's official test clips of people who train with
# other clips: unseen recordings, but no strangers. EVALUATION is never trained on at all.
TRAIN, STRANGERS, KNOWN, EVALUATION = "train", "strangers", "known people", "evaluation"
LEFT_OUT = "left out"  # of training: a copy of a clip on another side
SPLITS = (TRAIN, STRANGERS, KNOWN, EVALUATION, LEFT_OUT)
NOT_STATED = "not stated"
LICENCES = {
    "wlasl": "C-UDA",
    "words": NOT_STATED,  # where a repository has no licence file; the others say their own
    "letters": NOT_STATED,
    "alphabet": "MIT",
    "clips": NOT_STATED,
}
# Signers kept out of training, for the temperature and the threshold: seven dictionary signers of
# six sites (480 clips) and six webcams.
CALIBRATION_SIGNERS = (
    "wlasl-8",
    "wlasl-15",
    "wlasl-39",
    "wlasl-45",
    "wlasl-88",
    "wlasl-103",
    "wlasl-115",
    "words-EgeGursel/SignApp",
    "words-SoyaChunkz/Sign-Language-Interpreter",
    "words-baki037/Sign-Language-Detection-Using-LSTM",
    "words-marikadin/ASL",
    "words-ryantyt/handrecognition",
    "words-tamtridung/ASL_SignWish",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is known of one recording, whatever set it comes from.

    clip: its name within the set; gloss: the set's own label, a sentence for a clip of one;
    signer: "" where nobody says who it is; source: the site or repository; split: one of SPLITS,
    by signer; official_split: "train", "val", "test" of the set's own division, "" where it has
    none; recording: the video or file it was cut from, "" where that is not known.
    """

    dataset: str
    clip: str
    gloss: str
    signer: str
    source: str
    split: str
    licence: str
    official_split: str = ""
    recording: str = ""


COLUMNS = tuple(field.name for field in fields(Entry))


def split_of(signer: str, official_split: str = "") -> str:
    """Return the side of a signer's clip: a signer is in training or a stranger, never both."""
    if signer in CALIBRATION_SIGNERS:
        return STRANGERS
    return KNOWN if official_split == "test" else TRAIN


def require_sets(folder: Path, *names: str) -> None:
    """Raise `BadInputError` naming the sets that `folder` does not hold."""
    missing = [name for name in names if not (folder / name).is_dir()]
    if missing:
        raise BadInputError(f"{folder} holds no {', '.join(missing)}; name the folder of the sets")


def write_manifest(path: Path, entries: Iterable[Entry]) -> None:
    """Write entries as a csv with the columns COLUMNS."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([getattr(entry, column) for column in COLUMNS] for entry in entries)


def read_manifest(path: Path) -> tuple[Entry, ...]:
    """Return the entries of a csv that `write_manifest` wrote, or one made by hand."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = sorted(set(COLUMNS) - set(reader.fieldnames or ()))
            if missing:
                raise BadInputError(f"{path} lacks the columns {', '.join(missing)}")
            entries = tuple(
                Entry(**{column: line[column] or "" for column in COLUMNS}) for line in reader
            )
    except (OSError, UnicodeDecodeError, csv.Error) as cause:
        raise BadInputError(f"{path} can't be read as a manifest: {cause}") from cause
    _check(path, entries)
    return entries


def _check(path: Path, entries: Iterable[Entry]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for line, entry in enumerate(entries, start=2):
        if entry.split not in SPLITS:
            raise BadInputError(
                f"{path}, line {line}: the split is {entry.split!r}; choose from {SPLITS}"
            )
        if not (entry.dataset and entry.clip and entry.licence):
            raise BadInputError(f"{path}, line {line}: dataset, clip and licence must be given")
        first = seen.setdefault((entry.dataset, entry.clip), line)
        if first != line:
            raise BadInputError(
                f"{path}, line {line}: {entry.dataset} {entry.clip} is on line {first} already"
            )
