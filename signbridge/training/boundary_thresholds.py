"""How sure the boundary network must be before a stretch is cut: fitted on signers held back."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Sequence
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
MOST_SPLIT = 0.02  # of the recordings of one sign, beyond those the rules split
SENTENCES, ALONE = 40, 80


@dataclass(frozen=True, slots=True)
class Fitted:
    """Thresholds, and what they give on the signers held back."""

    cut: float
    fluent: float
    boundary_f1: float
    split: float
    split_by_rules: float


def fit_thresholds(net: BoundaryNet, sources: Sources, seed: int = 0) -> Fitted:
    """Return the thresholds of the highest boundary F1 that split few recordings of one sign."""
    rng = np.random.default_rng(seed)
    sentences = [_sentence(sources, number, rng) for number in range(SENTENCES)]
    seen = [standing(sentence.hands) for sentence in sentences]
    picked = rng.permutation(len(sources.alone))[:ALONE]
    alone = [standing(sources.alone[number]) for number in picked]
    by_rules = _split([found(Segmenter(WIDTH_PX, HEIGHT_PX), clip) for clip in alone])
    best: Fitted | None = None
    for cut, fluent in itertools.product(CUTS, FLUENTS):
        config = replace(net.config, cut=cut, fluent=fluent)
        opened = partial(FluentSegmenter, WIDTH_PX, HEIGHT_PX, BoundaryNet(config, net.weights))
        split = _split([found(opened(), clip) for clip in alone])
        if split > by_rules + MOST_SPLIT:
            continue
        scores = [
            score(sentence.spans_s, found(opened(), clip))
            for sentence, clip in zip(sentences, seen, strict=True)
        ]
        f1 = measured(scores)["boundary_f1"].value
        LOG.info("cut %.2f, fluent %.2f: F1 %.3f, split %.3f", cut, fluent, f1, split)
        if best is None or f1 > best.boundary_f1:
            best = Fitted(cut, fluent, f1, split, by_rules)
    return best or Fitted(1.0, 1.0, float("nan"), by_rules, by_rules)


def fitted_config(config: BoundaryConfig, fitted: Fitted) -> BoundaryConfig:
    """Return the configuration with the thresholds."""
    return replace(config, cut=fitted.cut, fluent=fitted.fluent)


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


def _split(clips: Sequence[Sequence[Found]]) -> float:
    return float(np.mean([len(stretches) > 1 for stretches in clips]))
