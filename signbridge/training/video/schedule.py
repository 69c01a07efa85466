"""When each tier trains, and at what rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

from signbridge.training.video.config import TIERS, VideoTrainConfig

FIRST = ("vision", "contrast")
"""What trains alone at the start: the eyes, and what pulls a clip towards its own sentence."""


@dataclass(frozen=True, slots=True)
class Span:
    """The steps of one tier in one stage: from `first` to before `last`, counted over the run."""

    first: int
    last: int
    highest: float


class Schedule:
    """The rates of all tiers over the whole run: a rise and a cosine for each tier and stage."""

    def __init__(self, config: VideoTrainConfig, steps: tuple[int, ...]) -> None:
        """steps: how many each stage has."""
        self._config = config
        self.ends = tuple(sum(steps[: i + 1]) for i in range(len(steps)))
        self.total = self.ends[-1]
        self.first_alone = round(config.vision_first * steps[0])
        self._spans: dict[str, list[Span]] = {tier: [] for tier in TIERS}
        for number, stage in enumerate(config.stages):
            start = self.ends[number] - steps[number]
            for tier, highest in zip(TIERS, stage.rates, strict=True):
                waits = self.first_alone if number == 0 and tier not in FIRST else 0
                self._spans[tier].append(Span(start + waits, self.ends[number], highest))

    def stage(self, step: int) -> int:
        """Return the number of the stage that a step belongs to."""
        return next(number for number, end in enumerate(self.ends) if step < end)

    def rate(self, tier: str, step: int) -> float:
        """Return the rate of a tier at a step; 0 where it does not train."""
        for span in self._spans[tier]:
            if span.first <= step < span.last:
                return rate(step - span.first, span.last - span.first, span.highest, self._config)
        return 0.0

    def contrast_weight(self, step: int) -> float:
        """Return how much the contrastive loss counts at a step."""
        config = self._config
        return config.contrast_weight if step >= config.contrast_after else 0.0

    def training(self, step: int) -> tuple[str, ...]:
        """Return the tiers that move at a step; the heads only where their loss counts."""
        return tuple(
            tier
            for tier in TIERS
            if self.rate(tier, step) > 0 and (tier != "contrast" or self.contrast_weight(step) > 0)
        )


def rate(step: int, steps: int, highest: float, config: VideoTrainConfig) -> float:
    """Linear to the highest over the first steps, then a cosine to the floor at the last."""
    rise = math.ceil(config.warm_up * steps)
    if step < rise:
        return highest * (step + 1) / rise
    done = (step - rise) / max(1, steps - 1 - rise)
    fall = 0.5 * (1 + math.cos(math.pi * done))
    return highest * (config.floor + (1 - config.floor) * fall)
