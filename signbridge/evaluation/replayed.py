"""One clip replayed live: what the session made of it, by each way of finding signs."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from signbridge.build import build
from signbridge.clips import Progress, open_clip
from signbridge.errors import BadInputError
from signbridge.evaluation.boundaries import MEASURES, Found, Span, StreamScore, claims, score
from signbridge.evaluation.evaluate import LANDMARK_SUFFIXES
from signbridge.evaluation.markdown import table
from signbridge.evaluation.metrics import NAN
from signbridge.evaluation.playback import (
    Conditions,
    OpenSegmenter,
    Playback,
    Watched,
    Word,
    look,
    opened,
    play,
    play_frames,
    retimed,
    watched,
)
from signbridge.landmarks.files import read_landmarks
from signbridge.landmarks.fluent import open_segmenter
from signbridge.landmarks.segmenter import Segmenter
from signbridge.pipeline import Engine
from signbridge.recognize.vocabulary import same_sign
from signbridge.settings import Settings

FLICKER = "flicker"
LEARNED, RULES = "learned", "rules"
SIDES: Mapping[str, OpenSegmenter] = {LEARNED: open_segmenter, RULES: Segmenter}
COLUMNS = ("start_s", "end_s", "gloss")


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign that is known to be in a clip, and when it is made."""

    start_s: float
    end_s: float
    gloss: str

    @property
    def span(self) -> Span:
        """Where it begins and ends."""
        return self.start_s, self.end_s


@dataclass(frozen=True, slots=True)
class Replayed:
    """A clip, how it was played, what is known of it, and what came of it by each side."""

    clip: str
    conditions: Conditions
    truth: tuple[Sign, ...]
    sides: Mapping[str, Playback]


