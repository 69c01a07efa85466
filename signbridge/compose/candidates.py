"""Each sign's guesses -> the one that its neighbours ask for: DRINK WATER, not DRINK WHITE.

A first guess gives way only where the weights of pairs of signs and the recognizer's own scores
together leave little doubt.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.errors import CheckpointError
from signbridge.types import Choice, Guess, RecognitionResult

FOLDER = Path(__file__).parents[1] / "assets" / "choice"
EDGE, SPELLED = "<edge>", "<spelled>"
GUESSES = 3
"""So many of a sign's guesses may be taken."""
NEW_SENTENCE = 0.05
"""How likely a sentence ends between two signs of a stretch."""
_RARE = 1e-6
_LEAST = 1e-4  # a score of nothing would forbid a guess for good


@dataclass(frozen=True, slots=True)
class Caution:
    """How much a neighbour counts, and when that is enough.

    weight: of the neighbours beside the recognizer's scores. sure: a guess that is not the first
    is taken from this probability on. trusted: a first guess with this score is never changed.
    smoothing: how many times a sign must have been seen for its pairs to count half.
    """

    weight: float = 0.6
    sure: float = 0.8
    trusted: float = 0.9
    smoothing: float = 2.0


class Pairs:
    """How likely one gloss follows another, counted on written sentences (a bigram model).

    weights: (before, after) -> how often; `EDGE` stands for the begin and the end.
    """

    def __init__(self, weights: Mapping[tuple[str, str], float], smoothing: float) -> None:
        self._smoothing = smoothing
        self._weights = dict(weights)
        self._before: dict[str, float] = {}
        single: dict[str, float] = {}
        for (before, after), weight in weights.items():
            self._before[before] = self._before.get(before, 0.0) + weight
            single[after] = single.get(after, 0.0) + weight
        total = sum(single.values())
        # Half by how frequent a gloss is, half all alike: the texts are too few for the rest.
        self._single = {g: 0.5 * w / total + 0.5 / len(single) for g, w in single.items()}

    def knows(self, gloss: str) -> bool:
        """Say whether any sentence had this gloss."""
        return _class_of(gloss) in self._single

    def meet(self, before: str, after: str) -> bool:
        """Say whether any sentence had the one before the other."""
        return (_class_of(before), _class_of(after)) in self._weights

    def log(self, before: str, after: str) -> float:
        """Return the logarithm of how much likelier `after` is for following `before`.

        In this sentence or the next. How frequent `after` is by itself counts for nothing: people
        sign rare signs too, and the recognizer's score is the better witness.
        """
        on = self._share(before, after)
        again = self._share(before, EDGE) * self._share(EDGE, after)
        share = (1 - NEW_SENTENCE) * on + NEW_SENTENCE * again
        return math.log(share / self._single.get(_class_of(after), _RARE))

    def _share(self, before: str, after: str) -> float:
        before, after = _class_of(before), _class_of(after)
        seen = self._weights.get((before, after), 0.0)
        single = self._single.get(after, _RARE)
        return (seen + self._smoothing * single) / (self._before.get(before, 0.0) + self._smoothing)


class Chooser:
    """Takes a second or third guess where the neighbours ask for it."""

    def __init__(self, pairs: Pairs, caution: Caution) -> None:
        self._pairs = pairs
        self._caution = caution

    @classmethod
    def shipped(cls, folder: Path = FOLDER) -> Chooser:
        """Return the one in the package; raise `CheckpointError` where it can't be read."""
        from safetensors.numpy import load_file

        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            table = load_file(folder / "model.safetensors")
            glosses = config["glosses"]
            places = zip(table["before"].tolist(), table["after"].tolist(), strict=True)
            names = [(glosses[before], glosses[after]) for before, after in places]
            caution = Caution(**config["caution"])
            weights = dict(zip(names, table["weight"].tolist(), strict=True))
        except (OSError, ValueError, KeyError, TypeError, IndexError) as cause:
            raise CheckpointError(f"{folder} holds no pairs of signs: {cause}") from cause
        return cls(Pairs(weights, caution.smoothing), caution)

    def choose(
        self, results: Sequence[RecognitionResult]
    ) -> tuple[tuple[RecognitionResult, ...], tuple[Choice, ...]]:
        """Return the results with the guess that is taken first, and which were changed.

        results: of signs, in the order of time; each has a guess.
        """
        offered = [self._offered(result) for result in results]
        if not any(len(guesses) > 1 for guesses in offered):
            return tuple(results), ()
        taken: list[RecognitionResult] = []
        choices: list[Choice] = []
        for at, likely in enumerate(self._posteriors(offered)):
            result, guess = results[at], offered[at][int(np.argmax(likely))]
            first = result.guesses[0]
            if (
                guess is not first
                and likely.max() >= self._caution.sure
                and self._meets(offered, at, guess)
            ):
                choices.append(Choice(result.start_s, guess, first))
                others = tuple(one for one in result.guesses if one is not guess)
                result = replace(result, guesses=(guess, *others))
            taken.append(result)
        return tuple(taken), tuple(choices)

    def _meets(self, offered: Sequence[Sequence[Guess]], at: int, guess: Guess) -> bool:
        """Say whether a neighbour was ever seen beside it: else only doubt speaks for it."""
        before = offered[at - 1] if at else ()
        after = offered[at + 1] if at + 1 < len(offered) else ()
        return any(self._pairs.meet(one.text, guess.text) for one in before[:1]) or any(
            self._pairs.meet(guess.text, one.text) for one in after[:1]
        )

    def _offered(self, result: RecognitionResult) -> tuple[Guess, ...]:
        """Return the guesses that may be taken; the first alone where nothing can be weighed."""
        first = result.guesses[0]
        settled = not first.score < self._caution.trusted  # so is one without a score
        if settled or not self._pairs.knows(first.text):
            return (first,)
        others = result.guesses[1:GUESSES]
        return (first, *(one for one in others if one.score > 0 and self._pairs.knows(one.text)))

    def _posteriors(self, offered: Sequence[Sequence[Guess]]) -> list[NDArray[np.float64]]:
        """Return each guess's probability given all others (the forward-backward algorithm)."""
        weight = self._caution.weight
        scores = [
            np.log([_LEAST if math.isnan(g.score) else max(g.score, _LEAST) for g in guesses])
            for guesses in offered
        ]
        names = [(EDGE,), *([g.text for g in guesses] for guesses in offered), (EDGE,)]
        steps = [
            weight * np.array([[self._pairs.log(a, b) for b in after] for a in before])
            for before, after in pairwise(names)
        ]
        forward = [steps[0][0] + scores[0]]
        for step, score in zip(steps[1:-1], scores[1:], strict=True):
            forward.append(_log_sum(forward[-1][:, None] + step, axis=0) + score)
        backward = [steps[-1][:, 0]]
        for step, score in zip(reversed(steps[1:-1]), reversed(scores[1:]), strict=True):
            backward.append(_log_sum(step + (score + backward[-1])[None], axis=1))
        found = []
        for before, after in zip(forward, reversed(backward), strict=True):
            both = np.exp(before + after - np.max(before + after))
            found.append(both / both.sum())
        return found


def _log_sum(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    most = values.max(axis=axis, keepdims=True)
    total = np.log(np.exp(values - most).sum(axis=axis))
    return np.asarray(total + most.squeeze(axis))


def _class_of(gloss: str) -> str:
    """All that is spelled is alike: a name may be any."""
    return SPELLED if gloss.startswith(("FS-", "#")) else gloss
