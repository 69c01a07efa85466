"""Video files of every kind become upright frames at the times they were taken."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from signbridge.capture.video import Video, open_video
from signbridge.types import Frame
from tests.capture import clips


def opened(path: Path, **limits: float) -> Video:
    chosen = {"max_clip_s": 60.0, "max_clip_mb": 200.0, "max_fps": 30.0, "max_side_px": 640}
    return open_video(path, **{**chosen, **limits})  # type: ignore[arg-type]


def frames_of(path: Path, **limits: float) -> list[Frame]:
    return list(opened(path, **limits))


@pytest.mark.parametrize("kind", ["mp4", "mov", "webm", "avi", "gif"])
def test_every_picture_of_every_kind_of_file_comes_once(tmp_path: Path, kind: str) -> None:
    path = clips.write_clip(tmp_path / f"clip.{kind}", n_frames=10, fps=10)
    video = opened(path)
    frames = list(video)
    assert [frame.at_s for frame in frames] == pytest.approx([0.1 * k for k in range(10)], abs=2e-3)
    assert (video.width_px, video.height_px, video.fps) == (64, 48, pytest.approx(10))
    assert video.duration_s == pytest.approx(1.0, abs=0.11)
    assert frames[3].pixels.shape == (48, 64, 3)
    assert frames[3].pixels.dtype == np.uint8
    assert clips.corners_of(frames[3].pixels) == ("red", "green", "blue", "white")


def test_pictures_come_in_the_order_they_were_taken(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.mp4", n_frames=20, grey_steps=True)
    levels = [frame.pixels.mean() for frame in frames_of(path)]
    assert levels == pytest.approx([10 * k for k in range(20)], abs=4)


def test_portrait_clip_stays_portrait(tmp_path: Path) -> None:
    (frame, *_) = frames_of(clips.write_clip(tmp_path / "clip.mp4", size=(48, 96)))
    assert frame.pixels.shape == (96, 48, 3)


@pytest.mark.parametrize(
    ("matrix", "size", "corners"),
    [
        (clips.UPRIGHT, (64, 48), ("red", "green", "blue", "white")),
        (clips.CLOCKWISE, (48, 64), ("blue", "red", "white", "green")),
        (clips.ANTICLOCKWISE, (48, 64), ("green", "white", "red", "blue")),
        (clips.HALF_TURN, (64, 48), ("white", "blue", "green", "red")),
        (clips.MIRRORED, (64, 48), ("green", "red", "white", "blue")),
    ],
)
@pytest.mark.parametrize("kind", ["mp4", "mov"])
def test_phone_clip_is_turned_upright(
    tmp_path: Path,
    kind: str,
    matrix: tuple[int, int, int, int],
    size: tuple[int, int],
    corners: tuple[str, ...],
) -> None:
    video = opened(clips.turn(clips.write_clip(tmp_path / f"clip.{kind}"), matrix))
    (frame, *_) = list(video)
    assert clips.corners_of(frame.pixels) == corners
    assert (video.width_px, video.height_px) == size == frame.pixels.shape[1::-1]
    assert frame.pixels.flags.c_contiguous


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_variable_frame_rate_keeps_each_picture_s_own_time(tmp_path: Path, kind: str) -> None:
    at_ms = [0, 40, 80, 200, 240, 600, 640, 1500]
    path = clips.write_clip(tmp_path / f"clip.{kind}", n_frames=8, at_ms=at_ms)
    times = [frame.at_s for frame in frames_of(path)]
    assert times == pytest.approx([ms / 1000 for ms in at_ms], abs=1e-3)


def test_times_count_from_the_first_picture(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.webm", n_frames=3, at_ms=[5000, 5100, 5200])
    assert [frame.at_s for frame in frames_of(path)] == pytest.approx([0.0, 0.1, 0.2], abs=1e-3)


def test_fractional_frame_rate_is_not_rounded(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.mp4", n_frames=60, fps=Fraction(30000, 1001))
    video = opened(path)
    frames = list(video)
    assert video.fps == pytest.approx(29.97, abs=1e-3)
    assert len(frames) == 60
    assert frames[-1].at_s == pytest.approx(59 * 1001 / 30000, abs=1e-3)


def test_sixty_frames_a_second_become_thirty_by_dropping_every_other(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.mp4", n_frames=60, fps=60)
    video = opened(path)
    times = [frame.at_s for frame in video]
    assert video.fps == 30
    assert times == pytest.approx([k / 30 for k in range(30)], abs=1e-3)


def test_fifty_frames_a_second_become_about_thirty_evenly_in_time(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.mp4", n_frames=100, fps=50)
    times = [frame.at_s for frame in frames_of(path)]
    assert 58 <= len(times) <= 61
    assert max(np.diff(times)) < 0.041


def test_long_side_is_scaled_down_and_never_up(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.mp4", n_frames=2, size=(320, 240))
    assert frames_of(path, max_side_px=160)[0].pixels.shape == (120, 160, 3)
    assert frames_of(path, max_side_px=640)[0].pixels.shape == (240, 320, 3)


def test_turned_clip_is_scaled_by_its_upright_side(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.mp4", n_frames=2, size=(320, 240))
    (frame, *_) = frames_of(clips.turn(path, clips.CLOCKWISE), max_side_px=160)
    assert frame.pixels.shape == (160, 120, 3)


def test_tiny_clip_is_read(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.mp4", n_frames=1, size=(16, 16))
    (frame,) = frames_of(path)
    assert frame.pixels.shape == (16, 16, 3)


def test_wide_pixels_are_made_square(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.mp4", size=(64, 48), pixel_aspect=Fraction(3, 2))
    video = opened(path)
    (frame, *_) = list(video)
    assert frame.pixels.shape == (48, 96, 3)
    assert clips.corners_of(frame.pixels) == ("red", "green", "blue", "white")


def test_turned_wide_pixels_are_made_square(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.mp4", size=(64, 48), pixel_aspect=Fraction(3, 2))
    (frame, *_) = frames_of(clips.turn(path, clips.CLOCKWISE))
    assert frame.pixels.shape == (96, 48, 3)


def test_estimate_is_the_number_of_frames_after_dropping(tmp_path: Path) -> None:
    video = opened(clips.write_clip(tmp_path / "clip.mp4", n_frames=120, fps=60))
    assert video.n_frames_estimate == len(list(video)) == 60
