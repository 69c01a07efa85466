"""A clip and its landmarks -> the pictures the video-language model was trained on.

The order is the training's own: 20 frames a second, resize the whole picture into the budget, cut
out the signer, even out the light, draw the landmarks. What follows in the model's processor is
normalising alone (`do_resize=False`, `do_sample_frames=False`). The points drawn are MediaPipe's;
the published adapter's training drew RTMPose's.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from signbridge.errors import BadInputError
from signbridge.recognize.video.box import Box, crop_window, signer_box
from signbridge.recognize.video.budget import resized, sampled_frames
from signbridge.recognize.video.overlay import draw
from signbridge.types import Clip, Landmarks

CLAHE_LIMIT = 2.0
CLAHE_TILES = (8, 8)
_FRAMES_AT_ONCE = 8  # for each thread: bounds the memory that resizing takes


@dataclass(frozen=True, slots=True)
class PreparedClip:
    """What the model looks at.

    pixels: (T, H, W, 3) uint8 RGB; T is even, H and W are multiples of 32.
    frame_indices: which frames of the clip these are; with `fps` of that clip, their times.
    clip_frames: how many frames that clip had.
    """

    pixels: NDArray[np.uint8]
    fps: float
    frame_indices: tuple[int, ...]
    clip_frames: int

    @property
    def rate(self) -> float:
        """Frames a second of `pixels`, from the first to the last."""
        span = self.frame_indices[-1] - self.frame_indices[0]
        return self.fps * (len(self.frame_indices) - 1) / span if span else self.fps

    @property
    def metadata(self) -> dict[str, Any]:
        """The processor's `video_metadata`: without it the model is told 24 frames a second."""
        return {
            "fps": self.fps,
            "frames_indices": list(self.frame_indices),
            "total_num_frames": self.clip_frames,
        }


def prepare(clip: Clip, landmarks: Landmarks) -> PreparedClip:
    """Return the pictures of `clip` for the model; raise `BadInputError` for an empty clip.

    landmarks: fractions of the clip's pictures; their times are matched to the frames', so their
    rate may differ, and they may cover more or less than the clip.
    """
    if not len(clip.pixels):
        raise BadInputError("the clip has no picture; give one with at least one frame")
    chosen = sampled_frames(len(clip.pixels), clip.fps)
    height_px, width_px = clip.pixels.shape[1:3]
    size_px = resized(width_px, height_px, len(chosen))
    spanned = within(landmarks, clip.start_s, clip.start_s + len(clip.pixels) / clip.fps)
    box = signer_box(spanned, width_px, height_px)
    window = crop_window(box, (width_px, height_px), size_px)
    places = places_of(landmarks, [clip.start_s + i / clip.fps for i in chosen], size_px, window)
    pixels = np.empty((len(chosen), window.height, window.width, 3), np.uint8)

    def fill(part: slice) -> None:
        frames = clip.pixels[list(chosen[part])]
        pixels[part] = resize_and_crop(frames, size_px, window)
        even_light = cv2.createCLAHE(CLAHE_LIMIT, CLAHE_TILES)
        for picture, points in zip(pixels[part], places[part], strict=True):
            equalize(picture, even_light)
            draw(picture, points)

    starts = range(0, len(chosen), _FRAMES_AT_ONCE)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(fill, [slice(start, start + _FRAMES_AT_ONCE) for start in starts]))
    return PreparedClip(pixels, clip.fps, chosen, len(clip.pixels))


def within(landmarks: Landmarks, start_s: float, end_s: float) -> Landmarks:
    """Return the landmarks from `start_s` to `end_s`; none where they do not overlap."""
    times = landmarks.start_s + np.arange(len(landmarks.points)) / landmarks.fps
    half_s = 0.5 / landmarks.fps
    inside = np.flatnonzero((times >= start_s - half_s) & (times < end_s + half_s))
    first = int(inside[0]) if len(inside) else 0
    return Landmarks(
        landmarks.points[inside],
        landmarks.fps,
        landmarks.start_s + first / landmarks.fps,
        landmarks.width_px,
        landmarks.height_px,
    )


def resize_and_crop(
    frames: NDArray[np.uint8], size_px: tuple[int, int], window: Box
) -> NDArray[np.uint8]:
    """Return frames (T, H, W, 3) resized to `size_px` (width, height), then cut to the window.

    Bicubic with antialiasing, as the model's own tools do it; in whole numbers, which is four times
    as fast and at most one level off.
    """
    if frames.shape[1:3] != size_px[::-1]:
        channels_first = torch.from_numpy(frames).permute(0, 3, 1, 2)
        small = functional.interpolate(
            channels_first, size=size_px[::-1], mode="bicubic", antialias=True
        )
        frames = small.permute(0, 2, 3, 1).numpy()
    return frames[:, window.top : window.bottom, window.left : window.right]


def equalize(picture: NDArray[np.uint8], even_light: cv2.CLAHE) -> None:
    """Even out the light of a picture (H, W, 3) uint8 RGB in place: CLAHE on L of LAB.

    OpenCV's, whose L has 256 levels; the published adapter's training had Kornia's, in fractions.
    """
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    lab[..., 0] = even_light.apply(np.ascontiguousarray(lab[..., 0]))
    cv2.cvtColor(lab, cv2.COLOR_LAB2RGB, dst=picture)


def places_of(
    landmarks: Landmarks, at_s: list[float], size_px: tuple[int, int], window: Box
) -> NDArray[np.float32]:
    """Return (T, 543, 2): where the points nearest in time lie in the cut pictures, in pixels."""
    if not len(landmarks.points):
        return np.full((len(at_s), landmarks.points.shape[1], 2), np.nan, np.float32)
    nearest = np.round((np.asarray(at_s) - landmarks.start_s) * landmarks.fps).astype(int)
    points = landmarks.points[np.clip(nearest, 0, len(landmarks.points) - 1), :, :2]
    corner = np.array([window.left, window.top])
    return np.asarray(points * np.array(size_px) - corner, np.float32)
