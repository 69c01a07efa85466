"""Drops frames that come faster than a rate, by their time and never by their count."""

from __future__ import annotations

# A frame may come this share of a step early, so that jitter drops nothing at the rate itself.
_EARLY = 0.45


class Pace:
    """Says of each frame time whether to keep it, so that at most `max_fps` a second are kept."""

    def __init__(self, max_fps: float) -> None:
        self._step_s = 1.0 / max_fps
        self._due_s = float("-inf")
        self._last_s = float("-inf")

    def keep(self, at_s: float) -> bool:
        """Return whether the frame at `at_s` is kept; times that do not rise are dropped."""
        if at_s <= self._last_s or at_s < self._due_s - _EARLY * self._step_s:
            return False
        self._last_s = at_s
        # After a gap the grid starts again here: no burst to catch up.
        grid_s = self._due_s + self._step_s
        self._due_s = grid_s if grid_s > at_s else at_s + self._step_s
        return True
