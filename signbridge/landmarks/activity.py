"""Which hands sign, and when: idle hands, raised stretches, the leading hand."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks import topology
from signbridge.landmarks.body import LEFT, RIGHT
from signbridge.types import Leads

# In shoulder widths below the shoulders. Signing space ends above the waist; resting hands lie
# at 1.2 to 1.7 in dictionary clips and at a desk.
REST_HEIGHT = 1.0
# A hand this much lower than the other, and hardly moving, rests even if it is in signing space.
REST_BELOW_OTHER = 0.45
STILL_SPEED = 0.35  # shoulder widths a second
BREAK_S = 0.4  # hands lowered for longer end a sign
BLIP_S = 0.25  # no sign is shorter


def active_hands(points: NDArray[np.float32], fps: float) -> NDArray[np.bool_]:
    """Return (T, 2): the hand is seen, raised and not resting below a signing other hand."""
    palm = points[:, :, topology.MIDDLE_MCP, :2]
    seen = ~np.isnan(palm[..., 0])
    raised: NDArray[np.bool_] = seen & (palm[..., 1] < REST_HEIGHT)
    for hand, other in ((RIGHT, LEFT), (LEFT, RIGHT)):
        if _rests(palm, raised, hand, other, fps):
            raised[:, hand] = False
    return raised


def _rests(
    palm: NDArray[np.float32], raised: NDArray[np.bool_], hand: int, other: int, fps: float
) -> bool:
    both = raised[:, hand] & raised[:, other]
    if raised[:, hand].sum() == 0 or both.sum() == 0:
        return False
    lower = np.median(palm[both, hand, 1]) - np.median(palm[both, other, 1])
    return bool(lower > REST_BELOW_OTHER and median_speed(palm[:, hand], fps) < STILL_SPEED)


def median_speed(path: NDArray[np.float32], fps: float) -> float:
    """Return the median speed of a path (T, 2) in units a second; 0 where it is never seen."""
    steps = np.linalg.norm(np.diff(path, axis=0), axis=-1)
    steps = steps[~np.isnan(steps)]
    return float(np.median(steps) * fps) if len(steps) else 0.0


def stretches_of(raised: NDArray[np.bool_], fps: float) -> list[tuple[int, int]]:
    """Return [start, end) of each run of raised frames, longest-lasting kept whole.

    Runs parted by less than BREAK_S are one; runs shorter than BLIP_S are dropped unless nothing
    longer is there.
    """
    frames = np.flatnonzero(raised)
    if len(frames) == 0:
        return []
    breaks = np.flatnonzero(np.diff(frames) > max(1, BREAK_S * fps))
    starts = [frames[0], *frames[breaks + 1]]
    ends = [*(frames[breaks] + 1), frames[-1] + 1]
    runs = [(int(start), int(end)) for start, end in zip(starts, ends, strict=True)]
    lasting = [run for run in runs if run[1] - run[0] >= BLIP_S * fps]
    return lasting or [max(runs, key=lambda run: run[1] - run[0])]


def fill_gaps(points: NDArray[np.float32], longest: int) -> NDArray[np.float32]:
    """Return points (T, 2, 21, 3) with holes of at most `longest` frames filled along a line."""
    filled = points.copy()
    for hand in range(points.shape[1]):
        seen = np.flatnonzero(~np.isnan(points[:, hand, 0, 0]))
        for before, after in itertools.pairwise(seen):
            if 1 < after - before <= longest + 1:
                share = np.linspace(0, 1, after - before + 1, dtype=np.float32)[1:-1, None, None]
                filled[before + 1 : after, hand] = (1 - share) * points[before, hand] + (
                    share * points[after, hand]
                )
    return filled


def mirrored(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return hands (T, 2, 21, 3) as a mirror shows them: x negated, the hands swapped."""
    flipped = points[:, ::-1].copy()
    flipped[..., 0] *= -1
    return flipped


def leads_left(points: NDArray[np.float32]) -> bool:
    """Say whether the left hand does more: the longer path, or the longer time in sight.

    The rule is its own mirror image, so that a flipped picture or a left-handed signer ends in
    the same canonical form.
    """
    work = []
    for hand in (RIGHT, LEFT):
        palm = points[:, hand, topology.MIDDLE_MCP, :2]
        steps = np.linalg.norm(np.diff(palm, axis=0), axis=-1)
        fingers = points[:, hand, topology.INDEX_TIP, :2] - palm
        turns = np.linalg.norm(np.diff(fingers, axis=0), axis=-1)
        seen = np.mean(~np.isnan(palm[:, 0])) if len(palm) else 0.0
        work.append(np.nansum(steps) + np.nansum(turns) + 2.0 * seen)
    return bool(work[LEFT] > work[RIGHT])


def is_left_handed(points: NDArray[np.float32], leads: Leads) -> bool:
    """Say whether the left hand leads: as the signer says, or as the points (T, 2, 21, 3) show."""
    return leads == "left" or (leads == "found" and leads_left(points))
