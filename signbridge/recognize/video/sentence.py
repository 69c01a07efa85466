"""A segment -> one sentence: cut, prepared, translated piece by piece, and joined."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.errors import BadInputError
from signbridge.recognize.video.pieces import SHORTEST_S, cut
from signbridge.recognize.video.preprocess import PreparedClip, prepare
from signbridge.types import Guess, RecognitionResult, Segment, Stages

SHOWN = 12  # of the first piece's pictures are kept with the answer


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
    answers: list[Answer] = []
    seen: NDArray[np.uint8] | None = None
    prepared_s = model_s = 0.0
    raw = f"shorter than {SHORTEST_S} s, the shortest the model was trained on"
    if len(segment.clip.pixels) / segment.clip.fps >= SHORTEST_S:
        for piece in cut(segment.clip, segment.landmarks):
            began_s = time.perf_counter()
            prepared = prepare(piece, segment.landmarks)
            ready_s = time.perf_counter()
            answers.append(translate(prepared))
            prepared_s += ready_s - began_s
            model_s += time.perf_counter() - ready_s
            seen = some(prepared.pixels) if seen is None else seen
        raw = "; ".join(answer.raw for answer in answers if answer.raw)
    guesses = _joined(tuple(answers))
    return RecognitionResult(
        recognizer=name,
        start_s=segment.start_s,
        end_s=segment.end_s,
        guesses=guesses,
        abstained=not guesses,
        elapsed_s=time.perf_counter() - started_s,
        raw=raw,
        kind="sentence",
        stages=Stages(prepared_s, model_s),
        frames=seen,
    )


def some(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return at most SHOWN of the pictures (T, H, W, 3), evenly spread: a look at all of them."""
    chosen = np.linspace(0, len(pixels) - 1, min(SHOWN, len(pixels))).round().astype(int)
    return np.ascontiguousarray(pixels[chosen])


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
