"""Landmarks <-> files: .npz (the project's own) and .pose (pose-format's, for other tools)."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from signbridge.errors import BadInputError
from signbridge.landmarks.topology import FACE, LEFT_HAND, N_POINTS, POSE, RIGHT_HAND
from signbridge.types import Landmarks

if TYPE_CHECKING:
    from pose_format import Pose

# pose-format's names for Holistic's parts, in the order it stores them.
_COMPONENTS = (
    ("POSE_LANDMARKS", POSE),
    ("FACE_LANDMARKS", FACE),
    ("LEFT_HAND_LANDMARKS", LEFT_HAND),
    ("RIGHT_HAND_LANDMARKS", RIGHT_HAND),
)

# The reader unpacks whatever bytes it is given and fails in all these ways.
_POSE_ERRORS = (
    struct.error,
    TypeError,
    ValueError,
    LookupError,
    OverflowError,
    MemoryError,
    OSError,
)


def read_landmarks(path: Path | str) -> Landmarks:
    """Return the landmarks in a .npz or .pose file; raise `BadInputError` if it holds none."""
    path = Path(path)
    if not path.is_file():
        raise BadInputError(f"{path} is not a file; expected landmarks as .npz or .pose")
    if path.suffix.lower() == ".pose":
        return _read_pose(path)
    if path.suffix.lower() == ".npz":
        return _read_npz(path)
    raise BadInputError(f"{path} is not a landmark file; expected a name ending in .npz or .pose")


def write_npz(path: Path | str, landmarks: Landmarks) -> None:
    """Write points (T, 543, 3) float32, fps, width, height and start_s."""
    with Path(path).open("wb") as file:
        np.savez_compressed(
            file,
            points=landmarks.points.astype(np.float32, copy=False),
            fps=np.float64(landmarks.fps),
            width=np.int64(landmarks.width_px),
            height=np.int64(landmarks.height_px),
            start_s=np.float64(landmarks.start_s),
        )


def write_pose(path: Path | str, landmarks: Landmarks) -> None:
    """Write the points in pixels as a .pose file; confidence 0 stands for not seen."""
    from pose_format import Pose
    from pose_format.numpy import NumPyPoseBody
    from pose_format.pose_header import PoseHeader, PoseHeaderDimensions
    from pose_format.utils.holistic import holistic_components

    names = [name for name, _ in _COMPONENTS]
    parts = [part for part in holistic_components("XYZC") if part.name in names]
    parts.sort(key=lambda part: names.index(part.name))
    order = np.concatenate([np.arange(N_POINTS)[place] for _, place in _COMPONENTS])
    points = landmarks.points[:, order] * _pixel_scale(landmarks.width_px, landmarks.height_px)
    seen = np.isfinite(points).all(axis=2)
    depth = max(landmarks.width_px, landmarks.height_px)
    header = PoseHeader(
        version=0.2,
        dimensions=PoseHeaderDimensions(landmarks.width_px, landmarks.height_px, depth),
        components=parts,
    )
    body = NumPyPoseBody(
        landmarks.fps,
        np.where(seen[..., None], points, 0.0)[:, None].astype(np.float32),
        seen[:, None].astype(np.float32),
    )
    with Path(path).open("wb") as file:
        Pose(header, body).write(file)


def _read_npz(path: Path) -> Landmarks:
    try:
        with np.load(path, allow_pickle=False) as data:
            values = {name: data[name] for name in data.files}
    except (OSError, EOFError, ValueError, LookupError, zipfile.BadZipFile, zlib.error) as error:
        raise BadInputError(f"{path} can't be read as .npz: {_one_line(error)}") from error
    missing = {"points", "fps", "width", "height"} - set(values)
    if missing:
        raise BadInputError(f"{path} lacks {sorted(missing)}; write it with `signbridge extract`")
    points = values["points"]
    _check_points(path, points)
    try:
        fps, start_s = float(values["fps"]), float(values.get("start_s", 0.0))
        width_px, height_px = int(values["width"]), int(values["height"])
    except (TypeError, ValueError) as error:
        raise BadInputError(f"{path} can't be read: {error}; expected single numbers") from error
    _check_numbers(path, fps, width_px, height_px)
    return Landmarks(points.astype(np.float32), fps, start_s, width_px, height_px)


def _read_pose(path: Path) -> Landmarks:
    from pose_format import Pose

    try:
        pose = Pose.read(path.read_bytes())
    except _POSE_ERRORS as error:
        raise BadInputError(f"{path} can't be read as .pose: {_one_line(error)}") from error
    size, fps = pose.header.dimensions, float(pose.body.fps)
    _check_numbers(path, fps, size.width, size.height)
    if pose.body.data.ndim != 4 or not pose.body.data.shape[1]:
        raise BadInputError(f"{path} has no person in it; expected one signer")
    # A masked array (T, people, points, 3 or 4); the first person is the signer.
    data: NDArray[np.float32] = pose.body.data[:, 0].astype(np.float32).filled(np.nan)
    points = _parts_in_place(path, pose, data)
    points /= _pixel_scale(size.width, size.height)
    _check_points(path, points)
    return Landmarks(points, fps, 0.0, size.width, size.height)


def _parts_in_place(path: Path, pose: Pose, data: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (T, 543, 3) with each component of `pose` where the topology has it."""
    points = np.full((len(data), N_POINTS, 3), np.nan, np.float32)
    places = dict(_COMPONENTS)
    start = found = 0
    for part in pose.header.components:
        count = len(part.points)
        place = places.get(part.name)
        if place is not None and count >= place.stop - place.start:
            found += 1
            # 478 face points are the 468 and the irises, which the layout leaves out.
            count_kept = place.stop - place.start
            points[:, place, : data.shape[2]] = data[:, start : start + count_kept, :3]
        start += count
    if not found:
        names = [part.name for part in pose.header.components]
        raise BadInputError(f"{path} has the parts {names}; expected MediaPipe Holistic's")
    return points


def _pixel_scale(width_px: int, height_px: int) -> NDArray[np.float32]:
    """Return the pixels of one unit of x, y and z; MediaPipe's z has the scale of x."""
    return np.array((width_px, height_px, width_px), np.float32)


def _check_points(path: Path, points: NDArray[np.generic]) -> None:
    if points.ndim != 3 or points.shape[1:] != (N_POINTS, 3) or not len(points):
        raise BadInputError(f"{path}: points have shape {points.shape}; expected (T, 543, 3)")
    if not np.issubdtype(points.dtype, np.floating):
        raise BadInputError(f"{path}: points are {points.dtype}; expected float32")


def _check_numbers(path: Path, fps: float, width_px: int, height_px: int) -> None:
    if not 0 < fps < 1000:
        raise BadInputError(f"{path}: fps is {fps}; expected frames per second above 0")
    if min(width_px, height_px) < 1:
        raise BadInputError(
            f"{path}: the picture is {width_px} x {height_px}; expected a picture size above 0"
        )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
