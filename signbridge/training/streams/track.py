"""The way of one hand through a stream: what is known of it, and natural movement in between."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Times = NDArray[np.float64]

KNOTS_FPS = 40.0  # of a transition; finer than any camera that looks at it
CARRIED = 0.5  # of a hand's speed at the end of a sign goes on into the transition
FASTEST = 3.0  # shoulder widths a second, of the speed carried on
REACH_S, PER_WIDTH_S = 0.1, 0.15  # a transition takes so long, and so much more a shoulder width
TRANSITION_S = (0.1, 0.4)


@dataclass(slots=True)
class Track:
    """Knots of one hand: runs of (times (K,), points (K, 21, 3)) in the order of time."""

    times: list[Times] = field(default_factory=list)
    points: list[Array] = field(default_factory=list)

    def add(self, times: Times, points: Array) -> None:
        """Go on with a run; the hand comes to its start by a natural movement."""
        if self.times:
            before, after = self.times[-1], times
            gap = after[0] - before[-1]
            if gap > 1 / KNOTS_FPS:
                between = np.linspace(before[-1], after[0], 2 + int(gap * KNOTS_FPS))[1:-1]
                share = (between - before[-1]) / gap
                self.times.append(between)
                self.points.append(
                    transition(
                        share,
                        (self.points[-1][-1], points[0]),
                        (
                            gap * _speed(before[-2:], self.points[-1][-2:]),
                            gap * _speed(times[:2], points[:2]),
                        ),
                    )
                )
        self.times.append(times)
        self.points.append(points)

    def hold(self, start_s: float, end_s: float, pose: Array) -> None:
        """Keep a pose (21, 3) from one moment to another."""
        self.add(np.array([start_s, end_s]), np.stack([pose, pose]))

    @property
    def pose(self) -> Array:
        """The last pose (21, 3)."""
        last: Array = self.points[-1][-1]
        return last

    def at(self, times: Times) -> Array:
        """Return (len(times), 21, 3) on the lines between the knots."""
        knots, points = np.concatenate(self.times), np.concatenate(self.points)
        after = np.clip(np.searchsorted(knots, times, side="right"), 1, len(knots) - 1)
        before = after - 1
        step = np.maximum(knots[after] - knots[before], 1e-9)
        share = np.clip((times - knots[before]) / step, 0, 1).astype(np.float32)[:, None, None]
        return np.asarray(points[before] + share * (points[after] - points[before]))


def transition(share: Times, poses: tuple[Array, Array], carried: tuple[Times, Times]) -> Array:
    """Return (K, 21, 3) from one pose to another at `share` (K,) of the way in time.

    The wrist goes the way of least jerk (Flash and Hogan 1985) that sets off and arrives with the
    velocities `carried` (2,), in units of the whole time; the hand's shape turns into the other.
    """
    s = share[:, None]
    eased = 10 * s**3 - 15 * s**4 + 6 * s**5
    first, last = poses
    wrist = (1 - eased) * first[0] + eased * last[0]
    wrist[:, :2] += (s - 6 * s**3 + 8 * s**4 - 3 * s**5) * carried[0]
    wrist[:, :2] += (-4 * s**3 + 7 * s**4 - 3 * s**5) * carried[1]
    mix = eased[..., None]
    shape = (1 - mix) * (first - first[0]) + mix * (last - last[0])
    return np.asarray(wrist[:, None] + shape, dtype=np.float32)


def transition_s(first: Array, last: Array) -> float:
    """Return the natural time from one pose (21, 3) to another: longer ways take longer."""
    far = float(np.linalg.norm(last[0, :2] - first[0, :2]))
    return float(np.clip(REACH_S + PER_WIDTH_S * far, *TRANSITION_S))


def _speed(times: Times, points: Array) -> Times:
    """Return what is carried on of the wrist's velocity (2,) between two knots."""
    step = times[-1] - times[0]
    if len(times) < 2 or step <= 0:
        return np.zeros(2)
    velocity = CARRIED * (points[-1, 0, :2] - points[0, 0, :2]).astype(np.float64) / step
    return np.asarray(velocity / max(1.0, float(np.linalg.norm(velocity)) / FASTEST))
