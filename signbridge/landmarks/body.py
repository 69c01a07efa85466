"""Landmarks -> hands in the signer's own frame: shoulder centre at 0, one shoulder width = 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks import topology
from signbridge.types import Landmarks, Leads

RIGHT, LEFT = 0, 1

# Anatomy, measured on webcam and dictionary signers: palm (wrist to middle knuckle) over shoulder
# width, and nose height over shoulder width. They stand in where the shoulders are not seen.
PALM_OVER_SHOULDERS = 0.30
NOSE_ABOVE_SHOULDERS = 0.58


@dataclass(frozen=True, slots=True)
class Hands:
    """Both hands in body units.

    points: (T, 2, 21, 3) float32, hand 0 is the signer's right, 1 the left; x grows to the right
    of the picture, y down, z away from the camera relative to the wrist; NaN = not seen.
    leads: the signer's leading hand, where the signer has said.
    """

    points: NDArray[np.float32]
    fps: float
    leads: Leads = "found"


def in_body_frame(landmarks: Landmarks) -> Hands:
    """Return the hands of a signer, free of the signer's size, place and picture shape."""
    points = isotropic(landmarks)
    hands = np.stack([points[:, topology.RIGHT_HAND], points[:, topology.LEFT_HAND]], axis=1)
    centre, width = body_frame(points, hands)
    return Hands(normalised(hands, centre, width), landmarks.fps, landmarks.leads)


def isotropic(landmarks: Landmarks) -> NDArray[np.float32]:
    """Return (T, 543, 3) points with x, y and z in units of the picture's height."""
    points = landmarks.points.astype(np.float32, copy=True)
    points[..., [0, 2]] *= landmarks.width_px / landmarks.height_px
    return points


def normalised(
    hands: NDArray[np.float32], centre: NDArray[np.float32], width: float
) -> NDArray[np.float32]:
    """Return hands (T, 2, 21, 3) moved so that `centre` (2,) is 0, scaled so that `width` is 1."""
    result = hands.copy()
    result[..., :2] -= centre
    result[..., 2] -= result[..., :1, 2]  # depth is only meaningful relative to the wrist
    return (result / np.float32(width)).astype(np.float32)


def palm_lengths(hands: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (T, 2) wrist to middle-knuckle distance in the picture plane."""
    across = hands[..., topology.MIDDLE_MCP, :2] - hands[..., topology.WRIST, :2]
    return np.linalg.norm(across, axis=-1)  # type: ignore[no-any-return]


def palm_size(hands: NDArray[np.float32]) -> float:
    """Return the palm's length seen face-on: the 90th percentile over the clip; NaN if no hand."""
    lengths = palm_lengths(hands)
    seen = lengths[~np.isnan(lengths)]
    return float(np.percentile(seen, 90)) if len(seen) else float("nan")


def body_frame(
    points: NDArray[np.float32], hands: NDArray[np.float32]
) -> tuple[NDArray[np.float32], float]:
    """Return shoulder centre (2,) and shoulder width of a clip, from the shoulders or a stand-in.

    One frame a clip: medians over time, so that leaning or a lost frame does not shake the hands.
    """
    left, right = points[:, topology.LEFT_SHOULDER, :2], points[:, topology.RIGHT_SHOULDER, :2]
    seen = ~np.isnan(left[:, 0] + right[:, 0])
    if seen.any():
        width = float(np.median(np.linalg.norm(left[seen] - right[seen], axis=-1)))
        centre = np.median((left[seen] + right[seen]) / 2, axis=0)
        floor = palm_size(hands) * 2  # turned sideways, shoulders look narrower than they are
        return centre.astype(np.float32), max(width, floor if np.isfinite(floor) else 0.0, 1e-3)
    return _frame_without_shoulders(points, hands)


def _frame_without_shoulders(
    points: NDArray[np.float32], hands: NDArray[np.float32]
) -> tuple[NDArray[np.float32], float]:
    palm = palm_size(hands)
    width = palm / PALM_OVER_SHOULDERS if np.isfinite(palm) and palm > 0 else 0.4
    nose = points[:, topology.NOSE, :2]
    if not np.isnan(nose).all():
        below = np.array([0.0, NOSE_ABOVE_SHOULDERS * width])
        centre = np.nanmedian(nose, axis=0) + below
    else:
        seen = hands[..., topology.MIDDLE_MCP, :2].reshape(-1, 2)
        seen = seen[~np.isnan(seen[:, 0])]
        middle = np.median(seen, axis=0) if len(seen) else np.zeros(2)
        below = np.array([0.0, 0.3 * width])  # signing space lies just below the shoulders
        centre = middle - below
    return np.asarray(centre, dtype=np.float32), width
