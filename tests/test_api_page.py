"""Every example of docs/api.md does what the page says, beside a running app."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from signbridge.batch.rows import schema
from signbridge.batch.work import EXTRACT, TRANSLATE

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
ADDRESS = "http://localhost:7860"
STARTS_S, RUNS_S = 600, 600


@dataclass(frozen=True, slots=True)
class Example:
    """A block of the page, and the block right after it if that says what comes out."""

    language: str
    code: str
    shown: str


def examples() -> list[Example]:
    """Return what can be run, in the order of the page."""
    blocks = re.findall(r"```(\w+)\n(.*?)```", PAGE, flags=re.DOTALL)
    following = [*blocks[1:], ("", "")]
    return [
        Example(language, code, shown if kind in ("text", "json") else "")
        for (language, code), (kind, shown) in zip(blocks, following, strict=True)
        if language in ("python", "bash")
    ]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIGNBRIDGE_")}
    path = os.pathsep.join((str(Path(sys.executable).parent), kept["PATH"]))
    return kept | {"PATH": path, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"} | more


@pytest.fixture(scope="module")
def app() -> Iterator[str]:
    """Yield the address of an app whose models are loaded."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    served = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment(SIGNBRIDGE_PORT=port),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://localhost:{port}"
    try:
        deadline_s = time.monotonic() + STARTS_S
        while not well(address):
            assert served.poll() is None
            assert time.monotonic() < deadline_s
            time.sleep(1)
        # gradio_client asks for both and waits 5 s; what Gradio has made once, it keeps.
        for path in ("config", "gradio_api/info"):
            with urllib.request.urlopen(f"{address}/{path}", timeout=120) as answer:
                answer.read()
        yield address
    finally:
        served.terminate()
        served.wait(120)


def well(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the examples find each other's files."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "examples").symlink_to(ROOT / "examples")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("example", examples(), ids=lambda each: each.code.split("\n")[0][:30])
def test_example_does_what_the_page_says(app: str, place: Path, example: Example) -> None:
    if "parquet" in example.code or "--ray" in example.code:
        pytest.importorskip("ray", reason="Ray is not installed: see requirements-ray.txt")
    if "curl" in example.code and not shutil.which("curl"):
        pytest.skip("curl is not installed")
    code = example.code.replace(ADDRESS, app)
    program = (
        [sys.executable, "-c"]
        if example.language == "python"
        else ["bash", "-euo", "pipefail", "-c"]
    )
    done = subprocess.run(
        [*program, code], cwd=place, env=environment(), capture_output=True, text=True,
        timeout=RUNS_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    if example.shown.startswith("{\n"):
        assert shape(json.loads(done.stdout)) == shape(json.loads(example.shown))
    elif not example.shown.startswith("{"):
        assert done.stdout.startswith(example.shown)


def shape(value: object) -> object:
    """Return the keys of nested objects, with one item for a list."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return None


def test_page_has_an_example_for_each_way_in() -> None:
    code = "\n".join(example.code for example in examples())
    for way in ("gradio_client", "curl ", "call_tool", "signbridge.build", "--json", "--ray"):
        assert way in code


def test_page_names_every_column() -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: see requirements-ray.txt")
    described = PAGE.split("| column |")[1]
    for kind in (EXTRACT, TRANSLATE):
        for column in schema(kind).names:
            assert f"`{column}`" in described


@pytest.mark.parametrize("path", re.findall(r"\]\(((?!http|#)[^)#]+)", PAGE))
def test_every_linked_file_exists(path: str) -> None:
    assert (ROOT / "docs" / path).exists()
