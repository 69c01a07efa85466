"""The collection's clips and real videos -> labelled clips a recognizer can be asked about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.data import words
from signbridge.data.collection import CALIBRATION_SIGNERS, IDLE, Collection, gloss_of
from signbridge.evaluation.evaluate import landmarks_of
from signbridge.evaluation.labels import LabelledClip, read_labels
from signbridge.evaluation.predictions import Evaluation, Prediction
from signbridge.landmarks import topology
from signbridge.landmarks.body import LEFT, NOSE_ABOVE_SHOULDERS, RIGHT, Hands
from signbridge.pipeline import Engine
from signbridge.recognize.landmark.recognizer import LandmarkRecognizer
from signbridge.types import Landmarks, Segment

DICTIONARY, WEBCAM = "dictionary", "webcam"
# Where the signer stands in the picture made up around hands that come without one.
WIDTH_PX, HEIGHT_PX = 640, 480
SHOULDER_WIDTH = 0.25  # of the picture's height
SHOULDERS = (0.5, 0.45)  # of the picture's width and height


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled clip, who signs in it, where it was published, and how to see it."""

    clip: LabelledClip
    signer: str
    site: str
    see: Callable[[], Landmarks]


def standing(hands: Hands) -> Landmarks:
    """Return hands in body units on a body whose shoulders stand where that frame has them.

    `in_body_frame` gives back the same hands, so that data without a picture goes the way that
    the app's own data goes.
    """
    size, aspect = SHOULDER_WIDTH, WIDTH_PX / HEIGHT_PX
    points = np.full((len(hands.points), topology.N_POINTS, 3), np.nan, dtype=np.float32)
    points[:, topology.RIGHT_HAND] = hands.points[:, RIGHT]
    points[:, topology.LEFT_HAND] = hands.points[:, LEFT]
    points[:, topology.RIGHT_SHOULDER] = (-0.5, 0.0, 0.0)
    points[:, topology.LEFT_SHOULDER] = (0.5, 0.0, 0.0)
    points[:, topology.NOSE] = (0.0, -NOSE_ABOVE_SHOULDERS, 0.0)
    points *= np.array([size / aspect, size, size / aspect], dtype=np.float32)
    points[..., :2] += np.array(SHOULDERS, dtype=np.float32)
    return Landmarks(points, hands.fps, 0.0, WIDTH_PX, HEIGHT_PX)


def strangers(collection: Collection) -> tuple[Case, ...]:
    """Return the signs of the signers no network was trained on, in the vocabulary or not."""
    rows = collection.of_signers(CALIBRATION_SIGNERS)
    return tuple(case for case in _cases(collection, rows) if case.clip.label != IDLE)


def official(collection: Collection, classes: int) -> tuple[Case, ...]:
    """Return the official test rows of WLASL's first `classes` glosses.

    The clips are unseen; most of the people are not.
    """
    return _cases(collection, official_rows(collection, classes))


def official_rows(collection: Collection, classes: int) -> NDArray[np.int64]:
    """Return the indices of the official test rows of WLASL's first `classes` glosses."""
    test = collection.where(lambda sample: sample.official_split == "test")
    among = collection.wlasl_class[test]
    return test[(among >= 0) & (among < classes)]


def idling_rows(collection: Collection) -> NDArray[np.int64]:
    """Return the indices of the recordings in which nobody signs."""
    return np.flatnonzero([collection.glosses[label] == IDLE for label in collection.labels])


def idling(data: Path) -> tuple[Callable[[], Landmarks], ...]:
    """Return the webcam recordings in which nobody signs, those without a hand as well."""
    points, offsets = words.read_points(data / "words")
    cuts = zip(words.read_rows(data / "words"), offsets[:-1], offsets[1:], strict=True)
    return tuple(
        partial(words.as_landmarks, points[start:end])
        for row, start, end in cuts
        if gloss_of("words", row["gloss"]) == IDLE
    )


def few(cases: Sequence[Case], most: int) -> tuple[Case, ...]:
    """Return the first `most` recordings of each sign by each signer; all where no one is named."""
    seen: Counter[tuple[str, str]] = Counter()
    kept = []
    for case in cases:
        seen[case.signer, case.clip.label] += 1
        if not case.signer or seen[case.signer, case.clip.label] <= most:
            kept.append(case)
    return tuple(kept)


def _cases(collection: Collection, rows: Iterable[int]) -> tuple[Case, ...]:
    cases = []
    for row in rows:
        sample = collection.samples[row]
        label = collection.glosses[collection.labels[row]]
        kind = WEBCAM if sample.source == "words" else DICTIONARY
        clip = LabelledClip(Path(sample.clip), sample.clip, "sign", label, kind)
        cases.append(Case(clip, sample.signer, sample.source, partial(standing, sample.hands)))
    return tuple(cases)


def filmed(engine: Engine, labels_csv: Path, cache: Path | None) -> tuple[Case, ...]:
    """Return the signs among labelled videos; their landmarks are read once and kept."""
    cases = []
    for clip in read_labels(labels_csv):
        if clip.kind == "sign":
            landmarks = landmarks_of(engine, clip.path, cache)
            cases.append(Case(clip, "", clip.source, partial(_same, landmarks)))
    return tuple(cases)


def _same(landmarks: Landmarks) -> Landmarks:
    return landmarks


def asked(recognizer: LandmarkRecognizer, cases: Sequence[Case], data: Path) -> Evaluation:
    """Return what the recognizer answers, each clip taken as one segment."""
    predictions = []
    for case in cases:
        landmarks = case.see()
        result = recognizer.recognize(Segment(landmarks, 0.0, landmarks.duration_s))
        predictions.append(Prediction(case.clip, result.guesses, result.abstained))
    return Evaluation(recognizer.name, data, recognizer.vocabulary, tuple(predictions), ())
