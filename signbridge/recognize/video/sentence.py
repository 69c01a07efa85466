"""A segment -> one sentence: cut, prepared, translated piece by piece, and joined."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from signbridge.errors import BadInputError
from signbridge.recognize.video.pieces import SHORTEST_S, cut
from signbridge.recognize.video.preprocess import PreparedClip, prepare
from signbridge.types import Guess, RecognitionResult, Segment


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model said of one piece: sentences, best first, and a note on its score."""

    guesses: tuple[Guess, ...]
    raw: str = ""


def read(
    name: str, segment: Segment, translate: Callable[[PreparedClip], Answer]
) -> RecognitionResult:
    """Return the sentence of a segment.

    Abstains where the model says nothing and where a clip is shorter than any it was trained on.
    The score is the model's own and uncalibrated: it orders this model's sentences, and says
    little of how often they are right. Of several pieces it is the least sure one's.
    """
    started_s = time.perf_counter()
    if segment.clip is None:
        raise BadInputError("there are no pictures of this sentence, only landmarks; give a video")
    answers: tuple[Answer, ...] = ()
    raw = f"shorter than {SHORTEST_S} s, the shortest the model was trained on"
    if len(segment.clip.pixels) / segment.clip.fps >= SHORTEST_S:
        pieces = cut(segment.clip, segment.landmarks)
        answers = tuple(translate(prepare(piece, segment.landmarks)) for piece in pieces)
        raw = "; ".join(answer.raw for answer in answers if answer.raw)
    guesses = _joined(answers)
    return RecognitionResult(
        recognizer=name,
        start_s=segment.start_s,
        end_s=segment.end_s,
        guesses=guesses,
        abstained=not guesses,
        elapsed_s=time.perf_counter() - started_s,
        raw=raw,
        kind="sentence",
    )


def _joined(answers: tuple[Answer, ...]) -> tuple[Guess, ...]:
    """Return the sentences of all pieces one after another; other guesses if there is one piece."""
    said = [tuple(guess for guess in answer.guesses if _words(guess.text)) for answer in answers]
    said = [guesses for guesses in said if guesses]
    if len(said) == 1:
        return said[0]
    if not said:
        return ()
    best = [guesses[0] for guesses in said]
    text = " ".join(_ended(guess.text) for guess in best)
    return (Guess(text, min(guess.score for guess in best)),)


def _ended(text: str) -> str:
    text = text.strip()
    return text if text[-1] in ".!?" else text + "."


def _words(text: str) -> bool:
    return any(map(str.isalnum, text))
