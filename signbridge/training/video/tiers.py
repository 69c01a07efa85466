"""The tiers of the adapter: which layers of Qwen3-VL learn, with what rank, and whose they are."""

from __future__ import annotations

import re
import warnings
from typing import Any

from torch import nn

from signbridge.errors import BackendUnavailableError
from signbridge.training.video.config import TIERS, VideoTrainConfig

LANGUAGE = r"(.*\.)?language_model\.layers\.\d+\.(self_attn\.[qkvo]_proj|mlp\.(gate|up|down)_proj)"
# `proj` also takes the patches in (a 3-d convolution); the fc layers are those of the blocks and
# of the mergers.
VISION = r"(.*\.)?visual\.(.*\.)?(qkv|proj|linear_fc1|linear_fc2|pos_embed)"
HEAD = r"(.*\.)?lm_head"
PATTERNS = {"language": LANGUAGE, "vision": VISION, "head": HEAD}
ALPHA_PER_RANK = 2


def adapted(model: nn.Module, config: VideoTrainConfig) -> Any:
    """Return the model with a fresh adapter: rank-stabilised LoRA with a rank for each tier."""
    from peft import LoraConfig, get_peft_model

    ranks = {LANGUAGE: config.rank_language, VISION: config.rank_vision, HEAD: config.rank_head}
    lora = LoraConfig(
        task_type="CAUSAL_LM",
        target_modules="|".join(f"({pattern})" for pattern in PATTERNS.values()),
        r=config.rank_language,
        lora_alpha=ALPHA_PER_RANK * config.rank_language,
        rank_pattern=ranks,
        alpha_pattern={pattern: ALPHA_PER_RANK * rank for pattern, rank in ranks.items()},
        lora_dropout=config.dropout,
        use_rslora=True,
    )
    with warnings.catch_warnings():
        # The head is tied to the embeddings: that matters to who merges, not to who trains.
        warnings.filterwarnings("ignore", message=".*tie_word_embeddings.*")
        found = get_peft_model(model, lora)
    trained = {tier_of(name) for name, p in found.named_parameters() if p.requires_grad}
    missing = set(PATTERNS) - trained
    if missing:
        raise BackendUnavailableError(
            f"the base has no layers for {', '.join(sorted(missing))}; give a Qwen3-VL model"
        )
    return found


def tier_of(name: str) -> str:
    """Return the tier of a trained parameter by its name."""
    module = re.sub(r"\.lora_(A|B|embedding_A|embedding_B)\b.*$", "", name)
    for tier, pattern in PATTERNS.items():
        if re.fullmatch(pattern, module):
            return tier
    if re.search(r"(^|\.)heads\.", name):
        return "contrast"
    raise AssertionError(f"{name} is trained but belongs to no tier")


def parameters_of(model: nn.Module) -> dict[str, list[nn.Parameter]]:
    """Return the trained parameters of each tier, in the model's order."""
    found: dict[str, list[nn.Parameter]] = {tier: [] for tier in TIERS}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            found[tier_of(name)].append(parameter)
    return found
