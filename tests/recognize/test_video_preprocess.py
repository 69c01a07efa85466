"""A clip becomes what the video-language model was trained on, step by step."""

from __future__ import annotations

from itertools import product

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from signbridge.errors import BadInputError
from signbridge.landmarks import topology
from signbridge.recognize.video.box import Box, crop_window, signer_box
from signbridge.recognize.video.budget import MAX_FRAME_PX, MIN_FRAME_PX, resized, sampled_frames
from signbridge.recognize.video.overlay import HAND_EDGES, draw
from signbridge.recognize.video.preprocess import places_of, prepare, resize_and_crop
from signbridge.types import Clip, Landmarks

YELLOW, GREEN, BLUE = (255, 255, 0), (0, 200, 0), (0, 80, 255)


def nobody(n_frames: int, fps: float = 20.0) -> Landmarks:
    return Landmarks(np.full((n_frames, topology.N_POINTS, 3), np.nan, np.float32), fps)


def signer(n_frames: int, fps: float = 20.0) -> Landmarks:
    """Return a body whose upper points span x 0.4 to 0.6 and y 0.2 to 0.6, and one hand."""
    landmarks = nobody(n_frames, fps)
    landmarks.points[:, topology.POSE] = (0.5, 0.4, 0.0)
    landmarks.points[:, topology.NOSE, :2] = (0.4, 0.2)
    landmarks.points[:, topology.RIGHT_WRIST, :2] = (0.6, 0.6)
    landmarks.points[:, topology.RIGHT_HAND] = (0.55, 0.5, 0.0)
    return landmarks


def noise(n_frames: int, height_px: int, width_px: int) -> NDArray[np.uint8]:
    shape = (n_frames, height_px, width_px, 3)
    return np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)


@pytest.mark.parametrize(
    ("n_frames", "fps", "count", "first_four"),
    [
        (160, 20.0, 160, (0, 1, 2, 3)),
        (240, 30.0, 160, (0, 2, 3, 5)),  # 239 / 159 = 1.503 frames a step
        (480, 60.0, 160, (0, 3, 6, 9)),
        (80, 10.0, 80, (0, 1, 2, 3)),  # no frame is made up
        (45, 15.0, 44, (0, 1, 2, 3)),  # an even number of them
        (12, 60.0, 4, (0, 4, 7, 11)),  # 0.2 s: four all the same
        (1, 20.0, 2, (0, 0)),
    ],
)
def test_twenty_frames_a_second_are_taken_by_their_times(
    n_frames: int, fps: float, count: int, first_four: tuple[int, ...]
) -> None:
    chosen = sampled_frames(n_frames, fps)
    assert len(chosen) == count
    assert chosen[:4] == first_four
    assert chosen[-1] == n_frames - 1


def test_empty_clip_is_refused() -> None:
    with pytest.raises(BadInputError, match="no picture"):
        prepare(Clip(np.zeros((0, 48, 64, 3), np.uint8), 20.0), nobody(0))


@pytest.mark.parametrize(
    ("size_px", "n_frames", "expected"),
    [
        ((1280, 720), 160, (544, 320)),  # sqrt(921600 / 184320) = 2.236: 572.4 and 321.99
        ((640, 360), 160, (544, 320)),  # 640 x 352 would be 225280 pixels
        ((360, 640), 160, (320, 544)),
        ((480, 270), 160, (480, 256)),  # fits: only made a multiple of 32
        ((40, 30), 160, (96, 64)),  # grown to 4096 pixels: 73.9 and 55.4, rounded up
        # 20480 * 1024 / 768 * 2 = 54613 pixels a frame: sqrt(921600 / 54613) = 4.108
        ((1280, 720), 768, (288, 160)),
    ],
)
def test_picture_is_resized_into_the_budget(
    size_px: tuple[int, int], n_frames: int, expected: tuple[int, int]
) -> None:
    assert resized(*size_px, n_frames) == expected


def test_every_size_ends_within_the_budget_and_on_multiples_of_32() -> None:
    sides = (1, 2, 7, 31, 33, 64, 97, 128, 200, 333, 640, 719, 1080, 1920, 3840)
    for width_px, height_px, n_frames in product(sides, sides, (2, 26, 160, 768)):
        if max(width_px, height_px) > 200 * min(width_px, height_px):
            continue
        width, height = resized(width_px, height_px, n_frames)
        assert width % 32 == height % 32 == 0
        assert MIN_FRAME_PX <= width * height <= MAX_FRAME_PX
        assert n_frames / 2 * width * height <= 20_480 * 1024  # two frames make one patch
        assert resized(height_px, width_px, n_frames) == (height, width)


