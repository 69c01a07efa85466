"""Comparisons as tests want them, without a clip."""

from __future__ import annotations

from signbridge.compare.values import Column, Comparison, Times
from signbridge.types import Guess, RecognitionResult


def result(
    recognizer: str, start_s: float, end_s: float, *guesses: tuple[str, float], sure: bool = True
) -> RecognitionResult:
    """Return what a recognizer said of one stretch."""
    found = tuple(Guess(text, score) for text, score in guesses)
    return RecognitionResult(recognizer, start_s, end_s, found, not sure, 0.1)


SIGNS = Column(
    "landmark",
    about={"model": "signs", "revision": "abc", "device": "cpu"},
    results=(
        result("landmark", 0.5, 1.5, ("ME", 0.8), *((f"G{i}", 0.02) for i in range(6))),
        result("landmark", 2.0, 3.0, ("TIRED", 0.2), sure=False),
    ),
    text="I am tired.",
    times=Times(landmarks_s=2.0, recognize_s=0.25, compose_s=0.0001, total_s=2.5),
    frames=100,
)
WORDS = Column(
    "video",
    "sentences",
    results=(result("video", 0.0, 4.0, ("I was tired.", 0.5)),),
    text="I was tired.",
    times=Times(start_s=9.0, landmarks_s=2.0, model_s=3.0, total_s=5.0),
    frames=80,
)
BROKEN = Column("video-endpoint", error="missing address, set SIGNBRIDGE_<VIDEO>")


def comparison(*columns: Column, waiting: tuple[str, ...] = ()) -> Comparison:
    """Return a comparison of one clip of 4 s."""
    return Comparison("me $tired$.mp4", 4.0, 100, 25.0, 2.0, columns, waiting)
