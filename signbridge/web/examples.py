"""The clips in examples/ -> cards to choose from, each with a picture and what it says."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "examples"
TABLE = "examples.csv"
_POSTER_WIDTH_PX = 280
# By this share of a clip the hands are up.
_POSTER_AT = 0.45


@dataclass(frozen=True, slots=True)
class Example:
    """One clip the project rendered itself, and what it says."""

    path: Path
    says: str


def find_examples(folder: Path = FOLDER) -> tuple[Example, ...]:
    """Return the clips that the folder's table lists, in its order; none without a table."""
    table = folder / TABLE
    if not table.is_file():
        return ()
    with table.open(newline="", encoding="utf-8") as lines:
        listed = [(folder / row["path"], row["english"]) for row in csv.DictReader(lines)]
    return tuple(Example(path, says) for path, says in listed if path.is_file())


def poster(clip: Path) -> bytes:
    """Return a small JPEG from the middle of the clip; empty if the clip can't be read."""
    import av
    from PIL import Image

    try:
        with av.open(str(clip)) as container:
            wanted = int(_POSTER_AT * container.streams.video[0].frames)
            picture = next(islice(container.decode(video=0), wanted, None))
            image = Image.fromarray(picture.to_ndarray(format="rgb24"))
    except (av.error.FFmpegError, StopIteration):
        # Its card has no picture, and choosing it says what is wrong with the clip.
        return b""
    image.thumbnail((_POSTER_WIDTH_PX, _POSTER_WIDTH_PX))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=72)
    return file.getvalue()
