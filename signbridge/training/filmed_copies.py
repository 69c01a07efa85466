"""Real videos that are recordings of WLASL: which they are, and how they are answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from signbridge.data.copies import TWIN_DISTANCE
from signbridge.evaluation.markdown import share, table

TRAINED, KNOWN_ROW, OTHER = (
    "a row trained on",
    "a row of WLASL held out",
    "no row of WLASL",
)


@dataclass(frozen=True, slots=True)
class Video:
    """A real video and the row of WLASL that it is a recording of; copy is "" for none.

    right: what `evaluate` said of it with the shipped weights, None where it was not asked.
    """

    name: str
    source: str
    label: str
    copy: str
    copy_gloss: str
    copy_split: str
    picture_distance: float
    feature_distance: float
    trained: bool = False
    right: bool | None = None

    @property
    def kind(self) -> str:
        """Return which rows of WLASL hold this recording."""
        return TRAINED if self.trained else KNOWN_ROW if self.copy else OTHER


def by_source(videos: Sequence[Video]) -> dict[str, Counter[str]]:
    """Return how many videos of each source are recordings of which rows."""
    found: dict[str, Counter[str]] = {}
    for video in videos:
        found.setdefault(video.source, Counter())[video.kind] += 1
    return dict(sorted(found.items()))


def video_part(videos: Sequence[Video]) -> list[str]:
    """Return the paragraphs of the report about real videos; none where there are none."""
    if not videos:
        return []
    rows = []
    for source, kinds in by_source(videos).items():
        for kind in (TRAINED, KNOWN_ROW, OTHER):
            its = [one for one in videos if (one.source, one.kind) == (source, kind)]
            if not its:
                continue
            asked = [one.right for one in its if one.right is not None]
            rate = share(sum(asked) / len(asked)) if asked else share(float("nan"))
            rows.append((source, kind, str(kinds[kind]), str(len(asked)), rate))
    copies = [one for one in videos if one.copy]
    near = sum(one.feature_distance < TWIN_DISTANCE for one in videos)
    alike = sum(one.picture_distance for one in copies) / max(len(copies), 1)
    others = min((one.picture_distance for one in videos if not one.copy), default=float("nan"))
    return [
        "## The real videos",
        table(("clips", "recording of", "clips", "asked, in vocabulary", "top 1"), rows),
        f"{len(copies)} of the {len(videos)} videos of signs are recordings of WLASL: as many "
        f"frames, and hands {alike:.3f} of a picture apart on average; the nearest of the others "
        f"is {others:.3f} away. In body units {near} of them are within the threshold, because "
        "WLASL's signer box and a video's shoulders put one recording at two places and sizes: the "
        "distance that finds copies within WLASL does not find them here. So the rates of such "
        "clips are those of clips learned by heart, not of strangers; those of weights trained "
        "without these sites are in `clips-without-startasl-signingsavvy`.",
    ]
