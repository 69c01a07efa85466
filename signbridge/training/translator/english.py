"""When the network's own English is believed: fitted on sentences of signers held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from signbridge.recognize.translator.folder import Translator
from signbridge.recognize.translator.reader import Reader
from signbridge.training.streams.grammar import english
from signbridge.training.translator.batch import tokens
from signbridge.training.translator.score import errors
from signbridge.training.translator.search import Case, Sets


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the truth, of the composer on the glosses read, and of the network; its score."""

    truth: Sequence[str]
    ruled: Sequence[str]
    own: Sequence[str]
    score: float

    def chosen(self, own_words: float) -> Sequence[str]:
        """Return what is said where the network is believed from a score on."""
        return self.own if self.score >= own_words else self.ruled


def said(case: Case, reader: Reader, translator: Translator) -> Said:
    """Return both sentences of a case. Where no English is known, the composer's is the truth."""
    names = translator.vocabulary.glosses
    found = case.found(translator.prior, translator.weights)
    truth = case.example.text or english(case.example.glosses)
    own = reader.english(case.heard)
    text, score = own[0] if own else ("", 0.0)
    ruled = english([names[one.gloss] for one in found])
    return Said(tokens(truth), tokens(ruled), tokens(text), score)


def fit_own_words(translator: Translator, sets: Sets) -> float:
    """Return the score from which the network's words make fewer errors than the composer's.

    Every set counts the same. Above 1, they are never believed.
    """
    reader = Reader(translator, None)
    scores, gains = [1.01], [0.0]
    for cases in sets.values():
        told = [said(case, reader, translator) for case in cases]
        words = sum(len(one.truth) for one in told)
        for one in told:
            ruled, own = sum(errors(one.truth, one.ruled)), sum(errors(one.truth, one.own))
            scores.append(one.score)
            gains.append((ruled - own) / max(1, words))
    order = np.argsort(-np.array(scores))
    total = np.cumsum(np.array(gains)[order])
    return float(np.array(scores)[order][int(total.argmax())])
