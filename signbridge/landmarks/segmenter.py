"""A stream of landmarks -> finished stretches of signing, as soon as each has ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.landmarks import topology
from signbridge.landmarks.activity import REST_HEIGHT
from signbridge.landmarks.body import PALM_OVER_SHOULDERS
from signbridge.landmarks.timing import uniform
from signbridge.types import Landmarks

LOWERED_S = 0.25  # hands down or out of sight for this long end a sign
HOLD_S = 0.45  # so does holding still
SHORTEST_S = 0.3
LONGEST_S = 8.0
LEAD_IN_S = 0.12  # kept before the hand was raised: where a sign begins is part of it
STILL_SPEED = 0.45  # shoulder widths a second, over the fastest of wrists and fingertips
SPEED_OVER_S = 0.12  # long enough that the detector's tremble is not motion
BODY_MEMORY_S = 2.0
TIPS = (topology.WRIST, topology.THUMB_TIP, topology.INDEX_TIP, topology.PINKY_TIP)


@dataclass(frozen=True, slots=True)
class Tick:
    """One frame; hands (2, 21, 2) in body units, tips (2, 4, 2) those of raised hands."""

    at_s: float
    points: NDArray[np.float32]
    tips: NDArray[np.float32]
    raised: bool
    still: bool
    hands: NDArray[np.float32]


class Segmenter:
    """Finds where signing starts and ends; remembers one signer's last seconds."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self._size = (width_px, height_px)
        self._aspect = width_px / height_px
        self._bodies: deque[tuple[float, float, float, float]] = deque()
        self._recent: deque[Tick] = deque()
        self._ticks: list[Tick] = []
        self.signing = False
        self.last_activity_s = float("-inf")

    def push(self, points: NDArray[np.float32], at_s: float) -> list[Landmarks]:
        """Take one frame's points (543, 3); return the stretches that ended with it."""
        tick = self._tick(points, at_s)
        self._recent.append(tick)
        while len(self._recent) > 2 and self._outdated(self._recent[0], at_s):
            self._recent.popleft()
        if not self.signing:
            if tick.raised and not tick.still:
                self.last_activity_s = at_s  # a hand that comes up ends the rest
            self._begin(tick)
            return []
        self._ticks.append(tick)
        return self._ended(tick)

    def partial(self) -> Landmarks | None:
        """Return the sign that is going on as far as it has come; None while it is too short."""
        if not self.signing or self._ticks[-1].at_s - self._ticks[0].at_s < SHORTEST_S:
            return None
        return self._landmarks(self._ticks)

    def finish(self) -> list[Landmarks]:
        """Return the sign that is still going on, if any."""
        return self._close(self._ticks[-1].at_s) if self.signing and self._ticks else []

    def _begin(self, tick: Tick) -> None:
        if not tick.raised or tick.still or self._appeared(tick):
            return
        self._ticks = [t for t in self._recent if tick.at_s - t.at_s <= LEAD_IN_S]
        self.signing = True
        self.last_activity_s = tick.at_s

    @staticmethod
    def _outdated(tick: Tick, at_s: float) -> bool:
        return at_s - tick.at_s > 2 * max(SPEED_OVER_S, LEAD_IN_S)

    def _appeared(self, tick: Tick) -> bool:
        """Say whether no hand was seen a moment ago: one that lies still begins no sign."""
        before = self._before(tick.at_s, [t for t in self._recent if t is not tick])
        return before is None or bool(np.isnan(tick.tips - before.tips).all())

    def _ended(self, tick: Tick) -> list[Landmarks]:
        if tick.raised:
            self.last_activity_s = tick.at_s
        lowered_s = self._lowered_s(tick)
        if tick.at_s - lowered_s >= LOWERED_S:
            return self._close(lowered_s)
        moved_at = max((t.at_s for t in self._ticks if not t.still), default=tick.at_s)
        if tick.at_s - moved_at >= HOLD_S:
            return self._close(tick.at_s)
        if tick.at_s - self._ticks[0].at_s >= LONGEST_S:
            return self._close(tick.at_s)
        return []

    def _lowered_s(self, tick: Tick) -> float:
        """Return when a hand was last raised, up to this tick."""
        return max((each.at_s for each in self._ticks if each.raised), default=tick.at_s)

    def _close(self, end_s: float) -> list[Landmarks]:
        ticks = [tick for tick in self._ticks if tick.at_s <= end_s]
        self._ticks, self.signing = [], False
        if len(ticks) < 2 or ticks[-1].at_s - ticks[0].at_s < SHORTEST_S:
            return []
        return [self._landmarks(ticks)]

    def _landmarks(self, ticks: Sequence[Tick]) -> Landmarks:
        width_px, height_px = self._size
        return uniform(
            [tick.points for tick in ticks],
            [tick.at_s for tick in ticks],
            width_px=width_px,
            height_px=height_px,
        )

    def _tick(self, points: NDArray[np.float32], at_s: float) -> Tick:
        x, y, width = self._body(points, at_s)
        hands = np.stack([points[topology.RIGHT_HAND], points[topology.LEFT_HAND]])[..., :2].copy()
        hands[..., 0] *= self._aspect
        hands = (hands - np.array([x, y], dtype=np.float32)) / width
        palm_y = hands[:, topology.MIDDLE_MCP, 1]
        raised = palm_y < REST_HEIGHT  # NaN compares as not raised
        tips = np.where(raised[:, None, None], hands[:, TIPS], np.float32("nan"))
        still = self._speed(tips, at_s) < STILL_SPEED
        return Tick(at_s, points, tips, bool(raised.any()), still, hands)

    def _speed(self, tips: NDArray[np.float32], at_s: float) -> float:
        """Speed of the fastest visible tip; a hand that just appeared counts as moving."""
        before = self._before(at_s, self._recent)
        if before is None or at_s <= before.at_s:
            return float("inf")
        steps = np.linalg.norm(tips - before.tips, axis=-1)
        if np.isnan(steps).all():
            return 0.0 if np.isnan(tips).all() else float("inf")
        return float(np.nanmax(steps) / (at_s - before.at_s))

    @staticmethod
    def _before(at_s: float, ticks: Sequence[Tick]) -> Tick | None:
        """Return the last tick at least SPEED_OVER_S earlier, else the first there is."""
        earlier = [tick for tick in ticks if at_s - tick.at_s >= SPEED_OVER_S]
        return earlier[-1] if earlier else next(iter(ticks), None)

    def _body(self, points: NDArray[np.float32], at_s: float) -> tuple[float, float, float]:
        """Shoulder centre and width in picture heights: the median of the last seconds."""
        left, right = points[topology.LEFT_SHOULDER, :2], points[topology.RIGHT_SHOULDER, :2]
        if not np.isnan(left[0] + right[0]):
            across = (left - right) * (self._aspect, 1.0)
            centre = (left + right) / 2 * (self._aspect, 1.0)
            width = max(float(np.hypot(*across)), 1e-3)
            self._bodies.append((at_s, float(centre[0]), float(centre[1]), width))
        while self._bodies and at_s - self._bodies[0][0] > BODY_MEMORY_S:
            if len(self._bodies) == 1:
                break  # the last known body stays until a new one is seen
            self._bodies.popleft()
        if self._bodies:
            _, x, y, width = np.median(np.array(self._bodies), axis=0)
            return float(x), float(y), float(width)
        return self._body_without_shoulders(points)

    def _body_without_shoulders(self, points: NDArray[np.float32]) -> tuple[float, float, float]:
        hands = np.stack([points[topology.RIGHT_HAND], points[topology.LEFT_HAND]])
        across = (hands[:, topology.MIDDLE_MCP, :2] - hands[:, topology.WRIST, :2]) * (
            self._aspect,
            1.0,
        )
        palms = np.linalg.norm(across, axis=-1)
        width = float(np.nanmax(palms)) / PALM_OVER_SHOULDERS if not np.isnan(palms).all() else 0.4
        return self._aspect / 2, 1.0 - REST_HEIGHT * width, max(width, 1e-3)
