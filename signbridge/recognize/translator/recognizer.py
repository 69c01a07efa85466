"""Reads whole sentences from landmarks: their glosses in order, and English; CPU, no network."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from signbridge.landmarks.body import in_body_frame
from signbridge.landmarks.boundaries import DEFAULT_FOLDER as BOUNDARIES
from signbridge.landmarks.boundaries import load_boundaries
from signbridge.recognize.about import about_folder, digests
from signbridge.recognize.landmark.checkpoint import ONNX_MODEL, WEIGHTS, count_parameters
from signbridge.recognize.landmark.recognizer import DEFAULT_FOLDER as SIGNS
from signbridge.recognize.translator.folder import DEFAULT_FOLDER, MODEL, SPANS, load_translator
from signbridge.recognize.translator.isolated import IsolatedSigns
from signbridge.recognize.translator.prior import PRIOR
from signbridge.recognize.translator.reader import Heard, Reader, Sign
from signbridge.recognize.vocabulary import LETTER_PREFIX
from signbridge.types import Guess, Landmarks, RecognitionResult, Segment, Stages

DOUBTFUL = 0.4
"""A sign whose score is lower is left out of a sentence that is sure as a whole."""
Write = Callable[[Sequence[str]], str]
"""Glosses in the order they were signed -> an English sentence."""


class SequenceRecognizer:
    """Fluent signing, in which nobody rests between two signs; needs no pictures.

    The same weights answer for every visitor.
    """

    name = "sequence"
    reads: Literal["sentences"] = "sentences"
    sees: Literal["landmarks"] = "landmarks"

    def __init__(
        self, folder: Path | None = None, signs: Path | None = None, write: Write | None = None
    ) -> None:
        """Load the model folders of sentences and of isolated signs, the project's own by default.

        write: makes the first English sentence; without it, the network's own is the first.
        Raises `CheckpointError` if a folder is broken.
        """
        folder = folder or DEFAULT_FOLDER
        translator = load_translator(folder)
        vocabulary = translator.vocabulary
        signs = signs or SIGNS
        isolated = IsolatedSigns(vocabulary, translator.spans, signs)
        weights = translator.weights
        boundaries = load_boundaries() if weights.made or weights.turns else None
        self._reader = Reader(translator, isolated, boundaries)
        self._write = write
        self.about = about_folder(folder)
        self.weights_sha256 = {
            **digests(folder, MODEL, PRIOR, *((SPANS,) if translator.spans else ())),
            **digests(signs, WEIGHTS, ONNX_MODEL),
            **(digests(BOUNDARIES, WEIGHTS) if boundaries else {}),
        }

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The glosses it can answer."""
        return self._reader.translator.vocabulary.glosses

    @property
    def threshold(self) -> float:
        """The mean score of its signs under which a sentence is "not recognized"."""
        return self._reader.translator.calibration.threshold

    @property
    def parameters(self) -> int:
        """How many trained values read a sentence, those for isolated signs left out."""
        return count_parameters(self._reader.translator.network)

    def read(self, landmarks: Landmarks) -> tuple[RecognitionResult, ...]:
        """Return a result for each sign, in order; none where no sign is found.

        A sign is sure if the whole is by the mean of its signs, and if it is not itself doubtful.
        What follows one another in letters is one spelled word. Times count as those of
        `landmarks` do.
        """
        started = time.perf_counter()
        heard = self._reader.hear(in_body_frame(landmarks))
        signs = with_words(self._reader.signs(heard)) if heard else ()
        elapsed_s = (time.perf_counter() - started) / max(1, len(signs))
        return tuple(
            RecognitionResult(
                recognizer=self.name,
                start_s=landmarks.start_s + sign.start_s,
                end_s=landmarks.start_s + sign.end_s,
                guesses=sign.guesses,
                abstained=not sure,
                elapsed_s=elapsed_s,
            )
            for sign, sure in zip(signs, sure_of(signs, self.threshold), strict=True)
        )

    def recognize(self, segment: Segment) -> RecognitionResult:
        """Return English sentences, best first; `raw` are the glosses they stand for."""
        started = time.perf_counter()
        hands = in_body_frame(segment.landmarks)
        prepared = time.perf_counter()
        heard = self._reader.hear(hands)
        signs = with_words(self._reader.signs(heard)) if heard else ()
        read = time.perf_counter()
        own_words = self._reader.translator.own_words
        own = self._own(heard) if heard and (signs or own_words <= 1) else ()
        believed = bool(own) and own[0].score >= own_words
        guesses = self._sentences(own, signs, believed)
        ended = time.perf_counter()
        return RecognitionResult(
            recognizer=self.name,
            start_s=segment.start_s,
            end_s=segment.end_s,
            guesses=guesses,
            abstained=not guesses or (not believed and certainty(signs) < self.threshold),
            elapsed_s=ended - started,
            raw=" ".join(sign.guesses[0].text for sign in signs),
            kind="sentence",
            stages=Stages(prepared - started, read - prepared, ended - read),
        )

    def _own(self, heard: Heard) -> tuple[Guess, ...]:
        """Return the network's own English, best first."""
        return tuple(Guess(text, score) for text, score in self._reader.english(heard))

    def _sentences(
        self, own: Sequence[Guess], signs: Sequence[Sign], believed: bool
    ) -> tuple[Guess, ...]:
        """Return what the glosses say and the network's own words, the more trusted first."""
        if not signs:
            return tuple(own) if believed else ()
        if self._write is None:
            return tuple(own)
        text = self._write([sign.guesses[0].text for sign in signs])
        others = [guess for guess in own if guess.text != text]
        written = Guess(text, certainty(signs))
        if not believed:
            return (written, *others)
        return tuple(own) if own[0].text == text else (own[0], written, *others[1:])


def certainty(signs: Sequence[Sign]) -> float:
    """Return the mean score of the signs' best guesses; 0 for none."""
    return sum(sign.guesses[0].score for sign in signs) / len(signs) if signs else 0.0


def sure_of(signs: Sequence[Sign], threshold: float) -> tuple[bool, ...]:
    """Return of each sign whether it counts as recognized.

    The mean of all decides, for a sign is read by its neighbours too; of a sentence that is sure
    only what is under DOUBTFUL is left out.
    """
    sure = certainty(signs) >= threshold
    return tuple(sure and sign.guesses[0].score >= DOUBTFUL for sign in signs)


def with_words(signs: Sequence[Sign]) -> tuple[Sign, ...]:
    """Return the signs with two or more spelled letters in a row as one word."""
    joined: list[Sign] = []
    for sign in signs:
        gloss = sign.guesses[0].text
        last = joined[-1] if joined else None
        if last and gloss.startswith(LETTER_PREFIX) and _spells(last):
            text = last.guesses[0].text + gloss.removeprefix(LETTER_PREFIX)
            score = min(last.guesses[0].score, sign.guesses[0].score)
            joined[-1] = Sign(last.start_s, sign.end_s, (Guess(text, score),))
        else:
            joined.append(sign)
    return tuple(joined)


def _spells(sign: Sign) -> bool:
    return sign.guesses[0].text.startswith(LETTER_PREFIX)
