"""What one answer costs: multiplications, milliseconds, and scores that weigh them."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from signbridge.landmarks import topology
from signbridge.recognize.landmark.model import SignModel

REPEATS, WARM_UP = 60, 5


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one sign: parameters, multiply-accumulates, median milliseconds on one core."""

    parameters: int
    macs: int
    p50_ms: float


def one_sign(network: SignModel) -> Tensor:
    """Return hands (1, steps, 2, 21, 3), all seen."""
    shape = (1, network.config.steps, 2, topology.HAND_POINTS, 3)
    return torch.rand(shape, generator=torch.Generator().manual_seed(0))


def macs(network: SignModel) -> int:
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


@torch.inference_mode()
def milliseconds(networks: Mapping[str, SignModel], repeats: int = REPEATS) -> dict[str, float]:
    """Return each network's median time for one sign on one thread.

    They take turns, so that whatever else keeps the machine busy slows all of them alike.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    taken: dict[str, list[float]] = {name: [] for name in networks}
    for network in networks.values():
        network.eval()
    for turn in range(WARM_UP + repeats):
        for name, network in networks.items():
            hands = one_sign(network)
            started = time.perf_counter()
            network(hands)
            if turn >= WARM_UP:
                taken[name].append(1000 * (time.perf_counter() - started))
    torch.set_num_threads(threads)
    return {name: float(np.median(times)) for name, times in taken.items()}


def net_score(top1: float, parameters: int, macs: int) -> float:
    """Return 20 log10(a^2 / (sqrt(p) sqrt(m))): a in percent, p in millions, m in billions.

    Wong 2018, "NetScore"; -inf where nothing is right.
    """
    if top1 <= 0:
        return -math.inf
    return 20 * math.log10(
        (100 * top1) ** 2 / (math.sqrt(parameters / 1e6) * math.sqrt(macs / 1e9))
    )


def information_density(top1: float, parameters: int) -> float:
    """Return percent right for each million of parameters (Canziani et al. 2016)."""
    return 100 * top1 / (parameters / 1e6)
