"""Pose points of the head -> a drawn head: skull, hair, ears, eyes, brows, nose and mouth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.avatar.solid import Image, Material, Slab, paint, paint_flat
from signbridge.landmarks import topology

# Shares of the head's width, from the middle between the eyes: where the parts of a face lie.
EYE_APART, MOUTH_BELOW, EAR_APART = 0.217, 0.48, 0.47

BROW = (58.0, 42.0, 34.0)
LIP = (176.0, 98.0, 90.0)
IRIS = (62.0, 44.0, 32.0)
EYE_WHITE = (238.0, 234.0, 230.0)
CREASE = (150.0, 100.0, 80.0)


@dataclass(frozen=True, slots=True)
class HeadFrame:
    """Where the head is, in pixels: `skull` and `face` (2,), unit axes, and the head's width."""

    skull: NDArray[np.float32]
    face: NDArray[np.float32]
    right: NDArray[np.float32]
    down: NDArray[np.float32]
    width: float

    def place(self, shape: NDArray[np.float32], *, on_face: bool = True) -> NDArray[np.float32]:
        """Return a shape (N, 2) in head widths as pixels, on the face or on the skull behind it."""
        origin = self.face if on_face else self.skull
        placed = origin + self.width * (shape[:, :1] * self.right + shape[:, 1:] * self.down)
        return placed.astype(np.float32)


def head_frame(points: NDArray[np.float32]) -> HeadFrame:
    """Return the head's place from points (543, 3) in pixels with all head points present."""
    flat = points[:, :2]
    eyes = (flat[topology.LEFT_EYE] + flat[topology.RIGHT_EYE]) / 2
    mouth = (flat[topology.MOUTH_LEFT] + flat[topology.MOUTH_RIGHT]) / 2
    ears = (flat[topology.LEFT_EAR] + flat[topology.RIGHT_EAR]) / 2
    apart = flat[topology.LEFT_EYE] - flat[topology.RIGHT_EYE]
    right = apart / max(float(np.linalg.norm(apart)), 1e-3)
    down = np.array([-right[1], right[0]], dtype=np.float32)
    shoulders = np.linalg.norm(flat[topology.LEFT_SHOULDER] - flat[topology.RIGHT_SHOULDER])
    guesses = [
        float(np.linalg.norm(apart)) / (2 * EYE_APART),
        float(np.linalg.norm(mouth - eyes)) / MOUTH_BELOW,
        0.48 * float(shoulders),
    ]
    width = max(float(np.median(guesses)), 4.0)
    sideways = float((ears - eyes) @ right)  # the skull stays behind when the face turns
    skull = eyes + np.clip(sideways, -0.12 * width, 0.12 * width) * right
    return HeadFrame(skull, eyes, right, down, width)


def draw_hair_behind(image: Image, head: HeadFrame, hair: Material) -> None:
    """Draw the hair that lies behind the ears and the neck."""
    shape = _oval(0.0, -0.14, 0.57, 0.70)
    paint(image, [Slab(head.place(shape, on_face=False), 0.3 * head.width)], hair)


def draw_head(image: Image, head: HeadFrame, skin: Material, hair: Material) -> None:
    """Draw ears, face, hair in front and the parts of the face."""
    for side in (-1, 1):
        ear = _oval(side * EAR_APART * 1.03, 0.10, 0.075, 0.15)
        paint(image, [Slab(head.place(ear, on_face=False), 0.06 * head.width)], skin)
    face = Slab(head.place(_face_outline(), on_face=False), 0.42 * head.width)
    paint(image, [face], skin, contact=0.3)
    _draw_hair_in_front(image, head, hair)
    for side in (-1, 1):
        _draw_eye(image, head, side)
    _draw_nose(image, head)
    _draw_mouth(image, head)


def _oval(x: float, y: float, half_width: float, half_height: float) -> NDArray[np.float32]:
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    oval = np.stack([x + half_width * np.cos(turn), y + half_height * np.sin(turn)], axis=1)
    return np.asarray(oval, dtype=np.float32)


def _face_outline() -> NDArray[np.float32]:
    """Return a face from the forehead round the cheeks to the chin."""
    turn = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    x, y = np.cos(turn), np.sin(turn)
    jaw = np.where(y > 0, 1 - 0.24 * y**2.0, 1.0)  # narrower towards the chin
    outline = np.stack([0.475 * x * jaw, np.where(y > 0, 0.80, 0.70) * y], axis=1)
    return np.asarray(outline, dtype=np.float32)


