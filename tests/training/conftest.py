"""The tiny model and the small clips that the tests of the video trainer share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import cv2
import pytest

from signbridge.recognize.video.weights import Weights, load_processor
from signbridge.training.video.clips import prepared
from signbridge.training.video.manifest import Row
from tests.fakes import FakeExtractor
from tests.tiny_video_model import save_base

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("hello", "drink", "work", "thank-you")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def processor(base: Path) -> Any:
    return load_processor(Weights(str(base)))


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """Return the examples as clips of 64 x 64 pixels, 8 frames a second, a source each two."""
    folder = tmp_path_factory.mktemp("clips")
    found = []
    for number, name in enumerate(NAMES):
        text = (EXAMPLES / f"{name}.txt").read_text(encoding="utf-8").splitlines()[0]
        path = small_copy(EXAMPLES / f"{name}.mp4", folder / f"{name}.mp4")
        found.append(Row(path, text, "train", "ab"[number // 2]))
    return found


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> Path:
    folder = tmp_path_factory.mktemp("landmarks")
    for row in rows:
        prepared(row.path, folder, FakeExtractor())
    return folder


def small_copy(source: Path, target: Path) -> Path:
    with av.open(str(source)) as container, av.open(str(target), "w") as written:
        stream = written.add_stream("libx264", rate=8)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for index, frame in enumerate(container.decode(video=0)):
            if index % 3 == 0:
                pixels = cv2.resize(frame.to_ndarray(format="rgb24"), (64, 64))
                written.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        written.mux(stream.encode())
    return target
