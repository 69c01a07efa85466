"""Little video files made on the fly; where, when and how each picture stands is known."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

CODECS = {"mp4": "libx264", "mov": "libx264", "webm": "libvpx", "avi": "mpeg4", "gif": "gif"}
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
# As QuickTime's specification has it: stored (p, q) is shown at x = a p + c q, y = b p + d q.
UPRIGHT, HALF_TURN = (1, 0, 0, 1), (-1, 0, 0, -1)
CLOCKWISE, ANTICLOCKWISE = (0, 1, -1, 0), (0, -1, 1, 0)
MIRRORED = (-1, 0, 0, 1)


def corners(width_px: int, height_px: int) -> NDArray[np.uint8]:
    """Return (H, W, 3): red top left, green top right, blue bottom left, white bottom right."""
    pixels = np.zeros((height_px, width_px, 3), np.uint8)
    middle_x, middle_y = width_px // 2, height_px // 2
    pixels[:middle_y, :middle_x], pixels[:middle_y, middle_x:] = RED, GREEN
    pixels[middle_y:, :middle_x], pixels[middle_y:, middle_x:] = BLUE, WHITE
    return pixels


def speckled(pixels: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """Return the picture with a little noise, so that every frame takes room in the file."""
    noise = np.random.default_rng(seed).integers(-20, 20, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def corners_of(pixels: NDArray[np.uint8]) -> tuple[str, str, str, str]:
    """Return the colours of the quarters: top left, top right, bottom left, bottom right."""
    height_px, width_px = pixels.shape[:2]
    y, x = height_px // 4, width_px // 4
    names = {RED: "red", GREEN: "green", BLUE: "blue", WHITE: "white"}
    quarters = (pixels[y, x], pixels[y, -x], pixels[-y, x], pixels[-y, -x])
    return tuple(names[tuple(255 * (quarter > 127))] for quarter in quarters)  # type: ignore[return-value]


def write_clip(
    path: Path,
    n_frames: int = 10,
    fps: Fraction | int = 10,
    size: tuple[int, int] = (64, 48),
    *,
    at_ms: Sequence[int] | None = None,
    pixel_aspect: Fraction | None = None,
    grey_steps: bool = False,
    unstated_length: bool = False,
    index_first: bool = False,
) -> Path:
    """Write `n_frames` pictures of `corners`, at a constant rate or at the times `at_ms`.

    grey_steps: picture k is all grey of level 10 k instead, so that each can be told apart.
    unstated_length: write a webm as a browser records it, without its length.
    index_first: write an mp4 as the web wants it, so that it can be played while it loads.
    """
    codec = CODECS[path.suffix[1:]]
    options = {"live": "1"} if unstated_length else {}
    if index_first and path.suffix == ".mp4":
        options = {"movflags": "faststart"}
    with av.open(str(path), "w", container_options=options) as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height = size
        stream.pix_fmt = "rgb8" if codec == "gif" else "yuv420p"
        if at_ms is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        if pixel_aspect is not None:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        for index in range(n_frames):
            pixels = corners(*size)
            pixels = np.full_like(pixels, 10 * index) if grey_steps else speckled(pixels, index)
            picture = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            if at_ms is not None:
                picture.pts, picture.time_base = at_ms[index], Fraction(1, 1000)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def write_sound(path: Path) -> Path:
    """Write a file with a second of sound and no picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=16000)
        silence = np.zeros((1, 16000), np.float32)
        sound = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
        sound.sample_rate = 16000
        container.mux(stream.encode(sound))
        container.mux(stream.encode())
    return path


def turn(path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """Write `matrix` into an mp4 or mov file's track header, as a phone does."""
    a, b, c, d = matrix
    data = bytearray(path.read_bytes())
    # The matrix lies 40 bytes behind the name of the box: 16.16 numbers, the last column 2.30.
    start = data.index(b"tkhd") + 4 + 40
    values = (a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    data[start : start + 36] = struct.pack(">9i", *values)
    path.write_bytes(data)
    return path


def write_header(path: Path) -> Path:
    """Write a video file that announces a picture and holds none."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(CODECS[path.suffix[1:]], rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.start_encoding()
    return path