def test_strip_of_a_picture_is_refused() -> None:
    with pytest.raises(BadInputError, match="2010 x 10 pixels is too narrow"):
        resized(2010, 10, 20)


def test_box_holds_the_upper_body_with_a_quarter_more_on_each_side() -> None:
    # 0.4 to 0.6 of 1000 is 400 to 600, padded by 50; 0.2 to 0.6 of 500 is 100 to 300.
    assert signer_box(signer(9), 1000, 500) == Box(350, 50, 650, 350)


def test_box_is_clamped_to_the_picture() -> None:
    landmarks = signer(9)
    landmarks.points[0, topology.LEFT_WRIST, :2] = (1.0, 0.4)
    # 400 to 1000 padded by 150 ends outside.
    assert signer_box(landmarks, 1000, 500) == Box(250, 50, 1000, 350)


@pytest.mark.parametrize(("frame", "counts"), [(0, True), (4, True), (5, False), (9, True)])
def test_box_looks_at_every_fourth_frame_and_the_last(frame: int, counts: bool) -> None:
    landmarks = signer(10)
    landmarks.points[frame, topology.LEFT_WRIST, :2] = (0.8, 0.4)
    box = signer_box(landmarks, 1000, 500)
    assert box is not None
    assert (box.right > 650) == counts


@pytest.mark.parametrize("place", [(1.2, 0.4), (0.5, -0.1), (np.nan, 0.4)])
def test_box_ignores_what_is_not_seen_or_not_in_the_picture(place: tuple[float, float]) -> None:
    landmarks = signer(9)
    landmarks.points[:, topology.LEFT_ELBOW, :2] = place
    landmarks.points[:, topology.LEFT_HIP, :2] = (0.9, 0.9)  # nor the legs
    assert signer_box(landmarks, 1000, 500) == Box(350, 50, 650, 350)


def test_nobody_has_no_box() -> None:
    assert signer_box(nobody(9), 1000, 500) is None
    assert signer_box(nobody(0), 1000, 500) is None


def test_window_is_the_box_scaled_and_trimmed_on_both_sides() -> None:
    # Halved: 175 to 325 and 25 to 175, 150 pixels each; 128 fit, 22 go, 11 on each side.
    window = crop_window(Box(350, 50, 650, 350), (1000, 500), (500, 250))
    assert window == Box(186, 36, 314, 164)


def test_box_smaller_than_a_patch_is_not_cut_to() -> None:
    assert crop_window(Box(0, 0, 31, 300), (640, 352), (640, 352)) == Box(0, 0, 640, 352)
    assert crop_window(None, (640, 352), (640, 352)) == Box(0, 0, 640, 352)


def test_every_box_gives_a_window_on_multiples_of_32_inside_the_picture() -> None:
    rng = np.random.default_rng(1)
    for _ in range(500):
        left, right = sorted(rng.integers(0, 1281, 2).tolist())
        top, bottom = sorted(rng.integers(0, 721, 2).tolist())
        window = crop_window(Box(left, top, right, bottom), (1280, 720), (544, 320))
        assert 0 <= window.left < window.right <= 544
        assert 0 <= window.top < window.bottom <= 320
        assert window.width % 32 == window.height % 32 == 0


def test_picture_is_resized_before_it_is_cut() -> None:
    # Smooth: of noise, whole numbers between the two passes leave a larger error.
    frames = np.stack([cv2.GaussianBlur(frame, (0, 0), 3) for frame in noise(2, 720, 1280)])
    window = Box(32, 64, 192, 160)
    # The plain version: in floating point, the whole picture, rounded.
    whole = torch.nn.functional.interpolate(
        torch.from_numpy(frames).permute(0, 3, 1, 2).float(),
        size=(320, 544),
        mode="bicubic",
        antialias=True,
    )
    expected = whole.round().clamp(0, 255).permute(0, 2, 3, 1).numpy()[:, 64:160, 32:192]
    found = resize_and_crop(frames, (544, 320), window)
    assert np.abs(found.astype(int) - expected).max() <= 1


def test_points_stand_where_the_cut_picture_shows_them() -> None:
    landmarks = nobody(3, fps=10.0)
    landmarks.points[1, topology.NOSE] = (0.5, 0.25, 0.0)
    places = places_of(landmarks, [0.0, 0.06, 0.14, 0.3], (640, 320), Box(64, 32, 320, 288))
    # Of 640 x 320: (320, 80), seen from the corner (64, 32); frame 1 is the nearest to 0.06 s.
    assert places[1, topology.NOSE].tolist() == places[2, topology.NOSE].tolist() == [256, 48]
    assert np.isnan(places[[0, 3], topology.NOSE]).all()


def test_hand_has_23_edges_that_are_the_projects_own() -> None:
    ends = [frozenset(edge) for edge in HAND_EDGES]
    assert len(ends) == 23
    assert set(ends) == {frozenset(edge) for edge in topology.HAND_EDGES}


