"""Several signers' performances of one gloss -> their average, which is nobody's own motion.

Dynamic time warping barycentre averaging (Petitjean et al., Pattern Recognition 2011), started
from the medoid, with a trimmed mean over signers. Where the wrists go and how the hands are shaped
are averaged apart, and the bones get their lengths back afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.avatar.align import distances, matched
from signbridge.errors import BadInputError
from signbridge.landmarks import topology
from signbridge.landmarks.activity import leads_left, mirrored
from signbridge.landmarks.body import LEFT, RIGHT, Hands
from signbridge.landmarks.features import stretches

Array = NDArray[np.float32]

MIN_SIGNERS = 3
KEPT_SHARE = 0.6  # of the signers, those nearest the medoid: variants of a sign are not mixed
FRAMES = 32  # to which every performance is brought before it is aligned
ITERATIONS = 6
MIN_FRAMES = 4  # a recording with fewer is no motion
MAX_RECORDINGS = 8  # looked at for each signer
SHAPE_WEIGHT = 0.12  # of a palm length of finger motion, against a shoulder width of wrist motion
SECONDS = (0.7, 2.2)  # a sign is no shorter and no longer
PALM = 0.29  # wrist to middle knuckle in shoulder widths, as drawn

# Bones as (parent, child), root first.
_BONES = tuple(
    edge for finger in topology.FINGERS for edge in zip((0, *finger[:3]), finger, strict=True)
)


@dataclass(frozen=True, slots=True)
class Performance:
    """One signing at FRAMES frames.

    wrists: (T, 2, 2) in shoulder widths; shapes: (T, 2, 21, 3) from the wrist in palm lengths;
    seconds: how long it took. A hand that takes no part is NaN.
    """

    wrists: Array
    shapes: Array
    seconds: float

    @property
    def two_handed(self) -> bool:
        """Whether the other hand takes part."""
        return bool(np.isfinite(self.wrists[0, LEFT, 0]))

    def features(self) -> Array:
        """Return (T, F): what two performances are compared by; an absent hand counts as 0."""
        fingers = (SHAPE_WEIGHT * self.shapes[..., 1:, :2]).reshape(len(self.wrists), -1)
        flat = np.concatenate([self.wrists.reshape(len(self.wrists), -1), fingers], axis=1)
        return np.asarray(np.nan_to_num(flat), dtype=np.float32)


def barycentre(
    recordings: Mapping[str, Sequence[Hands]],
    gloss: str = "a sign",
    *,
    two_handed: bool | None = None,
) -> Performance:
    """Return the average performance of a gloss from recordings by signer.

    two_handed: keep only such performances; None keeps the larger group.
    Raises `BadInputError` if fewer than MIN_SIGNERS signers perform it alike.
    """
    return averaged(alike(recordings, gloss, two_handed=two_handed))


def alike(
    recordings: Mapping[str, Sequence[Hands]],
    gloss: str = "a sign",
    *,
    two_handed: bool | None = None,
) -> list[Performance]:
    """Return one performance of each signer who performs a gloss alike, the medoid first.

    Options and errors are those of `barycentre`.
    """
    by_signer = [_typical(hands) for hands in recordings.values()]
    usable = [one for one in by_signer if one is not None]
    usable = _same_hands(usable, two_handed)
    if len(usable) < MIN_SIGNERS:
        raise BadInputError(
            f"{gloss}: {len(usable)} signers have usable recordings, {MIN_SIGNERS} are needed so "
            "that no one person's motion is shipped; choose another gloss"
        )
    apart = distances([one.features() for one in usable])
    # The medoid by median distance: half the signers may do something else without moving it.
    medoid = int(np.argmin(np.median(apart, axis=1)))
    n_kept = max(MIN_SIGNERS, round(KEPT_SHARE * len(usable)))
    return [usable[i] for i in np.argsort(apart[medoid])[:n_kept]]


def averaged(performances: list[Performance]) -> Performance:
    """Return the average of performances, started from the first."""
    average = performances[0]
    for _ in range(ITERATIONS):
        average = _averaged(average, performances)
    return Performance(average.wrists, _with_bones(average.shapes, performances), average.seconds)


def prepared(hands: Hands) -> Performance | None:
    """Return one recording trimmed, right-handed and at FRAMES frames; None if it can't be used."""
    points = max(stretches(hands), key=len, default=hands.points[:0])
    if len(points) < MIN_FRAMES:
        return None
    if leads_left(points):
        points = mirrored(points)
    at = np.linspace(0, len(points) - 1, FRAMES)
    resampled = np.full((FRAMES, *points.shape[1:]), np.nan, dtype=np.float32)
    for hand in (RIGHT, LEFT):
        seen = np.flatnonzero(~np.isnan(points[:, hand, 0, 0]))
        if len(seen) < max(MIN_FRAMES, 0.5 * len(points)):
            continue
        flat = points[seen, hand].reshape(len(seen), -1)
        columns = [np.interp(at, seen, flat[:, column]) for column in range(flat.shape[1])]
        resampled[:, hand] = np.stack(columns, axis=1).reshape(FRAMES, topology.HAND_POINTS, 3)
    if np.isnan(resampled[0, RIGHT, 0, 0]):
        return None
    shapes = resampled - resampled[:, :, :1]
    for hand in (RIGHT, LEFT):
        shapes[:, hand] /= _palm_length(shapes[:, hand])
    return Performance(resampled[:, :, topology.WRIST, :2], shapes, len(points) / hands.fps)


