"""Whatever is wrong with a clip is said in one clear line, and said early."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from signbridge.capture.video import Video, open_video
from signbridge.errors import BadInputError
from tests.capture import clips

THREE_HOURS_MS = 3 * 3600 * 1000


def opened(path: Path, **limits: float) -> Video:
    chosen = {"max_clip_s": 60.0, "max_clip_mb": 200.0, "max_fps": 30.0, "max_side_px": 640}
    return open_video(path, **{**chosen, **limits})  # type: ignore[arg-type]


def refusal(path: Path, **limits: float) -> str:
    """Return the message with which opening the clip is refused."""
    with pytest.raises(BadInputError) as caught:
        opened(path, **limits)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def test_missing_file_is_named(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "clip.mp4")


def test_name_too_long_for_any_file_is_refused(tmp_path: Path) -> None:
    assert "can't be read" in refusal(tmp_path / ("a" * 300))


def test_folder_is_refused(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)


def test_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.touch()
    assert "is empty" in refusal(path)


@pytest.mark.parametrize(
    "content",
    [
        b"These are the words of a letter, not a video.\n" * 50,
        b"#EXTM3U\n#EXTINF:10,\nhttp://localhost/secret.ts\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        bytes(range(256)) * 40,
        b"\x89PNG\r\n\x1a\n" + bytes(200),
    ],
    ids=["text", "playlist", "concat", "noise", "still"],
)
def test_what_is_not_a_video_is_refused_whatever_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    assert "is not a video that can be read" in refusal(path)


def test_sound_without_a_picture_is_refused(tmp_path: Path) -> None:
    assert "has sound but no picture" in refusal(clips.write_sound(tmp_path / "clip.mp4"))


def test_pictures_of_an_unknown_kind_are_refused(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.mp4")
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz"))
    assert "pictures of a kind that can't be decoded" in refusal(path)


@pytest.mark.parametrize("kind", ["mp4", "webm", "avi"])
def test_video_without_frames_is_refused(tmp_path: Path, kind: str) -> None:
    assert refusal(clips.write_header(tmp_path / f"clip.{kind}"))


@pytest.mark.parametrize("kind", ["mp4", "mov", "webm"])
def test_three_hours_are_refused_from_what_the_file_states(tmp_path: Path, kind: str) -> None:
    path = clips.write_clip(tmp_path / f"clip.{kind}", n_frames=2, at_ms=[0, THREE_HOURS_MS])
    message = refusal(path)
    assert "is too long: 3 h 0 min, the limit is 60 s" in message
    assert "SIGNBRIDGE_MAX_CLIP_S" in message


def test_clip_that_hides_its_length_is_refused_where_it_passes_the_limit(tmp_path: Path) -> None:
    path = clips.write_clip(
        tmp_path / "clip.webm", n_frames=5, at_ms=[0, 500, 1000, 1500, 2800], unstated_length=True
    )
    video = opened(path, max_clip_s=2.0)
    assert np.isnan(video.duration_s)
    assert video.n_frames_estimate == 1
    frames = iter(video)
    seen = [next(frames).at_s for _ in range(4)]
    assert seen == pytest.approx([0.0, 0.5, 1.0, 1.5], abs=1e-3)
    with pytest.raises(BadInputError, match=r"is too long: 2\.8 s, the limit is 2 s"):
        next(frames)


def test_clip_just_as_long_as_the_limit_is_taken(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.mp4", n_frames=20, fps=10)
    assert len(list(opened(path, max_clip_s=2.0))) == 20


def test_file_over_the_limit_of_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(bytes(1_100_000))
    assert "is too large: 1.1 MB, the limit is 1 MB" in refusal(path, max_clip_mb=1.0)


def test_enormous_pictures_are_refused(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.gif", n_frames=1, size=(9000, 16))
    assert "9000 pixels wide or high; the limit is 8192" in refusal(path)


def test_pictures_too_small_for_a_person_are_refused(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.gif", n_frames=1, size=(640, 2))
    assert "pictures of 640x2 pixels, too small to show a person" in refusal(path)


def test_file_cut_off_before_its_index_is_refused(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.mp4", n_frames=50)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "is not a video that can be read" in refusal(path)


@pytest.mark.parametrize("kind", ["webm", "avi", "mp4"])
def test_clip_cut_off_in_the_middle_gives_what_is_there_and_says_so(
    tmp_path: Path, kind: str
) -> None:
    path = clips.write_clip(tmp_path / f"clip.{kind}", n_frames=50, index_first=True)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    video = opened(path)
    times = [frame.at_s for frame in video]
    assert 0 < len(times) < 50
    assert times == sorted(times)
    assert "The clip is damaged" in video.damage


def test_whole_clip_is_not_called_damaged(tmp_path: Path) -> None:
    for kind in clips.CODECS:
        video = opened(clips.write_clip(tmp_path / f"clip.{kind}", n_frames=50))
        assert len(list(video)) == 50
        assert video.damage == ""


@pytest.mark.parametrize("kind", ["mp4", "avi", "webm"])
def test_noise_in_the_middle_never_stops_the_program(tmp_path: Path, kind: str) -> None:
    path = clips.write_clip(tmp_path / f"clip.{kind}", n_frames=50, size=(128, 96))
    data = bytearray(path.read_bytes())
    noise = np.random.default_rng(1).integers(0, 256, len(data) // 4, dtype=np.uint8).tobytes()
    data[len(data) // 3 : len(data) // 3 + len(noise)] = noise
    path.write_bytes(data)
    try:
        video = opened(path)
        times = [frame.at_s for frame in video]
    except BadInputError:
        return
    assert 0 < len(times) <= 50
    assert times == sorted(times)


def test_sliver_is_refused(tmp_path: Path) -> None:
    path = clips.write_clip(tmp_path / "clip.mp4", n_frames=2, size=(640, 32))
    assert "640x32 pixels, too narrow" in refusal(path)
