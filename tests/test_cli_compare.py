"""`compare` on the command line: the tab's JSON, and one line of blame."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from signbridge import build
from signbridge.cli import main
from signbridge.errors import BackendUnavailableError
from signbridge.pipeline import Engine
from signbridge.session import Session
from signbridge.settings import Settings
from signbridge.web.comparer import Comparer
from signbridge.web.warmup import EngineSoon
from tests import fakes
from tests.web.clips import write_clip

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _fake_models(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SIGNBRIDGE_")]:
        monkeypatch.delenv(name)

    def video(_: Settings) -> fakes.FakeRecognizer:
        raise BackendUnavailableError("missing weights, set SIGNBRIDGE_VIDEO_MODEL")

    recognizers = {
        "hybrid": lambda _: fakes.FakeRecognizer(("",), name="hybrid", reads="sentences"),
        "landmark": lambda _: fakes.FakeRecognizer(),
        "spelling": lambda _: fakes.FakeRecognizer(("FS-ANN",), name="spelling"),
        "video": video,
    }
    monkeypatch.setattr(build, "RECOGNIZERS", recognizers)
    monkeypatch.setattr(build, "EXTRACTORS", {"holistic": lambda _: fakes.FakeExtractor()})
    monkeypatch.setattr(build, "COMPOSERS", {"rules": lambda _: fakes.FakeComposer()})
    monkeypatch.setitem(Session.__init__.__kwdefaults__, "open_segmenter", fakes.FakeSegmenter)
    monkeypatch.setattr("signbridge.web.warmup.warm", lambda engine: None)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "hello.mp4")


def answer(capsys: Captured, *arguments: object) -> dict:
    assert main(["compare", *map(str, arguments), "--json"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return json.loads(said.out)


def test_json_is_that_of_the_tab(clip: Path, capsys: Captured) -> None:
    def lasting(found: dict) -> dict:
        """Leave out what a clock says."""
        timeless = {key: value for key, value in found.items() if key != "landmarks_s"}
        columns = [{**column, "times_s": set(column["times_s"])} for column in found["columns"]]
        return {**timeless, "columns": columns}

    by_line = answer(capsys, clip, "--recognizers", "landmark,spelling", "--reference", "Hello.")
    engine: Engine = build.build(Settings(speaker="none"))
    soon = EngineSoon(lambda: engine).start()
    soon.get()
    by_tab = Comparer(soon, Settings()).contract(
        clip, ["landmark", "spelling"], "Hello.", lambda done, what: None
    )
    assert lasting(by_line) == lasting(json.loads(json.dumps(by_tab)))
    assert [column["text"] for column in by_line["columns"]] == ["hello.", "fs-ann."]
    assert by_line["columns"][0]["scores"]["exact_match"]["score"] == 100


def test_all_there_are_are_compared_and_one_that_cannot_start_says_why(
    clip: Path, capsys: Captured
) -> None:
    _, landmark, spelling, video = answer(capsys, clip)["columns"]
    assert (landmark["text"], spelling["text"]) == ("hello.", "fs-ann.")
    assert "missing weights, set SIGNBRIDGE_VIDEO_MODEL" in video["error"]


def test_the_picture_is_written_and_the_text_is_for_a_person(
    clip: Path, capsys: Captured, tmp_path: Path
) -> None:
    out = tmp_path / "both.png"
    assert main(["compare", str(clip), "--out-picture", str(out)]) == 0
    assert "landmark: hello." in capsys.readouterr().out
    assert Image.open(out).size[0] == 1300


@pytest.mark.parametrize(
    ("arguments", "blame"),
    [
        (("--recognizers", "magic"), "recognizer 'magic' is unknown; choose from ('hybrid',"),
        (("--out-picture", "/nowhere/both.png"), "/nowhere/both.png can't be written"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(
    clip: Path, capsys: Captured, arguments: tuple[str, ...], blame: str
) -> None:
    assert main(["compare", str(clip), *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(blame)
    assert said.err.count("\n") == 1


def test_a_missing_clip_is_refused_in_one_line(tmp_path: Path, capsys: Captured) -> None:
    assert main(["compare", str(tmp_path / "none.mp4")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
