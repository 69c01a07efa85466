"""Pictures of a signer and the landmarks -> the same pictures with the landmarks drawn in."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks import topology

Pixel = tuple[int, int]

POSE_COLOUR = (255, 255, 0)  # all colours are RGB
LEFT_HAND_COLOUR = (0, 200, 0)
RIGHT_HAND_COLOUR = (0, 80, 255)
# Left shoulder, right shoulder, left elbow, right elbow, left wrist, right wrist.
JOINTS = slice(topology.LEFT_SHOULDER, topology.RIGHT_WRIST + 1)
BONES = ((0, 1), (0, 2), (2, 4), (1, 3), (3, 5))
# Fingers first, the palm last: where lines cross, the later one lies on top.
HAND_EDGES = (
    *(edge for finger in topology.FINGERS for edge in pairwise((topology.WRIST, *finger))),
    (topology.INDEX_MCP, topology.MIDDLE_MCP),
    (topology.MIDDLE_MCP, topology.RING_MCP),
    (topology.RING_MCP, topology.PINKY_MCP),
)
_RADIUS_PX = 1
_FAR_PX = 16_000  # a point further off the picture than this would overflow OpenCV's arithmetic


def draw(pixels: NDArray[np.uint8], places: NDArray[np.float32]) -> None:
    """Draw the landmarks into a picture (H, W, 3) uint8 RGB.

    places: (543, 2) in pixels of the picture; NaN = not seen, and not drawn.
    """
    _skeleton(pixels, places[JOINTS], BONES, POSE_COLOUR)
    _skeleton(pixels, places[topology.LEFT_HAND], HAND_EDGES, LEFT_HAND_COLOUR)
    _skeleton(pixels, places[topology.RIGHT_HAND], HAND_EDGES, RIGHT_HAND_COLOUR)


def _skeleton(
    pixels: NDArray[np.uint8],
    places: NDArray[np.float32],
    edges: tuple[tuple[int, int], ...],
    colour: tuple[int, int, int],
) -> None:
    points = [_pixel(x, y) for x, y in places.tolist()]
    for one, other in edges:
        start, end = points[one], points[other]
        if start is not None and end is not None:
            cv2.line(pixels, start, end, colour, 1, cv2.LINE_AA)
    for point in points:
        if point is not None:
            cv2.circle(pixels, point, _RADIUS_PX, colour, -1, cv2.LINE_AA)


def _pixel(x: float, y: float) -> Pixel | None:
    return (round(x), round(y)) if abs(x) < _FAR_PX and abs(y) < _FAR_PX else None  # NaN is neither
