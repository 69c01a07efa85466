"""Learns which guesses go together, and how cautious to be, from text this project wrote.

`python -m signbridge.training.choice.learn` writes `signbridge/assets/choice`.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from signbridge.compose.candidates import FOLDER, Caution, Chooser, Pairs
from signbridge.training.choice.count import Weights, learned
from signbridge.training.streams.grammar import held_out_grammar
from signbridge.types import Guess, RecognitionResult

LOG = logging.getLogger("signbridge.training.choice")
SEED = 0
SENTENCES = 400
BROKEN_COSTS = 10
"""A right first guess that is changed costs as much as this many changes gain."""
SIGNS = Path(__file__).parents[2] / "assets" / "signs" / "per_sign.csv"
GRID: Mapping[str, Sequence[float]] = {
    "weight": (0.4, 0.6, 0.8),
    "sure": (0.7, 0.8, 0.9),
    "smoothing": (2.0, 8.0, 20.0),
}
README = """# choice

{pairs} pairs of {glosses} glosses: which guess of a sign goes with its neighbours.

On {signs} signs drawn from sentence patterns that it was not counted on, with the recognizer's own
confusions and calibrated scores: first guesses right {before:.3f}, taken guesses right {after:.3f};
{broken} right first guesses changed. Measured on written sentences in
`docs/reports/composer/report.md`.

Counted with `python -m signbridge.training.choice.learn`. MIT, as the text it is counted on.
"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sentence's signs as a recognizer might see them, and what was signed."""

    results: tuple[RecognitionResult, ...]
    glosses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """Of `signs` drawn signs: first guesses right, taken guesses right, right ones changed."""

    signs: int
    before: float
    after: float
    broken: int
    fixed: int

    @property
    def gain(self) -> int:
        """What it is worth."""
        return self.fixed - BROKEN_COSTS * self.broken


def confusions(path: Path = SIGNS) -> Mapping[str, tuple[str, ...]]:
    """Return what each sign was mistaken for in tests, either way."""
    found: dict[str, list[str]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["confusion"]:
                found[row["gloss"]].append(row["confusion"])
                found[row["confusion"]].append(row["gloss"])
    return {gloss: tuple(others) for gloss, others in found.items()}


def drawn(rng: np.random.Generator, count: int = SENTENCES) -> list[Drawn]:
    """Return sentences of the held-out patterns, their signs confused as often as scores say."""
    grammar, mistaken = held_out_grammar(), confusions()
    glosses = sorted(mistaken)
    return [
        Drawn(
            tuple(_seen(rng, gloss, at, mistaken, glosses) for at, gloss in enumerate(sentence)),
            sentence,
        )
        for sentence in (grammar.draw(rng).glosses for _ in range(count))
    ]


def _seen(
    rng: np.random.Generator,
    gloss: str,
    at: int,
    mistaken: Mapping[str, tuple[str, ...]],
    glosses: Sequence[str],
) -> RecognitionResult:
    """Return three guesses with scores that tell the truth: the i-th is right as often as said."""
    first = rng.uniform(0.35, 0.95)
    second = (1 - first) * rng.uniform(0.4, 0.9)
    third = (1 - first - second) * rng.uniform(0.3, 0.7)
    scores = sorted((first, second, third), reverse=True)
    others = [one for one in mistaken.get(gloss, ()) if one != gloss]
    while len(others) < 2:
        one = str(rng.choice(glosses))
        if one != gloss and one not in others:
            others.append(one)
    names = [str(one) for one in rng.permutation(others)[:2]]
    names.insert(int(rng.choice(3, p=np.array(scores) / sum(scores))), gloss)
    guesses = tuple(Guess(name, score) for name, score in zip(names, scores, strict=True))
    return RecognitionResult("drawn", at, at + 0.5, guesses, False, 0.0)


def measured(chooser: Chooser, sentences: Sequence[Drawn]) -> Fit:
    """Count right guesses before and after choosing."""
    before: list[bool] = []
    after: list[bool] = []
    for one in sentences:
        taken, _ = chooser.choose(one.results)
        before += [r.guesses[0].text == g for r, g in zip(one.results, one.glosses, strict=True)]
        after += [r.guesses[0].text == g for r, g in zip(taken, one.glosses, strict=True)]
    was, now = np.array(before), np.array(after)
    broken, fixed = int((was & ~now).sum()), int((~was & now).sum())
    return Fit(len(was), float(was.mean()), float(now.mean()), broken, fixed)


def fitted(weights: Weights, sentences: Sequence[Drawn]) -> tuple[Caution, Fit]:
    """Return the caution that gains most on sentences of patterns that were not counted."""
    best: tuple[Caution, Fit] | None = None
    for smoothing in GRID["smoothing"]:
        pairs = Pairs(weights, smoothing)
        for weight, sure in itertools.product(GRID["weight"], GRID["sure"]):
            caution = Caution(weight=weight, sure=sure, smoothing=smoothing)
            fit = measured(Chooser(pairs, caution), sentences)
            LOG.info("%s: %s", caution, fit)
            if best is None or fit.gain > best[1].gain:
                best = caution, fit
    assert best is not None
    return best


def save(folder: Path, weights: Weights, caution: Caution, fit: Fit) -> None:
    """Write the pairs, what they mean, and the card."""
    glosses = sorted({gloss for pair in weights for gloss in pair})
    places = {gloss: place for place, gloss in enumerate(glosses)}
    rows = sorted((places[a], places[b], weight) for (a, b), weight in weights.items())
    before, after, counts = zip(*rows, strict=True)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        "before": np.array(before, np.int16),
        "after": np.array(after, np.int16),
        "weight": np.array(counts, np.float16),
    }
    save_file(tensors, folder / "model.safetensors")
    _write(folder / "config.json", {"caution": asdict(caution), "glosses": glosses})
    card = {
        "what": "weights of pairs of glosses, and how cautiously a second guess is taken",
        "data": "patterns of training/streams/grammar.txt and training/choice/together.txt, "
        "sentences of compose/chat/examples.tsv; all written for this project",
        "split": "caution fitted on sentences of the patterns held out in grammar.txt",
        "seed": SEED,
        "command": "python -m signbridge.training.choice.learn",
        "licence": "MIT",
        "report": "docs/reports/composer",
        "scores": [],  # see docs/reports/composer
        "fit": asdict(fit),
    }
    _write(folder / "card.json", card)
    readme = README.format(pairs=len(rows), glosses=len(glosses), **asdict(fit))
    (folder / "README.md").write_text(readme, encoding="utf-8")


def _write(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Count, fit and save."""
    parser = argparse.ArgumentParser(prog="python -m signbridge.training.choice.learn")
    parser.add_argument("--out", type=Path, default=FOLDER, metavar="DIR")
    parser.add_argument("--sentences", type=int, default=SENTENCES)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    weights = learned()
    sentences = drawn(np.random.default_rng(SEED), options.sentences)
    caution, fit = fitted(weights, sentences)
    LOG.info("taken: %s, %s", caution, fit)
    save(options.out, weights, caution, fit)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
