"""The efficient hybrid: parts, attention among them, spans of time, LSTMs, a clustered softmax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from signbridge.recognize.landmark.model import SignModel
from signbridge.training.architectures.bilstm import BiLstm
from signbridge.training.architectures.clustered import ClusteredHead, even_clusters
from signbridge.training.architectures.config import ArchitectureConfig
from signbridge.training.architectures.convolution import ONE_SCALE, SCALES, TemporalBlock
from signbridge.training.architectures.cross_modal import Concatenation, CrossModalAttention
from signbridge.training.architectures.parts import Parts

BLOCKS = LSTMS = 2


class Hybrid(SignModel):
    """Each switch of the configuration replaces one piece of the baseline by its better twin."""

    def __init__(
        self, config: ArchitectureConfig, classes: int, clusters: Sequence[int] | None = None
    ) -> None:
        super().__init__()
        self.config = config.shape(classes)
        self.parts = Parts(config.hand_width, config.other_parts, config.depthwise)
        sizes = self.parts.count, config.hand_width, config.width
        self.fuse = (
            CrossModalAttention(*sizes, config.heads)
            if config.cross_modal
            else Concatenation(*sizes)
        )
        blocks = (
            TemporalBlock(
                config.width,
                SCALES if config.multi_scale else ONE_SCALE,
                config.drop_path,
                depthwise=config.depthwise,
                residual=config.residual,
            )
            for _ in range(BLOCKS)
        )
        lstms = (BiLstm(config.width, residual=config.residual) for _ in range(LSTMS))
        self.over_time = nn.Sequential(*blocks, *lstms, nn.LayerNorm(config.width))
        self.dropout = nn.Dropout(config.dropout)
        pooled = 2 * config.width
        self.head = (
            ClusteredHead(pooled, even_clusters(classes) if clusters is None else clusters)
            if config.clustered
            else nn.Linear(pooled, classes)
        )

    def forward(self, hands: Tensor, others: Mapping[str, Tensor] | None = None) -> Tensor:
        """Return logits (B, classes) from hands (B, steps, 2, 21, 3), NaN = not seen.

        others: the configuration's `other_parts`, (B, steps, points, 3) by name, where there are
        any.
        """
        frames = self.over_time(self.fuse(*self.parts(hands, others)))
        pooled = torch.cat([frames.mean(dim=1), frames.amax(dim=1)], dim=-1)
        return self.head(self.dropout(pooled))  # type: ignore[no-any-return]
