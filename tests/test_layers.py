"""The design's import rule, read from the syntax tree: a part imports only parts below it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "signbridge"
ROWS = (
    ("types", "errors", "patience", "lexicon"),
    ("protocols", "settings", "remote", "torch_extensions", "breaker", "sound"),
    ("capture", "landmarks"),
    ("recognize", "compose", "speak", "avatar"),
    ("data", "pipeline", "events", "found", "export", "recall"),
    ("stages",),
    ("session",),
    ("clips", "live"),
    ("compare",),
    ("lacks",),
    ("build",),
    ("servers", "batch"),
    ("evaluation", "doctor", "console"),
    ("training", "web"),
    ("commands",),
    ("cli",),
    ("__main__",),
)
ROW = {part: row for row, parts in enumerate(ROWS) for part in parts}
HEAVY = (
    *("torch", "gradio", "mediapipe", "cv2", "av", "matplotlib", "piper", "onnxruntime"),
    *("transformers", "peft", "torchvision", "openai", "spaces"),
    *("ray", "pyarrow"),
)


def modules(package: Path) -> Iterator[tuple[str, Path]]:
    """Yield the dotted name, such as signbridge.web.ui, and the file of each module."""
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imported(module: str, path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the full name of everything that a module imports, wherever it does."""
    is_package = path.name == "__init__.py"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # One dot is the module's own package, each further dot the one above.
            above = module.split(".")[: -(node.level - is_package) or None] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{source}.{alias.name}") for alias in node.names)


def violations(package: Path) -> list[str]:
    """Return a line for each import that goes up or sideways."""
    found = []
    for module, path in modules(package):
        part = module.split(".")[1] if "." in module else ""
        for line, name in imported(module, path):
            other = name.split(".")[1] if name.startswith(f"{package.name}.") else ""
            if other not in ROW or part == other:
                continue
            if part not in ROW or ROW[other] >= ROW[part]:
                found.append(f"{module}:{line} imports {name}")
    return found


def test_every_part_imports_only_parts_on_rows_below_it() -> None:
    assert violations(PACKAGE) == []


def test_the_command_line_does_not_need_the_page() -> None:
    names = [name for _, name in imported("signbridge.cli", PACKAGE / "cli.py")]
    assert not [name for name in names if name.startswith("signbridge.web")]


def test_every_part_of_the_package_stands_on_a_row() -> None:
    parts = {module.split(".")[1] for module, _ in modules(PACKAGE) if "." in module}
    assert parts <= set(ROW)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("landmarks/holistic.py", "from signbridge.session import Session"),
        ("landmarks/holistic.py", "from ..session import Session"),
        ("landmarks/holistic.py", "from .. import session"),
        ("landmarks/holistic.py", "import signbridge.session"),
        ("landmarks/holistic.py", "from signbridge.capture import video"),
        ("landmarks/holistic.py", "def late():\n    from signbridge import build"),
        (
            "landmarks/holistic.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..web import ui",
        ),
        ("landmarks/__init__.py", "from ..compose import rules"),
        ("__init__.py", "from .session import Session"),
        ("types.py", "from .errors import BadInputError"),
        ("web/ui.py", "from signbridge.training.card import write"),
    ],
)
def test_an_import_up_or_sideways_is_caught(tmp_path: Path, file: str, line: str) -> None:
    plant(tmp_path, file, line)
    assert len(violations(tmp_path / "signbridge")) == 1


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("session.py", "from signbridge.landmarks import timing"),
        ("session.py", "from .landmarks.timing import uniform"),
        ("landmarks/holistic.py", "from . import topology"),
        ("landmarks/holistic.py", "from ..types import Frame"),
        ("landmarks/__init__.py", "from .holistic import HolisticExtractor"),
        ("cli.py", "from signbridge import __version__"),
        ("cli.py", "import session"),
    ],
)
def test_an_import_down_or_within_the_part_is_allowed(tmp_path: Path, file: str, line: str) -> None:
    plant(tmp_path, file, line)
    assert violations(tmp_path / "signbridge") == []


def plant(folder: Path, file: str, line: str) -> None:
    path = folder / "signbridge" / file
    path.parent.mkdir(parents=True)
    path.write_text(line + "\n", encoding="utf-8")


@pytest.mark.parametrize("module", ["signbridge", "signbridge.cli", "signbridge.build"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    check = f"import sys, {module}; print(*sorted({set(HEAVY)!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True, timeout=600
    )
    assert done.stdout.split() == []


@pytest.mark.slow
def test_default_engine_loads_nothing_of_the_video_language_model() -> None:
    check = (
        "import sys; from signbridge.build import build; from signbridge.settings import Settings; "
        "build(Settings()); "
        "print(*sorted({'transformers', 'peft', 'torchvision', 'openai', 'spaces'} "
        "& set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True, timeout=600
    )
    assert done.stdout.split() == []