def _palm_length(shapes: Array) -> float:
    """Return the palm length of a hand (T, 21, 3) over time; NaN if it is not there."""
    return float(np.median(np.linalg.norm(shapes[:, topology.MIDDLE_MCP], axis=-1)))


def _typical(recordings: Sequence[Hands]) -> Performance | None:
    """Return the recording of one signer that is most like the others."""
    step = max(1, len(recordings) // MAX_RECORDINGS)
    candidates = (prepared(hands) for hands in recordings[::step][:MAX_RECORDINGS])
    performances = [one for one in candidates if one is not None]
    if not performances:
        return None
    apart = distances([one.features() for one in performances])
    return performances[int(np.argmin(np.median(apart, axis=1)))]


def _same_hands(performances: list[Performance], two_handed: bool | None) -> list[Performance]:
    """Return those with two hands or those with one: as asked, or the larger group."""
    two = [one for one in performances if one.two_handed]
    one_hand = [one for one in performances if not one.two_handed]
    wanted = len(two) > len(one_hand) if two_handed is None else two_handed
    return two if wanted else one_hand


def _averaged(average: Performance, performances: list[Performance]) -> Performance:
    """Return one round of averaging: each frame from what the signers do at that moment."""
    wrists, shapes = [], []
    for one in performances:
        frames = matched(average.features(), one.features())
        wrists.append(np.stack([one.wrists[at].mean(axis=0) for at in frames]))
        shapes.append(np.stack([one.shapes[at].mean(axis=0) for at in frames]))
    seconds = float(np.clip(np.median([one.seconds for one in performances]), *SECONDS))
    return Performance(_middle_mean(wrists), _middle_mean(shapes), seconds)


def _middle_mean(values: list[Array]) -> Array:
    """Return the mean over the first axis without the outer quarter on either side."""
    ordered = np.sort(np.stack(values), axis=0)
    cut = len(values) // 4
    return np.asarray(ordered[cut : len(values) - cut].mean(axis=0), dtype=np.float32)


def _with_bones(shapes: Array, performances: list[Performance]) -> Array:
    """Return averaged shapes (T, 2, 21, 3) with the signers' bone lengths along their directions.

    An average of hands that point different ways is a smaller hand; this undoes it.
    """
    result = np.zeros_like(shapes)
    everyone = np.concatenate([one.shapes for one in performances])
    for parent, child in _BONES:
        bones = np.linalg.norm(everyone[:, :, child] - everyone[:, :, parent], axis=-1)
        length = np.median(bones, axis=0)[None, :, None]
        along = shapes[:, :, child] - shapes[:, :, parent]
        unit = along / np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-6)
        result[:, :, child] = result[:, :, parent] + length * unit
    return np.asarray(result, dtype=np.float32)
