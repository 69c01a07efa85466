"""On a real Ray: kills of workers and of the whole run lose nothing and double nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import psutil
import pytest

from signbridge.batch import pool
from signbridge.batch.run import ATTEMPTS, GIVEN_UP
from signbridge.cli import main
from signbridge.errors import BackendUnavailableError

# Not importorskip: importing Ray takes seconds, also where no test of this file is run.
pytestmark = pytest.mark.skipif(
    find_spec("ray") is None, reason="Ray is not installed: see requirements-ray.txt"
)
pd = pytest.importorskip("pandas")

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
STARTS_S = 240

QUICK_RUN = """
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from signbridge.batch.folder import find
from signbridge.batch.pool import Pool, reached
from signbridge.batch.run import Batch, run
from signbridge.errors import SignBridgeError
from signbridge.settings import Settings
from tests.batch import work

folder, out, kind, address = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
kind = getattr(work, kind)

@contextmanager
def spreading():
    with reached(address, 2) as workers:
        yield Pool(kind, Settings(), folder, workers).spread

def show(tally):
    sys.stderr.write(f"{tally.answered}\\n")
    sys.stderr.flush()

try:
    done = run(Batch(find(folder), out, kind, Settings()), spreading, show)
except SignBridgeError as error:
    sys.exit(f"refused: {error}")
