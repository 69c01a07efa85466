"""Landmarks -> lines over the picture: as SVG for the live view, as pixels for an uploaded clip."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks import topology as at

Segments = NDArray[np.float32]  # (K, 2, 2): K lines, two ends, x and y in pixels


class Part(NamedTuple):
    """One part of the signer and how its lines look."""

    name: str
    edges: tuple[tuple[int, int], ...]
    rgb: tuple[int, int, int]


def _hand(points: slice) -> tuple[tuple[int, int], ...]:
    return tuple((points.start + a, points.start + b) for a, b in at.HAND_EDGES)


_BODY_EDGES = (
    (at.LEFT_SHOULDER, at.RIGHT_SHOULDER),
    (at.LEFT_SHOULDER, at.LEFT_ELBOW),
    (at.LEFT_ELBOW, at.LEFT_WRIST),
    (at.RIGHT_SHOULDER, at.RIGHT_ELBOW),
    (at.RIGHT_ELBOW, at.RIGHT_WRIST),
    (at.LEFT_EAR, at.LEFT_EYE),
    (at.LEFT_EYE, at.NOSE),
    (at.NOSE, at.RIGHT_EYE),
    (at.RIGHT_EYE, at.RIGHT_EAR),
    (at.MOUTH_LEFT, at.MOUTH_RIGHT),
)

# The two hands differ in lightness as well as hue, so they can be told apart without colour.
PARTS = (
    Part("body", _BODY_EDGES, (255, 255, 255)),
    Part("left", _hand(at.LEFT_HAND), (94, 200, 255)),
    Part("right", _hand(at.RIGHT_HAND), (255, 166, 0)),
)


def segments(points: NDArray[np.float32], part: Part, width_px: int, height_px: int) -> Segments:
    """Return the lines of `part` in pixels from (543, 3) points, without those not seen."""
    ends = points[np.asarray(part.edges), :2] * np.array((width_px, height_px), np.float32)
    seen: Segments = ends[np.isfinite(ends).all(axis=(1, 2))]
    return seen


def draw(pixels: NDArray[np.uint8], points: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return a copy of the (H, W, 3) RGB picture with (543, 3) landmarks drawn over it."""
    height_px, width_px = pixels.shape[:2]
    picture = pixels.copy()
    thick = max(1, round(max(width_px, height_px) / 240))
    for part in PARTS:
        lines = np.rint(segments(points, part, width_px, height_px)).astype(np.int32)
        # A dark edge keeps the lines visible on skin, clothes and walls of any colour.
        cv2.polylines(picture, list(lines), False, (20, 20, 20), thick + 2, cv2.LINE_AA)
        cv2.polylines(picture, list(lines), False, part.rgb, thick, cv2.LINE_AA)
    return picture


def svg(points: NDArray[np.float32], width_px: int, height_px: int) -> str:
    """Return the same lines as an SVG picture that fills the box it is laid over."""
    paths = "".join(_paths(part, segments(points, part, width_px, height_px)) for part in PARTS)
    return (
        f'<svg class="sb-overlay" viewBox="0 0 {width_px} {height_px}" aria-hidden="true" '
        f'preserveAspectRatio="xMidYMid meet">{paths}</svg>'
    )


def _paths(part: Part, lines: Segments) -> str:
    if not len(lines):
        return ""
    d = "".join(f"M{a[0]:.0f} {a[1]:.0f}L{b[0]:.0f} {b[1]:.0f}" for a, b in lines)
    return f'<path class="sb-edge" d="{d}"/><path class="sb-{part.name}" d="{d}"/>'
