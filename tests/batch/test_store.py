"""Results outlive a kill: a row is kept at once, files are whole, and nobody writes beside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from signbridge.batch import store as stores
from signbridge.batch.folder import Job
from signbridge.batch.rows import answer
from signbridge.batch.store import Done, opened
from signbridge.errors import BadInputError
from signbridge.settings import Settings
from tests.batch.work import QUICK, REFUSING

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed: see requirements-ray.txt")
pd = pytest.importorskip("pandas")

SETTINGS = Settings()


def row(clip: str, size: int = 1, **more: object):
    def work(job: Job) -> dict[str, object]:
        if job.clip.startswith("bad"):
            raise BadInputError("no\ngood")
        return {"backwards": job.clip[::-1], **more}

    return answer(QUICK, work, Job(clip, Path(clip), size, 7), attempt=1)


def filled(folder: Path, *clips: str) -> None:
    with opened(folder, QUICK, SETTINGS) as store:
        for clip in clips:
            store.add(row(clip))


def test_rows_come_back_as_pandas_reads_them(tmp_path: Path) -> None:
    filled(tmp_path, "a.mp4", "bad.mp4")
    found = pd.read_parquet(tmp_path)
    assert list(found["clip"]) == ["a.mp4", "bad.mp4"]
    assert list(found.error) == ["", "no good"]
    assert found.backwards[0] == "4pm.a"
    assert pd.isna(found.backwards[1])
    assert found.ended_at.dt.tz is not None
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "_made-with.json",
        "part-00000.parquet",
    ]


def test_what_is_done_is_known_by_name_size_and_time(tmp_path: Path) -> None:
    filled(tmp_path, "a.mp4")
    filled(tmp_path, "bad.mp4")
    with opened(tmp_path, QUICK, SETTINGS) as store:
        store.add(row("c.mp4", unanswered=["chat"]))
        store.close()
        assert store.done() == {
            "a.mp4": Done(1, 7, failed=False, unanswered=()),
            "bad.mp4": Done(1, 7, failed=True, unanswered=()),
            "c.mp4": Done(1, 7, failed=False, unanswered=("chat",)),
        }


def test_row_that_is_added_takes_the_place_of_the_clips_earlier_one(tmp_path: Path) -> None:
    filled(tmp_path, "a.mp4", "b.mp4")
    filled(tmp_path, "c.mp4")
    with opened(tmp_path, QUICK, SETTINGS) as store:
        for clip in ("b.mp4", "c.mp4"):
            store.add(row(clip, size=2))
        assert list(pd.read_parquet(tmp_path)["size_bytes"]) == [1, 1, 1]
    found = pd.read_parquet(tmp_path).set_index("clip")
    assert found["size_bytes"].to_dict() == {"a.mp4": 1, "b.mp4": 2, "c.mp4": 2}


@pytest.mark.parametrize("written", [0, 1])  # of the earlier row's file, and of the new one
def test_kill_while_a_row_takes_the_place_of_another_doubles_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    filled(tmp_path, "a.mp4", "b.mp4")
    write, left = stores.Store._write, [None] * written

    def write_some(*of) -> None:
        if not left:
            raise KeyboardInterrupt
        left.pop()
        write(*of)

    with monkeypatch.context() as patch:
        patch.setattr(stores.Store, "_write", write_some)
        with pytest.raises(KeyboardInterrupt), opened(tmp_path, QUICK, SETTINGS) as store:
            store.add(row("b.mp4", size=2))
    filled(tmp_path)
    found = pd.read_parquet(tmp_path).set_index("clip")
    assert found["size_bytes"].to_dict() == {"a.mp4": 1, "b.mp4": 2}


def test_folder_that_was_begun_without_a_column_goes_on(tmp_path: Path) -> None:
    filled(tmp_path, "a.mp4")
    path = tmp_path / "part-00000.parquet"
    pd.read_parquet(path).drop(columns="unanswered").to_parquet(path, index=False)
    with opened(tmp_path, QUICK, SETTINGS) as store:
        assert store.done() == {"a.mp4": Done(1, 7, failed=False, unanswered=())}
        store.add(row("b.mp4"))
    assert sorted(pd.read_parquet(tmp_path)["clip"]) == ["a.mp4", "b.mp4"]


def test_full_files_are_closed_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "ROWS", 2)
    with opened(tmp_path, QUICK, SETTINGS) as store:
        for index in range(5):
            store.add(row(f"{index}.mp4"))
        assert len(list(tmp_path.glob("part-*.parquet"))) == 2
    assert len(pd.read_parquet(tmp_path)) == 5


DYING = """
import os, sys
from pathlib import Path
from tests.batch.test_store import QUICK, SETTINGS, opened, row
with opened(Path(sys.argv[1]), QUICK, SETTINGS) as store:
    for clip in "abc":
        store.add(row(clip))
    os.kill(os.getpid(), 9)
