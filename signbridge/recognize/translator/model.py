"""TranslatorNet: the hands of a sentence -> glosses by CTC, and English word by word."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from signbridge.recognize.landmark.model import SignNet
from signbridge.recognize.translator.encoder import BLANK, Encoder, TranslatorConfig, moments_of
from signbridge.recognize.translator.words import WordDecoder

IGNORED = -100  # a moment whose gloss is not told, between a sign and the way to it


@dataclass(frozen=True, slots=True)
class Read:
    """What the encoder says: moments (B, M, 2 * width), seen (B, M), glosses (B, M, 1 + glosses).

    glosses are log-probabilities; output BLANK says that no gloss is signed.
    """

    moments: Tensor
    seen: Tensor
    glosses: Tensor


class TranslatorNet(nn.Module):
    """Of the Signformer family: a convolution and gloss attention encoder, and two readers of it.

    CTC (Graves et al. 2006) names the glosses and when they were signed; a causal decoder writes
    English. Both are trained together.
    """

    def __init__(self, config: TranslatorConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(2 * config.width, 1 + config.glosses)
        self.decoder = WordDecoder(config)

    def forward(self, hands: Tensor, lengths: Tensor, signer: Tensor | None = None) -> Read:
        """Read hands (B, T, 2, 21, 3), NaN beyond their lengths (B,)."""
        steps = torch.arange(hands.shape[1], device=hands.device)
        moments = self.encoder(hands, steps[None] < lengths[:, None], signer)
        known = moments_of(lengths, self.config.stride)
        seen = torch.arange(moments.shape[1], device=hands.device)[None] < known[:, None]
        moments = moments * seen.unsqueeze(-1)  # the peak of nothing is no number to work with
        glosses = self.head(self.dropout(moments)).log_softmax(dim=-1)
        return Read(moments, seen, glosses)


def ctc_loss(read: Read, glosses: list[list[int]], focus: float = 0.0) -> Tensor:
    """Return the mean loss by gloss of the sequences, numbered from 1; BLANK is between them.

    focus: the power of focal CTC (Feng et al. 2019): sequences that are read well already count
    less by (1 - probability) ** focus; 0 is plain CTC.
    """
    counts = torch.tensor([len(one) for one in glosses])
    losses = functional.ctc_loss(
        read.glosses.transpose(0, 1),
        torch.tensor([gloss for one in glosses for gloss in one]),
        read.seen.sum(dim=1),
        counts,
        blank=BLANK,
        reduction="none",
        zero_infinity=True,
    )
    by_gloss = losses / counts.clamp_min(1)
    if focus:
        by_gloss = by_gloss * (1 - (-by_gloss.detach()).exp()) ** focus
    return by_gloss.mean()


def moment_loss(read: Read, glosses: Tensor, smoothing: float) -> Tensor:
    """Return the mean loss of the gloss at each moment (B, M), IGNORED where it is not told.

    Composed streams know when each sign was made; CTC alone would have to find out.
    """
    return functional.cross_entropy(
        read.glosses.flatten(0, 1), glosses.flatten(), ignore_index=IGNORED,
        label_smoothing=smoothing,
    )  # fmt: skip


@torch.no_grad()
def begin_from(network: TranslatorNet, signs: SignNet, rows: list[int]) -> None:
    """Copy what `signs` learned of isolated signs: stem, convolutions, attention and answers.

    rows: the output of `signs` for each gloss of the network. Shapes must agree.
    """
    encoder = network.encoder
    encoder.stem.load_state_dict(signs.stem.state_dict())
    # Places in an isolated sign run from its start to its end; a stream has no such ends.
    encoder.stem.norm.bias.add_(signs.position.mean(dim=0))
    for block, trained in zip(encoder.blocks, signs.blocks, strict=True):
        block.load_state_dict(trained.state_dict(), strict=False)
    encoder.norm.load_state_dict(signs.norm.state_dict())
    network.head.weight[1:] = signs.head.weight[rows]
    network.head.bias[1:] = signs.head.bias[rows]
    network.head.weight[BLANK] = signs.head.weight.mean(dim=0)
    network.head.bias[BLANK] = signs.head.bias.mean() + math.log(len(rows))