@pytest.mark.parametrize(
    ("point", "colour"),
    [
        (topology.LEFT_SHOULDER, YELLOW),
        (topology.RIGHT_WRIST, YELLOW),
        (topology.LEFT_HAND.start, GREEN),
        (topology.RIGHT_HAND.start + 20, BLUE),
    ],
)
def test_dot_is_drawn_in_the_colour_of_its_part(point: int, colour: tuple[int, ...]) -> None:
    picture = np.zeros((64, 64, 3), np.uint8)
    places = np.full((topology.N_POINTS, 2), np.nan, np.float32)
    places[point] = (20.4, 30.6)
    draw(picture, places)
    assert tuple(picture[31, 20]) == colour
    ys, xs, _ = np.nonzero(picture)
    # A radius of 1, and what antialiasing adds to it.
    assert np.abs(xs - 20).max() <= 2
    assert np.abs(ys - 31).max() <= 2


def test_only_arms_and_hands_are_drawn() -> None:
    picture = np.zeros((64, 64, 3), np.uint8)
    places = np.full((topology.N_POINTS, 2), 32.0, np.float32)
    places[topology.LEFT_SHOULDER : topology.RIGHT_WRIST + 1] = np.nan
    places[topology.LEFT_HAND] = np.nan
    places[topology.RIGHT_HAND] = np.nan
    draw(picture, places)
    assert not picture.any()


def test_line_to_a_point_that_is_not_seen_is_not_drawn() -> None:
    picture = np.zeros((64, 64, 3), np.uint8)
    places = np.full((topology.N_POINTS, 2), np.nan, np.float32)
    places[topology.LEFT_SHOULDER] = (50, 10)
    places[topology.RIGHT_SHOULDER] = (10, 10)
    draw(picture, places)
    red, green, blue = picture[10, 30]
    assert red == green > 200  # antialiased
    assert blue == 0
    assert not picture[:8].any()
    assert not picture[13:].any()


def test_points_that_no_number_can_hold_are_skipped() -> None:
    picture = np.zeros((64, 64, 3), np.uint8)
    draw(picture, np.full((topology.N_POINTS, 2), np.inf, np.float32))
    draw(picture, np.full((topology.N_POINTS, 2), -1e30, np.float32))
    assert not picture.any()


@pytest.mark.parametrize("size_px", [(64, 48), (640, 360), (360, 640), (200, 7)])
def test_without_a_person_the_light_alone_is_changed(size_px: tuple[int, int]) -> None:
    width_px, height_px = size_px
    clip = Clip(noise(10, height_px, width_px), 20.0)
    prepared = prepare(clip, nobody(10))
    width, height = resized(width_px, height_px, 10)
    assert prepared.pixels.shape == (10, height, width, 3)
    plain = resize_and_crop(clip.pixels, (width, height), Box(0, 0, width, height))[3]
    lab = cv2.cvtColor(np.ascontiguousarray(plain), cv2.COLOR_RGB2LAB)
    lightness, *rest = cv2.split(lab)
    lightness = cv2.createCLAHE(clipLimit=2.0, tileGridSize=(8, 8)).apply(lightness)
    expected = cv2.cvtColor(cv2.merge((lightness, *rest)), cv2.COLOR_LAB2RGB)
    assert np.array_equal(prepared.pixels[3], expected)


def test_signer_is_cut_out_and_drawn() -> None:
    clip = Clip(np.full((20, 360, 640, 3), 90, np.uint8), 20.0)
    prepared = prepare(clip, signer(20))
    # 544 x 320; the box 224 to 416 and 36 to 252 of 640 x 360 becomes 190 to 354 and 32 to 224.
    assert prepared.pixels.shape == (20, 192, 160, 3)
    # The wrist at 0.6, 0.6 of the picture, less the corner (192, 32).
    assert tuple(prepared.pixels[7, 192 - 32, 326 - 192]) == YELLOW


def test_times_are_told_to_the_processor() -> None:
    prepared = prepare(Clip(noise(30, 48, 64), 30.0), nobody(30))
    assert prepared.metadata == {
        "fps": 30.0,
        "frames_indices": list(sampled_frames(30, 30.0)),
        "total_num_frames": 30,
    }


def test_box_counts_only_what_is_seen_while_the_clip_lasts() -> None:
    landmarks = signer(60)
    landmarks.points[40:, topology.LEFT_WRIST, :2] = (0.99, 0.4)
    clip = Clip(noise(20, 360, 640), 20.0, start_s=0.0)
    assert prepare(clip, landmarks).pixels.shape == prepare(clip, signer(20)).pixels.shape
