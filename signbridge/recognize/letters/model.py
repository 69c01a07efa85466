"""LetterNet: one hand -> which of the 24 shapes of the alphabet, the same for its mirror image."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from signbridge.recognize.letters.shape import FEATURES, mirrored_hands, shape_features

SHAPES = "ABCDEFGHIKLMNOPQRSTUVWXY"  # J is drawn with I and Z with a pointing finger
_FAR = 5.0  # standard deviations: a broken detection must not shout


@dataclass(frozen=True, slots=True)
class LetterConfig:
    """Everything that decides the network's shape; stored beside the weights."""

    width: int = 128
    members: int = 1
    dropout: float = 0.3


class LetterNet(nn.Module):
    """Hands (N, 21, 3) in isotropic units -> log-probabilities (N, 2, 24).

    Each hand is read as it is and mirrored by the same weights, and one softmax runs over both
    readings: axis 1 says "a right hand" or "a left hand". Their sum cannot tell a left hand from
    its mirrored right hand. Members vote by the mean of their logits.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, config: LetterConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("mean", torch.zeros(FEATURES))
        self.register_buffer("deviation", torch.ones(FEATURES))
        self.members = nn.ModuleList(_member(config) for _ in range(config.members))

    def forward(self, hands: Tensor) -> Tensor:
        """Return log-probabilities (N, 2, 24): letter and side together."""
        sides = (shape_features(hands), shape_features(mirrored_hands(hands)))
        logits = torch.stack([self.read(member, sides) for member in self.members]).mean(dim=0)
        return logits.log_softmax(dim=-1).reshape(-1, 2, len(SHAPES))

    def read(self, member: nn.Module, sides: tuple[Tensor, Tensor]) -> Tensor:
        """Return one member's logits (N, 48) for features (N, FEATURES) as seen and mirrored."""
        return torch.cat([member(self.normalised(features)) for features in sides], dim=-1)

    def normalised(self, features: Tensor) -> Tensor:
        """Return features with the training hands' mean at 0 and their deviation as 1."""
        return ((features - self.mean) / self.deviation).clamp(-_FAR, _FAR)


def _member(config: LetterConfig) -> nn.Module:
    layers: list[nn.Module] = []
    for inputs in (FEATURES, config.width):
        layers += [
            nn.Linear(inputs, config.width), nn.LayerNorm(config.width), nn.SiLU(),
            nn.Dropout(config.dropout),
        ]  # fmt: skip
    return nn.Sequential(*layers, nn.Linear(config.width, len(SHAPES)))
