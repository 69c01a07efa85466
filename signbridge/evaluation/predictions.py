"""What a recognizer said of labelled clips, and how it compares with the labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from signbridge.evaluation.efficiency import Sized
from signbridge.evaluation.facts import Facts
from signbridge.evaluation.labels import LabelledClip
from signbridge.evaluation.metrics import NAN, Answer, rank_of
from signbridge.recognize.vocabulary import canonical, same_sign
from signbridge.types import Guess

NO_GUESS = "(no guess)"


@dataclass(frozen=True, slots=True)
class Prediction:
    """One labelled clip and what came out: guesses of a sign or letter, the text of a sentence."""

    clip: LabelledClip
    guesses: tuple[Guess, ...] = ()
    abstained: bool = False
    text: str = ""
    elapsed_s: float = NAN


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that could not be evaluated, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What a simple recognizer said of the same signs and letters.

    learned: what it is and learned from, in a few words.
    """

    recognizer: str
    learned: str
    vocabulary_size: int
    predictions: tuple[Prediction, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything a report is made of.

    vocabulary: None where the recognizer's is open. size: None where it does not say it. skipped:
    how many rows were passed over, by the kind that is not evaluated. model: None where the
    recognizer tells nothing of it. beside: None where chance alone stands beside.
    """

    recognizer: str
    labels: Path
    vocabulary: tuple[str, ...] | None
    predictions: tuple[Prediction, ...]
    unreadable: tuple[Unreadable, ...]
    size: Sized | None = None
    skipped: Mapping[str, int] = field(default_factory=dict)
    model: Facts | None = None
    beside: Beside | None = None

    def of(self, kind: str) -> tuple[Prediction, ...]:
        """Return the predictions of one kind of row."""
        return tuple(p for p in self.predictions if p.clip.kind == kind)

    def answers(self, predictions: Sequence[Prediction]) -> tuple[Answer, ...]:
        """Return how signs or letters were answered."""
        return tuple(self.answer(prediction) for prediction in predictions)

    def answer(self, prediction: Prediction) -> Answer:
        """Return how one sign or letter was answered."""
        clip, guesses = prediction.clip, prediction.guesses
        matches = matcher(clip.kind)
        return Answer(
            rank=rank_of(clip.label, [guess.text for guess in guesses], matches),
            score=guesses[0].score if guesses else 0.0,
            abstained=prediction.abstained or not guesses,
            in_vocabulary=self.vocabulary is None
            or any(matches(clip.label, gloss) for gloss in self.vocabulary),
        )

    def confusions(self, kind: str = "sign") -> list[tuple[tuple[str, str], int]]:
        """Return ((label, best guess), how often) of clips answered wrong, commonest first."""
        name = _as_letter if kind == "letter" else canonical
        counts: Counter[tuple[str, str]] = Counter()
        for prediction in self.of(kind):
            answer = self.answer(prediction)
            if answer.in_vocabulary and answer.rank != 0:
                guess = prediction.guesses[0].text if prediction.guesses else NO_GUESS
                counts[name(prediction.clip.label), guess] += 1
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def matcher(kind: str) -> Callable[[str, str], bool]:
    """Return what decides whether a label and a guess are the same.

    Letters are compared as letters: as a sign, the label "I" is the pronoun.
    """
    return same_letter if kind == "letter" else same_sign


def same_letter(first: str, second: str) -> bool:
    """Say whether two labels such as `A`, `letter_a` and `FS-A` name one letter."""
    return _as_letter(first) == _as_letter(second)


def _as_letter(label: str) -> str:
    name = label.strip()
    return canonical(f"letter {name}" if len(name) == 1 else name)
