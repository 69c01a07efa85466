"""Rows of a manifest -> the pictures the model looks at, their landmarks found only once."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from signbridge.capture.video import open_video
from signbridge.errors import BadInputError
from signbridge.landmarks.files import read_landmarks, write_npz
from signbridge.landmarks.holistic import HolisticExtractor
from signbridge.landmarks.timing import uniform
from signbridge.landmarks.topology import FACE
from signbridge.protocols import LandmarkExtractor
from signbridge.recognize.video.pieces import LONGEST_S, SHORTEST_S
from signbridge.recognize.video.preprocess import PreparedClip, prepare
from signbridge.settings import Settings
from signbridge.training.video.manifest import Row
from signbridge.types import Clip, Landmarks

LOG = logging.getLogger("signbridge.training")

_LAST_FRAME_S = 0.1  # of grace: a clip's length includes the showing of its last frame
_NAMED = 3  # unusable clips that an error names


def cache_landmarks(rows: Sequence[Row], cache: Path, workers: int) -> None:
    """Find the landmarks of every clip before the first step; raise for clips that can't be used.

    A clip that is broken is so told before hours of training, not in the midst of them.
    """
    missing = [row for row in rows if not _cached(row.path, cache).is_file()]
    if not missing:
        return
    cache.mkdir(parents=True, exist_ok=True)
    LOG.info("looking for the landmarks of %d of %d clips", len(missing), len(rows))
    found = partial(_complaint, cache=cache)
    paths = [row.path for row in missing]
    if workers:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            complaints = [text for text in pool.map(found, paths, chunksize=4) if text]
    else:
        complaints = [text for text in map(found, paths) if text]
    if complaints:
        raise BadInputError(
            f"{len(complaints)} clips can't be trained on; mend them or take them out of the "
            f"manifest: {'; '.join(complaints[:_NAMED])}"
        )


def prepared(path: Path, cache: Path, extractor: LandmarkExtractor | None = None) -> PreparedClip:
    """Return what the model sees of a clip; its landmarks come from the cache, or go there."""
    clip, at_s = _decoded(path)
    stored = _cached(path, cache)
    if stored.is_file():
        return prepare(clip, read_landmarks(stored))
    landmarks = _found(clip, at_s, extractor or HolisticExtractor())
    part = stored.with_suffix(".part.npz")
    write_npz(part, landmarks)
    part.replace(stored)
    return prepare(clip, landmarks)


def _complaint(path: Path, cache: Path) -> str:
    """Fill the cache for one clip; return what is wrong with it, or nothing."""
    try:
        prepared(path, cache)
    except BadInputError as error:
        return str(error)
    return ""


def _decoded(path: Path) -> tuple[Clip, list[float]]:
    """Return a clip as the app itself would see it, and when each picture was shown."""
    limits = Settings()  # not the environment's: a run must not depend on who starts it
    video = open_video(
        path,
        max_clip_s=limits.max_clip_s,
        max_clip_mb=limits.max_clip_mb,
        max_fps=limits.max_fps,
        max_side_px=limits.max_side_px,
    )
    frames = list(video)
    at_s = [frame.at_s for frame in frames]
    length_s = at_s[-1] + 1 / video.fps
    if not SHORTEST_S - _LAST_FRAME_S <= length_s <= LONGEST_S + _LAST_FRAME_S:
        raise BadInputError(
            f"{path} lasts {length_s:.1f} s; the model takes {SHORTEST_S} to {LONGEST_S} s, so cut "
            "it at a pause"
        )
    fps = (len(at_s) - 1) / (at_s[-1] - at_s[0]) if len(at_s) > 1 else video.fps
    return Clip(np.stack([frame.pixels for frame in frames]), fps), at_s


def _found(clip: Clip, at_s: Sequence[float], extractor: LandmarkExtractor) -> Landmarks:
    """Return the landmarks without the face, which the model is never shown."""
    from signbridge.types import Frame

    stream = extractor.open()
    try:
        points = [
            stream.push(Frame(pixels, shown_s))
            for pixels, shown_s in zip(clip.pixels, at_s, strict=True)
        ]
    finally:
        stream.close()
    height_px, width_px = clip.pixels.shape[1:3]
    landmarks = uniform(points, list(at_s), width_px=width_px, height_px=height_px)
    points_kept = landmarks.points.copy()
    points_kept[:, FACE] = np.nan
    return replace(landmarks, points=points_kept)


def _cached(path: Path, cache: Path) -> Path:
    """Return where the landmarks of a clip are kept: by its place, size and time of change."""
    state = path.stat()
    key = f"{path}\0{state.st_size}\0{state.st_mtime_ns}".encode("utf-8", "surrogateescape")
    return cache / f"{hashlib.sha256(key).hexdigest()[:24]}.npz"
