"""A configuration -> its network."""

from __future__ import annotations

from collections.abc import Sequence

from signbridge.recognize.landmark.model import SignModel, SignNet
from signbridge.training.architectures.config import ArchitectureConfig
from signbridge.training.architectures.hybrid import Hybrid
from signbridge.training.architectures.transformer import PlainTransformer


def build(
    config: ArchitectureConfig, classes: int, clusters: Sequence[int] | None = None
) -> SignModel:
    """Return a network from hands (B, steps, 2, 21, 3), NaN = not seen, to logits (B, classes).

    clusters: of each class, for the clustered softmax; neighbours in even clusters if not given.
    """
    if config.kind == "transformer":
        return PlainTransformer(config, classes)
    if config.kind == "conv-transformer":
        return SignNet(config.shape(classes))
    return Hybrid(config, classes, clusters)
