"""The two commands of the video-language recognizer, as a person types them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from signbridge import build
from signbridge.cli import main
from signbridge.recognize.video import wire
from tests import fakes
from tests.web.clips import write_clip

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _fake_landmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(build.EXTRACTORS, "holistic", lambda _: fakes.FakeExtractor())


@pytest.fixture
def clip(tmp_path: Path) -> str:
    return str(write_clip(tmp_path / "clip.mp4", fps=20))


def test_parity_is_shown_even_without_weights(clip: str, capsys: Captured) -> None:
    assert main(["doctor", "--parity", clip]) == 0
    head, here, there, note, verdict = capsys.readouterr().out.splitlines()
    assert head.split() == ["frames", "grid", "prompt", "tokens", "hash"]
    # 3 s at 20 a second, in pairs.
    assert here.split()[2:5] == ["60", "30", "x"]
    assert here.split()[2:] == there.split()[1:]
    assert "SIGNBRIDGE_VIDEO_BASE" in note
    assert verdict == "Both see the same."


def test_paths_that_differ_end_with_exit_code_1(
    clip: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = wire.decode

    def lossy(video: bytes) -> tuple[np.ndarray, float]:
        pixels, fps = real(video)
        return pixels & 0xFE, fps

    monkeypatch.setattr(wire, "decode", lossy)
    assert main(["doctor", "--parity", clip]) == 1
    assert "They differ" in capsys.readouterr().out


def test_parity_of_what_is_no_clip_is_refused(tmp_path: Path, capsys: Captured) -> None:
    assert main(["doctor", "--parity", str(tmp_path / "none.mp4")]) == 2
    assert "none.mp4" in capsys.readouterr().err


def test_merging_names_the_weights_that_are_missing(tmp_path: Path, capsys: Captured) -> None:
    words = ["--base", "some/base", "--adapter", str(tmp_path), "--out", str(tmp_path / "out")]
    assert main(["merge-adapter", *words]) == 2
    assert "some/base (revision main) is not on this machine" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_merged_folder_is_written(tmp_path: Path, capsys: Captured) -> None:
    from tests.tiny_video_model import save_adapter, save_base

    base = save_base(tmp_path / "base")
    adapter = save_adapter(base, tmp_path / "adapter")
    out = tmp_path / "merged"
    words = ["--base", str(base), "--adapter", str(adapter), "--out", str(out)]
    assert main(["merge-adapter", *words]) == 0
    assert str(out) in capsys.readouterr().out
    assert (out / "model.safetensors").is_file()
    assert (out / "tokenizer.json").is_file()
