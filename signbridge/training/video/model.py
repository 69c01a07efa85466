"""What is trained: the adapted model and the contrastive heads, one pass over a batch."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from signbridge.training.video.batches import Batch
from signbridge.training.video.config import VideoTrainConfig
from signbridge.training.video.contrast import Heads
from signbridge.training.video.loss import IGNORED, answer_start, sentence_losses
from signbridge.training.video.tiers import adapted


class Trainee(nn.Module):
    """The base with its adapter, and two heads that are left behind after training."""

    def __init__(self, base: Any, config: VideoTrainConfig) -> None:
        """base: a Qwen3-VL; it is changed in place."""
        super().__init__()
        self._smoothing = config.smoothing
        if config.checkpointing:
            base.activation_checkpointing_enable({"use_reentrant": False})
        self.adapted = adapted(base, config)
        self.heads = Heads(base.config.text_config.hidden_size, config.contrast_size)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Return losses (B,), and (B, size) of the clips and of their sentences.

        The pictures go through the eyes once, for both losses.
        """
        whole = self.adapted.get_base_model()
        seen = whole.model.get_video_features(batch.pixels, batch.grid, return_dict=True)
        start = answer_start(batch.labels)
        # Only the answer's words are predicted: 152,000 scores for each patch would not fit.
        kept = batch.labels.shape[1] - start + 1
        found = self.adapted(
            input_ids=batch.ids,
            attention_mask=batch.mask,
            mm_token_type_ids=batch.kinds,
            video_grid_thw=batch.grid,
            mm_encoder_outputs={"video": seen},
            logits_to_keep=kept,
            use_cache=False,
        )
        losses = sentence_losses(found.logits, batch.labels[:, -kept:], self._smoothing)
        clips = torch.stack([one.mean(dim=0) for one in seen.pooler_output])
        video, text = self.heads(clips, self._sentences(whole, batch))
        return losses, video, text

    def _sentences(self, whole: Any, batch: Batch) -> Tensor:
        """Return (B, width): the mean of the answer's words as they enter the model.

        Not as they leave it: by then they have seen the clip, and finding it would teach nothing.
        """
        words = batch.labels != IGNORED
        with torch.no_grad():
            entered = whole.get_input_embeddings()(batch.ids) * words[..., None]
            mean: Tensor = entered.sum(dim=1) / words.sum(dim=1, keepdim=True)
        return mean
