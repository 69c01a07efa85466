"""The real MediaPipe: what is not there is not seen, and a drawn signer is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from signbridge.capture.video import open_video
from signbridge.landmarks.holistic import HolisticExtractor, HolisticStream
from signbridge.landmarks.topology import LEFT_SHOULDER, N_POINTS, NOSE, RIGHT_SHOULDER
from signbridge.types import Frame

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.mp4"))

pytestmark = pytest.mark.slow


@pytest.fixture
def stream() -> Iterator[HolisticStream]:
    opened = HolisticExtractor().open()
    yield opened
    opened.close()


@pytest.mark.parametrize("shape", [(480, 640), (640, 360), (16, 16), (1, 1), (2, 640)])
@pytest.mark.parametrize("level", [0, 8, 128, 255])
def test_picture_without_a_person_gives_points_not_seen(
    stream: HolisticStream, level: int, shape: tuple[int, int]
) -> None:
    pixels = np.full((*shape, 3), level, np.uint8)
    for index in range(3):
        points = stream.push(Frame(pixels, index / 30))
        assert points.shape == (N_POINTS, 3)
        assert points.dtype == np.float32
        assert np.isnan(points).all()


def test_noise_gives_points_not_seen(stream: HolisticStream) -> None:
    rng = np.random.default_rng(0)
    for index in range(5):
        pixels = rng.integers(0, 256, (240, 320, 3), dtype=np.uint8)
        assert np.isnan(stream.push(Frame(pixels, index / 30))).all()


def test_picture_may_change_its_size(stream: HolisticStream) -> None:
    for index, shape in enumerate([(48, 64), (64, 48), (480, 640)]):
        stream.push(Frame(np.zeros((*shape, 3), np.uint8), index / 30))


def test_nobody_is_counted_in_an_empty_room(stream: HolisticStream) -> None:
    for index in range(20):
        stream.push(Frame(np.full((240, 320, 3), 128, np.uint8), index / 10))
    assert stream.people == 0


@pytest.mark.skipif(not EXAMPLES, reason="examples/ holds no clip")
@pytest.mark.parametrize("people", [1, 2])
def test_people_are_counted(stream: HolisticStream, people: int) -> None:
    video = open_video(EXAMPLES[0], max_clip_s=60, max_clip_mb=200, max_fps=4, max_side_px=640)
    for frame in video:
        half = frame.pixels[:, 160:480]
        stream.push(Frame(np.hstack([half] * people), frame.at_s))
    assert stream.people == people


@pytest.mark.skipif(not EXAMPLES, reason="examples/ holds no clip")
def test_drawn_signer_is_found_upright_and_not_mirrored(stream: HolisticStream) -> None:
    video = open_video(EXAMPLES[0], max_clip_s=60, max_clip_mb=200, max_fps=30, max_side_px=640)
    points = np.stack([stream.push(frame) for frame in video])
    middle = np.nanmedian(points, axis=0)
    assert np.isfinite(points[:, NOSE, 0]).mean() > 0.95
    # Facing us, the signer's left shoulder is on the right of the picture.
    assert middle[LEFT_SHOULDER, 0] > middle[RIGHT_SHOULDER, 0]
    assert middle[NOSE, 1] < middle[LEFT_SHOULDER, 1]


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="memory is read as Linux tells it"
)
def test_sessions_one_after_another_do_not_pile_up_memory() -> None:
    from_third: list[float] = []
    for _ in range(10):
        opened = HolisticExtractor().open()
        for index in range(3):
            opened.push(Frame(np.full((480, 640, 3), 128, np.uint8), index / 30))
        opened.close()
        from_third.append(resident_mb())
    assert max(from_third[5:]) < min(from_third[2:5]) + 100


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
