"""Landmarks with holes -> landmarks with a whole upper body, so that there is a person to draw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks import topology
from signbridge.landmarks.body import body_frame

Points = NDArray[np.float32]

# A standard upper body: x (towards the picture's right) and y (down) from the shoulder centre in
# shoulder widths. Medians over webcam and dictionary signers who face the camera.
STANDARD: dict[int, tuple[float, float]] = {
    topology.NOSE: (0.0, -0.56),
    topology.LEFT_EYE: (0.10, -0.70),
    topology.RIGHT_EYE: (-0.10, -0.70),
    topology.LEFT_EAR: (0.215, -0.65),
    topology.RIGHT_EAR: (-0.215, -0.65),
    topology.MOUTH_LEFT: (0.08, -0.48),
    topology.MOUTH_RIGHT: (-0.08, -0.48),
    topology.LEFT_SHOULDER: (0.5, 0.0),
    topology.RIGHT_SHOULDER: (-0.5, 0.0),
    topology.LEFT_HIP: (0.32, 1.45),
    topology.RIGHT_HIP: (-0.32, 1.45),
}
UPPER_ARM, FOREARM = 0.86, 0.76  # lengths in shoulder widths
WRIST_IN_FRONT = 0.55  # of the shoulder, towards the camera
ELBOW_OUT = 0.5  # how far elbows point outwards for one part downwards
RESTING_WRIST = (0.58, 1.62)  # beside the hips; mirrored for the right hand

_ARMS = (
    (topology.LEFT_SHOULDER, topology.LEFT_ELBOW, topology.LEFT_WRIST, topology.LEFT_HAND, 1),
    (topology.RIGHT_SHOULDER, topology.RIGHT_ELBOW, topology.RIGHT_WRIST, topology.RIGHT_HAND, -1),
)


def completed(points: Points) -> Points:
    """Return isotropic points (T, 543, 3), x and y in one unit, with head, shoulders and arms.

    What is seen stays; what is missing comes from its neighbours in time, then from a standard
    body. Hands are never invented.
    """
    result = points.copy()
    hands = np.stack([points[:, topology.RIGHT_HAND], points[:, topology.LEFT_HAND]], axis=1)
    if np.isnan(points[..., 0]).all():
        return result
    centre, width = body_frame(points, hands)
    for index in (topology.LEFT_SHOULDER, topology.RIGHT_SHOULDER):
        standard = centre + width * np.asarray(STANDARD[index])
        result[:, index] = _held(result[:, index], standard)
    _complete_rest(result)
    for shoulder, elbow, wrist, hand, side in _ARMS:
        _complete_arm(result, shoulder, elbow, wrist, hand, side)
    return result


def _held(path: Points, standard: NDArray[np.float32]) -> Points:
    """Return a path (T, 3) with holes filled along time, or `standard` (2,) if never seen."""
    seen = np.flatnonzero(~np.isnan(path[:, 0]))
    if len(seen) == 0:
        return np.broadcast_to(np.append(standard, 0).astype(np.float32), path.shape)
    frames = np.arange(len(path))
    columns = [np.interp(frames, seen, path[seen, axis]) for axis in range(3)]
    return np.stack(columns, axis=1).astype(np.float32)


def _complete_rest(points: Points) -> None:
    """Hang head and hips on the shoulders where they are missing, tilted as the shoulders are."""
    left, right = points[:, topology.LEFT_SHOULDER], points[:, topology.RIGHT_SHOULDER]
    centre = (left + right)[:, :2] / 2
    across = (left - right)[:, :2]
    down = np.stack([-across[:, 1], across[:, 0]], axis=1)
    for index, (x, y) in STANDARD.items():
        hole = np.isnan(points[:, index, 0])
        points[hole, index, :2] = (centre + x * across + y * down)[hole]
        points[hole, index, 2] = 0


def _complete_arm(
    points: Points, shoulder: int, elbow: int, wrist: int, hand: slice, side: int
) -> None:
    """Put the wrist under the hand or at rest, and bend the elbow to reach it."""
    seen_hand = ~np.isnan(points[:, hand.start, 0])
    points[seen_hand, wrist, :2] = points[seen_hand, hand.start, :2]
    width = np.linalg.norm(
        (points[:, topology.LEFT_SHOULDER] - points[:, topology.RIGHT_SHOULDER])[:, :2], axis=-1
    )
    centre = (points[:, topology.LEFT_SHOULDER] + points[:, topology.RIGHT_SHOULDER])[:, :2] / 2
    hole = np.isnan(points[:, wrist, 0])
    rest = centre + width[:, None] * np.asarray([side * RESTING_WRIST[0], RESTING_WRIST[1]])
    points[hole, wrist] = np.c_[rest, np.zeros(len(rest))][hole]
    hole = np.isnan(points[:, elbow, 0])
    bent = elbow_between(points[:, shoulder, :2], points[:, wrist, :2], width, side)
    points[hole, elbow] = np.c_[bent, np.zeros(len(bent))][hole]


def elbow_between(shoulder: Points, wrist: Points, width: NDArray[np.float32], side: int) -> Points:
    """Return elbows (T, 2) of arms from `shoulder` to `wrist` (T, 2), hanging and a little out.

    Two-bone inverse kinematics in space: signing hands are held in front of the body, so the
    forearm is foreshortened. side: 1 for the left arm (picture right), -1 for the right arm.
    """
    reach = (wrist - shoulder) / width[:, None]  # in shoulder widths, as the bones are
    flat = np.linalg.norm(reach, axis=-1)
    longest = 0.98 * (UPPER_ARM + FOREARM)
    in_front = np.minimum(WRIST_IN_FRONT, np.sqrt(np.maximum(longest**2 - flat**2, 0)))
    shrink = np.minimum(1.0, longest / np.maximum(flat, 1e-6))  # beyond reach: a straight arm
    axis = np.c_[reach * shrink[:, None], in_front]
    distance = np.maximum(np.linalg.norm(axis, axis=-1), abs(UPPER_ARM - FOREARM) + 0.05)
    axis /= distance[:, None]
    along = (distance**2 + UPPER_ARM**2 - FOREARM**2) / (2 * distance)
    away = np.sqrt(np.maximum(UPPER_ARM**2 - along**2, 0))
    hanging = np.array([side * ELBOW_OUT, 1.0, 0.0])
    hanging = hanging - (axis @ hanging)[:, None] * axis
    hanging /= np.maximum(np.linalg.norm(hanging, axis=-1, keepdims=True), 1e-6)
    bent = along[:, None] * axis + away[:, None] * hanging
    return np.asarray(shoulder + width[:, None] * bent[:, :2], dtype=np.float32)
