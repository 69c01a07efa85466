"""Why a held-out hand's letter is misread: which of its parts, held otherwise, would mend it.

Measured, not judged by eye: palm and fingers are put one after the other into the pose in which the
other hands show the letter, and the same reader, which never saw the hand, is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from signbridge.data.letter_hands import LetterHand
from signbridge.landmarks import topology
from signbridge.recognize.letters.model import SHAPES
from signbridge.recognize.letters.shape import palm_frame
from signbridge.training.letters_fit import stills_of

Array = NDArray[np.float32]
PALM, LENGTHS = "palm", "lengths of the finger bones"
FINGERS = ("thumb", "index finger", "middle finger", "ring finger", "little finger")
# Lengths are no pose, but where a detector gets the depth wrong it tells bent fingers by them.
PARTS = (PALM, *FINGERS, LENGTHS)
MIRROR = np.array([-1, 1, 1], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Pose:
    """How a right hand holds a letter.

    turn: (3, 3), the palm's axes as columns. bones: (5, 3, 3), the directions of each finger's
    three outer bones in the palm's own frame; lengths: (5, 3), theirs, with wrist to middle
    knuckle as 1.
    """

    turn: NDArray[np.float64]
    bones: NDArray[np.float64]
    lengths: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """How far one part of a hand is from the other hands' mean, and they from one another.

    In degrees, of LENGTHS in percent.
    """

    part: str
    away: float
    usual: float


@dataclass(frozen=True, slots=True)
class Why:
    """Parts which, put as the other hands hold them, mend a letter; right: the share then read."""

    differences: tuple[Difference, ...]
    right: float


def right_hands(hands: Sequence[LetterHand]) -> list[LetterHand]:
    """Return the hands, recordings of unknown side mirrored where they are more like left hands."""
    sided = [poses(hand) for hand in hands if hand.sided]
    known = {
        letter: mean([each[letter] for each in sided if letter in each])
        for letter in SHAPES
        if any(letter in each for each in sided)
    }
    return [hand if hand.sided else _righted(hand, known) for hand in hands]


def _righted(hand: LetterHand, known: Mapping[str, Pose]) -> LetterHand:
    tracks, names = list(hand.tracks), np.array(hand.letters)
    for letter, pose in known.items():
        rows = np.flatnonzero(names == letter)
        if len(rows):
            middle = np.stack([tracks[row][len(tracks[row]) // 2] for row in rows])
            left = _away(middle * MIRROR, pose) < _away(middle, pose)
            for row in rows[left]:
                tracks[row] = tracks[row] * MIRROR
    return replace(hand, tracks=tuple(tracks))


def poses(hand: LetterHand) -> dict[str, Pose]:
    """Return the mean pose of each letter that a hand holds still."""
    frames, labels = stills_of(hand)
    return {SHAPES[label]: _pose(frames[labels == label]) for label in np.unique(labels)}


def mean(found: Sequence[Pose]) -> Pose:
    """Return the mean of several poses, each counted once."""
    bones = np.mean([pose.bones for pose in found], axis=0)
    turns = Rotation.from_matrix(np.stack([pose.turn for pose in found]))
    lengths = np.mean([pose.lengths for pose in found], axis=0)
    return Pose(turns.mean().as_matrix(), _unit(bones), lengths)


def distances(one: Pose, other: Pose) -> NDArray[np.float64]:
    """Return (7,): how far each of PARTS is from another pose, the bones of a finger on average."""
    turn = Rotation.from_matrix(one.turn.T @ other.turn).magnitude()
    longer = 100 * np.abs(one.lengths / other.lengths - 1).mean()
    return np.array([*np.rad2deg([turn, *_angles(one.bones, other.bones)]), longer])


def explained(
    own: Pose,
    others: Sequence[Pose],
    tracks: Sequence[Array],
    share_right: Callable[[Sequence[Array]], float],
    enough: float,
) -> Why:
    """Return which parts to change, the most telling first, until `enough` of tracks are read.

    tracks: (T, 21, 3) each, a right hand's recordings of the letter; share_right tells how many of
    such are read right.
    """
    typical = mean(others)
    away = distances(own, typical)
    usual = np.median([
        distances(one, mean([other for other in others if other is not one])) for one in others
    ], axis=0)  # fmt: skip
    parts: list[int] = []
    right = share_right(tracks)
    while right < enough and len(parts) < len(PARTS):
        trials = {
            part: share_right([posed(track, typical, [*parts, part]) for track in tracks])
            for part in range(len(PARTS))
            if part not in parts
        }
        # Of parts that mend as much, that which is the more unusual.
        best = max(trials, key=lambda part: (trials[part], away[part] - usual[part]))
        parts.append(best)
        right = trials[best]
    found = (Difference(PARTS[part], float(away[part]), float(usual[part])) for part in parts)
    return Why(tuple(found), right)


def posed(track: Array, pose: Pose, parts: Sequence[int]) -> Array:
    """Return a way (T, 21, 3) with these of its PARTS as in a pose; wrist and palm stay."""
    wrist, chosen = track[:, :1], {PARTS[part] for part in parts}
    turns = _turns(track)
    points, bones, lengths = (track - wrist) @ turns, _bones(track, turns), _lengths(track)
    palm = np.linalg.norm(track[:, topology.MIDDLE_MCP] - track[:, 0], axis=-1)[:, None, None]
    for finger, joints in enumerate(topology.FINGERS):
        ways = pose.bones[finger] if FINGERS[finger] in chosen else bones[:, finger]
        long = pose.lengths[finger] if LENGTHS in chosen else lengths[:, finger]
        steps = np.cumsum(palm * long[..., None] * ways, axis=1)
        points[:, joints[1:]] = points[:, joints[:1]] + steps
    if PALM in chosen:
        turns = np.broadcast_to(pose.turn, turns.shape)
    return np.asarray(points @ np.swapaxes(turns, 1, 2) + wrist, dtype=np.float32)


def _pose(frames: Array) -> Pose:
    turns = _turns(frames)
    bones = _bones(frames, turns).mean(axis=0)
    turn = Rotation.from_matrix(turns).mean().as_matrix()
    return Pose(turn, _unit(bones), _lengths(frames).mean(axis=0))


def _away(frames: Array, pose: Pose) -> NDArray[np.float64]:
    """Return (N,): how far hands (N, 21, 3) are from a pose, in the mean over palm and fingers."""
    turns = _turns(frames)
    turned = Rotation.from_matrix(np.swapaxes(turns, 1, 2) @ pose.turn).magnitude()
    angles = _angles(_bones(frames, turns), pose.bones)
    return np.asarray((turned + angles.sum(axis=-1)) / (1 + len(FINGERS)))


def _angles(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (..., 5), radians, the mean over each finger of bones (..., 5, 3, 3)."""
    return np.asarray(np.arccos((one * other).sum(axis=-1).clip(-1, 1)).mean(axis=-1))


def _bones(frames: Array, turns: NDArray[np.float64]) -> NDArray[np.float64]:
    points = (frames - frames[:, :1]) @ turns
    bones = [np.diff(points[:, joints], axis=1) for joints in topology.FINGERS]
    return _unit(np.stack(bones, axis=1))


def _lengths(frames: Array) -> NDArray[np.float64]:
    """Return (N, 5, 3): lengths of the finger bones, with wrist to middle knuckle as 1."""
    palm = np.linalg.norm(frames[:, topology.MIDDLE_MCP] - frames[:, 0], axis=-1)
    bones = [np.diff(frames[:, joints], axis=1) for joints in topology.FINGERS]
    lengths = np.linalg.norm(np.stack(bones, axis=1), axis=-1)
    return np.asarray(lengths / palm.clip(1e-6)[:, None, None], dtype=np.float64)


def _turns(frames: Array) -> NDArray[np.float64]:
    centred = torch.from_numpy(np.ascontiguousarray(frames - frames[:, :1], np.float32))
    return np.asarray(palm_frame(centred).numpy(), dtype=np.float64)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True).clip(1e-9))
