"""Work for tests that workers can import: quick, and deadly where the clip's name says so."""

from __future__ import annotations

import os
import time
from typing import Any

from signbridge.batch.folder import Job
from signbridge.batch.rows import Kind, Work, arrow
from signbridge.errors import BackendUnavailableError, BadInputError
from signbridge.settings import Settings

DOWN = "server-is-down"
"""A file of this name beside a clip: the row lacks the answers that it names, else one."""


def columns() -> Any:
    """Return one column: the clip's text, backwards."""
    pa = arrow()
    return pa.schema([("backwards", pa.string())])


def start(_: Settings) -> Work:
    """Return work that takes a moment."""
    return work


def work(job: Job) -> dict[str, object]:
    """Return the clip's text backwards; its name may ask for worse."""
    time.sleep(0.05)
    down = job.path.parent / DOWN
    if down.exists():
        return {"backwards": "", "unanswered": down.read_text().split() or ["chat"]}
    if "deadly" in job.clip:
        os.kill(os.getpid(), 9)
    if "bad" in job.clip:
        raise BadInputError(f"{job.clip} is\n  no good")
    return {"backwards": job.path.read_text()[::-1]}


def refuse(_: Settings) -> Work:
    """Have no model to work with."""
    raise BackendUnavailableError("the model is not here; fetch it")


QUICK = Kind("quick", ("max_fps",), columns, start)
REFUSING = Kind("refusing", (), columns, refuse)
