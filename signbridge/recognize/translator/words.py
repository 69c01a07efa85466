"""Moments of a sentence -> English, word after word."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from signbridge.recognize.translator.encoder import TranslatorConfig

# Padding is a word of its own: with the padding written as END, the mask of the loss would
# swallow the first END too, and the decoder would never learn to stop.
PAD, BEGIN, END, UNKNOWN = 0, 1, 2, 3
SPECIAL = ("<pad>", "<s>", "</s>", "<unk>")
LENGTH_POWER = 0.6
"""Of the length, which divides a sentence's score: else short ones always win."""


class WordDecoder(nn.Module):
    """A causal transformer over words that looks at the moments; places of words are learned."""

    def __init__(self, config: TranslatorConfig) -> None:
        super().__init__()
        width = config.decoder_width
        self.longest = config.longest_text
        self.memory = nn.Linear(2 * config.width, width)
        self.words = nn.Embedding(config.words, width, padding_idx=PAD)
        # The same weights read the answer out, so their size decides how sure it is at first.
        nn.init.normal_(self.words.weight, std=width**-0.5)
        self.places = nn.Parameter(0.02 * torch.randn(config.longest_text, width))
        layer = nn.TransformerDecoderLayer(
            width, 4, 2 * width, config.dropout, "gelu", batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerDecoder(layer, config.decoder_layers, nn.LayerNorm(width))
        self.bias = nn.Parameter(torch.zeros(config.words))

    def forward(self, moments: Tensor, seen: Tensor, words: Tensor) -> Tensor:
        """Return logits (B, L, words) of the word after each of words (B, L).

        moments (B, M, 2 * width); seen (B, M) is False in the padding.
        """
        length = words.shape[1]
        texts = self.words(words) * self.words.embedding_dim**0.5 + self.places[:length]
        ahead = torch.ones(length, length, dtype=torch.bool, device=words.device).triu(1)
        states = self.layers(
            texts,
            self.memory(moments),
            tgt_mask=ahead,
            tgt_key_padding_mask=words == PAD,
            memory_key_padding_mask=~seen,
        )
        return states @ self.words.weight.T + self.bias  # type: ignore[no-any-return]


def word_loss(logits: Tensor, words: Tensor, smoothing: float = 0.0) -> Tensor:
    """Return the mean loss of words (B, L + 1), BEGIN first, against logits (B, L, words).

    Every word and the first END count; padding does not.
    """
    return nn.functional.cross_entropy(
        logits.flatten(0, 1), words[:, 1:].flatten(), ignore_index=PAD, label_smoothing=smoothing
    )


def padded(sentences: Sequence[Sequence[int]], longest: int) -> Tensor:
    """Return (B, L): BEGIN, a sentence's words, END, then PAD; cut to `longest` + 1."""
    rows = [[BEGIN, *words[: longest - 1], END] for words in sentences]
    length = max(map(len, rows), default=2)
    return torch.tensor([row + [PAD] * (length - len(row)) for row in rows], dtype=torch.long)


@torch.no_grad()
def best_sentences(
    decoder: WordDecoder, moments: Tensor, beam: int = 5, power: float = LENGTH_POWER
) -> list[tuple[tuple[int, ...], float]]:
    """Return the likeliest sentences of moments (M, 2 * width), best first, by beam search.

    With each its log-likelihood divided by its length to the `power`.
    """
    memory = moments.unsqueeze(0)
    open_, closed = [((BEGIN,), 0.0)], list[tuple[tuple[int, ...], float]]()
    for _ in range(decoder.longest):
        words = torch.tensor([row for row, _ in open_])
        seen = torch.ones(len(open_), memory.shape[1], dtype=torch.bool)
        logits = decoder(memory.expand(len(open_), -1, -1), seen, words)[:, -1]
        logits[:, [PAD, BEGIN]] = float("-inf")
        scores = logits.log_softmax(dim=-1) + torch.tensor([[score] for _, score in open_])
        best = scores.flatten().topk(min(2 * beam, scores.numel()))
        grown = []
        for score, place in zip(best.values.tolist(), best.indices.tolist(), strict=True):
            row, word = open_[place // scores.shape[1]][0], place % scores.shape[1]
            if word == END:
                closed.append((row[1:], score / len(row) ** power))
            else:
                grown.append(((*row, word), score))
        open_ = grown[:beam]
        closed = sorted(closed, key=lambda one: -one[1])[:beam]
        hope = max((score for _, score in open_), default=float("-inf")) / decoder.longest**power
        if len(closed) == beam and closed[-1][1] >= hope:
            break
    return closed
