"""What held-out hands' letters were taken for -> the report, its plots and the model's card."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.data.letter_hands import PICTURE, LetterHand
from signbridge.recognize.letters.model import SHAPES, LetterNet
from signbridge.recognize.letters.motion import DRAWN
from signbridge.training.letters_page import COMMAND, LOW, readable, summary
from signbridge.training.letters_plots import draw_confusions, draw_hands, draw_letters
from signbridge.training.letters_why import Why

UNUSED = "The sign recognizer does not use it: see signbridge/training/LOG.md."
DRAWS = 2000
LICENCE = (
    "Weights: for research. Of the hands it is trained on, one is GPL-3 (a repository of "
    "landmarks), one CC0, the moving alphabet MIT; the others are public repositories, some "
    "without a licence file. The code that makes and runs them is MIT."
)
# What the most typical picture of a letter shows, drawn beside the other hands' and looked at.
WORDS = {
    ("nejohnson", "C"): "four straight fingers and the thumb apart: the curve faces the camera",
    ("nejohnson", "O"): "four finger tips in front of the palm, as in E: it faces the camera",
    ("nejohnson", "X"): "the middle finger stands up beside the index finger",
    ("aditi", "X"): "the hand leans far to the side, the thumb away from the fist",
    ("aditi", "O"): "the hand lies on its side",
}


@dataclass(frozen=True, slots=True)
class HandResult:
    """One held-out hand: the letters it showed and what each was taken for.

    baseline_answers: extra-trees', "" for a drawn letter. why: of letters that are misread.
    """

    name: str
    moves: bool
    letters: tuple[str, ...]
    answers: tuple[str, ...]
    baseline_answers: tuple[str, ...]
    why: Mapping[str, Why] = field(default_factory=dict)

    def counted(self, letter: str) -> bool:
        """Say whether a letter counts: a still picture cannot show what is drawn in the air."""
        return self.moves or letter not in DRAWN

    @property
    def hits(self) -> list[bool]:
        """Whether each letter that counts was read right."""
        pairs = zip(self.letters, self.answers, strict=True)
        return [letter == answer for letter, answer in pairs if self.counted(letter)]

    @property
    def accuracy(self) -> float:
        """The share read right."""
        return float(np.mean(self.hits))

    @property
    def held(self) -> float:
        """The share of held letters read right: those that extra-trees are asked as well."""
        pairs = zip(self.letters, self.answers, strict=True)
        return float(np.mean([a == b for a, b in pairs if a not in DRAWN]))

    @property
    def baseline(self) -> float:
        """The share of held letters that extra-trees read right."""
        pairs = zip(self.letters, self.baseline_answers, strict=True)
        return float(np.mean([a == b for a, b in pairs if a not in DRAWN]))

    def share(self, letter: str) -> float:
        """The share of one letter read right; NaN where the hand does not show it."""
        pairs = zip(self.letters, self.answers, strict=True)
        hits = [a == b for a, b in pairs if a == letter and self.counted(a)]
        return float(np.mean(hits)) if hits else float("nan")

    def taken_for(self, letter: str) -> dict[str, float]:
        """The share of each letter that one is taken for where it is read wrong, most first."""
        read = [b for a, b in zip(self.letters, self.answers, strict=True) if a == letter]
        wrong = Counter(b for b in read if b != letter)
        return {b: count / len(read) for b, count in wrong.most_common()}


def write_letters_report(folder: Path, results: Sequence[HandResult]) -> dict[str, object]:
    """Write report.json, report.md and the plots; return what report.json holds."""
    folder.mkdir(parents=True, exist_ok=True)
    letters = sorted({a for result in results for a in result.letters if result.counted(a)})
    report: dict[str, object] = {
        "task": "one letter from one hand; each hand read by a network that never saw it",
        "chance": 1 / len(SHAPES),
        "mean_over_hands": _over_hands(results, lambda result: result.accuracy),
        "baseline_mean_over_hands": _over_hands(results, lambda result: result.baseline),
        "held_letters_mean_over_hands": _over_hands(results, lambda result: result.held),
        "hands": {
            result.name: {
                "n": len(result.hits),
                "letters": len({a for a in result.letters if result.counted(a)}),
                "moves": result.moves,
                "accuracy": result.accuracy,
                "interval": _interval(np.array(result.hits, dtype=float)),
                "held_letters": result.held,
                "extra_trees": result.baseline,
            }
            for result in results
        },
        "letters": {
            letter: _over_hands(results, partial(HandResult.share, letter=letter))
            for letter in letters
        },
        "drawn": {result.name: _drawn(result) for result in results if result.moves},
        "still_pictures_of_drawn_letters": _stills(results),
        "low": _low(results),
    }
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    (folder / "report.json").write_text(text, encoding="utf-8")
    draw_hands(report, folder / "hands.png")
    draw_letters(report, folder / "letters.png")
    draw_confusions([(r.letters, r.answers) for r in results], folder / "confusions.png")
    (folder / "report.md").write_text(readable(report), encoding="utf-8")
    return report


def _over_hands(
    results: Sequence[HandResult], of: Callable[[HandResult], float]
) -> dict[str, object]:
    shares = np.array([of(result) for result in results])
    shares = shares[~np.isnan(shares)]
    return {"mean": float(shares.mean()), "interval": _interval(shares), "hands": len(shares)}


def _interval(values: NDArray[np.float64]) -> list[float]:
    """Return the 95% bootstrap interval of the mean."""
    rng = np.random.default_rng(0)
    means = [values[rng.integers(len(values), size=len(values))].mean() for _ in range(DRAWS)]
    return [float(edge) for edge in np.quantile(means, [0.025, 0.975])]


def _drawn(result: HandResult) -> dict[str, object]:
    pairs = list(zip(result.letters, result.answers, strict=True))
    held = [answer in DRAWN for letter, answer in pairs if letter not in DRAWN]
    counts = {letter: result.letters.count(letter) for letter in DRAWN if letter}
    return {
        "right": {letter: result.share(letter) for letter, n in counts.items() if n}, "n": counts,
        "held_taken_for_drawn": float(np.mean(held)), "n_held": len(held),
    }  # fmt: skip


def _stills(results: Sequence[HandResult]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for letter in DRAWN[1:]:
        read = Counter(
            answer
            for result in results
            if not result.moves
            for shown, answer in zip(result.letters, result.answers, strict=True)
            if shown == letter
        )
        found[letter] = {a: n / read.total() for a, n in read.most_common(4)}
    return found


def _low(results: Sequence[HandResult]) -> list[dict[str, object]]:
    """Return every hand's letters under LOW, why, and words where the pictures were looked at."""
    return [
        {
            "hand": result.name, "letter": letter, "n": result.letters.count(letter),
            "share": result.share(letter), "taken_for": result.taken_for(letter),
            "why": asdict(result.why[letter]) if letter in result.why else None,
            "words": WORDS.get((result.name, letter), ""),
        }
        for result in results
        for letter in sorted(set(result.letters))
        if result.share(letter) < LOW
    ]  # fmt: skip


