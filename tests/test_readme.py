"""What README.md promises is what the program does."""

from __future__ import annotations

import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest

from signbridge import cli
from signbridge.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def front_matter() -> dict[str, str]:
    lines = README.split("---\n")[1].splitlines()
    return dict(line.split(": ", 1) for line in lines if ": " in line)


def commands() -> list[str]:
    """Return every shell command of the README, without its comment."""
    blocks = re.findall(r"```bash\n(.*?)```", README, flags=re.DOTALL)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


def test_space_starts_the_app_with_the_pinned_gradio() -> None:
    pins = (ROOT / "requirements.txt").read_text()
    assert f"gradio[mcp]=={front_matter()['sdk_version']}\n" in pins
    assert front_matter()["sdk"] == "gradio"
    assert (ROOT / front_matter()["app_file"]).is_file()


def test_short_description_is_short_enough_for_a_space() -> None:
    assert len(front_matter()["short_description"]) <= 60


def test_every_setting_stands_in_the_table_with_its_default() -> None:
    rows = re.findall(rf"^\| `{PREFIX}(\w+)` \| `([^`]*)` \|", README, flags=re.MULTILINE)
    written = {name.lower(): default for name, default in rows}
    for field in fields(Settings):
        default = getattr(Settings(), field.name)
        text = ",".join(default) if isinstance(default, tuple) else f"{default}"
        assert written.pop(field.name) == text.removesuffix(".0")
    assert not written


def test_every_make_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = [line.split()[1] for line in commands() if line.startswith("make ")]
    assert {"app", "test"} <= set(targets)
    for target in targets:
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)


@pytest.mark.parametrize("line", [line for line in commands() if line.startswith("python -m")])
def test_every_command_is_one_the_command_line_takes(line: str) -> None:
    words = shlex.split(line)
    assert words[:3] == ["python", "-m", "signbridge"]
    assert cli._parser().parse_args(words[3:]).run


def test_ci_runs_the_command_that_tests_are_run_with() -> None:
    assert "make test" in commands()
    assert "make test" in (ROOT / ".ci" / "run").read_text().splitlines()


def test_every_requirement_is_pinned() -> None:
    for name in (
        "requirements.txt",
        "requirements-dev.txt",
        "requirements-xtts.txt",
        "requirements-ray.txt",
    ):
        lines = (ROOT / name).read_text().splitlines()
        pins = [line for line in lines if line and not line.startswith("#")]
        assert all(re.fullmatch(r"[\w.-]+(\[\w+\])?==[\w.]+", pin) for pin in pins)
        assert len({pin.split("==")[0].lower() for pin in pins}) == len(pins)


@pytest.mark.parametrize("path", re.findall(r"\]\(((?!http|#)[^)]+)\)", README))
def test_every_linked_file_exists(path: str) -> None:
    assert (ROOT / path).exists()
