"""Reads finger-spelling alone: one spelled word from a stretch of signing, or nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from signbridge.landmarks.body import Hands, in_body_frame
from signbridge.recognize.about import about_folder
from signbridge.recognize.spelling.speller import DEFAULT_FOLDER, Speller
from signbridge.recognize.vocabulary import LETTER_PREFIX
from signbridge.types import Guess, RecognitionResult, Segment, Stages

# Shorter ones come of a hand that holds each letter: the end of one and the next.
SHORTEST_WORD = 3


@dataclass(frozen=True, slots=True)
class Spelled:
    """A word that may have been spelled, and whether it is long and likely enough to believe."""

    guess: Guess
    sure: bool


class SpellingRecognizer:
    """Finger-spelled words; signs are not its business, and it abstains from them."""

    name = "spelling"
    reads: Literal["signs"] = "signs"
    sees: Literal["landmarks"] = "landmarks"

    def __init__(self, folder: Path = DEFAULT_FOLDER) -> None:
        """Load a model folder, the project's own by default; raise `CheckpointError` if broken."""
        self._speller = Speller(folder)
        self.about = about_folder(folder)
        self.weights_sha256 = self._speller.weights_sha256

    def recognize(self, segment: Segment) -> RecognitionResult:
        """Return the spelled word as one gloss; abstains where it is not sure that one was."""
        started = time.perf_counter()
        hands = in_body_frame(segment.landmarks)
        prepared = time.perf_counter()
        word = spelled(self._speller, hands)
        ended = time.perf_counter()
        return RecognitionResult(
            recognizer=self.name,
            start_s=segment.start_s,
            end_s=segment.end_s,
            guesses=(word.guess,) if word else (),
            abstained=word is None or not word.sure,
            elapsed_s=ended - started,
            stages=Stages(preprocess_s=prepared - started, model_s=ended - prepared),
        )


def spelled(speller: Speller, hands: Hands) -> Spelled | None:
    """Return the likeliest word of hands in body units, None where no letter is read."""
    word = speller.spell(hands)
    if not word.text:
        return None
    sure = len(word.text) >= SHORTEST_WORD and word.score >= speller.calibration.threshold
    return Spelled(Guess(LETTER_PREFIX + word.text, word.score), sure)
