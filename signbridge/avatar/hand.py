"""21 hand points -> a solid hand: palm, thumb and fingers that taper, and a wrist."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from signbridge.avatar.solid import Limb
from signbridge.landmarks import topology

Hand = NDArray[np.float32]

# Radii as shares of the palm (wrist to middle knuckle).
FINGER_RADII = (0.125, 0.112, 0.103, 0.090)  # knuckle, two joints and tip of the middle finger
FINGER_WIDTH = (1.0, 1.02, 0.96, 0.84)  # index to little finger, middle = 1.02
THUMB_RADII = (0.175, 0.145, 0.120, 0.098)  # root, knuckle, joint, tip
PALM_RADII = (0.165, 0.120)  # heel, knuckles
WRIST_RADIUS = 0.21
N_METACARPALS = 11  # rods side by side that make the palm
_KNUCKLES = [topology.INDEX_MCP, topology.MIDDLE_MCP, topology.RING_MCP, topology.PINKY_MCP]


def hand_limbs(hand: Hand) -> list[Limb]:
    """Return the rods of a hand (21, 3) in pixels, z towards the camera."""
    size = palm_length(hand)
    limbs = [*_palm(hand, size), *_chain(hand[list(topology.FINGERS[0])], THUMB_RADII, size)]
    for finger, width in zip(topology.FINGERS[1:], FINGER_WIDTH, strict=True):
        limbs += _chain(hand[list(finger)], FINGER_RADII, size * width)
    return limbs


def palm_length(hand: Hand) -> float:
    """Return the palm's length in pixels, judged from several bones so that none decides alone."""
    wrist, index, middle, _, pinky = hand[[topology.WRIST, *_KNUCKLES]]
    spans = [
        np.linalg.norm(middle - wrist),
        np.linalg.norm(index - wrist) / 1.05,
        np.linalg.norm(pinky - wrist) / 0.91,
        np.linalg.norm(pinky - index) / 0.70,
    ]
    return max(float(np.median(spans)), 4.0)


def _chain(joints: Hand, radii: tuple[float, ...], size: float) -> list[Limb]:
    return [
        Limb(joints[i], joints[i + 1], radii[i] * size, radii[i + 1] * size)
        for i in range(len(joints) - 1)
    ]


def _palm(hand: Hand, size: float) -> list[Limb]:
    """Return rods from the heel of the hand to the knuckles, and the web of the thumb."""
    wrist, thumb = hand[topology.WRIST], hand[topology.FINGERS[0][0]]
    knuckles = hand[_KNUCKLES]
    across = knuckles[3] - knuckles[0]
    heel = np.linspace(wrist - 0.18 * across, wrist + 0.22 * across, N_METACARPALS)
    at = np.linspace(0, 3, N_METACARPALS)
    edge = np.stack([np.interp(at, range(4), knuckles[:, axis]) for axis in range(3)], axis=1)
    bottom, top = (radius * size for radius in PALM_RADII)
    rods = [Limb(heel[i], edge[i], bottom, top) for i in range(N_METACARPALS)]
    root = THUMB_RADII[0] * size
    ball = Limb(wrist, thumb, bottom, root)
    webs = [
        Limb(thumb, thumb + share * (knuckles[0] - thumb), root, (1 - 0.4 * share) * root)
        for share in (0.35, 0.7)
    ]
    return [*rods, ball, *webs]
