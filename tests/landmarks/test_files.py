"""Landmark files give back what was written, and damaged ones say what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from signbridge.errors import BadInputError
from signbridge.landmarks import topology
from signbridge.landmarks.files import read_landmarks, write_npz, write_pose
from signbridge.types import Landmarks

WRITERS = {"npz": write_npz, "pose": write_pose}


def some_landmarks() -> Landmarks:
    """Return 5 frames of known points; the left hand is never seen, the face in frame 2 not."""
    points = np.random.default_rng(0).uniform(0, 1, (5, topology.N_POINTS, 3)).astype(np.float32)
    points[:, topology.LEFT_HAND] = np.nan
    points[2, topology.FACE] = np.nan
    return Landmarks(points, 29.97, 0.0, 480, 640)


@pytest.mark.parametrize("kind", ["npz", "pose"])
def test_what_was_written_is_read_again(tmp_path: Path, kind: str) -> None:
    wanted, path = some_landmarks(), tmp_path / f"clip.{kind}"
    WRITERS[kind](path, wanted)
    found = read_landmarks(path)
    np.testing.assert_allclose(found.points, wanted.points, atol=1e-6, equal_nan=True)
    assert found.points.dtype == np.float32
    assert (found.width_px, found.height_px) == (480, 640)
    assert found.fps == pytest.approx(29.97, abs=1e-3)


def test_npz_keeps_every_bit_and_the_start(tmp_path: Path) -> None:
    wanted = some_landmarks()
    late = Landmarks(wanted.points, 29.97, 1.25, 480, 640)
    write_npz(tmp_path / "clip.npz", late)
    found = read_landmarks(tmp_path / "clip.npz")
    np.testing.assert_array_equal(found.points, wanted.points)
    assert found.start_s == 1.25


def test_npz_has_the_names_that_the_contract_promises(tmp_path: Path) -> None:
    write_npz(tmp_path / "clip.npz", some_landmarks())
    with np.load(tmp_path / "clip.npz") as data:
        assert {"points", "fps", "width", "height"} <= set(data.files)
        assert data["points"].shape == (5, 543, 3)
        assert (int(data["width"]), int(data["height"])) == (480, 640)


def test_pose_file_is_in_pixels_for_other_tools(tmp_path: Path) -> None:
    from pose_format import Pose

    landmarks = some_landmarks()
    write_pose(tmp_path / "clip.pose", landmarks)
    pose = Pose.read((tmp_path / "clip.pose").read_bytes())
    assert [part.name for part in pose.header.components] == [
        "POSE_LANDMARKS",
        "FACE_LANDMARKS",
        "LEFT_HAND_LANDMARKS",
        "RIGHT_HAND_LANDMARKS",
    ]
    nose = landmarks.points[0, topology.NOSE] * (480, 640, 480)
    np.testing.assert_allclose(pose.body.data[0, 0, 0], nose, rtol=1e-5)
    left = slice(33 + 468, 33 + 468 + 21)
    assert (pose.body.confidence[:, 0, left] == 0).all()


def test_place_zero_is_a_place_and_not_an_absence(tmp_path: Path) -> None:
    corner = some_landmarks()
    corner.points[0, topology.RIGHT_HAND] = 0.0
    for kind, write in WRITERS.items():
        write(tmp_path / f"clip.{kind}", corner)
        found = read_landmarks(tmp_path / f"clip.{kind}")
        assert (found.points[0, topology.RIGHT_HAND] == 0).all()


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="is not a file"):
        read_landmarks(tmp_path / "clip.npz")


def test_other_kinds_of_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "clip.json").write_text("{}")
    with pytest.raises(BadInputError, match=r"expected a name ending in \.npz or \.pose"):
        read_landmarks(tmp_path / "clip.json")


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def emptied(_: bytes) -> bytes:
    return b""


def text(_: bytes) -> bytes:
    return b"These are words.\n" * 20


def noise(data: bytes) -> bytes:
    return np.random.default_rng(3).integers(0, 256, len(data), dtype=np.uint8).tobytes()


@pytest.mark.parametrize("kind", ["npz", "pose"])
@pytest.mark.parametrize("harm", [cut, emptied, text, noise])
def test_damaged_file_is_refused_in_one_line(
    tmp_path: Path, kind: str, harm: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / f"clip.{kind}"
    WRITERS[kind](path, some_landmarks())
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(BadInputError) as caught:
        read_landmarks(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": np.zeros((5, 42, 3), np.float32)}, r"expected \(T, 543, 3\)"),
        ({"points": np.zeros((0, 543, 3), np.float32)}, r"expected \(T, 543, 3\)"),
        ({"points": np.zeros((5, 543, 3), np.int64)}, "expected float32"),
        ({"fps": 0.0}, "expected frames per second above 0"),
        ({"fps": float("nan")}, "expected frames per second above 0"),
        ({"fps": "often"}, "can't be read"),
        ({"width": 0}, "expected a picture size above 0"),
        ({"height": np.arange(3)}, "can't be read"),
        ({"fps": None}, r"lacks \['fps'\]"),
    ],
)
def test_npz_with_wrong_contents_says_what_was_expected(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    points = some_landmarks().points
    whole: dict[str, object] = {"points": points, "fps": 30.0, "width": 64, "height": 48}
    values = {name: value for name, value in {**whole, **change}.items() if value is not None}
    np.savez(tmp_path / "clip.npz", **values)  # type: ignore[arg-type]
    with pytest.raises(BadInputError, match=message):
        read_landmarks(tmp_path / "clip.npz")


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "clip.npz", points=np.array([{"a": 1}], dtype=object))
    with pytest.raises(BadInputError, match="can't be read"):
        read_landmarks(tmp_path / "clip.npz")