print(done.before, done.answered, done.failed)
"""


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIGNBRIDGE_")}
    return kept | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "RAY_AUTH_TOKEN": "ab" * 32}


def quick(folder: Path, kind: str = "QUICK", address: str = "local") -> subprocess.Popen[str]:
    """Start the quick work on the clips of a folder."""
    command = [sys.executable, "-c", QUICK_RUN, folder / "clips", folder / "out", kind, address]
    return subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        cwd=ROOT,
    )


def clips(folder: Path, *names: str) -> None:
    (folder / "clips").mkdir()
    for name in names:
        (folder / "clips" / f"{name}.mp4").write_text(name)


def rows(folder: Path):
    return pd.read_parquet(folder / "out").set_index("clip").sort_index()


def after(run: subprocess.Popen[str], answered: int, act: Callable[[], None]) -> None:
    """Act once so many clips are answered."""
    assert run.stderr
    for line in run.stderr:
        if line.strip() == str(answered):
            act()
            return
    raise AssertionError("the run ended before that")


def a_worker(run: subprocess.Popen[str]) -> psutil.Process:
    """Return one of the processes that hold the models."""
    found = [
        child
        for child in psutil.Process(run.pid).children(recursive=True)
        if "_Worker" in " ".join(child.cmdline())
    ]
    assert found
    return found[0]


# ---- without starting Ray


def test_address_where_nothing_listens_is_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def tries_for_minutes(**_: object) -> None:
        raise AssertionError("Ray was asked")

    monkeypatch.setattr("ray.init", tries_for_minutes)
    arguments = ["translate", str(EXAMPLES), "-o", str(tmp_path), "--ray", "127.0.0.1:1"]
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("no Ray answers at 127.0.0.1:1: ")
    assert "`ray start --head`" in said


@pytest.mark.parametrize("address", ["somewhere", "ray://host:10001", "host:port", ":6379"])
def test_what_is_no_address_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    assert main(["extract", str(EXAMPLES), "-o", str(tmp_path), "--ray", address]) == 2
    assert f"--ray {address} is no address; give local, or HOST:PORT" in capsys.readouterr().err


def test_missing_ray_is_said_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with (
        pytest.raises(BackendUnavailableError, match=r"pip install .* -r requirements-ray\.txt"),
        pool.reached("127.0.0.1:1", 1),
    ):
        pass


# ---- on a Ray of its own


@pytest.mark.slow
def test_killed_worker_loses_no_clip(tmp_path: Path) -> None:
    clips(tmp_path, *(f"{index:02}" for index in range(40)))
    run = quick(tmp_path)
    after(run, 5, lambda: a_worker(run).kill())
    out, said = run.communicate(timeout=STARTS_S)
    assert out.split() == ["0", "40", "0"], said
    found = rows(tmp_path)
    assert list(found.backwards) == [f"{index:02}"[::-1] for index in range(40)]
    assert found.attempts.max() <= 2


@pytest.mark.slow
def test_killed_run_goes_on_without_redoing_or_losing_a_clip(tmp_path: Path) -> None:
    clips(tmp_path, *(f"{index:02}" for index in range(30)))
    first = quick(tmp_path)
    workers = []
    after(first, 10, lambda: workers.append(a_worker(first)) or first.send_signal(signal.SIGKILL))
    first.communicate(timeout=60)
    assert first.returncode == -signal.SIGKILL
    second = quick(tmp_path)
    out, said = second.communicate(timeout=STARTS_S)
    before, answered, failed = map(int, out.split())
    assert before >= 10, said
    assert before + answered == 30
    assert failed == 0
    assert list(rows(tmp_path).index) == [f"{index:02}.mp4" for index in range(30)]
    # What the killed run had started is gone as well.
    assert not psutil.pid_exists(workers[0].pid)


@pytest.mark.slow
def test_deadly_and_bad_clips_are_rows_and_the_others_are_read(tmp_path: Path) -> None:
    clips(tmp_path, "a", "b-deadly", "c-bad", "d", "e", "f")
    out, said = quick(tmp_path).communicate(timeout=STARTS_S)
    assert out.split() == ["0", "6", "2"], said
    found = rows(tmp_path)
    assert found.error["b-deadly.mp4"] == GIVEN_UP
    assert found.attempts["b-deadly.mp4"] == ATTEMPTS
    assert found.error["c-bad.mp4"] == "c-bad.mp4 is no good"
    assert set(found.error.drop(["b-deadly.mp4", "c-bad.mp4"])) == {""}


@pytest.mark.slow
def test_worker_without_its_model_stops_the_run_in_one_line(tmp_path: Path) -> None:
    clips(tmp_path, "a", "b")
    run = quick(tmp_path, "REFUSING")
    _, said = run.communicate(timeout=STARTS_S)
    assert run.returncode == 1
    assert said.splitlines()[-1] == (
        "refused: the workers stopped: the model is not here; fetch it. The same command goes on "
        "where this one stopped"
    )


@contextmanager
def cluster(port: int) -> Iterator[str]:
    """Start a Ray that others reach by its address, as an operator would."""
    head = [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", f"--port={port}"]
    head += ["--num-cpus=2", "--disable-usage-stats", "--include-dashboard=false", "--block"]
    started = subprocess.Popen(
        head, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield f"127.0.0.1:{port}"
    finally:
        started.terminate()
        started.wait(60)


@pytest.mark.slow
def test_ray_that_runs_already_is_reached_by_its_address(tmp_path: Path) -> None:
    clips(tmp_path, "a", "b", "c")
    with cluster(port=26379) as address:
        out = said = ""
        for _ in range(10):  # it takes its time to start
            out, said = quick(tmp_path, address=address).communicate(timeout=STARTS_S)
            if out or "refused: no Ray answers" not in said:
                break
        assert out.split() == ["0", "3", "0"], said
    assert list(rows(tmp_path).backwards) == ["a", "b", "c"]


@pytest.mark.slow
def test_answers_on_ray_are_those_of_one_process(tmp_path: Path) -> None:
    from signbridge.landmarks.files import read_landmarks

    folder = tmp_path / "clips"
    folder.mkdir()
    for name in ("hello", "drink"):
        (folder / f"{name}.mp4").symlink_to(EXAMPLES / f"{name}.mp4")
    (folder / "bad.mp4").write_text("no video")
    command = [sys.executable, "-m", "signbridge", "extract", str(folder), "-o"]
    for out, more, code in (("out", ["--ray", "local", "--workers", "2"], 2), ("npz", [], 2)):
        done = subprocess.run(
            [*command, str(tmp_path / out), *more],
            env=environment(), cwd=ROOT, capture_output=True, text=True, timeout=STARTS_S,
            check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert "bad.mp4 is not a video" in done.stderr
    found = rows(tmp_path)
    for name in ("hello", "drink"):
        alone = read_landmarks(tmp_path / "npz" / f"{name}.npz")
        row = found.loc[f"{name}.mp4"]
        np.testing.assert_array_equal(row.points.reshape(-1, 543, 3), alone.points)
        assert (row.fps, row.width, row.height) == (alone.fps, alone.width_px, alone.height_px)
    assert "bad.mp4 is not a video" in found.error["bad.mp4"]
