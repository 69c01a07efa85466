"""What a command says: answers on standard output; progress, notes and blame on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from signbridge.errors import BadInputError, SignBridgeError

if TYPE_CHECKING:
    from signbridge.clips import Progress

BAD_INPUT = 2
CLEAR_LINE = "\r\x1b[K"


def progress(name: str, plain_lines: bool = False) -> Progress:
    """Return a progress line for a terminal; elsewhere nothing, or a plain line every 10%."""
    on_terminal = sys.stderr.isatty()
    step = 1 if on_terminal else 10
    shown = -1

    def show(done: float, what: str) -> None:
        nonlocal shown
        percent = int(100 * done)
        if percent // step == shown // step or not (on_terminal or plain_lines):
            return
        shown = percent
        line = f"{name}: {percent:3d}% {what}"
        sys.stderr.write(CLEAR_LINE + line if on_terminal else line + "\n")
        sys.stderr.flush()

    return show


def check_target(path: Path) -> None:
    """Refuse a file that can't be written before minutes are spent on what goes into it."""
    # Not Path.is_dir: in Python 3.11 it raises for a name that is too long.
    if os.path.isdir(path) or not os.path.isdir(path.parent):
        raise BadInputError(f"{path} can't be written; name a file in a folder that exists")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Blame a file that can't be written on its name."""
    try:
        yield
    except OSError as error:
        raise BadInputError(f"{path} can't be written: {error.strerror}") from error


def write(text: str) -> None:
    """Write a line of the answer to standard output, after any progress."""
    clear_progress()
    # A file's name may hold bytes that are no text; they are written as \udcXX, as JSON does.
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")
    sys.stdout.flush()


def note(clip: Path, text: str) -> None:
    """Write a remark about a clip to standard error."""
    clear_progress()
    sys.stderr.write(f"{clip}: {text}\n")


def fail(error: SignBridgeError) -> int:
    """Write one line of blame to standard error; return the exit code of bad input."""
    clear_progress()
    sys.stderr.write(" ".join(str(error).split()) + "\n")
    return BAD_INPUT


def clear_progress() -> None:
    """Remove the progress line from a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(CLEAR_LINE)
        sys.stderr.flush()
