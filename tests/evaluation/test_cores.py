"""Processor time is counted of processes that have ended, of theirs, and of no others."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from signbridge.evaluation.cores import Cores, busy_s, started

WORK = "import time\nwhile time.process_time() < {}: pass\n"
NESTED = (
    "import subprocess, sys, time\n"
    "subprocess.run([sys.executable, '-c', {!r}], check=True)\n"
    "while time.process_time() < {}: pass\n"
)


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_time_of_processes_that_have_ended_counts_with_that_of_theirs() -> None:
    with Cores() as cores:
        code = NESTED.format(WORK.format(1.5), 1.0)
        subprocess.run([sys.executable, "-c", code], check=True)

    # Each may have run for one look more than was seen of it.
    assert 1.8 < cores.own_s < 3.5


def test_time_before_does_not_count() -> None:
    until_s = time.process_time() + 1.0
    while time.process_time() < until_s:
        pass

    with Cores() as cores:
        time.sleep(0.6)

    assert cores.own_s < 0.8


def test_others_are_what_the_machine_did_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = iter([100.0, 101.0])
    monkeypatch.setattr("signbridge.evaluation.cores.busy_s", lambda: next(busy))

    began_s = time.monotonic()
    with Cores() as cores:
        time.sleep(0.5)
    passed_s = time.monotonic() - began_s

    others_s = 1.0 - cores.own_s
    assert others_s / passed_s <= cores.others <= others_s / 0.5


def test_the_machines_work_grows() -> None:
    before_s = busy_s()
    until_s = time.process_time() + 0.3
    while time.process_time() < until_s:
        pass
    assert busy_s() - before_s > 0.2


def test_a_process_that_was_started_is_found(child: subprocess.Popen[bytes]) -> None:
    assert psutil.Process(child.pid) in started()
