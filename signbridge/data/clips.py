"""The labelled real videos beside the project as lines of the manifest."""

from __future__ import annotations

import csv
from pathlib import Path

from signbridge.data.manifest import EVALUATION, LICENCES, Entry


def read_clips(folder: Path) -> list[Entry]:
    """Return a line for each video of `folder`/labels.csv: signs, sentences and long ones.

    Nobody says who signs in them; `startasl` and `signingsavvy` are sites of WLASL as well.
    """
    with (folder / "labels.csv").open(encoding="utf-8-sig", newline="") as lines:
        return [
            Entry(
                dataset="clips",
                clip=row["path"],
                gloss=row["label"],
                signer="",
                source=row["source"],
                split=EVALUATION,
                licence=LICENCES["clips"],
                recording=row["path"],
            )
            for row in csv.DictReader(lines)
        ]
