"""Little clips whose brightness tells the fake extractor what to see."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from tests.fakes import RESTING, SIGNING

SIGNS_ONCE = ((RESTING, 0.5), (SIGNING, 1.0), (RESTING, 1.5))


def write_clip(path: Path, *stretches: tuple[int, float], fps: int = 10) -> Path:
    """Write an mp4 of consecutive (brightness, seconds) stretches."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for kind, seconds in stretches or SIGNS_ONCE:
            for _ in range(round(seconds * fps)):
                pixels = np.full((48, 64, 3), kind, np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return path
