"""What decides a compared network's shape, and the configurations that are compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from signbridge.recognize.landmark.model import ModelConfig

Kind = Literal["transformer", "conv-transformer", "hybrid"]


@dataclass(frozen=True, slots=True)
class ArchitectureConfig:
    """One compared network; switches that do not belong to its kind say nothing.

    causal: the depthwise convolutions of the conv-transformer see no later step. residual to
    clustered: the hybrid's parts. other_parts: further parts that the hybrid may be given, each
    with its number of points, such as ("face", 40); any of them may be missing.
    """

    kind: Kind
    causal: bool = False
    residual: bool = False
    multi_scale: bool = False
    cross_modal: bool = False
    depthwise: bool = False
    clustered: bool = False
    other_parts: tuple[tuple[str, int], ...] = ()
    steps: int = 32
    hand_width: int = 64
    width: int = 192
    heads: int = 4
    layers: int = 3
    dropout: float = 0.3
    drop_path: float = 0.1

    def shape(self, classes: int) -> ModelConfig:
        """Return what the stem, the blocks and the scoring share."""
        return ModelConfig(
            classes=classes,
            steps=self.steps,
            hand_width=self.hand_width,
            width=self.width,
            heads=self.heads,
            dropout=self.dropout,
            drop_path=self.drop_path,
            causal=self.causal,
        )


HYBRID = ArchitectureConfig(kind="hybrid", hand_width=48, width=144)
CONFIGURATIONS = {
    "transformer": ArchitectureConfig(kind="transformer", drop_path=0.0),
    "conv-transformer": ArchitectureConfig(kind="conv-transformer"),
    "conv-transformer, causal": ArchitectureConfig(kind="conv-transformer", causal=True),
    "hybrid, baseline": HYBRID,
    "hybrid, + residual": replace(HYBRID, residual=True),
    "hybrid, + multi-scale": replace(HYBRID, multi_scale=True),
    "hybrid, + cross-modal": replace(HYBRID, cross_modal=True),
    "hybrid, + depthwise": replace(HYBRID, depthwise=True),
    "hybrid, + clustered": replace(HYBRID, clustered=True),
    "hybrid, + all": replace(
        HYBRID, residual=True, multi_scale=True, cross_modal=True, depthwise=True, clustered=True
    ),
}
