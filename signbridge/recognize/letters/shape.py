"""Hands -> numbers that describe their shape, free of size and place."""

from __future__ import annotations

import torch
from torch import Tensor

from signbridge.landmarks import topology

TIPS = tuple(finger[-1] for finger in topology.FINGERS)
# Every finger tip to every joint, each pair once.
PAIRS = tuple(
    (tip, joint)
    for tip in TIPS
    for joint in range(1, topology.HAND_POINTS)
    if joint != tip and not (joint in TIPS and joint < tip)
)
# The palm hardly bends: its bones tell the hand's size whichever way it is turned.
PALM_BONES = (
    (topology.WRIST, topology.INDEX_MCP),
    (topology.WRIST, topology.MIDDLE_MCP),
    (topology.WRIST, topology.RING_MCP),
    (topology.WRIST, topology.PINKY_MCP),
    (topology.INDEX_MCP, topology.PINKY_MCP),
)
_BENDS = ((0, 1), (1, 2), (2, 3), (1, 3))  # bones of a finger, wrist outwards, compared in pairs
FEATURES = 6 * (topology.HAND_POINTS - 1) + 9 + len(PAIRS) + len(_BENDS) * len(topology.FINGERS)


def mirrored_hands(hands: Tensor) -> Tensor:
    """Return hands (N, 21, 3) as a mirror shows them: a right hand becomes a left one."""
    return hands * hands.new_tensor([-1.0, 1.0, 1.0])


def shape_features(hands: Tensor) -> Tensor:
    """Return (N, FEATURES) for hands (N, 21, 3) in isotropic units of any size.

    The points as seen, the points in the palm's own frame (so that turning the hand changes
    nothing), how the palm is turned (all that tells G from Q, H from U, K from P), how far the
    finger tips are from everything else, and how the fingers bend.
    """
    hands = hands - hands[:, : topology.WRIST + 1]
    hands = hands / _lengths(hands, PALM_BONES).mean(dim=-1).clamp_min(1e-6)[:, None, None]
    points = hands[:, 1:]
    palm = palm_frame(hands)
    return torch.cat(
        [
            points.flatten(1),
            (points @ palm).flatten(1),
            palm.flatten(1),
            _lengths(hands, PAIRS),
            _bends(hands),
        ],
        dim=-1,
    )


def palm_frame(hands: Tensor) -> Tensor:
    """Return (N, 3, 3), columns: along the palm, across the palm, out of it; see the tests."""
    along = _unit(hands[:, topology.MIDDLE_MCP])
    out = torch.cross(hands[:, topology.INDEX_MCP], hands[:, topology.PINKY_MCP], dim=-1)
    across = _unit(torch.cross(_unit(out), along, dim=-1))
    return torch.stack([along, across, torch.cross(along, across, dim=-1)], dim=-1)


def _bends(hands: Tensor) -> Tensor:
    found = []
    for finger in topology.FINGERS:
        joints = hands[:, (topology.WRIST, *finger)]
        bones = _unit(joints[:, 1:] - joints[:, :-1])
        found += [(bones[:, first] * bones[:, second]).sum(dim=-1) for first, second in _BENDS]
    return torch.stack(found, dim=-1)


def _lengths(hands: Tensor, pairs: tuple[tuple[int, int], ...]) -> Tensor:
    first, second = torch.tensor(pairs).T
    return (hands[:, first] - hands[:, second]).norm(dim=-1)  # type: ignore[no-any-return]


def _unit(vectors: Tensor) -> Tensor:
    lengths: Tensor = vectors.norm(dim=-1, keepdim=True)
    return vectors / lengths.clamp_min(1e-6)