def read_truth(path: Path) -> tuple[Sign, ...]:
    """Return the signs of a csv with the columns start_s, end_s, gloss, in the order of time."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                raise BadInputError(f"{path} lacks the columns {', '.join(missing)}")
            signs = [
                Sign(float(row["start_s"]), float(row["end_s"]), (row["gloss"] or "").strip())
                for row in reader
            ]
    except (OSError, UnicodeDecodeError, csv.Error, TypeError, ValueError) as cause:
        raise BadInputError(f"{path} can't be read as spans of signs: {cause}") from cause
    if broken := [sign for sign in signs if not sign.start_s < sign.end_s < math.inf]:
        raise BadInputError(f"{path}: {broken[0].gloss!r} does not end after it begins")
    return tuple(sorted(signs, key=lambda sign: sign.start_s))


def replay(
    path: Path,
    conditions: Conditions,
    truth: Sequence[Sign] = (),
    progress: Progress | None = None,
    engine: Engine | None = None,
) -> Replayed:
    """Play a clip as a live stream; by the clock with the network alone, else by both sides.

    By the clock nobody looks how words change: looking takes time that the frames then lack.
    """
    engine = engine or build(replace(Settings.from_environment(), speaker="none"))
    engine = engine.without_pictures().silent()
    if conditions.realtime:
        sides = {LEARNED: _by_the_clock(engine, path, conditions)}
    else:
        seen = _looked_at(engine, path, conditions, progress)
        sides = {
            name: play(engine, seen, open_segmenter=opens_one, glimpses=True)
            for name, opens_one in SIDES.items()
        }
    return Replayed(str(path), conditions, tuple(truth), sides)


def _by_the_clock(engine: Engine, path: Path, conditions: Conditions) -> Playback:
    if path.suffix.lower() in LANDMARK_SUFFIXES:
        return play(engine, watched(read_landmarks(path), conditions), realtime=True)
    video = open_clip(engine, path)
    session = opened(engine)
    try:
        return play_frames(session, retimed(video, conditions, video.fps), realtime=True)
    finally:
        session.close()


def _looked_at(
    engine: Engine, path: Path, conditions: Conditions, progress: Progress | None
) -> Watched:
    if path.suffix.lower() in LANDMARK_SUFFIXES:
        return watched(read_landmarks(path), conditions)
    if progress is not None:
        progress(0.0, "Looking for hands, face and body")
    video = open_clip(engine, path)
    frames = retimed(video, conditions, video.fps)
    return look(engine.extractor, frames, (video.width_px, video.height_px))


def scored(found: Replayed, side: Playback) -> StreamScore:
    """Return the score of one side against what is known."""
    stretches = [Found(word.start_s, word.end_s, word.given_s) for word in side.words]
    return score([sign.span for sign in found.truth], stretches)


def figures(found: Replayed, side: Playback) -> dict[str, float]:
    """Return every measure of one side, the share of signs named rightly, and the flicker.

    All but the flicker are NaN without truth.
    """
    one = scored(found, side)
    values = {}
    for name, (_, parts) in MEASURES.items():
        part, whole = parts(one)
        values[name] = part / whole if whole and found.truth else NAN
    delays_s = sorted(one.delays_s)
    values["delay_s"] = delays_s[len(delays_s) // 2] if delays_s else NAN
    again, of = shown_again(found.truth, side)
    values["duplicates"] = again / of if of and found.truth else NAN
    values["right"] = share_right(found.truth, side) if found.truth else NAN
    return values | {FLICKER: flicker(side)}


def flicker(side: Playback) -> float:
    """Return how often a shown word changed, for each word given; NaN where nobody looked."""
    return sum(word.changes for word in side.words) / len(side.words) if side.words else NAN


def share_right(truth: Sequence[Sign], side: Playback) -> float:
    """Return the share of signs whose stretch, which is mostly on them, bears their gloss."""
    return sum(map(_named(side), truth)) / len(truth)


def shown_again(truth: Sequence[Sign], side: Playback) -> tuple[int, int]:
    """Return how many words given with certainty were given before for the same sign, of how many.

    A stretch in no sign's time is no repetition.
    """
    sure = [word for word in side.words if word.sure]
    signs = claims([sign.span for sign in truth], [(word.start_s, word.end_s) for word in sure])
    given = [(sign, word.gloss) for sign, word in zip(signs, sure, strict=True) if sign is not None]
    return len(given) - len(set(given)), len(sure)


def _named(side: Playback) -> Callable[[Sign], bool]:
    def right(sign: Sign) -> bool:
        shared = [
            (min(sign.end_s, word.end_s) - max(sign.start_s, word.start_s), word.gloss)
            for word in side.words
        ]
        most_s, gloss = max(shared, default=(0.0, ""))
        return most_s >= (sign.end_s - sign.start_s) / 2 and same_sign(gloss, sign.gloss)

    return right


def as_json(found: Replayed) -> str:
    """Return one JSON object."""
    data = {
        "clip": found.clip,
        "conditions": asdict(found.conditions),
        "sides": {
            name: {
                "words": [_as_data(word) for word in side.words],
                "glosses": side.glosses,
                "sentences": side.sentences,
                "frames": side.frames,
                "lost": side.lost,
                "figures": {key: _or_null(value, 4) for key, value in figures(found, side).items()},
            }
            for name, side in found.sides.items()
        },
    }
    return json.dumps(data, ensure_ascii=False)


def _as_data(word: Word) -> dict[str, object]:
    return asdict(word) | {"changes": _or_null(word.changes)}


def _or_null(value: float, digits: int | None = None) -> float | None:
    return None if math.isnan(value) else round(value, digits)


def as_text(found: Replayed) -> str:
    """Return the same for a person to read."""
    lines = [found.clip]
    for name, side in found.sides.items():
        lines.append(f"{name}: {side.frames} frames, {side.lost} came too late")
        lines += [
            f"  {word.start_s:6.2f}-{word.end_s:.2f} s  {word.gloss or '(no guess)'}"
            f"{'' if word.sure else ' (not sure)'}, given at {word.given_s:.2f} s"
            for word in side.words
        ]
        lines += [f"  {sentence}" for sentence in side.sentences]
        measured = figures(found, side).items()
        lines += [
            f"  {key}: {value:.2f}" for key, value in measured if found.truth or key == FLICKER
        ]
    return "\n".join(lines)


def write_files(found: Replayed, out: Path) -> None:
    """Write report.json and report.md into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "report.json").write_text(as_json(found) + "\n", encoding="utf-8")
    (out / "report.md").write_text(_markdown(found), encoding="utf-8")


def _markdown(found: Replayed) -> str:
    sides = found.sides.items()
    rows = [
        (word_name, *(f"{figures(found, side)[word_name]:.2f}" for _, side in sides))
        for word_name in (*MEASURES, "delay_s", "duplicates", "right", FLICKER)
    ]
    parts = [f"# {Path(found.clip).name}, replayed"]
    if found.truth:
        parts.append(table(("", *(name for name, _ in sides)), rows))
    parts.append("```\n" + as_text(found) + "\n```")
    return "\n\n".join(parts) + "\n"
