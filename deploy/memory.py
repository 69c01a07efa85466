"""What fits on one card: prints the table of docs/hosting.md, computed from the models' shapes.

    python deploy/memory.py

Weights: parameters times bytes. Key-value cache: 2 x layers x key-value heads x head size x bytes
for each token (grouped-query attention, Ainslie et al. 2023). The shapes are those of the models'
public configurations.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

GIB = 2**30
BFLOAT16, FLOAT32 = 2, 4
SPARE = 0.08  # of the card, for the driver, graphs and fragments
WORKSPACE_GIB = 3.0  # activations and captured graphs of one vLLM server


@dataclass(frozen=True, slots=True)
class Model:
    """A served model; context and at_once: tokens of one request, and how many requests."""

    name: str
    parameters: float
    bytes_each: int
    layers: int = 0
    kv_heads: int = 0
    head_size: int = 0
    context: int = 0
    at_once: int = 0
    workspace_gib: float = WORKSPACE_GIB

    @property
    def weights_gib(self) -> float:
        """GiB of the weights."""
        return self.parameters * self.bytes_each / GIB

    @property
    def token_kib(self) -> float:
        """KiB of cache for each token."""
        return 2 * self.layers * self.kv_heads * self.head_size * BFLOAT16 / 1024

    @property
    def cache_gib(self) -> float:
        """GiB of cache for all requests at once."""
        return self.token_kib * self.context * self.at_once / 2**20

    @property
    def total_gib(self) -> float:
        """GiB in all."""
        return self.weights_gib + self.cache_gib + self.workspace_gib


@dataclass(frozen=True, slots=True)
class Card:
    """A GPU and its memory in GB, as its maker counts them."""

    name: str
    memory_gb: int

    @property
    def memory_gib(self) -> float:
        """GiB that may be used."""
        return self.memory_gb * 1e9 / GIB * (1 - SPARE)


# 1,024 pixels a token, 20,480 tokens at most, and the question.
VIDEO_TOKENS = 20480 + 512
CARDS = (Card("H100", 80), Card("H200", 141), Card("MI300X", 192))
LLAMA = Model("Llama-3.1-8B-Instruct", 8.03e9, BFLOAT16, 32, 8, 128, 8192, 32)
QWEN = Model("Qwen3-VL-2B, merged", 2.13e9, BFLOAT16, 28, 8, 128, VIDEO_TOKENS, 8)
XTTS = Model("XTTS-v2", 0.47e9, FLOAT32, workspace_gib=2.0)
LARGER = Model("Llama-3.1-70B-Instruct", 70.6e9, BFLOAT16, 80, 8, 128, 8192, 32)
SETS = {
    "Llama 8B + Qwen3-VL + XTTS": (LLAMA, QWEN, XTTS),
    "Llama 70B + Qwen3-VL + XTTS": (LARGER, QWEN, XTTS),
}


def models_table() -> str:
    """Return what each model needs."""
    head = (
        "model",
        "weights, GiB",
        "cache a token, KiB",
        "context x requests",
        "cache, GiB",
        "all, GiB",
    )
    rows = [
        (
            one.name,
            f"{one.weights_gib:.1f}",
            f"{one.token_kib:.0f}" if one.layers else "–",  # noqa: RUF001
            f"{one.context:,} x {one.at_once}" if one.layers else "–",  # noqa: RUF001
            f"{one.cache_gib:.1f}" if one.layers else "–",  # noqa: RUF001
            f"{one.total_gib:.1f}",
        )
        for one in (LLAMA, LARGER, QWEN, XTTS)
    ]
    return _table(head, rows)


def cards_table() -> str:
    """Return which sets fit on which card, and what share of it vLLM is to be given."""
    rows = []
    for card in CARDS:
        for name, models in SETS.items():
            total = sum(model.total_gib for model in models)
            fits = total <= card.memory_gib
            whole = card.memory_gb * 1e9 / GIB
            shares = ", ".join(f"{model.total_gib / whole:.2f}" for model in models[:2])
            rows.append(
                (
                    f"{card.name} ({card.memory_gb} GB)",
                    name,
                    f"{total:.0f} of {card.memory_gib:.0f} GiB",
                    "yes" if fits else "no",
                    shares if fits else "–",  # noqa: RUF001
                )
            )
    return _table(
        ("card", "models", "needed of usable", "fits", "`--gpu-memory-utilization`"), rows
    )


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    """Print both tables."""
    sys.stdout.write(f"{models_table()}\n\n{cards_table()}\n")


if __name__ == "__main__":
    main()
