"""Processor time is counted of processes that have ended, and of those that these started."""

from __future__ import annotations

import subprocess
import sys
import time

from signbridge.evaluation.processor import Spent

WORK = "import time\nwhile time.process_time() < {}: pass\n"
NESTED = (
    "import subprocess, sys, time\n"
    "subprocess.run([sys.executable, '-c', {!r}], check=True)\n"
    "while time.process_time() < {}: pass\n"
)


def test_time_of_processes_that_have_ended_counts_with_that_of_theirs() -> None:
    with Spent() as spent:
        code = NESTED.format(WORK.format(1.5), 1.0)
        subprocess.run([sys.executable, "-c", code], check=True)

    # Each may have run for one look more than was seen of it.
    assert 1.8 < spent.seconds < 3.5


def test_time_before_and_other_programs_do_not_count() -> None:
    until_s = time.process_time() + 0.5
    while time.process_time() < until_s:
        pass

    with Spent() as spent:
        time.sleep(0.6)

    assert spent.seconds < 0.3
