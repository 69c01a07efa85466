"""Labelled clips -> what a recognizer answered to each, and the report of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from signbridge.build import build
from signbridge.clips import Progress, extract, translate
from signbridge.errors import BadInputError
from signbridge.evaluation.baseline import Baseline
from signbridge.evaluation.efficiency import Sized
from signbridge.evaluation.facts import facts_of
from signbridge.evaluation.labels import LabelledClip, read_labels, skipped_kinds
from signbridge.evaluation.predictions import Beside, Evaluation, Prediction, Unreadable
from signbridge.evaluation.replay import translate_landmarks
from signbridge.evaluation.report import write_report
from signbridge.landmarks.files import read_landmarks, write_npz
from signbridge.pipeline import Engine
from signbridge.settings import Settings
from signbridge.types import Landmarks, RecognitionResult, Segment, Translation

LANDMARK_SUFFIXES = (".npz", ".pose")


class Asked(Protocol):
    """Names what was signed in a segment."""

    def recognize(self, segment: Segment) -> RecognitionResult:
        """Return guesses best first."""
        ...


@runtime_checkable
class ClosedVocabulary(Protocol):
    """A recognizer that can only answer with the glosses it lists."""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Every gloss it can answer."""
        ...


def run(
    recognizer_name: str,
    labels_csv: Path,
    out_dir: Path,
    progress: Progress | None = None,
    engine: Engine | None = None,
    cache: Path | None = None,
    baseline: Callable[[], Baseline] | None = None,
) -> Evaluation:
    """Evaluate a recognizer on labelled clips and write its report into `out_dir`."""
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise BadInputError(f"{out_dir} can't be made a folder: {cause.strerror}") from cause
    evaluation = evaluate(recognizer_name, labels_csv, progress, engine, cache, baseline)
    write_report(evaluation, out_dir)
    return evaluation


def evaluate(
    recognizer_name: str,
    labels_csv: Path,
    progress: Progress | None = None,
    engine: Engine | None = None,
    cache: Path | None = None,
    baseline: Callable[[], Baseline] | None = None,
) -> Evaluation:
    """Return what the recognizer answers to every labelled clip, each clip taken as one segment.

    cache: a folder that keeps the landmarks of videos between runs; extraction takes minutes.
    baseline: makes a simple recognizer to be asked the same; it may take minutes, so it is called
    only when labels and recognizer are found good.
    """
    clips = read_labels(labels_csv)
    if engine is None:
        wanted = Settings.from_environment()
        engine = build(replace(wanted, recognizers=(recognizer_name,), speaker="none"))
    engine = engine.only((recognizer_name,)).silent()
    recognizer = engine.recognizers[0]
    simple = baseline() if baseline else None
    asked: tuple[Asked, ...] = (recognizer, simple) if simple else (recognizer,)
    predictions: list[Prediction] = []
    beside: list[Prediction] = []
    unreadable: list[Unreadable] = []
    for done, clip in enumerate(clips):
        if progress:
            progress(done / len(clips), clip.name)
        try:
            first, *others = _predict(engine, asked, clip, cache)
            predictions.append(first)
            beside += others
        except BadInputError as error:
            # Reports are shared; the folder the clips lie in is nobody's business.
            reason = str(error).replace(str(clip.path), clip.name)
            unreadable.append(Unreadable(clip.name, reason))
    if progress:
        progress(1.0, "Done")
    if not predictions:
        raise BadInputError(
            f"{labels_csv}: none of its {len(clips)} clips can be evaluated; the first, "
            f"{unreadable[0].name}: {unreadable[0].reason}"
        )
    vocabulary = recognizer.vocabulary if isinstance(recognizer, ClosedVocabulary) else None
    return Evaluation(
        recognizer.name,
        labels_csv,
        vocabulary,
        tuple(predictions),
        tuple(unreadable),
        recognizer if isinstance(recognizer, Sized) else None,
        skipped_kinds(labels_csv),
        facts_of(recognizer),
        Beside(simple.name, simple.learned, len(simple.vocabulary), tuple(beside))
        if simple
        else None,
    )


def _predict(
    engine: Engine, asked: Sequence[Asked], clip: LabelledClip, cache: Path | None
) -> tuple[Prediction, ...]:
    """Return what each recognizer says of a sign or letter, or the engine of a sentence."""
    if not clip.path.is_file():
        raise BadInputError(f"{clip.name} does not exist; paths are relative to the csv")
    if clip.kind == "sentence":
        return (Prediction(clip, text=_translation(engine, clip.path).utterance.text),)
    landmarks = landmarks_of(engine, clip.path, cache)
    segment = Segment(landmarks, 0.0, landmarks.duration_s)
    return tuple(_prediction(clip, one.recognize(segment)) for one in asked)


def _prediction(clip: LabelledClip, result: RecognitionResult) -> Prediction:
    # What reads sentences is asked for the one sign that it found, as it stands in a conversation.
    one = result.parts[0] if len(result.parts) == 1 else result
    return Prediction(clip, one.guesses, one.abstained, elapsed_s=result.elapsed_s)


def _translation(engine: Engine, path: Path) -> Translation:
    if path.suffix.lower() in LANDMARK_SUFFIXES:
        return translate_landmarks(engine, read_landmarks(path))
    return translate(engine, path, speak=False)


def landmarks_of(engine: Engine, path: Path, cache: Path | None) -> Landmarks:
    """Return a clip's landmarks from its file, from `cache`, or extracted and then kept there."""
    if path.suffix.lower() in LANDMARK_SUFFIXES:
        return read_landmarks(path)
    if cache is None:
        return extract(engine, path)
    # The limits decide which frames are seen, so a cached file is only good under the same ones.
    limits = f"{engine.settings.max_fps} {engine.settings.max_side_px}".encode()
    digest = hashlib.sha256(limits + path.read_bytes()).hexdigest()[:12]
    kept = cache / f"{path.stem}-{digest}.npz"
    if kept.exists():
        return read_landmarks(kept)
    landmarks = extract(engine, path)
    cache.mkdir(parents=True, exist_ok=True)
    part = kept.with_name(f"part-{kept.name}")  # what is stopped halfway is not taken for whole
    write_npz(part, landmarks)
    part.replace(kept)
    return landmarks
