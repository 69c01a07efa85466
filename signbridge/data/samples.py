"""One labelled stretch of signing, whatever set it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from signbridge.landmarks.body import Hands


@dataclass(frozen=True, slots=True)
class Sample:
    """Hands in body units with what is known of them.

    recording: identifies the clip within its source; split: "train", "val", "test" of the
    source's own division, "" where it has none.
    """

    gloss: str
    signer: str
    source: str
    recording: str
    split: str
    licence: str
    hands: Hands
