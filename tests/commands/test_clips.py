"""Folders on the command line: in order, one bad clip stops nothing, and a table at the end."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from signbridge.batch.run import Tally
from signbridge.cli import main
from signbridge.commands import batch
from tests import fakes
from tests.fakes import RESTING
from tests.test_cli import Captured, Terminal, fake_models, refusal, text
from tests.web.clips import write_clip

__all__ = ["fake_models"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a good clip, a bad one, and a silent one in a folder inside."""
    folder = tmp_path / "clips"
    (folder / "c").mkdir(parents=True)
    write_clip(folder / "a.mp4")
    text(folder / "b.mp4")
    write_clip(folder / "c" / "d.mp4", (RESTING, 1.0))
    (folder / "notes.txt").write_text("not a clip")
    return folder


def table(error: str) -> list[list[str]]:
    """Return the table at the end of standard error, in columns."""
    return [re.split(r"\s{2,}", line) for line in error.splitlines()[-5:]]


@pytest.mark.usefixtures("fake_models")
def test_folder_is_translated_in_order_and_told_in_a_table(folder: Path, capsys: Captured) -> None:
    assert main(["translate", "--json", str(folder)]) == 2
    said = capsys.readouterr()
    answers = [json.loads(line) for line in said.out.splitlines()]
    assert [Path(each["clip"]) for each in answers] == [folder / "a.mp4", folder / "c" / "d.mp4"]
    first, second = said.err.splitlines()[:2]
    assert first == f"{folder}: 1 file passed over, not named as a video: .txt"
    assert second.startswith(f"{folder / 'b.mp4'} is not a video")
    head, good, bad, silent, total = table(said.err)
    assert head == ["clip", "frames"]
    assert good == ["a.mp4", "30", "hello."]
    assert bad == ["b.mp4", "-", "failed, see above"]
    assert silent == ["c/d.mp4", "10", "(no sentence)"]
    assert re.fullmatch(r"3 clips in \d+ s, 1 failed", total[0])


@pytest.mark.usefixtures("fake_models")
@pytest.mark.parametrize("suffix", [".ts", ".3gp"])
def test_clip_of_a_camera_or_phone_in_a_folder_is_read_too(
    tmp_path: Path, capsys: Captured, suffix: str
) -> None:
    write_clip(tmp_path / f"a{suffix}")
    assert main(["translate", "--json", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["text"] == "hello."
    assert "passed over" not in said.err


@pytest.mark.usefixtures("fake_models")
def test_single_clips_have_no_table(folder: Path, capsys: Captured) -> None:
    assert main(["translate", str(folder / "a.mp4")]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("fake_models")
def test_extracted_folder_keeps_the_folders_inside(folder: Path, capsys: Captured) -> None:
    out = folder.parent / "out"
    assert main(["extract", str(folder), "-o", str(out)]) == 2
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*.npz")) == [
        "a.npz",
        "c/d.npz",
    ]
    assert table(capsys.readouterr().err)[1] == ["a.mp4", "30", str(out / "a.npz")[:60]]


@pytest.mark.parametrize(
    ("more", "blame"),
    [
        ((), "--ray writes Parquet; name the folder for it with -o DIR"),
        (("--json", "-o", "out"), "--json does not go with --ray: the answers are in -o DIR"),
        (("-o", "out", "--workers", "0"), "--workers 0 can't work; give 1 or more"),
        (("second", "-o", "out"), "--ray takes one folder of clips; give one"),
    ],
)
def test_options_that_do_not_go_with_ray_are_refused(
    folder: Path, capsys: Captured, more: tuple[str, ...], blame: str
) -> None:
    assert refusal(capsys, "translate", folder, *more, "--ray", "local") == blame


def test_ray_takes_no_single_clip_and_no_empty_folder(folder: Path, capsys: Captured) -> None:
    said = refusal(capsys, "extract", "--ray", "local", folder / "a.mp4", "-o", folder / "out")
    assert said == f"{folder / 'a.mp4'} is not a folder; give one with clips in it"
    (folder / "empty").mkdir()
    said = refusal(capsys, "extract", "--ray", "local", folder / "empty", "-o", folder / "out")
    assert said.startswith(f"{folder / 'empty'} has no clip in it")


def test_out_folder_without_ray_is_refused(folder: Path, capsys: Captured) -> None:
    said = refusal(capsys, "translate", folder, "-o", folder)
    assert said == "-o is for --ray; without it the answers are on standard output"


@pytest.mark.usefixtures("fake_models")
def test_summary_says_what_failed_and_the_exit_code_too(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: see requirements-ray.txt")
    monkeypatch.setattr(batch, "_spreading", in_this_process)
    out = folder.parent / "out"
    for done in (3, 0):  # the second time there is nothing left
        command = ["translate", str(folder), "--ray", "local", "-o", str(out)]
        assert main(command) == 2
        said = capsys.readouterr()
        assert said.out == f"{out}: 3 clips, {done} of them done in this run, 1 failed\n"
    assert main([*command, "--again"]) == 2
    said = capsys.readouterr()
    assert "1 of them done in this run, 1 failed" in said.out
    assert said.err.splitlines()[-1].startswith(f"b.mp4: {folder / 'b.mp4'} is not a video")


@pytest.mark.usefixtures("fake_models")
def test_clip_that_lacks_an_answer_is_told_and_read_again_once_its_server_is_back(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: see requirements-ray.txt")
    monkeypatch.setattr(batch, "_spreading", in_this_process)
    chat = fakes.FakeComposer(name="chat", error="the endpoint is asked again in 30 s")
    monkeypatch.setattr(
        "signbridge.build.build",
        lambda settings: fakes.engine(composer=chat, settings=settings).silent(),
    )
    out = folder.parent / "out"
    command = ["translate", str(folder), "--ray", "local", "-o", str(out)]
    main(command)
    said = capsys.readouterr().out
    assert said == (  # the silent clip has no sentence to compose
        f"{out}: 3 clips, 3 of them done in this run, 1 failed; 1 without an answer of chat: "
        "the same command reads them again\n"
    )
    chat.error = ""
    main(command)
    assert "3 clips, 1 of them done in this run, 1 failed\n" in capsys.readouterr().out


def in_this_process(options, kind, settings, folder):
    """Return what `--ray` would spread, done here one after another."""
    from signbridge.batch.rows import answer

    @contextmanager
    def spreading() -> Iterator:
        work = kind.start(settings)
        yield lambda jobs, attempt: (answer(kind, work, job, attempt) for job in jobs)

    return spreading


def test_terminal_sees_each_answer_with_the_rate_and_the_time_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr("signbridge.batch.run.time.monotonic", lambda: 110.0)
    show = batch._progress("extract")
    show(Tally(5000, before=1000, answered=21, first_s=100.0))
    show(Tally(5000, before=1000, answered=41, errors={"a.mp4": "bad"}, first_s=100.0))
    *_, first, second = sys.stderr.getvalue().split("\r\x1b[K")
    assert first == "extract:  20% 1021 of 5000 clips, 2.00 a second, 33 min 10 s left"
    assert second == "extract:  20% 1041 of 5000 clips, 4.00 a second, 16 min 30 s left, 1 failed"


def test_log_sees_a_line_every_tenth(capsys: Captured) -> None:
    show = batch._progress("extract")
    for answered in range(1, 101):
        show(Tally(100, answered=answered))
    assert len(capsys.readouterr().err.splitlines()) == 11
