"""Clips that can't be learned from, and runs that can't start, are refused before step one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from signbridge.errors import BadInputError, SettingsError
from signbridge.training.video.clips import cache_landmarks, prepared
from signbridge.training.video.config import VideoTrainConfig
from signbridge.training.video.manifest import Row
from signbridge.training.video.run import check_out, make_accelerator
from tests.fakes import FakeExtractor


def test_landmarks_are_looked_for_once(rows: list[Row], tmp_path: Path) -> None:
    extractor = FakeExtractor()
    first = prepared(rows[0].path, tmp_path, extractor)
    again = prepared(rows[0].path, tmp_path, extractor)
    assert len(extractor.opened) == 1
    assert np.array_equal(first.pixels, again.pixels)


def test_clips_too_short_to_learn_from_are_all_named_before_training(
    rows: list[Row], tmp_path: Path
) -> None:
    path = tmp_path / "short.mp4"
    with av.open(str(path), "w") as written:
        stream = written.add_stream("libx264", rate=8)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for _ in range(4):
            black = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            written.mux(stream.encode(black))
        written.mux(stream.encode())
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    bad = [replace(rows[0], path=path), replace(rows[0], path=broken)]
    with pytest.raises(BadInputError, match=r"2 clips can't be trained on.*lasts 0\.5 s.*broken"):
        cache_landmarks(bad, tmp_path / "cache", workers=0)


def test_a_run_is_not_written_over_nor_resumed_from_nothing(tmp_path: Path) -> None:
    state = tmp_path / "state.pt"
    with pytest.raises(BadInputError, match="leave out --resume"):
        check_out(tmp_path, state, resume=True)
    state.touch()
    with pytest.raises(BadInputError, match="go on with --resume"):
        check_out(tmp_path, state, resume=False)


def test_a_batch_that_the_processes_cannot_share_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("accelerate.Accelerator.num_processes", 3)
    with pytest.raises(SettingsError, match="choose a multiple of 3"):
        make_accelerator(VideoTrainConfig(batch=4))
