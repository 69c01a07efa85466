"""The boundary network as PyTorch trains it; its weights bear the names NumPy reads them by."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from signbridge.landmarks.boundaries import BoundaryConfig, shapes


class TrainableBoundaries(nn.Module):
    """Features (B, T, FEATURES) -> logits (B, T, HEADS) of the step `delay` before each."""

    def __init__(self, config: BoundaryConfig, dropout: float = 0.1) -> None:
        super().__init__()
        self.config, self.dropout = config, dropout
        self.kept = nn.ParameterDict(
            {
                name.replace(".", "-"): nn.Parameter(_start(name, shape))
                for name, shape in shapes(config)
            }
        )

    def forward(self, features: Tensor) -> Tensor:
        """Return the logits; before the first step stand zeros, as `BoundaryState` has them."""
        x = features @ self._of("enter.weight") + self._of("enter.bias")
        for layer, gap in enumerate(self.config.dilations):
            now = self._norm(x, str(layer))
            past = functional.pad(now, (0, 0, 2 * gap, 0))
            count = now.shape[1]
            taps = torch.cat([past[:, :count], past[:, gap : gap + count], now], dim=-1)
            hidden = (taps @ self._of(f"{layer}.see") + self._of(f"{layer}.see_bias")).relu()
            hidden = functional.dropout(hidden, self.dropout, self.training)
            x = x + hidden @ self._of(f"{layer}.mix") + self._of(f"{layer}.mix_bias")
        return self._norm(x, "leave") @ self._of("leave.weight") + self._of("leave.bias")

    def load(self, weights: Mapping[str, NDArray[np.float32]]) -> None:
        """Take weights by the names of `boundaries.shapes`."""
        with torch.no_grad():
            for name, weight in weights.items():
                self._of(name).copy_(torch.from_numpy(weight))

    def weights(self) -> dict[str, Tensor]:
        """Return the weights by the names of `boundaries.shapes`."""
        return {
            name.replace("-", "."): weight.detach().contiguous()
            for name, weight in self.kept.items()
        }

    def _of(self, name: str) -> Tensor:
        weight: Tensor = self.kept[name.replace(".", "-")]
        return weight

    def _norm(self, x: Tensor, name: str) -> Tensor:
        scale, shift = self._of(f"{name}.scale"), self._of(f"{name}.shift")
        return functional.layer_norm(x, x.shape[-1:], scale, shift)


def _start(name: str, shape: tuple[int, ...]) -> Tensor:
    if name.endswith("scale"):
        return torch.ones(shape)
    if len(shape) == 1:
        return torch.zeros(shape)
    spread: float = shape[0] ** -0.5
    return torch.randn(shape) * (0.1 * spread if name.endswith("mix") else spread)
