"""A folder's clips are found in order, each with what tells a changed one from the same one."""

from __future__ import annotations

import os
from pathlib import Path

import av
import pytest

from signbridge.batch.folder import find, passed_over
from signbridge.capture.sniff import _MAGIC, SUFFIXES
from signbridge.errors import BadInputError
from signbridge.web import teach, ui


def test_clips_of_all_folders_are_found_in_order_and_nothing_else(tmp_path: Path) -> None:
    for name in ("b.MP4", "a/z.webm", "a/notes.txt", "c.mov"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"12")
    found = find(tmp_path)
    assert [job.clip for job in found] == ["a/z.webm", "b.MP4", "c.mov"]
    assert {job.size_bytes for job in found} == {2}
    assert found[0].path == tmp_path / "a" / "z.webm"


@pytest.mark.parametrize("suffix", [".3gp", ".mts", ".ts", ".mpg", ".wmv", ".flv", ".ogv", ".M2TS"])
def test_clip_of_any_kind_that_is_read_is_found(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"clip{suffix}").touch()
    assert [job.clip for job in find(tmp_path)] == [f"clip{suffix}"]
    assert passed_over(tmp_path) == ""


def test_source_code_whose_name_ends_as_a_transport_stream_is_no_clip(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").touch()
    (tmp_path / "index.ts").write_text("export const hands = 2;\n")
    (tmp_path / "broken.ts").write_bytes(b"\x00\x01 no packets")
    assert [job.clip for job in find(tmp_path)] == ["broken.ts", "clip.mp4"]
    assert passed_over(tmp_path) == "1 file passed over, not named as a video: .ts"


def test_names_that_a_terminal_would_obey_are_shown_and_many_are_few(tmp_path: Path) -> None:
    (tmp_path / "evil.\x1b[31mred").touch()
    assert passed_over(tmp_path) == "1 file passed over, not named as a video: .\\x1b[31mred"
    for number in range(20):
        (tmp_path / f"file.{number:02d}").touch()
    said = passed_over(tmp_path)
    assert said.startswith("21 files passed over")
    assert said.endswith(".06, .07, 13 others")


def test_every_kind_that_is_read_can_be_found() -> None:
    by_ffmpeg = {name: av.ContainerFormat(name).extensions for name, _ in _MAGIC if name != "ogg"}
    by_ffmpeg |= {name: av.ContainerFormat(name).extensions for name in ("mp4", "avi", "mpegts")}
    for name, endings in by_ffmpeg.items():
        assert {f".{ending}" for ending in endings} & SUFFIXES, name
    known = {f".{ending}" for endings in by_ffmpeg.values() for ending in endings}
    assert SUFFIXES - known == {".m4v", ".ogv"}  # FFmpeg looks into these two


def test_page_takes_what_a_folder_may_hold() -> None:
    assert set(ui.VIDEO_TYPES) >= SUFFIXES
    assert ui.VIDEO_TYPES == teach.VIDEO_TYPES


def test_files_that_are_no_clips_are_counted(tmp_path: Path) -> None:
    for name in ("a.mp4", ".DS_Store", "labels.csv", "b/notes.TXT", "b/more.txt", "b/README"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    said = "4 files passed over, not named as a video: .csv, .txt, no suffix"
    assert passed_over(tmp_path) == said


def test_name_that_is_no_text_stays_a_name(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.mp4")).touch()
    (job,) = find(tmp_path)
    assert job.clip == "caf\\udce9.mp4"
    assert job.path.exists()


def test_link_that_leads_nowhere_is_still_a_clip_to_report(tmp_path: Path) -> None:
    (tmp_path / "gone.mp4").symlink_to(tmp_path / "nowhere.mp4")
    assert [job.clip for job in find(tmp_path)] == ["gone.mp4"]


def test_what_is_no_folder_of_clips_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"absent is not a folder; give one with clips"):
        find(tmp_path / "absent")
    with pytest.raises(BadInputError, match=r"has no clip in it; expected files that end in"):
        find(tmp_path)


def test_folder_that_may_not_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(BadInputError, match=r"can't be read: Permission denied; make it readable"):
        find(tmp_path)