def write_card(
    folder: Path,
    network: LetterNet,
    hands: Sequence[LetterHand],
    config: object,
    report: Mapping[str, object],
) -> None:
    """Write card.json (for programs) and README.md (for people) into the model folder."""
    card = {
        "name": folder.name,
        "task": "one finger-spelled letter, A to Z, from one hand, still or through time",
        "architecture": asdict(network.config),
        "parameters": sum(value.numel() for value in network.parameters()),
        "data": {hand.name: len(hand.tracks) for hand in hands},
        "picture_shapes": PICTURE,
        "split": "figures: each hand left out in turn; the shipped weights saw every hand",
        "training": asdict(config),  # type: ignore[call-overload]
        "command": COMMAND,
        "leaving_one_hand_out": report["mean_over_hands"],
        "extra_trees": report["baseline_mean_over_hands"],
        "scores": [],
        "summary": f"{summary(report)} {UNUSED}",
        "licence": LICENCE,
    }
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (folder / "card.json").write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(
        f"# {folder.name}\n\nReads one letter from MediaPipe hand landmarks: 24 shapes by a small "
        f"network ({card['parameters']:,} parameters), J and Z by how the finger tips move. A left "
        "hand gets the answer of its mirrored right hand, by construction.\n\n"
        f"Measured {summary(report)} {UNUSED}\n\nTrained with `{COMMAND}`; data and seed are in "
        f"`card.json`, the whole report in `docs/reports/letters`.\n\n{LICENCE}\n",
        encoding="utf-8",
    )
