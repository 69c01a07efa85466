"""A long clip -> clips as long as the model was trained on, cut where the hands pause."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks.activity import active_hands
from signbridge.landmarks.body import in_body_frame
from signbridge.landmarks.topology import MIDDLE_MCP
from signbridge.types import Clip, Landmarks

SHORTEST_S = 1.3
LONGEST_S = 8.0
_STEPS_PER_S = 20.0
_SMOOTH_S = 0.25  # a hand that turns stands still for a moment: that is no pause
_EPSILON_S = 1e-6


def cut(clip: Clip, landmarks: Landmarks) -> tuple[Clip, ...]:
    """Return the clip in pieces of 1.3 to 8 s; a shorter clip is one piece as it is."""
    length_s = len(clip.pixels) / clip.fps
    ends = cuts(length_s, work(landmarks, clip.start_s, length_s))
    edges = [0, *(round(end_s * clip.fps) for end_s in ends), len(clip.pixels)]
    return tuple(
        Clip(clip.pixels[start:end], clip.fps, clip.start_s + start / clip.fps)
        for start, end in pairwise(edges)
    )


def cuts(length_s: float, work: NDArray[np.float32]) -> list[float]:
    """Return the times to cut at, for hands that work as much as `work` says 20 times a second.

    Each cut is the stillest moment that leaves both sides within the limits; of several as still,
    the middle of the longest run of them.
    """
    found: list[float] = []
    start_s = 0.0
    while length_s - start_s > LONGEST_S + _EPSILON_S:
        # Halfway at the least, so that a long clip is not cut into crumbs.
        first = round((start_s + LONGEST_S / 2) * _STEPS_PER_S)
        last = int(min(start_s + LONGEST_S, length_s - SHORTEST_S) * _STEPS_PER_S + _EPSILON_S)
        start_s = (first + _stillest(work[first : last + 1])) / _STEPS_PER_S
        found.append(start_s)
    return found


def work(landmarks: Landmarks, start_s: float, length_s: float) -> NDArray[np.float32]:
    """Return how fast the faster raised hand moves, in shoulder widths a second, smoothed.

    20 values a second from `start_s`, 0 where no hand is raised or seen.
    """
    count = int(np.ceil(length_s * _STEPS_PER_S)) + 1
    if len(landmarks.points) < 2:
        return np.zeros(count, np.float32)
    hands = in_body_frame(landmarks)
    palms = hands.points[:, :, MIDDLE_MCP, :2]
    steps = np.linalg.norm(np.diff(palms, axis=0, prepend=palms[:1]), axis=-1) * hands.fps
    raised = active_hands(hands.points, hands.fps)
    speed = np.where(raised, np.nan_to_num(steps), 0.0).max(axis=1)
    width = max(1, round(_SMOOTH_S * landmarks.fps))
    smooth = np.convolve(speed, np.full(width, 1 / width), mode="same")
    times = landmarks.start_s + np.arange(len(smooth)) / landmarks.fps
    wanted = start_s + np.arange(count) / _STEPS_PER_S
    return np.interp(wanted, times, smooth, left=0.0, right=0.0).astype(np.float32)


def _stillest(work: NDArray[np.float32]) -> int:
    """Return the middle of the longest run of the lowest values."""
    lowest = np.flatnonzero(work <= work.min() + 1e-3)
    runs = np.split(lowest, np.flatnonzero(np.diff(lowest) > 1) + 1)
    longest = max(runs, key=len)
    return int(longest[len(longest) // 2])
