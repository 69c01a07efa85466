"""A made-up signer whose landmarks follow from a few numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks import topology
from signbridge.types import Landmarks

WIDTH_PX, HEIGHT_PX = 640, 480


def hand_shape(spread: float = 1.0) -> NDArray[np.float32]:
    """Return (21, 3) of an open right hand, fingers up, in palm lengths from the wrist."""
    points = np.zeros((21, 3))
    for finger, joints in enumerate(topology.FINGERS):
        angle = (finger - 2) * 0.25 * spread
        for step, joint in enumerate(joints):
            length = (0.4 if finger == 0 else 1.0) + 0.3 * step
            points[joint] = (np.sin(angle) * length, -np.cos(angle) * length, -0.05 * step)
    return points.astype(np.float32)


def signer(
    fps: float = 30.0,
    rest_s: float = 0.5,
    sign_s: float = 1.2,
    repeats: int = 1,
    size: float = 0.25,
    centre: tuple[float, float] = (0.5, 0.5),
    idle_left: bool = False,
    turns: int = 1,
) -> Landmarks:
    """Return landmarks of someone who rests, draws circles with the right hand, and rests.

    size: shoulder width as a share of the picture's height; centre: of the shoulders, as shares.
    """
    period = rest_s + sign_s
    duration = repeats * period + rest_s
    times = np.arange(round(duration * fps)) / fps
    points = np.full((len(times), topology.N_POINTS, 3), np.nan)
    aspect = WIDTH_PX / HEIGHT_PX
    middle = np.array([centre[0] * aspect, centre[1]])
    for joint, x, y in (
        (topology.NOSE, 0.0, -0.58),
        (topology.LEFT_SHOULDER, 0.5, 0.0),
        (topology.RIGHT_SHOULDER, -0.5, 0.0),
    ):
        points[:, joint] = (*(middle + size * np.array([x, y])), 0.0)
    for t, at in enumerate(times):
        place = _right_palm((at - rest_s) % period if at > rest_s else period, sign_s, turns)
        _put(points[t, topology.RIGHT_HAND], hand_shape(), place, middle, size)
        if idle_left:
            _put(points[t, topology.LEFT_HAND], hand_shape(0.2), (0.4, 1.3), middle, size)
    points[..., 0] /= aspect
    points[..., 2] /= aspect
    return Landmarks(points.astype(np.float32), fps, 0.0, WIDTH_PX, HEIGHT_PX)


def _right_palm(since_s: float, sign_s: float, turns: int) -> tuple[float, float]:
    if since_s >= sign_s:
        return (-0.4, 1.5)
    turn = 2 * np.pi * turns * since_s / sign_s
    return (-0.3 + 0.3 * np.cos(turn), 0.2 + 0.4 * np.sin(turn))


def _put(
    target: NDArray[np.float64],
    shape: NDArray[np.float32],
    place: tuple[float, float],
    middle: NDArray[np.float64],
    size: float,
) -> None:
    target[:] = shape * 0.3 * size
    target[:, :2] += middle + size * np.array(place)


def flipped(landmarks: Landmarks) -> Landmarks:
    """Return the landmarks of the mirrored picture: all left and right names change places."""
    points = landmarks.points.copy()
    points[..., 0] = 1 - points[..., 0]
    result = points.copy()
    result[:, topology.LEFT_HAND] = points[:, topology.RIGHT_HAND]
    result[:, topology.RIGHT_HAND] = points[:, topology.LEFT_HAND]
    for left, right in topology.POSE_PAIRS:
        result[:, topology.POSE.start + left] = points[:, topology.POSE.start + right]
        result[:, topology.POSE.start + right] = points[:, topology.POSE.start + left]
    return Landmarks(
        result, landmarks.fps, landmarks.start_s, landmarks.width_px, landmarks.height_px
    )
