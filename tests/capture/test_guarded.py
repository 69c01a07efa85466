"""Clips decoded in another process: the same frames, and whatever happens there is one error."""

from __future__ import annotations

import errno
import gc
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from signbridge.capture import guarded
from signbridge.capture.decoders import Decoders, decoders, end
from signbridge.capture.guarded import GuardedVideo, open_guarded
from signbridge.capture.video import open_video
from signbridge.capture.wire import Limits
from signbridge.errors import BadInputError
from tests.capture import clips

LIMITS = Limits(max_clip_s=60.0, max_clip_mb=200.0, max_fps=30.0, max_side_px=640)
BROKEN = "broke the decoder, or kept it too busy"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Return a clip of which more frames are to come than the pipe holds."""
    return clips.write_clip(tmp_path / "clip.avi", n_frames=60, size=(160, 120))


def gone(process: int) -> bool:
    """Whether the process ends; a busy machine may take its time over it."""
    deadline = time.monotonic() + 60
    while Path(f"/proc/{process}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    return not Path(f"/proc/{process}").exists()


def process_of(video: GuardedVideo) -> int:
    return video._process


@pytest.mark.parametrize("kind", ["mp4", "webm", "avi", "gif"])
def test_frames_are_those_of_the_same_process(tmp_path: Path, kind: str) -> None:
    path = clips.write_clip(tmp_path / f"clip.{kind}", n_frames=12)
    there = open_guarded(path, LIMITS)
    here = open_video(path, max_clip_s=60, max_clip_mb=200, max_fps=30, max_side_px=640)
    assert there.facts == here.facts
    for one, other in zip(there, here, strict=True):
        assert one.at_s == other.at_s
        np.testing.assert_array_equal(one.pixels, other.pixels)
    assert there.damage == here.damage == ""
    assert gone(process_of(there))


def test_clip_cut_off_in_the_middle_says_so(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.webm", n_frames=50)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    video = open_guarded(path, LIMITS)
    assert 0 < len(list(video)) < 50
    assert "The clip is damaged" in video.damage


def test_what_is_no_video_is_refused_in_the_same_words(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_text("These are the words of a letter.")
    with pytest.raises(BadInputError, match="is not a video that can be read"):
        open_guarded(path, LIMITS)
    with pytest.raises(BadInputError, match="does not exist"):
        open_guarded(tmp_path / "nothing.mp4", LIMITS)


def test_clip_that_hides_its_length_is_refused_where_it_passes_the_limit(tmp_path: Path) -> None:
    path = clips.write_clip(
        tmp_path / "clip.webm", n_frames=3, at_ms=[0, 500, 2800], unstated_length=True
    )
    frames = iter(open_guarded(path, replace(LIMITS, max_clip_s=2.0)))
    assert [next(frames).at_s, next(frames).at_s] == pytest.approx([0, 0.5])
    with pytest.raises(BadInputError, match=r"is too long: 2\.8 s, the limit is 2 s"):
        next(frames)


def test_path_relative_to_where_the_program_is_is_found(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clip.parent)
    assert open_guarded("clip.avi", LIMITS).n_frames_estimate == 60


def test_killed_decoder_is_one_error_and_the_next_clip_is_read(clip: Path) -> None:
    video = open_guarded(clip, LIMITS)
    frames = iter(video)
    next(frames)
    os.kill(process_of(video), signal.SIGKILL)
    with pytest.raises(BadInputError, match=BROKEN):
        list(frames)
    assert len(list(open_guarded(clip, LIMITS))) == 60


def test_decoder_that_hangs_is_ended_and_the_next_clip_is_read(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = open_guarded(clip, LIMITS)
    frames = iter(video)
    next(frames)
    os.kill(process_of(video), signal.SIGSTOP)
    monkeypatch.setattr(guarded, "SILENT_S", 0.2)
    with pytest.raises(BadInputError, match=BROKEN):
        list(frames)
    assert gone(process_of(video))
    monkeypatch.undo()
    assert len(list(open_guarded(clip, LIMITS))) == 60


def test_killed_parent_of_all_decoders_is_started_again(clip: Path) -> None:
    list(open_guarded(clip, LIMITS))
    program = decoders()._program
    assert program is not None
    program.kill()
    program.wait()
    assert len(list(open_guarded(clip, LIMITS))) == 60


def test_clip_that_needs_too_much_memory_is_one_error(clip: Path) -> None:
    with pytest.raises(BadInputError, match=f"needs more memory|{BROKEN}"):
        list(open_guarded(clip, replace(LIMITS, memory_mb=100)))
    assert len(list(open_guarded(clip, LIMITS))) == 60


def test_picture_that_takes_too_long_ends_the_decoder() -> None:
    slow = "from signbridge.capture.decoder import each; "
    slow += "list(each((sum(range(10**11)) for _ in range(1)), 1))"
    done = subprocess.run([sys.executable, "-c", slow], timeout=600)
    assert done.returncode == -signal.SIGPROF


def test_decoder_knows_no_secret_and_may_write_no_file(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNBRIDGE_CHAT_KEY", "s3cret")
    process, pipe = Decoders().decode(clip, LIMITS)
    try:
        os.read(pipe, 1)  # it is at work
        about = Path(f"/proc/{process}")
        assert b"s3cret" not in (about / "environ").read_bytes()
        limits = (about / "limits").read_text()
        assert re.search(r"Max file size +0 ", limits)
        assert re.search(rf"Max address space +{2048 << 20} ", limits)
    finally:
        end(process, pipe)


@pytest.mark.parametrize("started", [False, True])
def test_clip_that_nobody_reads_to_its_end_leaves_no_process(clip: Path, started: bool) -> None:
    video = open_guarded(clip, LIMITS)
    process = process_of(video)
    if started:
        next(iter(video))
    del video
    gc.collect()
    assert gone(process)


def test_closed_clip_gives_no_frame(clip: Path) -> None:
    video = open_guarded(clip, LIMITS)
    video.close()
    video.close()
    assert list(video) == []


@pytest.mark.parametrize("unstated", [True, False])
def test_minute_that_lasts_a_little_longer_is_taken_whole(tmp_path: Path, unstated: bool) -> None:
    path = clips.write_clip(
        tmp_path / "clip.webm", n_frames=3, at_ms=[0, 1000, 2300], unstated_length=unstated
    )
    frames = list(open_guarded(path, replace(LIMITS, max_clip_s=2.0)))
    assert [frame.at_s for frame in frames] == pytest.approx([0, 1.0, 2.3])


def test_file_that_opens_with_too_little_memory_is_not_called_no_video(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poor(*_: object, **__: object) -> None:
        raise av.error.MemoryError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr("signbridge.capture.checks.av.open", poor)
    with pytest.raises(MemoryError):
        open_video(clip, max_clip_s=60, max_clip_mb=200, max_fps=30, max_side_px=640)
