"""Landmarks -> an H.264 clip of the drawn signer."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.avatar.draw import draw
from signbridge.errors import BadInputError
from signbridge.landmarks import topology
from signbridge.types import Landmarks

HAND_GAP_S = 0.4  # a hand the detector lost for less is drawn on the way between its two places
_PARTS = (topology.FACE, topology.LEFT_HAND, topology.POSE, topology.RIGHT_HAND)


def render_file(
    landmarks_path: Path,
    out_path: Path,
    fps: float = 25.0,
    width_px: int = 640,
    height_px: int = 480,
    progress: Callable[[float], None] | None = None,
) -> int:
    """Render a landmark file (.npz or .pose) as an mp4; return the number of frames written."""
    from signbridge.landmarks.files import read_landmarks

    landmarks = read_landmarks(landmarks_path)
    return render(landmarks, out_path, fps, width_px, height_px, progress)


def render(
    landmarks: Landmarks,
    path: Path,
    fps: float = 25.0,
    width_px: int = 640,
    height_px: int = 480,
    progress: Callable[[float], None] | None = None,
) -> int:
    """Write an mp4 (H.264, yuv420p) of the drawn signer; return the number of frames written.

    The signer's picture is fitted into width_px by height_px without distortion. The same
    landmarks give the same file. progress: called with the share done, 0 to 1.
    """
    import av

    if width_px % 2 or height_px % 2 or min(width_px, height_px) < 32:
        raise BadInputError(
            f"can't render at {width_px}x{height_px}: H.264 needs even sides of at least 32 pixels"
        )
    if len(landmarks.points) == 0:
        raise BadInputError("can't render landmarks without frames: extract them from a clip first")
    points = resampled(landmarks, fps, width_px, height_px)
    rate = Fraction(fps).limit_denominator(1001)
    # One thread: with more, x264 may divide the work, and so the bits, differently.
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": "21", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
        for done, frame_points in enumerate(points):
            if done == 0 or not np.array_equal(frame_points, points[done - 1], equal_nan=True):
                picture = draw(frame_points, width_px, height_px)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            if progress is not None:
                progress((done + 1) / len(points))
        container.mux(stream.encode())
    return len(points)


def resampled(
    landmarks: Landmarks, fps: float, width_px: int, height_px: int
) -> NDArray[np.float32]:
    """Return points (T, 543, 3) at `fps` as fractions of a width_px by height_px picture."""
    filled = landmarks.points.astype(np.float32, copy=True)
    for part, longest in zip(_PARTS, _longest_gaps(landmarks.fps), strict=True):
        _bridge(filled[:, part], longest)
    n_frames = max(1, round(landmarks.duration_s * fps))
    at = np.minimum(np.arange(n_frames) * landmarks.fps / fps, len(filled) - 1)
    before = np.floor(at).astype(int)
    after = np.minimum(before + 1, len(filled) - 1)
    share = (at - before).astype(np.float32)[:, None, None]
    between = (1 - share) * filled[before] + share * filled[after]
    nearest = np.where(share[:, 0, 0] < 0.5, before, after)
    points = np.where(np.isnan(between), filled[nearest], between)
    return _fitted(points, landmarks, width_px, height_px)


def _longest_gaps(fps: float) -> Iterator[int]:
    for part in _PARTS:
        is_body = part in (topology.FACE, topology.POSE)
        yield 10**9 if is_body else max(1, round(HAND_GAP_S * fps))


def _bridge(part: NDArray[np.float32], longest: int) -> None:
    """Fill holes of at most `longest` frames in a part (T, N, 3) along a line, in place."""
    seen = np.flatnonzero(~np.isnan(part[:, 0, 0]))
    for before, after in itertools.pairwise(seen):
        if 1 < after - before <= longest + 1:
            share = np.linspace(0, 1, after - before + 1, dtype=np.float32)[1:-1, None, None]
            part[before + 1 : after] = (1 - share) * part[before] + share * part[after]


def _fitted(
    points: NDArray[np.float32], landmarks: Landmarks, width_px: int, height_px: int
) -> NDArray[np.float32]:
    scale = min(width_px / landmarks.width_px, height_px / landmarks.height_px)
    share_x = scale * landmarks.width_px / width_px
    share_y = scale * landmarks.height_px / height_px
    fitted = points * np.array([share_x, share_y, share_x], dtype=np.float32)
    fitted[..., 0] += (1 - share_x) / 2
    fitted[..., 1] += (1 - share_y) / 2
    return fitted
