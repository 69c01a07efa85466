"""The same clip as it might have been filmed: mirrored, slower, further off, shaken, with gaps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks import topology
from signbridge.landmarks.body import body_frame, isotropic
from signbridge.landmarks.timing import uniform
from signbridge.types import Landmarks

Change = Callable[[Landmarks, np.random.Generator], Landmarks]

RATES = (10.0, 15.0, 24.0, 30.0, 60.0)
MOVE = 0.25  # of the picture's width
ZOOM = 0.25
LOST_FRAMES = 0.1
JITTER = 0.01  # standard deviation, in shoulder widths
HANDS = (topology.LEFT_HAND, topology.RIGHT_HAND)


def changes(framed: bool = True) -> dict[str, Change]:
    """Return every change by the name it has in the report.

    framed: the picture around the signer is a real one, so that moving in it means something.
    """
    found: dict[str, Change] = {"mirrored": lambda clip, _: flipped(clip)}
    for fps in RATES:
        found[f"{fps:.0f} frames a second"] = partial(_at_rate, fps)
    found[f"{100 * LOST_FRAMES:.0f}% of the frames lost"] = thinned
    found[f"points shaken by {100 * JITTER:.0f}% of the shoulder width"] = shaken
    return found | (_places() if framed else {})


def _places() -> dict[str, Change]:
    move, zoom = f"{100 * MOVE:.0f}% of the picture", f"{100 * ZOOM:.0f}%"
    leaving: dict[str, Change] = {
        f"moved left by {move}": lambda clip, _: moved(clip, -MOVE),
        f"moved right by {move}": lambda clip, _: moved(clip, MOVE),
        f"{zoom} larger": lambda clip, _: scaled(clip, 1 + ZOOM),
    }
    edge = {f"{name}, hands outside it lost": partial(_then_cut, leaving[name]) for name in leaving}
    return {f"{zoom} smaller": lambda clip, _: scaled(clip, 1 - ZOOM), **leaving, **edge}


def flipped(clip: Landmarks) -> Landmarks:
    """Return what a mirror shows. The face's points keep their numbers: nothing here reads them."""
    points = clip.points.copy()
    points[..., 0] = 1 - points[..., 0]
    left, right = (np.arange(topology.N_POINTS)[hand] for hand in HANDS)
    pairs = [(topology.POSE.start + a, topology.POSE.start + b) for a, b in topology.POSE_PAIRS]
    left = np.concatenate([left, [a for a, _ in pairs]])
    right = np.concatenate([right, [b for _, b in pairs]])
    points[:, left], points[:, right] = points[:, right], points[:, left]
    return replace(clip, points=points)


def at_rate(clip: Landmarks, fps: float) -> Landmarks:
    """Return the clip as a camera of this rate would have given it."""
    return _timed(clip, np.arange(len(clip.points)), fps)


def _at_rate(fps: float, clip: Landmarks, _: np.random.Generator) -> Landmarks:
    return at_rate(clip, fps)


def moved(clip: Landmarks, right: float) -> Landmarks:
    """Return the signer elsewhere: `right` in picture widths."""
    return replace(clip, points=clip.points + np.array([right, 0, 0], dtype=np.float32))


def scaled(clip: Landmarks, factor: float) -> Landmarks:
    """Return the signer nearer or further off, about the middle of the picture."""
    middle = np.array([0.5, 0.5, 0.0], dtype=np.float32)
    points = (clip.points - middle) * np.float32(factor) + middle
    return replace(clip, points=points)


def cut(clip: Landmarks) -> Landmarks:
    """Return the clip without the hands of which more than half is outside the picture."""
    points = clip.points.copy()
    for hand in HANDS:
        place = points[:, hand, :2]
        outside = ((place < 0) | (place > 1)).any(axis=-1).mean(axis=-1) > 0.5
        points[outside, hand] = np.nan
    return replace(clip, points=points)


def _then_cut(change: Change, clip: Landmarks, rng: np.random.Generator) -> Landmarks:
    return cut(change(clip, rng))


def thinned(clip: Landmarks, rng: np.random.Generator) -> Landmarks:
    """Return the clip at its own rate after a share LOST_FRAMES of its frames never came."""
    count = len(clip.points)
    lost = rng.permutation(np.arange(1, count - 1))[: round(LOST_FRAMES * count)]
    return _timed(clip, np.setdiff1d(np.arange(count), lost), clip.fps)


def shaken(clip: Landmarks, rng: np.random.Generator) -> Landmarks:
    """Return the clip with every point off by JITTER, each frame anew."""
    points = isotropic(clip)
    hands = np.stack([points[:, topology.RIGHT_HAND], points[:, topology.LEFT_HAND]], axis=1)
    _, width = body_frame(points, hands)
    aspect = clip.width_px / clip.height_px
    reach = JITTER * width * np.array([1 / aspect, 1, 1 / aspect])
    noise = (rng.normal(size=clip.points.shape) * reach).astype(np.float32)
    return replace(clip, points=clip.points + noise)


def _timed(clip: Landmarks, kept: NDArray[np.int64], fps: float) -> Landmarks:
    """The kept frames at `fps`, brought to a constant rate as a live session does it."""
    return uniform(
        list(clip.points[kept]),
        (clip.start_s + kept / clip.fps).tolist(),
        fps,
        width_px=clip.width_px,
        height_px=clip.height_px,
    )
