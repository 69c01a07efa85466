"""How long the video-language model's pictures take to be prepared, whatever model reads them."""

from __future__ import annotations

import time

import numpy as np

from signbridge.landmarks import topology
from signbridge.recognize.video.preprocess import prepare
from signbridge.types import Clip, Landmarks

LENGTH_S, FPS, WIDTH_PX, HEIGHT_PX = 8.0, 20.0, 1280, 720
TARGET_MS = 1500.0
REPEATS = 3
NAME = f"pictures for the video model, {LENGTH_S:.0f} s of {WIDTH_PX}x{HEIGHT_PX}"


def preparation_s(repeats: int = REPEATS) -> list[float]:
    """Return the seconds that each repeat took, on noise with all points of a signer seen."""
    rng = np.random.default_rng(0)
    frames = round(LENGTH_S * FPS)
    picture = rng.integers(0, 256, (HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)
    clip = Clip(np.repeat(picture[None], frames, axis=0), FPS)
    points = rng.uniform(0.2, 0.8, (frames, topology.N_POINTS, 3)).astype(np.float32)
    landmarks = Landmarks(points, FPS, width_px=WIDTH_PX, height_px=HEIGHT_PX)
    taken = []
    for _ in range(repeats):
        began_s = time.perf_counter()
        prepare(clip, landmarks)
        taken.append(time.perf_counter() - began_s)
    return taken
