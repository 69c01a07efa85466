"""A network that has never seen some signs and some webcams: what signs new to it really give.

The shipped network was trained on nearly every sign the sets hold, offered or not. This one is the
same but for what is held back, and trained for a shorter time.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from signbridge.data.collection import Collection
from signbridge.recognize.landmark.model import SignNet
from signbridge.training.fit import TrainConfig, train

EPOCHS = 7
NEW_SIGNS = 250
LEAST_SIGNERS, LEAST_RECORDINGS = 4, 6
# Webcams with six signs or more.
WEBCAMS = (
    "words-jackfai1993/Hanry-Sign-Language-Translator",
    "words-luja-manandhar/Sign-Language-Recognition-using-LSTM",
    "words-ryanestanton/ASL-TRANSLATOR",
    "words-Julia1204/American-Sign-Language-Interpreter",
    "words-Julia1204/American-Sign-Language-Interpreter#user2",
    "words-Laya303/ASL-Word-Level-Translation-Using-LSTM",
    "words-xuyennguyen2733/ActionDetectionForASL",
    "words-Jeet10/RealTimeGestureBasedSignLanguageRecognitionSystem",
    "words-hirak214/signLangWebApp",
    "words-ISmokeData/SignLanguageDetectionUsingMediapipe",
    "words-shahdm7md/AI_Sign_Language",
)


@dataclass(frozen=True, slots=True)
class Probe:
    """A network and what was held back from it: signs outside the vocabulary, and webcams."""

    network: SignNet
    signs: tuple[int, ...]
    webcams: tuple[str, ...]
    epochs: int


def probe(collection: Collection, state: Path, epochs: int = EPOCHS) -> Probe:
    """Return the probe, trained for about an hour, or from `state` where it was before."""
    signs = new_signs(collection)
    kept = collection.where(lambda sample: sample.signer not in WEBCAMS)
    kept = kept[~np.isin(collection.labels[kept], signs)]
    rest = replace(
        collection,
        signs=collection.signs[kept],
        labels=collection.labels[kept],
        samples=tuple(collection.samples[i] for i in kept),
        wlasl_class=collection.wlasl_class[kept],
    )
    network = train(rest, TrainConfig(epochs=epochs, dropout=0.2), state)
    return Probe(network, signs, WEBCAMS, epochs)


def new_signs(collection: Collection) -> tuple[int, ...]:
    """Return the labels of signs outside the vocabulary that enough people recorded, a sample."""
    people: dict[int, set[str]] = defaultdict(set)
    counts: dict[int, int] = defaultdict(int)
    for label, sample in zip(collection.labels, collection.samples, strict=True):
        if label >= collection.offered and sample.dataset == "wlasl":
            people[int(label)].add(sample.signer)
            counts[int(label)] += 1
    enough = sorted(
        label
        for label in people
        if len(people[label]) >= LEAST_SIGNERS and counts[label] >= LEAST_RECORDINGS
    )
    most = min(NEW_SIGNS, len(enough))
    drawn = np.random.default_rng(0).choice(enough, most, replace=False)
    return tuple(sorted(int(label) for label in drawn))
