"""The plain transformer encoder (Vaswani et al. 2017) over the frame vectors of a sign."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from signbridge.recognize.landmark.model import SignModel, Stem
from signbridge.training.architectures.config import ArchitectureConfig

DROPOUT = 0.1  # inside the encoder, as in the paper


class PlainTransformer(SignModel):
    """Frame vectors plus sinusoids, encoder layers normalised after each part, mean and peak."""

    position: Tensor

    def __init__(self, config: ArchitectureConfig, classes: int) -> None:
        super().__init__()
        self.config = config.shape(classes)
        self.stem = Stem(self.config)
        self.register_buffer("position", sinusoids(config.steps, config.width))
        self.layers = nn.Sequential(
            *(
                nn.TransformerEncoderLayer(
                    config.width, config.heads, 4 * config.width, DROPOUT, batch_first=True
                )
                for _ in range(config.layers)
            )
        )
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(2 * config.width, classes)

    def forward(self, hands: Tensor) -> Tensor:
        """Return logits (B, classes) from hands (B, steps, 2, 21, 3)."""
        frames = self.layers(self.stem(hands) + self.position)
        pooled = torch.cat([frames.mean(dim=1), frames.amax(dim=1)], dim=-1)
        return self.head(self.dropout(pooled))  # type: ignore[no-any-return]


def sinusoids(steps: int, width: int) -> Tensor:
    """Return (steps, width): sine and cosine of the step at wavelengths of 2 pi to 20,000 pi."""
    step = torch.arange(steps).unsqueeze(1)
    rate = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000.0) / width))
    return torch.stack([(step * rate).sin(), (step * rate).cos()], dim=-1).flatten(1)
