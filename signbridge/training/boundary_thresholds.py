"""How sure the boundary network must be before a stretch is cut: fitted on signers held back."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from signbridge.evaluation.boundaries import Found, measured, score
from signbridge.landmarks.boundaries import BoundaryConfig, BoundaryNet
from signbridge.landmarks.fluent import FluentSegmenter
from signbridge.landmarks.segmenter import Segmenter
from signbridge.training.boundary_streams import Sources
from signbridge.training.cases import HEIGHT_PX, WIDTH_PX, standing
from signbridge.training.streams.camera import any_camera
from signbridge.training.streams.join import Stream, join
from signbridge.types import Landmarks

LOG = logging.getLogger("signbridge.training")

CUTS = (0.35, 0.5)
FLUENTS = (0.6, 0.75, 0.85, 0.92)
NEVER = 1.0  # no moment is so likely
OVERS = (0.5, 0.7, 0.9)
MOST_SPLIT = 0.02  # of the recordings of one sign, beyond those the rules split
MOST_LOST = 0.005  # of the boundary F1, for signs that are given before the hands have come to rest
SENTENCES, ALONE = 40, 80


@dataclass(frozen=True, slots=True)
class Fitted:
    """Thresholds, and what they give on the signers held back."""

    cut: float
    fluent: float
    over: float
    boundary_f1: float
    split: float
    split_by_rules: float


@dataclass(frozen=True, slots=True)
class HeldBack:
    """What thresholds are fitted on: sentences, as they are seen, and recordings of one sign."""

    sentences: Sequence[Stream]
    seen: Sequence[Landmarks]
    alone: Sequence[Landmarks]

    @staticmethod
    def of(sources: Sources, seed: int) -> HeldBack:
        """Draw them."""
        rng = np.random.default_rng(seed)
        sentences = [_sentence(sources, number, rng) for number in range(SENTENCES)]
        picked = rng.permutation(len(sources.alone))[:ALONE]
        return HeldBack(
            sentences,
            [standing(sentence.hands) for sentence in sentences],
            [standing(sources.alone[number]) for number in picked],
        )

    def split(self, opened: Callable[[], Segmenter]) -> float:
        """Return the share of the recordings of one sign that come in parts."""
        return float(np.mean([len(found(opened(), clip)) > 1 for clip in self.alone]))

    def boundary_f1(self, opened: Callable[[], Segmenter]) -> float:
        """Return how well the boundaries of the sentences' signs are found."""
        scores = [
            score(sentence.spans_s, found(opened(), clip))
            for sentence, clip in zip(self.sentences, self.seen, strict=True)
        ]
        return measured(scores)["boundary_f1"].value


def fit_thresholds(net: BoundaryNet, sources: Sources, seed: int = 0) -> Fitted:
    """Return the thresholds of the highest boundary F1 that split few recordings of one sign.

    While these are fitted, signs are given when the hands have come to rest, as they are by the
    rules; `quickest` then fits how much sooner they may be.
    """
    held_back = HeldBack.of(sources, seed)
    by_rules = held_back.split(partial(Segmenter, WIDTH_PX, HEIGHT_PX))
    best: Fitted | None = None
    for cut, fluent in itertools.product(CUTS, FLUENTS):
        opened = _opens(net, replace(net.config, cut=cut, fluent=fluent, over=NEVER))
        split = held_back.split(opened)
        if split > by_rules + MOST_SPLIT:
            continue
        f1 = held_back.boundary_f1(opened)
        LOG.info("cut %.2f, fluent %.2f: F1 %.3f, split %.3f", cut, fluent, f1, split)
        if best is None or f1 > best.boundary_f1:
            best = Fitted(cut, fluent, NEVER, f1, split, by_rules)
    if best is None:
        return Fitted(NEVER, NEVER, NEVER, float("nan"), by_rules, by_rules)
    return quickest(net, held_back, best)


def quickest(net: BoundaryNet, held_back: HeldBack, fitted: Fitted) -> Fitted:
    """Return the same with the lowest `over` that splits no more recordings and loses little."""
    for over in OVERS:
        config = fitted_config(net.config, replace(fitted, over=over))
        opened = _opens(net, config)
        split, f1 = held_back.split(opened), held_back.boundary_f1(opened)
        LOG.info("over %.2f: F1 %.3f, split %.3f", over, f1, split)
        if split <= fitted.split and f1 >= fitted.boundary_f1 - MOST_LOST:
            return replace(fitted, over=over, boundary_f1=f1, split=split)
    return fitted


def _opens(net: BoundaryNet, config: BoundaryConfig) -> Callable[[], Segmenter]:
    return partial(FluentSegmenter, WIDTH_PX, HEIGHT_PX, BoundaryNet(config, net.weights))


def fitted_config(config: BoundaryConfig, fitted: Fitted) -> BoundaryConfig:
    """Return the configuration with the thresholds."""
    return replace(config, cut=fitted.cut, fluent=fitted.fluent, over=fitted.over)


def found(segmenter: Segmenter, clip: Landmarks) -> list[Found]:
    """Return what a segmenter gives of a clip, played to its end."""
    given: list[Found] = []
    at_s = 0.0
    for row, points in enumerate(clip.points):
        at_s = row / clip.fps
        given += [_as_found(stretch, at_s) for stretch in segmenter.push(points, at_s)]
    return given + [_as_found(stretch, at_s) for stretch in segmenter.finish()]


def _as_found(stretch: Landmarks, at_s: float) -> Found:
    return Found(*stretch.signed_s, at_s)


def _sentence(sources: Sources, number: int, rng: np.random.Generator) -> Stream:
    signers = sources.recordings.signers
    signs = sources.recordings.some(signers[number % len(signers)], int(rng.integers(2, 8)), rng)
    breaks = [place for place in range(len(signs)) if rng.random() < 0.1]
    return join(signs, rng, float(rng.uniform(10, 30)), camera=any_camera(rng), breaks=breaks)