"""


def test_kill_loses_no_row_that_was_added(tmp_path: Path) -> None:
    dead = subprocess.run([sys.executable, "-c", DYING, tmp_path], timeout=600, check=False)
    assert dead.returncode == -9
    filled(tmp_path, "d")
    assert list(pd.read_parquet(tmp_path)["clip"]) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("lost", [1, 40, 200])
def test_row_that_a_kill_has_cut_is_dropped_and_those_before_it_stay(
    tmp_path: Path, lost: int
) -> None:
    filled(tmp_path)
    subprocess.run([sys.executable, "-c", DYING, tmp_path], timeout=600, check=False)
    (journal,) = tmp_path.glob("_part-*.arrows")
    os.truncate(journal, journal.stat().st_size - lost)
    with opened(tmp_path, QUICK, SETTINGS) as store:
        assert list(store.done()) == ["a", "b"]


def test_kill_between_a_whole_file_and_its_journals_end_doubles_nothing(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", DYING, tmp_path], timeout=600, check=False)
    (journal,) = tmp_path.glob("_part-*.arrows")
    content = journal.read_bytes()
    filled(tmp_path)
    journal.write_bytes(content)
    (tmp_path / "_part-00000.tmp").write_bytes(b"PAR1")
    filled(tmp_path)
    assert list(pd.read_parquet(tmp_path)["clip"]) == ["a", "b", "c"]
    assert sorted(tmp_path.glob("_part*")) == []


def test_second_run_into_the_same_folder_is_refused(tmp_path: Path) -> None:
    with (
        opened(tmp_path, QUICK, SETTINGS),
        pytest.raises(BadInputError, match="is being written by another run"),
        opened(tmp_path, QUICK, SETTINGS),
    ):
        pass


def test_results_of_other_settings_or_another_kind_are_not_mixed(tmp_path: Path) -> None:
    filled(tmp_path, "a")
    with (
        pytest.raises(BadInputError, match=r"made with max_fps=30\.0, not 12\.0; give another"),
        opened(tmp_path, QUICK, Settings(max_fps=12.0)),
    ):
        pass
    with (
        pytest.raises(BadInputError, match="made with kind='quick', not 'refusing'"),
        opened(tmp_path, REFUSING, SETTINGS),
    ):
        pass


def test_no_secret_is_written_beside_the_results(tmp_path: Path) -> None:
    from signbridge.batch.work import EXTRACT, TRANSLATE

    settings = Settings(chat_key="hush", video_endpoint_key="hush", chat_url="http://inside:1/v1")
    for kind in (EXTRACT, TRANSLATE):
        with opened(tmp_path / kind.name, kind, settings):
            pass
        text = (tmp_path / kind.name / "_made-with.json").read_text()
        assert json.loads(text)["max_fps"] == 30.0
        assert "hush" not in text


def test_file_that_is_no_parquet_is_named(tmp_path: Path) -> None:
    filled(tmp_path, "a")
    (tmp_path / "part-00000.parquet").write_bytes(b"no")
    with (
        opened(tmp_path, QUICK, SETTINGS) as store,
        pytest.raises(BadInputError, match=r"part-00000\.parquet can't be read as results"),
    ):
        store.done()


def test_full_disk_is_said_and_what_was_kept_is_still_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(BadInputError, match=r"can't be written: No space left on device; the"):
            filled(tmp_path, "a", "b")
    with opened(tmp_path, QUICK, SETTINGS) as store:
        assert list(store.done()) == ["a", "b"]


def test_error_that_names_a_file_whose_name_is_no_utf8_is_kept(tmp_path: Path) -> None:
    def work(job: Job) -> dict[str, object]:
        raise BadInputError(f"{job.path} is empty")

    job = Job("caf.mp4", Path("caf\udce9.mp4"), 0, 7)
    with opened(tmp_path, QUICK, SETTINGS) as store:
        store.add(answer(QUICK, work, job, attempt=1))
    assert list(pd.read_parquet(tmp_path).error) == ["caf\\udce9.mp4 is empty"]
