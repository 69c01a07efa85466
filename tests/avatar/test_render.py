from pathlib import Path

import av
import numpy as np
import pytest

from signbridge.avatar.perform import sentence
from signbridge.avatar.render import render, resampled
from signbridge.errors import BadInputError
from signbridge.landmarks import topology
from signbridge.types import Landmarks
from tests.avatar.performances import wave


def short_clip(n_frames: int = 6) -> Landmarks:
    clip = sentence([wave()])
    start = len(clip.points) // 2
    return Landmarks(clip.points[start : start + n_frames], clip.fps)


def test_a_clip_has_the_size_rate_and_length_asked_for(tmp_path: Path) -> None:
    n_frames = render(short_clip(), tmp_path / "clip.mp4", fps=12.5, width_px=160, height_px=120)
    with av.open(str(tmp_path / "clip.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, float(stream.average_rate)) == (160, 120, 12.5)
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert len(list(container.decode(video=0))) == n_frames == 3


def test_the_same_landmarks_give_the_same_file(tmp_path: Path) -> None:
    for name in ("one.mp4", "two.mp4"):
        render(short_clip(3), tmp_path / name, width_px=160, height_px=120)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_odd_sizes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="even sides"):
        render(short_clip(), tmp_path / "clip.mp4", width_px=161, height_px=120)


def test_landmarks_without_frames_are_refused(tmp_path: Path) -> None:
    empty = Landmarks(short_clip().points[:0], 25.0)
    with pytest.raises(BadInputError, match="without frames"):
        render(empty, tmp_path / "clip.mp4")


def test_a_hand_lost_for_a_moment_is_drawn_on_its_way() -> None:
    clip = short_clip(5)
    lost = clip.points.copy()
    lost[2, topology.RIGHT_HAND] = np.nan
    points = resampled(Landmarks(lost, clip.fps), clip.fps, 640, 480)
    between = (lost[1, topology.RIGHT_HAND] + lost[3, topology.RIGHT_HAND]) / 2
    np.testing.assert_allclose(points[2, topology.RIGHT_HAND], between, atol=1e-6)


def test_a_wide_picture_is_fitted_without_distortion() -> None:
    clip = short_clip(1)
    wide = Landmarks(clip.points, clip.fps, width_px=1280, height_px=720)
    points = resampled(wide, clip.fps, 640, 480)
    before = np.diff(wide.points[0, [topology.NOSE, topology.LEFT_HIP], :2] * (1280, 720), axis=0)
    after = np.diff(points[0, [topology.NOSE, topology.LEFT_HIP], :2] * (640, 480), axis=0)
    np.testing.assert_allclose(after, before / 2, rtol=1e-4)
