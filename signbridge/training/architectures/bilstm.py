"""LSTMs over the sign in both directions."""

from __future__ import annotations

from torch import Tensor, nn


class BiLstm(nn.Module):
    """One bidirectional layer (Graves 2005) that keeps the width; `residual` adds a skip."""

    def __init__(self, width: int, *, residual: bool) -> None:
        super().__init__()
        self.residual = residual
        self.norm = nn.LayerNorm(width)
        self.lstm = nn.LSTM(width, width // 2, batch_first=True, bidirectional=True)

    def forward(self, frames: Tensor) -> Tensor:
        """Return frames (B, T, width) after the layer."""
        mixed, _ = self.lstm(self.norm(frames))
        return frames + mixed if self.residual else mixed  # type: ignore[no-any-return]
