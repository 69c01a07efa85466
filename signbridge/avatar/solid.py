"""Round solids -> shaded pixels: limbs and outlines raise one depth buffer, which is then lit.

MediaPipe is trained on photographs, so what it has to find again needs shading, soft edges and
true occlusion: which finger lies in front comes from the points' depth, pixel by pixel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Image = NDArray[np.float32]  # (H, W, 3) RGB, 0 to 255
Colour = tuple[float, float, float]  # RGB, 0 to 255

LIGHT = (-0.62, 0.785)  # y and z: from above and the camera; a mirror leaves it alone


@dataclass(frozen=True, slots=True)
class Material:
    """Colours of a surface turned away from the light and towards it."""

    shadow: Colour
    lit: Colour


@dataclass(frozen=True, slots=True)
class Limb:
    """A round, tapered rod between two points (3,) in pixels, z towards the camera."""

    start: Array
    end: Array
    start_radius: float
    end_radius: float

    @property
    def thickness(self) -> float:
        """Its larger radius in pixels."""
        return max(self.start_radius, self.end_radius)

    def bounds(self) -> Array:
        """Return the corners (2, 2) of the box around it: lowest and highest x and y."""
        ends = np.stack([self.start[:2], self.end[:2]])
        return np.stack([ends.min(axis=0) - self.thickness, ends.max(axis=0) + self.thickness])

    def heights(self, x: Array, y: Array) -> Array:
        """Return how near its surface is at pixels x (w,), y (h, 1); -inf beside it."""
        axis = (self.end - self.start).astype(np.float32)
        length = max(float(np.hypot(axis[0], axis[1])), 1e-3)
        unit_x, unit_y = axis[0] / length, axis[1] / length
        along = (x - self.start[0]) * unit_x + (y - self.start[1]) * unit_y
        beside = (y - self.start[1]) * unit_x - (x - self.start[0]) * unit_y
        share = np.clip(along / length, 0, 1)
        radius = self.start_radius + share * (self.end_radius - self.start_radius)
        half_chord = np.sqrt(np.maximum(radius**2 - beside**2, 0))
        # The nearest point of a rod tilted towards the camera lies further up the rod.
        tilt = axis[2] / length
        share = np.clip((along + half_chord * tilt / np.hypot(1, tilt)) / length, 0, 1)
        radius = self.start_radius + share * (self.end_radius - self.start_radius)
        inside = radius**2 - beside**2 - (share * length - along) ** 2
        height = self.start[2] + share * axis[2] + np.sqrt(np.maximum(inside, 0))
        return np.where(inside > 0, height, -np.inf).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Slab:
    """A filled outline (N, 2) in pixels whose rim is rounded off over `thickness` pixels."""

    outline: Array
    thickness: float

    def bounds(self) -> Array:
        """Return the corners (2, 2) of the box around it."""
        return np.stack([self.outline.min(axis=0) - 1, self.outline.max(axis=0) + 1])

    def heights(self, x: Array, y: Array) -> Array:
        """Return how near its surface is at pixels x (w,), y (h, 1); -inf beside it."""
        # A rim outside the picture must not be rounded off at the picture's edge: draw beyond it.
        pad = int(self.thickness) + 2
        mask = np.zeros((y.shape[0] + 2 * pad, x.shape[0] + 2 * pad), dtype=np.uint8)
        corner = np.array([x[0] - 0.5 - pad, y[0, 0] - 0.5 - pad])
        cv2.fillPoly(mask, [_fixed_point(self.outline - corner)], (1.0,), shift=4)
        inward = cv2.distanceTransform(mask, cv2.DIST_L2, 5)
        rise = self.thickness - np.minimum(inward, self.thickness)
        bulge = np.sqrt(np.maximum(self.thickness**2 - rise**2, 0))
        height = _soft(bulge, 0.1 * self.thickness + 0.5)
        return np.where(mask > 0, height, -np.inf)[pad:-pad, pad:-pad].astype(np.float32)


def paint(
    image: Image,
    parts: Sequence[Limb | Slab],
    material: Material,
    *,
    contact: float = 0.0,
    fading: Limb | None = None,
) -> None:
    """Paint one body made of parts that grow into each other over `image`, in place.

    contact: how dark a soft shadow it casts on what lies behind, 0 to 1. fading: one of the parts,
    whose end melts into what is painted already.
    """
    thickness = max(part.thickness for part in parts)
    corners = np.stack([part.bounds() for part in parts])
    window = _window(image, corners[:, 0].min(axis=0), corners[:, 1].max(axis=0), thickness)
    if window is None:
        return
    top, left, bottom, right = window
    depth = np.full((bottom - top, right - left), -np.inf, dtype=np.float32)
    for part in parts:
        _raise(depth, part, top, left)
    covered = np.isfinite(depth)
    if not covered.any():
        return
    patch = image[top:bottom, left:right]
    alpha = covered.astype(np.float32)
    if fading is not None:
        alpha *= _fade(depth, fading, top, left)
    if contact:
        _cast(patch, alpha, contact, thickness)
    shade = _shade(depth, covered, thickness)[..., None]
    shadow, lit = np.array(material.shadow, np.float32), np.array(material.lit, np.float32)
    patch += (shadow + (lit - shadow) * shade - patch) * alpha[..., None]


def paint_flat(image: Image, outline: Array, colour: Colour, soft: float) -> None:
    """Paint a flat outline (N, 2) in pixels with an edge `soft` pixels wide, in place."""
    window = _window(image, outline.min(axis=0), outline.max(axis=0), 3 * soft + 2)
    if window is None:
        return
    top, left, bottom, right = window
    mask = np.zeros((bottom - top, right - left), dtype=np.float32)
    cv2.fillPoly(mask, [_fixed_point(outline - (left, top))], (1.0,), lineType=cv2.LINE_AA, shift=4)
    if soft > 0:
        mask[:] = cv2.GaussianBlur(mask, (0, 0), soft)
    patch = image[top:bottom, left:right]
    patch[:] = patch * (1 - mask[..., None]) + np.asarray(colour, np.float32) * mask[..., None]


def _window(
    image: Image, low: Array, high: Array, margin: float
) -> tuple[int, int, int, int] | None:
    """Return top, left, bottom, right of the part of the image to work on; None if outside."""
    height, width = image.shape[:2]
    left, top = (int(value) for value in np.floor(low - margin))
    right, bottom = (int(value) for value in np.ceil(high + margin))
    top, left, bottom, right = max(top, 0), max(left, 0), min(bottom, height), min(right, width)
    return (top, left, bottom, right) if bottom > top and right > left else None


def _raise(depth: Array, part: Limb | Slab, top: int, left: int) -> None:
    """Lift the depth buffer wherever the part lies nearer to the camera."""
    low, high = part.bounds() - (left, top)
    x0, y0 = max(int(np.floor(low[0])), 0), max(int(np.floor(low[1])), 0)
    x1 = min(int(np.ceil(high[0])), depth.shape[1])
    y1 = min(int(np.ceil(high[1])), depth.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    x = np.arange(x0, x1, dtype=np.float32) + (left + 0.5)  # pixel centres
    y = np.arange(y0, y1, dtype=np.float32)[:, None] + (top + 0.5)
    view = depth[y0:y1, x0:x1]
    np.maximum(view, part.heights(x, y), out=view)


def _shade(depth: Array, covered: NDArray[np.bool_], thickness: float) -> Array:
    """Return 0 (dark) to 1 (lit) from the slope of the surface; steps in depth come out dark."""
    floor = float(depth[covered].min()) - 0.3 * thickness
    surface = np.where(covered, depth, floor).astype(np.float32)
    smooth = _soft(surface, max(0.8, 0.07 * thickness))
    slope_x = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8)
    slope_y = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8)
    lambert = (LIGHT[1] - slope_y * LIGHT[0]) / np.sqrt(1 + slope_x**2 + slope_y**2)
    # Crevices: a point lower than its surroundings sees less of the sky.
    around = _soft(surface, max(1.5, 0.4 * thickness))
    hollow = np.clip((around - smooth) / max(thickness, 1.0), 0, 1)
    shade = np.clip(0.22 + 0.82 * np.maximum(lambert, 0) - 0.9 * hollow, 0, 1)
    return np.asarray(shade, dtype=np.float32)


def _fade(depth: Array, limb: Limb, top: int, left: int) -> Array:
    """Return 1 but where `limb` is in front: there a fall from 1 at its start to 0 at its end."""
    x = np.arange(depth.shape[1], dtype=np.float32) + (left + 0.5)
    y = np.arange(depth.shape[0], dtype=np.float32)[:, None] + (top + 0.5)
    axis = limb.end[:2] - limb.start[:2]
    along = (x - limb.start[0]) * axis[0] + (y - limb.start[1]) * axis[1]
    share = np.clip(along / max(float(axis @ axis), 1.0), 0, 1)
    in_front = np.isfinite(depth) & (limb.heights(x, y) >= depth - 1e-3)
    return np.asarray(np.where(in_front, (1 - share) ** 2, 1.0), dtype=np.float32)


def _cast(patch: Image, alpha: Array, contact: float, thickness: float) -> None:
    """Darken what lies around and below what is about to be painted."""
    drop = np.array([[1, 0, 0], [0, 1, 0.35 * thickness]], dtype=np.float32)
    size = (patch.shape[1], patch.shape[0])
    dropped = np.asarray(cv2.warpAffine(alpha, drop, size), np.float32)
    shadow = _soft(dropped, max(1.0, 0.35 * thickness))
    patch *= (1 - contact * shadow)[..., None]


def _soft(values: Array, sigma: float) -> Array:
    """Return values (H, W) blurred; wide blurs are made on a smaller copy, ten times as fast."""
    step = int(sigma / 3)
    if step < 2 or min(values.shape) < 4 * step:
        return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), dtype=np.float32)
    height, width = values.shape
    small = cv2.resize(values, (width // step, height // step), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / step)
    large = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, dtype=np.float32)


def _fixed_point(outline: Array) -> NDArray[np.int32]:
    """Return pixel coordinates as OpenCV's 28.4 integers; OpenCV counts from pixel centres."""
    return np.asarray(np.round((outline - 0.5) * 16), dtype=np.int32)
