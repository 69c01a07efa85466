"""A stream as a camera and a hand detector see it: late frames, lost frames, lost hands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks import topology
from signbridge.landmarks.body import Hands
from signbridge.landmarks.timing import MAX_GAP_S
from signbridge.training.streams.track import Times, Track

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Camera:
    """How badly a stream is seen.

    late: spread of a frame's time in frames. dropped: share of frames. missed: share of the frames
    in which a hand is not found, many more where it is fast. tremble: in shoulder widths. bottom:
    the lower edge of the picture in body units; a palm below it is not seen.
    """

    late: float = 0.1
    dropped: float = 0.03
    missed: float = 0.03
    tremble: float = 0.006
    bottom: float = 1.2


FAST = 4.0  # shoulder widths a second, at which half the hands are blurred away, by `missed`


def any_camera(rng: np.random.Generator) -> Camera:
    """Return a camera drawn anew for a stream, from very good to poor."""
    poor = rng.random()
    return Camera(
        late=0.3 * poor * rng.random(),
        dropped=0.15 * poor * rng.random(),
        missed=0.15 * poor * rng.random(),
        tremble=0.002 + 0.01 * poor,
        bottom=float(rng.uniform(0.9, 1.9)),
    )


def frame_times(end_s: float, fps: float, camera: Camera | None, rng: np.random.Generator) -> Times:
    """Return when the frames were taken, rising; the first and the last one are never dropped."""
    times = np.arange(max(2, int(end_s * fps) + 1)) / fps
    if camera is None:
        return times
    times[1:-1] += np.clip(camera.late * rng.normal(size=len(times) - 2), -0.45, 0.45) / fps
    kept = rng.random(len(times)) >= camera.dropped
    kept[[0, -1]] = True
    return np.asarray(times[kept])


def filmed(
    tracks: tuple[Track, Track],
    end_s: float,
    fps: float,
    camera: Camera | None,
    rng: np.random.Generator,
) -> Hands:
    """Return both hands at a constant rate, as they come out of frames at `frame_times`."""
    times = frame_times(end_s, fps, camera, rng)
    points = np.stack([track.at(times) for track in tracks], axis=1)
    if camera is None:
        return Hands(points, fps)
    points[_unseen(points, times, camera, rng)] = np.nan
    points += rng.normal(0, camera.tremble, points.shape).astype(np.float32)
    return Hands(evenly(points, times, fps), fps)


def evenly(points: Array, times: Times, fps: float) -> Array:
    """Return points (T, ...) seen at `times` at a constant rate, as `timing.uniform` does it."""
    wanted = times[0] + np.arange(int((times[-1] - times[0]) * fps + 1e-6) + 1) / fps
    after = np.clip(np.searchsorted(times, wanted, side="right"), 1, len(times) - 1)
    before = after - 1
    gap_s = times[after] - times[before]
    flat = (slice(None), *[None] * (points.ndim - 1))
    share = ((wanted - times[before]) / gap_s).astype(np.float32)
    between = points[before] + share[flat] * (points[after] - points[before])
    between[gap_s > MAX_GAP_S] = np.nan
    nearest = np.where(share < 0.5, before, after)
    near = np.abs(times[nearest] - wanted) <= 0.5 / fps
    return np.where(np.isnan(between) & near[flat], points[nearest], between).astype(np.float32)


def _unseen(
    points: Array, times: Times, camera: Camera, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Return (T, 2): the hand is below the picture, blurred, or not found."""
    palm = points[:, :, topology.MIDDLE_MCP, :2]
    speed = np.zeros(palm.shape[:2])
    speed[1:] = np.linalg.norm(np.diff(palm, axis=0), axis=-1) / np.diff(times)[:, None]
    chance = camera.missed * (1 + 4 * np.clip(speed / FAST, 0, 2))
    below = palm[..., 1] > camera.bottom
    return np.asarray(below | (rng.random(speed.shape) < chance))
