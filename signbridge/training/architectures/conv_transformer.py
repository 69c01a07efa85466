"""The recipe of the shipped SignNet, with depthwise convolutions that may be causal."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from signbridge.recognize.landmark.model import ConvBlock, SignNet
from signbridge.training.architectures.config import ArchitectureConfig


class CausalConv(nn.Conv1d):
    """A convolution whose answer at a step depends on that step and earlier ones only."""

    def forward(self, frames: Tensor) -> Tensor:
        """Return (B, C, T) from frames (B, C, T)."""
        reach = (self.kernel_size[0] - 1) * self.dilation[0]
        return super().forward(functional.pad(frames, (reach, 0)))


class ConvTransformer(SignNet):
    """SignNet itself; `causal` replaces its depthwise convolutions.

    Channel attention and self-attention see the whole sign either way, as in the 2023 winner.
    """

    def __init__(self, config: ArchitectureConfig, classes: int) -> None:
        super().__init__(config.shape(classes))
        if config.causal:
            for block in self.blocks:
                if isinstance(block, ConvBlock):
                    width, kernel = block.depthwise.in_channels, block.depthwise.kernel_size[0]
                    block.depthwise = CausalConv(width, width, kernel, groups=width)
