"""Everything that is measured of a translator on signers held out and on real sentences."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from signbridge.landmarks.boundaries import load_boundaries
from signbridge.recognize.landmark.recognizer import LandmarkRecognizer
from signbridge.recognize.translator.ctc import Search, beam_search, best_path
from signbridge.recognize.translator.folder import Translator
from signbridge.recognize.translator.prior import Prior
from signbridge.recognize.translator.reader import Reader
from signbridge.recognize.translator.segmental import eased
from signbridge.training.translator.baselines import sign_by_sign, without_eyes
from signbridge.training.translator.english import said
from signbridge.training.translator.score import Wer, wer
from signbridge.training.translator.search import Case, Sets, judged, kept

Key = tuple[str, str]
Read = Callable[[Case], Sequence[str]]
TIMED = 20  # sentences
FULL = "whole: + isolated signs"
RULED, OWN = "rules on the glosses read", "the network's own words"
CHOSEN = "the surer of both"
ALONE = "sign by sign, sure signs"
BEAM = Search(prior=0.3, gloss=1.0)


@dataclass(frozen=True, slots=True)
class Sureness:
    """Signs read and answered, and right among the answered, with the other half's threshold."""

    read: int
    answered: float
    right_when_answered: float


@dataclass(frozen=True, slots=True)
class Measured:
    """Rates by (site, kind) and by method; of English by the same keys."""

    glosses: Mapping[Key, Mapping[str, Wer]]
    english: Mapping[Key, Mapping[str, Wer]]
    sureness: Sureness
    seconds_a_sentence: float
    sentence_s: float


def methods(fitted: Translator) -> dict[str, Read]:
    """Return every way to read a sentence, from none to the whole."""
    names, prior, weights = fitted.vocabulary.glosses, fitted.prior, fitted.weights
    flat = Prior.flat(len(names))
    recognizer = LandmarkRecognizer()
    sure, all_signs = (sign_by_sign(recognizer, sure=sure) for sure in (True, False))
    blind = without_eyes(prior, names)

    def named(glosses: Sequence[int]) -> tuple[str, ...]:
        return tuple(names[gloss] for gloss in glosses)

    def lattice(**changes: float) -> Read:
        own = replace(weights, **changes)  # type: ignore[arg-type]
        return lambda case: named([one.gloss for one in case.found(prior, own)])

    def beam(case: Case, own: Prior, search: Search) -> tuple[str, ...]:
        return named(beam_search(eased(case.heard.logs, weights.pause), own, search)[0][0])

    return {
        "no eyes: the prior alone": lambda case: blind(case.example),
        ALONE: lambda case: sure(case.example),
        "sign by sign, every stretch": lambda case: all_signs(case.example),
        "CTC best path": lambda case: named(best_path(case.heard.logs)),
        "CTC beam search": lambda case: beam(case, flat, replace(BEAM, prior=0, gloss=0)),
        "CTC beam search + prior": lambda case: beam(case, prior, BEAM),
        "segments": lattice(isolated=0.0, prior=0.0),
        "segments + prior": lattice(isolated=0.0),
        "segments + isolated signs": lattice(prior=0.0),
        "whole, without the segmenter": lattice(made=0.0, turns=0.0),
        FULL: lattice(),
    }


def measure(halves: Sequence[Sets], fitted: Sequence[Translator], isolated: object) -> Measured:
    """Score each half of the signers with what was fitted on the other."""
    other = {0: fitted[1], 1: fitted[0]}
    by_key: dict[Key, dict[str, list[tuple[Sequence[str], Sequence[str]]]]] = {}
    spoken: dict[Key, dict[str, list[tuple[Sequence[str], Sequence[str]]]]] = {}
    shares, right, answered = [], [], []
    for number, sets in enumerate(halves):
        reader = Reader(other[number], None)
        ways = methods(other[number])
        for key, cases in sets.items():
            for name, read in ways.items():
                found = [(case.example.glosses, read(case)) for case in cases]
                by_key.setdefault(key, {}).setdefault(name, []).extend(found)
            for one in (said(case, reader, other[number]) for case in cases):
                kinds = {
                    RULED: one.ruled, OWN: one.own, CHOSEN: one.chosen(other[number].own_words)
                }  # fmt: skip
                for name, words in kinds.items():
                    spoken.setdefault(key, {}).setdefault(name, []).append((one.truth, words))
            of, was = judged(cases, other[number].vocabulary.glosses, reader.translator.prior,
                             other[number].weights)  # fmt: skip
            shares.append(len(of))
            rate, rightly = kept(of, was, other[number].calibration) if len(of) else (0.0, 0.0)
            answered.append(rate * len(of))
            right.append(0.0 if np.isnan(rightly) else rightly * rate * len(of))
    seconds, length = timed(fitted[0], halves[0], isolated)
    return Measured(
        glosses={key: _rates(found) for key, found in by_key.items()},
        english={key: _rates(found) for key, found in spoken.items() if any(found.values())},
        sureness=Sureness(
            sum(shares), sum(answered) / max(1, sum(shares)), sum(right) / max(1e-9, sum(answered))
        ),
        seconds_a_sentence=seconds,
        sentence_s=length,
    )


def _rates(found: Mapping[str, list[tuple[Sequence[str], Sequence[str]]]]) -> dict[str, Wer]:
    return {
        name: wer([signed for signed, _ in pairs], [read for _, read in pairs])
        for name, pairs in found.items()
        if pairs
    }


def timed(translator: Translator, sets: Sets, isolated: object) -> tuple[float, float]:
    """Return the median processor seconds of a sentence from hands to signs, and its length."""
    torch.set_num_threads(1)
    reader = Reader(translator, isolated, load_boundaries())  # type: ignore[arg-type]
    taken, lengths = [], []
    for case in [case for own in sets.values() for case in own][:TIMED]:
        started = time.process_time()
        heard = reader.hear(case.example.hands)
        if heard is not None:
            reader.signs(heard)
        taken.append(time.process_time() - started)
        lengths.append(len(case.example.hands.points) / case.example.hands.fps)
    return float(np.median(taken)), float(np.median(lengths))