def _draw_hair_in_front(image: Image, head: HeadFrame, hair: Material) -> None:
    turn = np.linspace(np.pi * 1.03, np.pi * 1.97, 40)
    outer = np.stack([0.52 * np.cos(turn), -0.06 + 0.78 * np.sin(turn)], axis=1)
    across = np.linspace(0.47, -0.47, 30)
    line = -0.47 + 0.35 * (np.abs(across) / 0.47) ** 3.2  # the hairline over the forehead
    inner = np.stack([across, line], axis=1)
    shape = np.concatenate([outer, inner]).astype(np.float32)
    paint(image, [Slab(head.place(shape, on_face=False), 0.16 * head.width)], hair, contact=0.25)


def _draw_eye(image: Image, head: HeadFrame, side: int) -> None:
    x, unit = side * EYE_APART, head.width
    paint_flat(image, head.place(_oval(x, 0.0, 0.115, 0.07)), CREASE, 0.022 * unit)
    lid = np.linspace(-1, 1, 15)
    almond = np.concatenate(
        [
            np.stack([x + 0.092 * lid, -0.034 * (1 - lid**2)], axis=1),
            np.stack([x - 0.092 * lid, 0.036 * (1 - lid**2)], axis=1),
        ]
    ).astype(np.float32)
    paint_flat(image, head.place(almond), EYE_WHITE, 0.004 * unit)
    paint_flat(image, head.place(_oval(x, -0.003, 0.036, 0.034)), IRIS, 0.004 * unit)
    paint_flat(image, head.place(_oval(x, -0.004, 0.018, 0.018)), (18.0, 14.0, 12.0), 0.003 * unit)
    paint_flat(image, head.place(_oval(x, -0.02, 0.009, 0.009)), (250.0, 250.0, 250.0), 0.0)
    lash = np.concatenate(
        [
            np.stack([x + 0.10 * lid, -0.044 * (1 - lid**2) - 0.004], axis=1),
            np.stack([x - 0.10 * lid, -0.027 * (1 - lid**2) + 0.002], axis=1),
        ]
    ).astype(np.float32)
    paint_flat(image, head.place(lash), (46.0, 32.0, 28.0), 0.004 * unit)
    brow = np.concatenate(
        [
            np.stack([x + 0.13 * lid, -0.135 - 0.03 * (1 - (lid - 0.3 * side) ** 2)], axis=1),
            np.stack([x - 0.13 * lid, -0.118 - 0.018 * (1 - (lid + 0.3 * side) ** 2)], axis=1),
        ]
    ).astype(np.float32)
    paint_flat(image, head.place(brow), BROW, 0.008 * unit)


def _draw_nose(image: Image, head: HeadFrame) -> None:
    unit = head.width
    for side in (-1, 1):
        wing = _oval(side * 0.075, 0.285, 0.022, 0.045)
        paint_flat(image, head.place(wing), (188.0, 134.0, 108.0), 0.018 * unit)
        bridge = _oval(side * 0.055, 0.10, 0.012, 0.11)
        paint_flat(image, head.place(bridge), (205.0, 152.0, 124.0), 0.02 * unit)
        nostril = _oval(side * 0.038, 0.325, 0.022, 0.011)
        paint_flat(image, head.place(nostril), (118.0, 70.0, 56.0), 0.006 * unit)
    paint_flat(image, head.place(_oval(0, 0.24, 0.025, 0.05)), (244.0, 204.0, 178.0), 0.02 * unit)


def _draw_mouth(image: Image, head: HeadFrame) -> None:
    unit, across = head.width, np.linspace(-1, 1, 25)
    cupid = 0.035 * (1 - across**2) - 0.012 * np.exp(-((across / 0.16) ** 2))
    middle = 0.016 * (1 - across**2) - 0.008  # corners a little up: a friendly rest
    upper = np.stack([0.155 * across, MOUTH_BELOW - cupid], axis=1)
    parting = np.stack([0.155 * across[::-1], MOUTH_BELOW + middle], axis=1)
    lower = np.stack([0.145 * across[::-1], MOUTH_BELOW + 0.055 * (1 - across**2)], axis=1)
    paint_flat(image, head.place(np.concatenate([upper, lower])), LIP, 0.006 * unit)
    edge = np.array([0, 0.005])
    seam = np.concatenate([parting[::-1] - edge, parting + edge])
    paint_flat(image, head.place(seam), (112.0, 52.0, 50.0), 0.005 * unit)
    below = _oval(0, MOUTH_BELOW + 0.095, 0.09, 0.012)
    paint_flat(image, head.place(below), (190.0, 138.0, 112.0), 0.02 * unit)
