"""How well the model does on clips that it does not learn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from accelerate import Accelerator
from torch import nn

from signbridge.evaluation.sentences import TextScores, text_scores
from signbridge.recognize.video.local import generate, model_inputs
from signbridge.recognize.video.prompt import PROMPTS
from signbridge.training.video.batches import Clips, load
from signbridge.training.video.clips import prepared
from signbridge.training.video.config import VideoTrainConfig


def spread(n_clips: int, wanted: int) -> list[int]:
    """Return the places of at most `wanted` clips, evenly over all of them."""
    count = min(n_clips, wanted)
    return [place * n_clips // count for place in range(count)]


@torch.no_grad()
def validation_loss(
    accelerator: Accelerator, trainee: nn.Module, clips: Clips, config: VideoTrainConfig
) -> float:
    """Return the mean loss of a clip's sentence, over all processes."""
    places = spread(len(clips), config.val_clips)
    mine = places[accelerator.process_index :: accelerator.num_processes]
    size = config.micro_batch
    parts = [mine[i : i + size] for i in range(0, len(mine), size)]
    sums = torch.zeros(2, device=accelerator.device)
    # Unwrapped: processes may have different numbers of clips, and nothing is to be shared.
    whole = accelerator.unwrap_model(trainee)
    whole.eval()
    for batch in load(clips, parts, config.workers):
        with accelerator.autocast():
            losses, _, _ = whole(batch.to(accelerator.device))
        sums += torch.stack([losses.sum(), torch.tensor(float(len(losses))).to(losses)])
    whole.train()
    total, count = accelerator.reduce(sums, "sum").tolist()
    return float(total / count)


def translations(
    model: Any, processor: Any, clips: Clips, places: Sequence[int], prompt: str
) -> list[str]:
    """Return what the adapted model says of each clip, asked as the recognizer asks."""
    said = []
    for place in places:
        clip = prepared(clips.rows[place].path, clips.cache)
        inputs = model_inputs(processor, PROMPTS[prompt], clip).to(model.device, model.dtype)
        with torch.inference_mode():
            found = generate(model, inputs)
        words = found.sequences[:1, inputs["input_ids"].shape[1] :]
        said.append(processor.batch_decode(words, skip_special_tokens=True)[0].strip())
    return said


def scores(said: Sequence[str], clips: Clips, places: Sequence[int]) -> TextScores:
    """Return the published scores of sentences beside what the clips say."""
    return text_scores(list(said), [clips.rows[place].text for place in places])
