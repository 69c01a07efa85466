"""What is drawn is found again by MediaPipe, where it was drawn."""

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from signbridge.avatar.perform import sentence
from signbridge.avatar.render import render
from signbridge.landmarks import topology
from signbridge.types import Frame
from tests.avatar.performances import wave


def detected(path: Path) -> NDArray[np.float32]:
    from signbridge.landmarks.holistic import HolisticExtractor

    stream = HolisticExtractor().open()
    with av.open(str(path)) as container:
        found = [
            stream.push(Frame(picture.to_ndarray(format="rgb24"), index / 25))
            for index, picture in enumerate(container.decode(video=0))
        ]
    stream.close()
    return np.stack(found)


@pytest.mark.slow
def test_pose_and_hand_are_found_again_where_they_were_drawn(tmp_path: Path) -> None:
    clip = sentence([wave()])
    render(clip, tmp_path / "wave.mp4")
    found = detected(tmp_path / "wave.mp4")
    assert np.isfinite(found[:, topology.NOSE, 0]).mean() >= 0.99
    drawn = clip.points[:, topology.RIGHT_HAND]
    inside = drawn[..., 1].max(axis=1) < 1  # False where the hand is NaN
    again = found[:, topology.RIGHT_HAND]
    seen = inside & np.isfinite(again[:, 0, 0])
    assert seen.sum() >= 0.8 * inside.sum()
    apart = np.linalg.norm((again - drawn)[seen][..., :2] * (640, 480), axis=-1).mean(axis=1)
    palms = np.linalg.norm((drawn[:, 9] - drawn[:, 0])[seen][:, :2] * (640, 480), axis=-1)
    assert np.median(apart / palms) < 0.15
