"""What a training run is made of: presets for composed streams and for corpora of sentences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TranslatorTraining:
    """One run; the card repeats it.

    ctc, moments, words: weights of the three losses. focus: of focal CTC, 0 for plain.
    grammar: share of sentences from the grammar, the others are glosses in any order. fresh: new
    sentences a step; the others of a batch are seen again, changed in space. from_signs: begin
    with the weights of the recognizer of isolated signs.
    """

    steps: int = 1650
    batch: int = 16
    rate: float = 5e-4
    new_rate: float = 1.5e-3
    warm_up: int = 60
    weight_decay: float = 0.05
    ctc: float = 0.5
    moments: float = 1.0
    words: float = 0.3
    focus: float = 0.0
    smoothing: float = 0.1
    dropout: float = 0.3
    grammar: float = 0.6
    fresh: int = 6
    pool: int = 1024
    save_every: int = 50
    seed: int = 0
    from_signs: bool = True


COMPOSED = TranslatorTraining()
# Corpora have no spans, and PHOENIX14T's German signers share no gloss with isolated ASL signs.
PHOENIX14T = TranslatorTraining(
    steps=40_000, batch=32, rate=1e-3, moments=0.0, ctc=1.0, words=1.0, focus=2.0,
    grammar=0.0, fresh=32, from_signs=False,
)  # fmt: skip
# How2Sign has sentences and no glosses: the decoder alone teaches the encoder.
HOW2SIGN = TranslatorTraining(
    steps=100_000, batch=32, rate=5e-4, moments=0.0, ctc=0.0, words=1.0, grammar=0.0, fresh=32,
)  # fmt: skip
PRESETS = {"composed": COMPOSED, "phoenix14t": PHOENIX14T, "how2sign": HOW2SIGN}
