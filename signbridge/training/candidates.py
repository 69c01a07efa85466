"""Recordings of one gloss by several signers -> drawings to choose from, best first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

import numpy as np

from signbridge.avatar.barycentre import MIN_SIGNERS, PALM, Performance, alike, averaged
from signbridge.avatar.drawings import Drawing
from signbridge.data.collection import LETTER_PREFIX
from signbridge.data.letters import MOVING
from signbridge.errors import BadInputError
from signbridge.landmarks.body import Hands
from signbridge.landmarks.segmenter import STILL_SPEED, TIPS

WEBCAM_SECONDS = 1.1  # the webcam sets have no frame rate
STILL_S = 0.15  # of a hold that is kept when it is cut

BySigner = dict[str, list[Hands]]
"""Recordings in body units by signer."""


def candidates(gloss: str, by_source: Mapping[str, BySigner]) -> Iterator[tuple[Drawing, int]]:
    """Yield drawings of a gloss and their number of signers, those of most signers first.

    A gloss may be signed with one hand or two, and otherwise by dictionaries than at a webcam; an
    average of many is smoother than one of the nearest three; a long hold reads as two signs.
    """
    letter = gloss.removeprefix(LETTER_PREFIX) if gloss.startswith(LETTER_PREFIX) else ""
    held = bool(letter) and letter not in MOVING
    groups = list(_groups(gloss, by_source, one_handed=bool(letter)))
    nearest = [
        (source, group[:MIN_SIGNERS]) for source, group in groups if len(group) > MIN_SIGNERS
    ]
    for some in (groups, nearest):
        averages = [(_average(source, group), len(group)) for source, group in some]
        for trim in (False,) if held else (False, True):
            for average, signers in averages:
                yield Drawing(trimmed(average) if trim else average, held).stored(), signers


def _groups(
    gloss: str, by_source: Mapping[str, BySigner], *, one_handed: bool
) -> Iterator[tuple[str, list[Performance]]]:
    """Yield each source's performances that are alike, and first those of all sources."""
    everyone = {name: own for signers in by_source.values() for name, own in signers.items()}
    sources = [("all", everyone)] if len(by_source) > 1 else []
    for source, recordings in [*sources, *by_source.items()]:
        wanted = False if one_handed else None  # None: one hand or two, as most sign it
        try:
            most = alike(recordings, gloss, two_handed=wanted)
        except BadInputError:
            continue
        yield source, most
        if not one_handed:
            with suppress(BadInputError):
                yield source, alike(recordings, gloss, two_handed=not most[0].two_handed)


def _average(source: str, performances: list[Performance]) -> Performance:
    average = averaged(performances)
    return replace(average, seconds=WEBCAM_SECONDS) if source == "words" else average


def trimmed(sign: Performance) -> Performance:
    """Return a sign without the holds before and after its motion, but for STILL_S of each."""
    steps_s = sign.seconds / (len(sign.wrists) - 1)
    tips = sign.wrists[:, :, None] + PALM * sign.shapes[:, :, list(TIPS), :2]
    speeds = (
        np.nan_to_num(np.linalg.norm(np.diff(tips, axis=0), axis=-1)).max(axis=(1, 2)) / steps_s
    )
    moving = np.flatnonzero(speeds > STILL_SPEED)
    if len(moving) == 0:
        return replace(sign, seconds=2 * STILL_S)
    margin = round(STILL_S / steps_s)
    start, end = max(0, moving[0] - margin), min(len(sign.wrists), moving[-1] + 2 + margin)
    kept = slice(start, end)
    return Performance(sign.wrists[kept], sign.shapes[kept], (end - start - 1) * steps_s)
