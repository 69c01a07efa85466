"""Clips in which no sign of the vocabulary is made -> how often they are answered all the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from signbridge.evaluation.metrics import Interval, bootstrap, ratio
from signbridge.evaluation.replay import translate_landmarks
from signbridge.pipeline import Engine
from signbridge.recognize.vocabulary import LETTER_PREFIX
from signbridge.types import Guess, Landmarks, RecognitionResult, Segment

MOST_ANSWERED = 0.05  # of the clips in which nobody signs
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Heard:
    """What was made of one kind of clip, each (n,); a score is 0 where nothing was found.

    whole: the best score of the clip as one segment, hands raised or not. live: in a session, of
    the surest of the stretches that the segmenter found. said: whether the session said anything.
    words: its glosses, or the sentence where no gloss was named; "" where it said nothing.
    """

    whole: NDArray[np.float64]
    live: NDArray[np.float64]
    said: NDArray[np.bool_]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Shares of clips that were answered, though they show no sign of the vocabulary.

    with_hands: the clips that gave the recognizer anything to read. live: a session said something.
    """

    kind: str
    n: int
    with_hands: int
    whole: float
    live: float
    intervals: dict[str, Interval]
    commonest: tuple[str, ...]


def heard(engine: Engine, clips: Sequence[Callable[[], Landmarks]]) -> Heard:
    """Return what the engine makes of each clip, and its first reader of signs of it as one."""
    reader = next(each for each in engine.recognizers if each.reads == "signs")
    whole, live, words = [], [], []
    for see in clips:
        clip = see()
        whole.append(_score(reader.recognize(Segment(clip, 0.0, clip.duration_s))))
        found = translate_landmarks(engine, clip)
        live.append(
            max((_score(one) for each in found.results.values() for one in each), default=0.0)
        )
        words.append(" ".join(found.utterance.sources) or found.utterance.text)
    said = np.array([bool(word) for word in words], dtype=np.bool_)
    return Heard(np.array(whole), np.array(live), said, tuple(words))


def together(kinds: Sequence[Heard]) -> Heard:
    """Return the clips of several kinds as one."""
    return Heard(
        whole=np.concatenate([one.whole for one in kinds]),
        live=np.concatenate([one.live for one in kinds]),
        said=np.concatenate([one.said for one in kinds]),
        words=tuple(word for one in kinds for word in one.words),
    )


def _score(result: RecognitionResult) -> float:
    return _sureness(result.guesses)


def _sureness(guesses: Sequence[Guess]) -> float:
    """The best score; 1 for a finger-spelled word, which has met a threshold of its own."""
    if not guesses:
        return 0.0
    gloss = guesses[0].text
    is_word = gloss.startswith(LETTER_PREFIX) and len(gloss) > len(LETTER_PREFIX) + 1
    return 1.0 if is_word else guesses[0].score


def refusal(kind: str, found: Heard, threshold: float) -> Refusal:
    """Return how many of the clips are answered, as one segment at `threshold`, and with what."""
    of = np.ones(len(found.said))
    hits = {
        "whole": (found.whole >= threshold).astype(np.float64),
        "live": found.said.astype(np.float64),
    }
    said = Counter(word for word in found.words if word)
    return Refusal(
        kind,
        len(of),
        with_hands=int((found.whole > 0).sum()),
        whole=ratio(hits["whole"], of),
        live=ratio(hits["live"], of),
        intervals={name: bootstrap(values, of) for name, values in hits.items()},
        commonest=tuple(f"{word} {n}" for word, n in said.most_common(SHOWN)),
    )


def lowest_quiet_threshold(found: Mapping[str, Heard]) -> float:
    """Return the lowest threshold at which no kind is answered live in more than MOST_ANSWERED."""
    return max((_quiet(one.live) for one in found.values()), default=0.0)


def _quiet(scores: NDArray[np.float64]) -> float:
    """The least number that at most the allowed share of the scores reaches."""
    allowed = int(MOST_ANSWERED * len(scores))
    loudest = np.sort(scores)[::-1]
    return float(np.nextafter(loudest[allowed], 1.0)) if allowed < len(scores) else 0.0
