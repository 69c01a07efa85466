"""`train` takes its options, refuses what can't be trained from, and leaves a usable adapter."""

from __future__ import annotations

import csv
import json
import logging
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from signbridge.cli import main
from signbridge.training import signs
from signbridge.training.video import loop
from tests.tiny_video_model import save_base

EXAMPLES = Path(__file__).parents[2] / "examples"
CONFIG = """
batch = 2
workers = 1
contrast_after = 0
vision_first = 0.0
[[stages]]
name = "drawn"
sources = ["drawn"]
epochs = 2
rates = [1e-3, 1e-3, 1e-3, 1e-3]
"""


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    log = logging.getLogger()
    handlers = list(log.handlers)
    yield
    log.handlers = handlers


def manifest(path: Path, split: str, *names: str) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "text", "split", "source"])
        for name in names:
            text = (EXAMPLES / f"{name}.txt").read_text(encoding="utf-8").splitlines()[0]
            writer.writerow([EXAMPLES / f"{name}.mp4", text, split, "drawn"])
    return path


def command(folder: Path, base: Path | str = "none", config: str = CONFIG) -> list[str]:
    (folder / "config.toml").write_text(config, encoding="utf-8")
    train = manifest(folder / "train.csv", "train", "hello", "drink")
    val = manifest(folder / "val.csv", "val", "thank-you")
    return [
        *("train", "video", "--config", str(folder / "config.toml")),
        *("--manifest", str(train), "--val", str(val)),
        *("--base", str(base), "--out", str(folder / "out")),
    ]


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    lines = [line for line in capsys.readouterr().err.splitlines() if line]
    return lines[-1]


def test_a_source_without_a_stage_ends_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = command(tmp_path, config="batch = 2")
    assert main(words) == 2
    assert "'openasl' wants clips of openasl, but the manifest's sources are drawn" in complaint(
        capsys
    )


def test_a_run_that_is_not_there_is_not_resumed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command(tmp_path), "--resume"]) == 2
    assert "leave out --resume" in complaint(capsys)


def test_a_folder_that_is_no_model_is_named_by_its_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(tmp_path, base=tmp_path)) == 2
    found = complaint(capsys)
    assert str(tmp_path) in found
    assert "--base" in found
    assert "SIGNBRIDGE" not in found


def test_train_signs_hands_its_options_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Namespace] = []
    monkeypatch.setattr(signs, "run", seen.append)
    assert main(["train", "signs", "--data", "d", "--epochs", "3", "--without", "a", "b"]) == 0
    assert (seen[0].data, seen[0].epochs, seen[0].without) == (Path("d"), 3, ["a", "b"])
    assert seen[0].members is None


@pytest.mark.slow
def test_the_command_trains_resumes_and_leaves_an_adapter_for_the_recognizer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    base = save_base(tmp_path / "base")
    words = command(tmp_path, base, CONFIG.replace("workers", "save_every = 1\nworkers"))
    take_step = loop.take_step

    def stopping(optimiser: object, schedule: object, step: int, norm: float) -> dict[str, float]:
        if step == 1:
            raise KeyboardInterrupt
        return take_step(optimiser, schedule, step, norm)

    monkeypatch.setattr(loop, "take_step", stopping)
    assert main(words) == 130
    monkeypatch.setattr(loop, "take_step", take_step)
    assert main([*words, "--resume"]) == 0
    adapter = tmp_path / "out" / "adapter"
    assert capsys.readouterr().out.splitlines()[-1] == str(adapter)
    card = json.loads((adapter / "card.json").read_text(encoding="utf-8"))
    assert card["data"]["train"] == {"drawn": 2}
    assert card["scores"]["n"] == 1
    assert card["seed"] == 0
    assert "bleu_4" in card["scores"]
    readable = (adapter / "README.md").read_text(encoding="utf-8")
    assert f"base_model: {base}" in readable
    assert "2 clips of drawn" in readable
    assert recognized(base, adapter)


def recognized(base: Path, adapter: Path) -> bool:
    """Load the adapter as the recognizer does and let it read an example."""
    from signbridge.capture.video import open_video
    from signbridge.recognize.video.local import VideoRecognizer
    from signbridge.recognize.video.prompt import PROMPTS
    from signbridge.recognize.video.weights import Weights
    from signbridge.types import Clip, Landmarks, Segment

    video = open_video(
        EXAMPLES / "hello.mp4", max_clip_s=9, max_clip_mb=9, max_fps=5, max_side_px=96
    )
    pixels = torch.stack([torch.from_numpy(frame.pixels) for frame in video]).numpy()
    nobody = Landmarks(torch.full((len(pixels), 543, 3), torch.nan).numpy(), 5.0)
    segment = Segment(nobody, 0.0, len(pixels) / 5, Clip(pixels, 5.0))
    recognizer = VideoRecognizer(Weights(str(base), adapter=str(adapter)), PROMPTS["training"])
    return recognizer.recognize(segment).recognizer == "video"
