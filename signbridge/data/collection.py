"""All sets together: signs with one label list, split so that no signer is on both sides."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.data import letters, wlasl, words
from signbridge.data.copies import TWIN_DISTANCE as TWIN_DISTANCE
from signbridge.data.copies import twins as twins
from signbridge.data.handedness import fit_handedness
from signbridge.data.letters import Handshapes
from signbridge.data.manifest import CALIBRATION_SIGNERS as CALIBRATION_SIGNERS
from signbridge.data.manifest import require_sets
from signbridge.data.samples import Sample
from signbridge.landmarks.features import stretch_features
from signbridge.recognize.vocabulary import canonical, conversation

IDLE = "(IDLE)"  # hands that are up but do not sign: never offered as an answer
LETTER_PREFIX = "FS-"
MOST_FREQUENT = 300  # WLASL-300


@dataclass(frozen=True, slots=True)
class Collection:
    """Signs (N, STEPS, 2, 21, 3) float16 with labels into `glosses` and what is known of each.

    The first `offered` glosses are the vocabulary; the others only teach what it is not.
    """

    signs: NDArray[np.float16]
    labels: NDArray[np.int64]
    samples: tuple[Sample, ...]
    glosses: tuple[str, ...]
    offered: int
    wlasl_class: NDArray[np.int64]  # -1 outside WLASL
    handshapes: Handshapes

    def where(self, wanted: Callable[[Sample], bool]) -> NDArray[np.int64]:
        """Return the indices of the samples for which `wanted` holds."""
        return np.flatnonzero([wanted(sample) for sample in self.samples])

    def of_signers(self, signers: Container[str]) -> NDArray[np.int64]:
        """Return the indices of these signers' samples."""
        return self.where(lambda sample: sample.signer in signers)

    def only(self, rows: NDArray[np.int64]) -> Collection:
        """Return the collection with just these samples; handshapes and glosses stay."""
        return replace(
            self,
            signs=self.signs[rows],
            labels=self.labels[rows],
            samples=tuple(self.samples[row] for row in rows),
            wlasl_class=self.wlasl_class[rows],
        )


def gloss_of(source: str, label: str) -> str:
    """Return the gloss of a set's own label: letters apart from words, idling apart from NONE."""
    if source == "words" and label == "none":
        return IDLE
    letter = label.removeprefix("letter_") if source == "words" else label
    if len(letter) == 1 and letter.isalpha():
        return LETTER_PREFIX + letter.upper()
    return canonical(label)


def collect(folder: Path) -> Collection:
    """Read everything below `folder`; a minute or two. Raises `BadInputError` without the sets."""
    require_sets(folder, "wlasl", "words", "letters")
    handedness = fit_handedness(*words.labelled_hands(folder / "words"))
    rows = wlasl.read_rows(folder / "wlasl")
    samples = wlasl.read_samples(folder / "wlasl", handedness) + words.read_samples(
        folder / "words"
    )
    classes = np.full(len(samples), -1)
    classes[: len(rows)] = [row.class_id for row in rows]
    signs, kept = _signs(samples)
    samples, classes = [samples[i] for i in kept], classes[kept]
    names = [gloss_of(sample.source, sample.gloss) for sample in samples]
    glosses, offered = _glosses(names, classes)
    index = {gloss: i for i, gloss in enumerate(glosses)}
    labels = np.array([index[name] for name in names])
    return Collection(
        signs=signs,
        labels=labels,
        samples=tuple(samples),
        glosses=glosses,
        offered=offered,
        wlasl_class=classes,
        handshapes=letters.read_handshapes(folder / "letters", handedness),
    )


def _signs(samples: list[Sample]) -> tuple[NDArray[np.float16], NDArray[np.int64]]:
    """Each sample's longest stretch, and which samples have one."""
    signs, kept = [], []
    for i, sample in enumerate(samples):
        # Of long signing the middle is taken, among windows that are evenly spread.
        stretches = stretch_features(sample.hands, to_end=False)
        if len(stretches):
            signs.append(stretches[len(stretches) // 2].astype(np.float16))
            kept.append(i)
    return np.stack(signs), np.array(kept)


def _glosses(names: list[str], classes: NDArray[np.int64]) -> tuple[tuple[str, ...], int]:
    frequent = [n for n, c in zip(names, classes, strict=True) if 0 <= c < MOST_FREQUENT]
    spelled = [LETTER_PREFIX + chr(code) for code in range(ord("A"), ord("Z") + 1)]
    known = set(names)
    offered = [g for g in _unique([*frequent, *conversation(), *spelled]) if g in known]
    rest = sorted(known - set(offered))
    return (*offered, *rest), len(offered)


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
