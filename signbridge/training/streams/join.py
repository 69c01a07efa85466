"""Isolated recordings of one signer -> a continuous stream that says where each sign is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks import topology
from signbridge.landmarks.body import LEFT, RIGHT, Hands
from signbridge.training.streams.camera import Camera, filmed
from signbridge.training.streams.piece import Piece
from signbridge.training.streams.track import Track, transition_s

Array = NDArray[np.float32]
Span = tuple[float, float]

RAISE_S = (0.3, 0.5)  # a hand to or from the lap
LAP = (-0.35, 1.4)  # a right hand at rest, in body units
EDGE_S = 0.05  # of a hold with no wish for one


@dataclass(frozen=True, slots=True)
class Stream:
    """Continuous signing: hands at a constant rate, what was signed, and when each sign was made.

    spans_s: where the motion of each sign begins and ends; what lies between is transition, hold
    or rest. text: an English sentence, where there is one.
    """

    hands: Hands
    glosses: tuple[str, ...]
    spans_s: tuple[Span, ...]
    signer: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """How far signing in sentences goes from isolated signs; pairs are the ends of a range.

    tempo: speed over that of the recordings; uneven: its spread from sign to sign; sign_s: the
    shortest and longest of signs. shortened: share of
    repeated movements that are repeated less. held: share of signs whose last pose is held.
    lowered: shoulder widths by which a sentence is signed lower than a dictionary. stays: share of
    short stretches through which the other hand stays up. pace: transitions over `transition_s`.
    """

    tempo: Span = (0.9, 2.3)
    sign_s: Span = (0.2, 1.6)
    uneven: float = 0.15
    shortened: float = 0.5
    held: float = 0.15
    hold_s: Span = (0.1, 0.3)
    lowered: Span = (0.0, 0.12)
    stays: float = 0.4
    stays_for_s: float = 1.5
    pace: Span = (0.8, 1.4)
    rest_s: Span = (0.3, 1.0)


NATURAL = Style()
# As recorded, one after the other.
PLAIN = Style((1, 1), (0, np.inf), 0, 0, 0, (0, 0), (0, 0), 0, 0, (1, 1), (0.5, 0.5))


def join(
    signs: Sequence[Piece],
    rng: np.random.Generator,
    fps: float = 25.0,
    *,
    style: Style = NATURAL,
    camera: Camera | None = None,
    breaks: Collection[int] = (),
    text: str = "",
) -> Stream:
    """Return the signs (at least one, all of one signer) as one stream at `fps`.

    The hands rest before the first and after the last sign and after those numbered in `breaks`.
    camera: how badly the stream is seen; None sees every frame as it is.
    """
    if len({sign.signer for sign in signs}) != 1:
        raise ValueError("a stream is made of the signs of one signer; give one or more")
    script = _Script(signs, rng, style, frozenset(breaks) | {len(signs) - 1})
    script.write()
    end_s = script.now_s
    hands = filmed((script.right, script.left), end_s, fps, camera, rng)
    glosses = tuple(sign.gloss for sign in signs)
    return Stream(hands, glosses, tuple(script.spans_s), signs[0].signer, text)


class _Script:
    """Lays the signs out in time, for both hands."""

    def __init__(
        self,
        signs: Sequence[Piece],
        rng: np.random.Generator,
        style: Style,
        breaks: frozenset[int],
    ) -> None:
        self.signs, self.rng, self.style, self.breaks = signs, rng, style, breaks
        self.right, self.left = Track(), Track()
        self.spans_s: list[Span] = []
        self.now_s = 0.0
        self.tempo = float(np.exp(rng.uniform(*np.log(style.tempo))))
        self.drop = np.array([0, rng.uniform(*style.lowered), 0], dtype=np.float32)
        lap = np.array(LAP) + rng.normal(0, 0.1, 2)
        self.laps = (
            _resting(signs[0].points[0, RIGHT], lap),
            _resting(_any_left(signs), lap * (-1, 1) + rng.normal(0, 0.05, 2)),
        )

    def write(self) -> None:
        """Fill the tracks and the spans."""
        self._rest()
        for number, sign in enumerate(self.signs):
            self._play(sign, number - 1 in self.breaks or number == 0, number in self.breaks)
            if number in self.breaks:
                self._rest()
        if self.left.times:
            self._idle(self.now_s, rests=True)
        else:
            self.left.hold(0, self.now_s, self.laps[LEFT])

    def _rest(self) -> None:
        if self.right.times:
            self.now_s += self.rng.uniform(*RAISE_S)
        until_s = self.now_s + self.rng.uniform(*self.style.rest_s)
        self.right.hold(self.now_s, until_s, self.laps[RIGHT])
        self.now_s = until_s

    def _play(self, sign: Piece, rises: bool, sinks: bool) -> None:
        """Come to a sign, make it, and perhaps hold it."""
        rng, style = self.rng, self.style
        last = sign.early if rng.random() < style.shortened else sign.last
        begin, end = 0 if rises else sign.first, len(sign.points) - 1 if sinks else last
        if sinks and last < sign.last:
            end = last  # a movement cut short is not followed by the rest of it
        speed = self.tempo * float(np.exp(style.uneven * rng.normal()))
        length_s = max(last - sign.first, 1) / sign.fps
        rate = sign.fps * length_s / float(np.clip(length_s / speed, *style.sign_s))
        points = sign.points[begin : end + 1] + self.drop
        start_s = self.now_s + self._way_s(points[0], rises)
        times = start_s + np.arange(len(points)) / rate
        self.right.add(times, points[:, RIGHT])
        if sign.two_handed:
            self._raise_left(start_s, points[0, LEFT])
            self.left.add(times, points[:, LEFT])
        first_s = start_s + (sign.first - begin) / rate
        self.spans_s.append((first_s, first_s + (last - sign.first) / rate))
        self.now_s = float(times[-1])
        if not sinks and rng.random() < style.held:
            self.now_s += rng.uniform(*style.hold_s) + EDGE_S
            self.right.hold(float(times[-1]) + EDGE_S, self.now_s, points[-1, RIGHT])
            if sign.two_handed:
                self.left.hold(float(times[-1]) + EDGE_S, self.now_s, points[-1, LEFT])

    def _way_s(self, pose: Array, rises: bool) -> float:
        """Return the seconds to the first pose (2, 21, 3) of a sign, for the slower hand."""
        if rises:
            return float(self.rng.uniform(*RAISE_S))
        ways = [transition_s(self.right.pose, pose[RIGHT])]
        is_up = bool(self.left.times) and self.left.times[-1][-1] >= self.now_s - EDGE_S
        if is_up and np.isfinite(pose[LEFT, 0, 0]):
            ways.append(transition_s(self.left.pose, pose[LEFT]))
        return max(ways) * float(self.rng.uniform(*self.style.pace))

    def _raise_left(self, start_s: float, pose: Array) -> None:
        """Bring the other hand to the beginning of a sign that needs it."""
        if not self.left.times:
            lap_until_s = start_s - float(self.rng.uniform(*RAISE_S))
            self.left.hold(0, max(lap_until_s, 0.01), self.laps[LEFT])
        else:
            self._idle(start_s, rests=False)

    def _idle(self, until_s: float, rests: bool) -> None:
        """Let the other hand stay up or sink between the sign it took part in and `until_s`."""
        since_s, rng = float(self.left.times[-1][-1]), self.rng
        sink_s, raise_s = rng.uniform(*RAISE_S, 2)
        raise_s = 0.0 if rests else raise_s
        rests |= self._rested(since_s)
        share = self.style.stays if until_s - since_s < self.style.stays_for_s else 0.1
        low_s, high_s = since_s + sink_s, until_s - raise_s
        if rests or (rng.random() >= share and self.style.stays_for_s > 0):
            if high_s - low_s > EDGE_S:
                self.left.hold(low_s, high_s, self.laps[LEFT])
        elif until_s - since_s > 0.5:
            sagged = self.left.pose + np.array([0, rng.uniform(0, 0.3), 0], dtype=np.float32)
            self.left.hold(since_s + 0.3, until_s - 0.15, sagged)

    def _rested(self, since_s: float) -> bool:
        """Say whether the hands were in the lap after `since_s`."""
        ended = [self.spans_s[i][1] for i in sorted(self.breaks) if i < len(self.spans_s)]
        return any(end_s >= since_s - EDGE_S for end_s in ended)


def _resting(hand: Array, place: NDArray[np.float64]) -> Array:
    """Return a hand (21, 3) as it lies in the lap: half closed, fingers to the middle."""
    shape = np.array(hand - hand[topology.WRIST], dtype=np.float32)
    shape[:, :2] *= 0.8
    shape[:, :2] += place.astype(np.float32)
    return shape


def _any_left(signs: Sequence[Piece]) -> Array:
    """Return a left hand (21, 3): one that takes part, else the right one as a mirror shows it."""
    left = next((sign.points[0, LEFT] for sign in signs if sign.two_handed), None)
    mirror = np.array([-1, 1, 1], dtype=np.float32)
    return np.array(signs[0].points[0, RIGHT] * mirror if left is None else left)
