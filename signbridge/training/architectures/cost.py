"""What one answer of each network costs, timed side by side."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from signbridge.recognize.landmark.model import SignModel
from signbridge.recognize.landmark.size import one_sign

REPEATS, WARM_UP = 60, 5


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one sign: parameters, multiply-accumulates, median milliseconds on one core."""

    parameters: int
    macs: int
    p50_ms: float


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
