"""One frame of landmarks -> a picture of a person signing."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from signbridge.avatar.body import completed
from signbridge.avatar.hand import WRIST_RADIUS, hand_limbs, palm_length
from signbridge.avatar.head import HeadFrame, draw_hair_behind, draw_head, head_frame
from signbridge.avatar.solid import Image, Limb, Material, Slab, paint
from signbridge.landmarks import topology

OVERSAMPLING = 2  # drawn at twice the size and averaged: smooth edges

SKIN = Material(shadow=(112.0, 66.0, 50.0), lit=(238.0, 190.0, 160.0))
HAIR = Material(shadow=(26.0, 18.0, 15.0), lit=(92.0, 66.0, 52.0))
SHIRT = Material(shadow=(18.0, 30.0, 46.0), lit=(66.0, 98.0, 132.0))
# Half a torso from the collar down the side: shares of the shoulder width from their centre.
_HALF_TORSO = np.array(
    [
        (0.0, -0.10), (0.09, -0.15), (0.155, -0.23), (0.20, -0.27), (0.30, -0.215), (0.42, -0.16),
        (0.53, -0.10), (0.59, -0.02), (0.60, 0.10), (0.54, 0.40), (0.49, 0.75), (0.475, 1.15),
        (0.50, 1.60), (0.52, 2.6),
    ]
)  # fmt: skip
BACKGROUND_TOP, BACKGROUND_BOTTOM = (226.0, 229.0, 231.0), (196.0, 202.0, 207.0)

_ARMS = (
    (topology.LEFT_SHOULDER, topology.LEFT_ELBOW, topology.LEFT_WRIST, topology.LEFT_HAND),
    (topology.RIGHT_SHOULDER, topology.RIGHT_ELBOW, topology.RIGHT_WRIST, topology.RIGHT_HAND),
)


def draw(points: NDArray[np.float32], width_px: int, height_px: int) -> NDArray[np.uint8]:
    """Return a picture (height_px, width_px, 3) uint8 RGB of points (543, 3), fractions, y down.

    A hand that is NaN is not drawn; a body that is NaN is built around the hands.
    """
    size = (height_px * OVERSAMPLING, width_px * OVERSAMPLING)
    image = _background(*size).copy()
    scaled = points * np.array([size[1], size[0], size[1]], dtype=np.float32)
    body = completed(scaled[None])[0]
    if not np.isnan(body[topology.LEFT_SHOULDER, 0]):
        _draw_person(image, body)
    small = cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_AREA)
    softened = cv2.GaussianBlur(small, (0, 0), 0.5)
    return np.clip(np.round(softened), 0, 255).astype(np.uint8)


@lru_cache(maxsize=2)
def _background(height: int, width: int) -> Image:
    share = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    top, bottom = np.array(BACKGROUND_TOP), np.array(BACKGROUND_BOTTOM)
    row = (1 - share) * top + share * bottom
    return np.ascontiguousarray(np.broadcast_to(row, (height, width, 3)), dtype=np.float32)


def _draw_person(image: Image, body: NDArray[np.float32]) -> None:
    head = head_frame(body)
    draw_hair_behind(image, head, HAIR)
    _draw_neck(image, body, head)
    _draw_torso(image, body)
    draw_head(image, head, SKIN, HAIR)
    for arm in sorted(_ARMS, key=lambda arm: -_nearness(body, arm[3])):
        _draw_forearm(image, body, arm)
    for arm in sorted(_ARMS, key=lambda arm: -_nearness(body, arm[3])):
        hand = body[arm[3]]
        if not np.isnan(hand).any():
            _draw_hand(image, hand, body[arm[1]])


def _nearness(body: NDArray[np.float32], hand: slice) -> float:
    """Return how far back a hand is drawn: the higher hand acts on the lower, so lies in front."""
    height = float(body[hand, 1].mean())
    return height if np.isfinite(height) else np.inf


def _shoulder_width(body: NDArray[np.float32]) -> float:
    across = body[topology.LEFT_SHOULDER, :2] - body[topology.RIGHT_SHOULDER, :2]
    return max(float(np.linalg.norm(across)), 8.0)


def _flat(point: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.array([point[0], point[1], 0.0], dtype=np.float32)


def _draw_neck(image: Image, body: NDArray[np.float32], head: HeadFrame) -> None:
    centre = (body[topology.LEFT_SHOULDER] + body[topology.RIGHT_SHOULDER]) / 2
    top = head.skull + 0.45 * head.width * head.down
    paint(image, [Limb(_flat(top), _flat(centre), 0.31 * head.width, 0.38 * head.width)], SKIN)


def _draw_torso(image: Image, body: NDArray[np.float32]) -> None:
    """Draw chest and upper arms as one piece of cloth."""
    left, right = body[topology.LEFT_SHOULDER, :2], body[topology.RIGHT_SHOULDER, :2]
    centre, across = (left + right) / 2, left - right
    down = np.array([-across[1], across[0]], dtype=np.float32)
    shape = np.concatenate([_HALF_TORSO, _HALF_TORSO[::-1] * (-1, 1)])
    outline = (centre + shape[:, :1] * across + shape[:, 1:] * down).astype(np.float32)
    unit = _shoulder_width(body)
    parts: list[Limb | Slab] = [Slab(outline, 0.2 * unit)]
    for shoulder, elbow, _, _ in _ARMS:
        start, end = _flat(body[shoulder]), _flat(body[elbow])
        end[2] = 0.16 * unit  # in front of the chest where it crosses it
        parts.append(Limb(start, end, 0.135 * unit, 0.112 * unit))
    paint(image, parts, SHIRT)


def _draw_forearm(
    image: Image, body: NDArray[np.float32], arm: tuple[int, int, int, slice]
) -> None:
    elbow, wrist = _flat(body[arm[1]]), _flat(body[arm[2]])
    unit = _shoulder_width(body)
    cuff = 0.5 * elbow + 0.5 * wrist
    palm = body[arm[3]]
    seen = not np.isnan(palm).any()
    wrist_radius = WRIST_RADIUS * palm_length(palm) if seen else 0.065 * unit
    paint(image, [Limb(elbow, wrist, 0.10 * unit, wrist_radius)], SKIN, contact=0.3)
    paint(image, [Limb(elbow, cuff, 0.112 * unit, 0.095 * unit)], SHIRT, contact=0.2)


def _draw_hand(image: Image, hand: NDArray[np.float32], elbow: NDArray[np.float32]) -> None:
    solid = hand * np.array([1, 1, -1], dtype=np.float32)  # MediaPipe's z grows away
    solid[:, 2] -= solid[topology.WRIST, 2]
    size = palm_length(solid)
    away = _flat(elbow) - _flat(solid[topology.WRIST])
    away /= max(float(np.linalg.norm(away)), 1e-3)
    radius = WRIST_RADIUS * size
    wrist = Limb(solid[topology.WRIST], solid[topology.WRIST] + 0.6 * size * away, radius, radius)
    paint(image, [wrist, *hand_limbs(solid)], SKIN, contact=0.45, fading=wrist)
