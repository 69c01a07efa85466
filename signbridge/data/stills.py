"""The still handshapes of letters.npz as lines of the manifest; `letters` makes signs of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.data.copies import hand_prints
from signbridge.data.manifest import LICENCES, Entry, split_of

SOURCE_LICENCES = {"aditi": "GPL-3.0", "boris": "CC0-1.0"}


def read_stills(folder: Path) -> tuple[list[Entry], list[NDArray[np.uint64]]]:
    """Return a line for each frame of `folder`/letters.npz and the print of its hand.

    A source is one hand, so it is its signer; which video a frame was cut from is not known.
    """
    with np.load(folder / "letters.npz") as stored:
        points = stored["points"]
        labels, sources = stored["label"].astype(str), stored["source"].astype(str)
    entries = [
        Entry(
            dataset="letters",
            clip=str(number),
            gloss=label.upper(),
            signer=f"letters-{source}",
            source=source,
            split=split_of(f"letters-{source}"),
            licence=SOURCE_LICENCES.get(source, LICENCES["letters"]),
        )
        for number, (label, source) in enumerate(zip(labels, sources, strict=True))
    ]
    return entries, [hand_prints(hand[None]) for hand in points]
