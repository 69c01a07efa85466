"""Webcam ticks become frames by their time of arrival."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from signbridge.capture.stream import WebcamStream, shrink
from signbridge.errors import BadInputError


def picture(width_px: int = 64, height_px: int = 48) -> NDArray[np.uint8]:
    return np.full((height_px, width_px, 3), 90, np.uint8)


def kept(arrivals_s: list[float], max_fps: float = 10.0) -> list[float]:
    stream = WebcamStream(max_fps, max_side_px=640)
    frames = [stream.tick(picture(), at_s) for at_s in arrivals_s]
    return [frame.at_s for frame in frames if frame]


def test_times_count_from_the_first_picture() -> None:
    assert kept([1000.0, 1000.1, 1000.25]) == pytest.approx([0.0, 0.1, 0.25])


def test_pictures_at_twice_the_rate_lose_every_other() -> None:
    assert kept([k / 20 for k in range(20)]) == pytest.approx([k / 10 for k in range(10)])


def test_jitter_at_the_rate_itself_loses_nothing() -> None:
    early_and_late = [0.1 * k + (0.03 if k % 2 else 0.0) for k in range(20)]
    assert kept(early_and_late) == pytest.approx(early_and_late)


def test_many_pictures_in_one_moment_give_one_frame() -> None:
    assert kept([0.0, 1.0, 1.001, 1.002, 1.003]) == pytest.approx([0.0, 1.0])


def test_after_a_gap_there_is_no_burst_to_catch_up() -> None:
    burst = [0.0, 5.0] + [5.0 + 0.01 * k for k in range(1, 21)]
    assert kept(burst) == pytest.approx([0.0, 5.0, 5.06, 5.15], abs=0.011)


def test_slow_webcam_keeps_every_picture() -> None:
    assert kept([0.5 * k for k in range(8)]) == [0.5 * k for k in range(8)]


def test_clock_that_stands_still_or_goes_back_gives_no_frame() -> None:
    assert kept([3.0, 3.0, 2.0, 3.2]) == pytest.approx([0.0, 0.2])


def test_large_picture_is_shrunk_to_the_long_side() -> None:
    frame = WebcamStream(10, max_side_px=320).tick(picture(1280, 720), 0.0)
    assert frame is not None
    assert frame.pixels.shape == (180, 320, 3)
    assert (frame.pixels == 90).all()


def test_small_picture_is_left_as_it_is() -> None:
    pixels = picture()
    assert shrink(pixels, 640) is pixels


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((48, 64), np.uint8),
        np.zeros((48, 64, 4), np.uint8),
        np.zeros((48, 64, 3), np.float32),
        np.zeros((0, 64, 3), np.uint8),
    ],
    ids=["grey", "with alpha", "floats", "empty"],
)
def test_what_is_not_an_rgb_picture_is_refused(pixels: NDArray[np.uint8]) -> None:
    with pytest.raises(BadInputError, match=r"expected \(height, width, 3\)"):
        WebcamStream(10, 640).tick(pixels, 0.0)
