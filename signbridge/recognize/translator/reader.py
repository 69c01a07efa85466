"""Hands of a sentence -> its signs in order, each with next guesses and when it was signed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from signbridge.landmarks.activity import mirrored
from signbridge.landmarks.body import Hands
from signbridge.landmarks.boundaries import BoundaryNet
from signbridge.recognize.landmark.checkpoint import EPSILON
from signbridge.recognize.translator.folder import Translator
from signbridge.recognize.translator.isolated import Isolated
from signbridge.recognize.translator.lattice import Found, read_lattice
from signbridge.recognize.translator.prepare import Prepared, prepared
from signbridge.recognize.translator.segmental import proposals
from signbridge.recognize.translator.turns import Turns, turns_of
from signbridge.recognize.translator.words import LENGTH_POWER, SPECIAL, best_sentences
from signbridge.types import Guess

GUESSES = 10
FEWEST = 2  # frames of a stretch: less is no sign, and no network takes it
LONGEST_S = 30.0  # of a sentence; more is read in parts of this length


@dataclass(frozen=True, slots=True)
class Heard:
    """What the network made of a stretch: moments (M, 2 * width), logs (M, 1 + glosses).

    turns: what the segmenter's network says of the same moments; None where it was not asked.
    """

    ready: Prepared
    moments: torch.Tensor
    logs: NDArray[np.float32]
    moment_s: float
    turns: Turns | None


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign, from and to in seconds after the stretch began, and its guesses, best first."""

    start_s: float
    end_s: float
    guesses: tuple[Guess, ...]


class Reader:
    """A translator, with the recognizer of isolated signs and the segmenter's network beside it."""

    def __init__(
        self,
        translator: Translator,
        isolated: Isolated | None,
        boundaries: BoundaryNet | None = None,
    ) -> None:
        self.translator, self.isolated, self.boundaries = translator, isolated, boundaries

    def hear(self, hands: Hands) -> Heard | None:
        """Run the network over hands in body units; None if no hand is seen."""
        config = self.translator.network.config
        ready = prepared(hands, config.fps)
        if ready is None or len(ready.hands) < FEWEST:
            return None
        return self.hear_prepared(ready, hands)

    def hear_prepared(self, ready: Prepared, hands: Hands) -> Heard:
        """Run the networks over `hands`, and what `prepared` gave of them in parts of LONGEST_S."""
        network = self.translator.network
        longest = int(LONGEST_S * network.config.fps)
        moments, logs = [], []
        # The network takes no single frame: a last one is read with the part before it.
        starts = [start for start in range(0, len(ready.hands), longest)]
        if len(starts) > 1 and len(ready.hands) - starts[-1] < FEWEST:
            starts.pop()
        for start, end in zip(starts, [*starts[1:], len(ready.hands)], strict=True):
            part = torch.from_numpy(ready.hands[start:end])[None]
            with torch.inference_mode():
                read = network(part, torch.tensor([part.shape[1]]))
            moments.append(read.moments[0])
            logs.append(read.glosses[0].numpy())
        moment_s = network.config.stride / network.config.fps
        joined = np.concatenate(logs)
        turns = None
        if self.boundaries is not None:
            # As the other networks see them: a mirrored picture has the same turns.
            seen = replace(hands, points=mirrored(hands.points)) if ready.turned else hands
            turns = turns_of(self.boundaries, seen, ready.start_s, moment_s, len(joined))
        return Heard(ready, torch.cat(moments), joined, moment_s, turns)

    def stretches(self, heard: Heard) -> list[tuple[int, int]]:
        """Return where signs may be, [start, end) in moments, sorted; they overlap."""
        own = self.translator
        found = proposals(heard.logs, own.prior, own.weights)
        if heard.turns is not None:
            found = sorted({*found, *heard.turns.stretches(own.weights.longest)})
        return found

    def signs(self, heard: Heard) -> list[Sign]:
        """Return the signs in order; empty where none is found."""
        own = self.translator
        stretches = self.stretches(heard)
        times = [times_of(stretch, heard.moment_s) for stretch in stretches]
        alone = None
        if self.isolated is not None and own.weights.isolated and stretches:
            alone = self.isolated(heard.ready, times)
        found = read_lattice(
            heard.logs, stretches, alone, own.prior, own.weights, turns=heard.turns
        )
        signs = []
        for one in found:
            start_s, end_s = times_of((one.start, one.end), heard.moment_s)
            offset_s = heard.ready.start_s
            signs.append(Sign(start_s + offset_s, end_s + offset_s, self._guesses(one)))
        return signs

    def _guesses(self, found: Found) -> tuple[Guess, ...]:
        own = self.translator
        # The gloss on the best way leads, even where others add up to more over all ways.
        shares = found.shares.astype(np.float32)
        shares[found.gloss] = shares.max() + EPSILON
        scores = own.calibration.scores(shares / max(1.0, float(shares.sum())))
        best = np.argsort(-scores)[:GUESSES]
        return tuple(Guess(own.vocabulary.glosses[i], float(scores[i])) for i in best)

    def english(self, heard: Heard, beam: int = 4) -> list[tuple[str, float]]:
        """Return English sentences, best first, each with the geometric mean over its words."""
        own = self.translator
        with torch.inference_mode():
            best = best_sentences(own.network.decoder, heard.moments, beam)
        sentences = []
        for words, score in best:
            known = [own.words[word - len(SPECIAL)] for word in words if word >= len(SPECIAL)]
            if known:
                mean = score * (len(words) + 1) ** (LENGTH_POWER - 1)
                sentences.append((written(known), float(np.exp(min(0.0, mean)))))
        return sentences


def written(words: Sequence[str]) -> str:
    """Return words and marks as a sentence: capitals, and no space before a mark."""
    text = re.sub(r" ([.,?!])", r"\1", " ".join(words))
    text = re.sub(r"(^|[.?!] )([a-z])", lambda found: found[1] + found[2].upper(), text)
    text = re.sub(r"\bi\b", "I", text)
    return re.sub(r"\basl\b", "ASL", text)


def times_of(stretch: tuple[int, int], moment_s: float) -> tuple[float, float]:
    """Return from and to in seconds after the first frame; a moment is the middle of its frames."""
    return max(0.0, stretch[0] - 0.5) * moment_s, (stretch[1] - 0.5) * moment_s
