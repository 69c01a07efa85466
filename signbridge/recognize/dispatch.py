"""For each stretch of signing: was it one sign, a spelled word, or several signs in a row?

A line for each of the three readers tells, from how long the stretch lasted and how sure each is of
what it read, how much of the truth its reading is likely to have; the best is believed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from signbridge.errors import CheckpointError
from signbridge.recognize.vocabulary import LETTER_PREFIX
from signbridge.types import RecognitionResult

Choice = Literal["sign", "spelling", "sequence"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
DEFAULT_FOLDER = Path(__file__).parents[1] / "assets" / "dispatch"
MODEL = "model.json"
RULE_S = 16 / 25
"""The rule to beat: fewer than 16 frames of a 25 frames/s video are one sign."""
EVIDENCE = (
    "log duration", "sign", "sign margin", "letters", "word", "signs in sequence", "sequence",
    "weakest in sequence", "letters in sequence", "sequence is the sign", "seconds a sign",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Readings:
    """What the three readers made of one stretch.

    sign: the whole as one sign; word: as one spelled word, without guesses if there is none;
    sequence: one result for each sign, in order.
    """

    duration_s: float
    sign: RecognitionResult
    word: RecognitionResult
    sequence: tuple[RecognitionResult, ...]

    def of(self, choice: Choice) -> tuple[RecognitionResult, ...]:
        """Return the results of one reader; none where it read nothing."""
        if choice == "sequence":
            return self.sequence
        one = self.sign if choice == "sign" else self.word
        return (one,) if one.guesses else ()

    def able(self, choice: Choice) -> bool:
        """Return whether a reader may be believed.

        It must have read something, and the sequence reader more than one sign: a single one is for
        the reader of signs, whose threshold keeps hands that only move from being answered.
        """
        if choice == "sequence" and len(self.sequence) == 1 and self.sign.guesses:
            return False
        return bool(self.of(choice))

    def evidence(self) -> NDArray[np.float64]:
        """Return (len(EVIDENCE),): what can be told of the stretch without knowing the truth."""
        sign, word = self.sign.guesses, self.word.guesses
        best = [result.guesses[0] for result in self.sequence]
        spelled = [guess.text.startswith(LETTER_PREFIX) for guess in best]
        scores = [guess.score for guess in best]
        return np.array(
            [
                math.log(max(self.duration_s, 0.1)),
                sign[0].score if sign else 0.0,
                sign[0].score - sign[1].score if len(sign) > 1 else 0.0,
                min(8, len(word[0].text) - len(LETTER_PREFIX)) if word else 0,
                word[0].score if word else 0.0,
                min(8, len(best)),
                float(np.mean(scores)) if scores else 0.0,
                min(scores, default=0.0),
                float(np.mean(spelled)) if spelled else 0.0,
                float(len(best) == 1 and bool(sign) and best[0].text == sign[0].text),
                self.duration_s / max(1, len(best)),
            ]
        )


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Linear readers' worth: weights (3, 1 + len(EVIDENCE)) over scaled evidence, the first of 1.

    lead: by so much another reader must be worth more than the sign's, which is never far wrong.
    """

    weights: tuple[tuple[float, ...], ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    lead: float = 0.0

    def worth(self, evidence: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (..., 3): how much of the truth each reader likely has, about 0 to 1."""
        scaled = (evidence - np.array(self.centre)) / np.array(self.scale)
        weights = np.array(self.weights)
        return np.asarray(scaled @ weights[:, 1:].T + weights[:, 0])

    def choose(self, readings: Readings) -> Choice:
        """Return whom to believe of those that are able to; see `Readings.able`."""
        return self.chosen(readings.evidence(), [readings.able(one) for one in CHOICES])

    def expected(self, readings: Readings, choice: Choice) -> float:
        """Return how much of the truth a reader likely has, from 0 to 1."""
        worth = self.worth(readings.evidence())[CHOICES.index(choice)]
        return float(np.clip(worth, 0.0, 1.0))

    def chosen(self, evidence: NDArray[np.float64], read: Sequence[bool]) -> Choice:
        """Return whom to believe of those that read anything; the sign's reader if none did."""
        worth = self.worth(evidence)
        worth[CHOICES.index("sign")] += self.lead
        allowed = np.where(read, worth, -np.inf)
        return CHOICES[int(np.argmax(allowed))] if any(read) else "sign"

    def save(self, folder: Path) -> None:
        """Write the model folder."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"evidence": EVIDENCE, **asdict(self)}, indent=1)
        (folder / MODEL).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path = DEFAULT_FOLDER) -> Dispatcher:
        """Read a model folder; raise `CheckpointError` where it is broken or of other evidence."""
        path = folder / MODEL
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            evidence = tuple(found.pop("evidence"))
            found["weights"] = tuple(map(tuple, found["weights"]))
            found |= {name: tuple(found[name]) for name in ("centre", "scale")}
            dispatcher = cls(**found)
        except (OSError, ValueError, KeyError, TypeError) as cause:
            raise CheckpointError(f"{path} can't be read: {cause}") from cause
        shape = np.array(dispatcher.weights).shape
        if evidence != EVIDENCE or shape != (len(CHOICES), 1 + len(EVIDENCE)):
            raise CheckpointError(f"{path} was fitted to other evidence; fit it again")
        return dispatcher


def by_rule(readings: Readings, longest_s: float = RULE_S) -> Choice:
    """Return whom the rule believes: the duration alone decides, spelling is never chosen."""
    return "sign" if readings.duration_s < longest_s else "sequence"
