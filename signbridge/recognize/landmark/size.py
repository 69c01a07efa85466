"""What one answer of a network costs, counted rather than timed."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from signbridge.landmarks import topology
from signbridge.recognize.landmark.model import SignModel


def one_sign(network: SignModel) -> Tensor:
    """Return hands (1, steps, 2, 21, 3), all seen."""
    shape = (1, network.config.steps, 2, topology.HAND_POINTS, 3)
    return torch.rand(shape, generator=torch.Generator().manual_seed(0))


def count_macs(network: SignModel) -> int:
    """Return the multiply-accumulates of one sign: those of matrices and convolutions.

    Additions, norms and activations are left out, as in the papers. The fused kernels for LSTMs
    and attention hide theirs from the counter, so the plain ones run; gradients stay on, since
    the encoder layers of torch fuse themselves without.
    """
    network.eval()
    counter = FlopCounterMode(display=False)
    with torch.backends.mkldnn.flags(enabled=False), sdpa_kernel(SDPBackend.MATH), counter:
        network(one_sign(network))
    return int(counter.get_total_flops()) // 2
