"""Reading a csv of labelled clips."""

from __future__ import annotations

from pathlib import Path

import pytest

from signbridge.errors import BadInputError
from signbridge.evaluation.labels import read_labels, skipped_kinds


def write(folder: Path, text: str) -> Path:
    path = folder / "labels.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_paths_are_relative_to_the_csv(tmp_path: Path) -> None:
    (clip,) = read_labels(write(tmp_path, "path,kind,label,source\na/b.mp4,sign,hello,web\n"))
    assert clip.path == tmp_path / "a" / "b.mp4"
    assert (clip.name, clip.kind, clip.label, clip.source) == ("a/b.mp4", "sign", "hello", "web")


def test_other_kinds_and_other_columns_are_ignored(tmp_path: Path) -> None:
    text = "fps,path,kind,label,source\n25,a.mp4,long,A,x\n25,b.mp4,Sign,b,x\n"
    clips = read_labels(write(tmp_path, text))
    assert [clip.name for clip in clips] == ["b.mp4"]


def test_ignored_rows_are_counted_by_kind(tmp_path: Path) -> None:
    rows = ["a,long,A,x", "b,Long ,B,x", "c,sign,c,x", "d,,D,x", "e,avatar,E,x"]
    labels = write(tmp_path, "\n".join(["path,kind,label,source", *rows]))
    assert skipped_kinds(labels) == {"(none)": 1, "avatar": 1, "long": 2}


def test_byte_order_mark_of_a_spreadsheet_is_no_part_of_the_name(tmp_path: Path) -> None:
    clips = read_labels(write(tmp_path, "\ufeffpath,kind,label,source\na.mp4,sign,a,x\n"))
    assert clips[0].name == "a.mp4"


def test_missing_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="lacks the columns kind, source"):
        read_labels(write(tmp_path, "path,label\na.mp4,a\n"))


def test_missing_file_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="does not exist"):
        read_labels(tmp_path / "none.csv")


def test_video_given_as_labels_is_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_bytes(b"\x00\x00\x00\x18ftypmp42\xff\xfe\xfa")
    with pytest.raises(BadInputError, match="can't be read as a csv"):
        read_labels(path)


def test_no_row_of_a_known_kind_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no row of kind"):
        read_labels(write(tmp_path, "path,kind,label,source\na.mp4,long,a,x\n"))


@pytest.mark.parametrize("mark", [";", "\t"])
def test_csv_with_another_separator_is_told_from_one_without_columns(
    tmp_path: Path, mark: str
) -> None:
    text = "path,kind,label,source\na.mp4,sign,a,x\n".replace(",", mark)
    with pytest.raises(BadInputError) as refused:
        read_labels(write(tmp_path, text))
    said = str(refused.value)
    assert f"is separated by {mark!r} (columns found: path, kind, label, source)" in said
    assert "it needs path, kind, label, source, separated by commas" in said
    assert "\n" not in said


def test_columns_found_are_named_where_some_are_missing(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"columns found: path, label\); it needs path, kind"):
        read_labels(write(tmp_path, "path,label\na.mp4,a\n"))


def test_signer_is_read_where_there_is_such_a_column(tmp_path: Path) -> None:
    text = "path,kind,label,source,signer\na.mp4,sign,a,x, Ann \nb.mp4,sign,a,x\n"
    assert [clip.signer for clip in read_labels(write(tmp_path, text))] == ["Ann", ""]
    assert read_labels(write(tmp_path, "path,kind,label,source\na,sign,a,x\n"))[0].signer == ""


def test_row_without_a_label_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"a\.mp4 has no label"):
        read_labels(write(tmp_path, "path,kind,label,source\na.mp4,sign,,x\n"))
