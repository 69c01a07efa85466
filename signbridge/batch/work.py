"""The two kinds of work on a clip: its landmarks, or what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signbridge.batch.folder import Job
from signbridge.batch.rows import Kind, Work, arrow
from signbridge.batch.unanswered import Unanswered
from signbridge.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

LIMITS = ("max_clip_s", "max_clip_mb", "max_fps", "max_side_px")
ANSWERS = (
    *LIMITS,
    *("recognizers", "landmark_model", "translator_model", "composer", "sentence_pause_s"),
    *("video_base", "video_base_revision", "video_adapter", "video_adapter_revision"),
    *("video_prompt", "video_endpoint_model", "chat_model"),
)


def _extracting(settings: Settings) -> Work:
    from signbridge.build import EXTRACTORS
    from signbridge.clips import extract_clip

    extractor = EXTRACTORS["holistic"](settings)

    def extract(job: Job) -> dict[str, object]:
        notices: list[str] = []
        found = extract_clip(extractor, settings, job.path, tell=notices.append)
        return {
            "frames": len(found.points),
            "fps": found.fps,
            "width": found.width_px,
            "height": found.height_px,
            "start_s": found.start_s,
            "notices": notices,
            "points": found.points.ravel(),
        }

    return extract


def _extracted() -> pa.Schema:
    pa = arrow()
    return pa.schema(
        [
            ("frames", pa.int32()),
            ("fps", pa.float64()),
            ("width", pa.int32()),
            ("height", pa.int32()),
            ("start_s", pa.float64()),
            ("notices", pa.list_(pa.string())),
            ("points", pa.list_(pa.float32())),
        ]
    )


def _translating(settings: Settings) -> Work:
    from signbridge.build import build
    from signbridge.clips import translate
    from signbridge.export import contract

    unanswered = Unanswered()
    engine = unanswered.watched(build(replace(settings, speaker="none")))

    def work(job: Job) -> dict[str, object]:
        unanswered.taken()  # of a clip that could not be read to its end
        found = contract(translate(engine, job.path), job.clip)
        return found | {"unanswered": unanswered.taken()}

    return work


def _translated() -> pa.Schema:
    pa = arrow()
    seconds = pa.float64()
    guess = pa.struct([("gloss", pa.string()), ("score", pa.float64())])
    segment = pa.struct(
        [
            ("start_s", seconds),
            ("end_s", seconds),
            ("recognizer", pa.string()),
            ("abstained", pa.bool_()),
            ("guesses", pa.list_(guess)),
        ]
    )
    stages = ("landmarks", "recognize", "compose", "speak", "total")
    return pa.schema(
        [
            ("text", pa.string()),
            ("segments", pa.list_(segment)),
            ("notices", pa.list_(pa.string())),
            ("timings_s", pa.struct([(stage, seconds) for stage in stages])),
            ("frames", pa.int32()),
            ("fps", pa.float64()),
        ]
    )


EXTRACT = Kind("extract", LIMITS, _extracted, _extracting)
TRANSLATE = Kind("translate", ANSWERS, _translated, _translating)
