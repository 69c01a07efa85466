"""The visitors' uploads: each is deleted once nobody waits for its answer any more."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gradio import utils

MEMORY = Path("/dev/shm")
ENOUGH_BYTES = 1 << 30
EMPTY_S = 120.0


class Uploads:
    """Counts who still needs an upload: Gradio keeps the same clip of two visitors as one file."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: Counter[str] = Counter()

    def came(self, paths: Iterable[str]) -> None:
        """Remember uploads, each to be asked about once."""
        with self._lock:
            self._wanted.update(paths)

    def done(self, path: Path) -> None:
        """Delete an upload if nobody else needs it; files that are no uploads stay."""
        folder = Path(utils.get_upload_folder()).resolve()
        if not path.resolve().is_relative_to(folder):
            return
        with self._lock:
            self._wanted[str(path)] -= 1
            if self._wanted[str(path)] > 0:
                return
            del self._wanted[str(path)]
            path.unlink(missing_ok=True)
            if path.parent != folder and not any(path.parent.iterdir()):
                path.parent.rmdir()

    @contextmanager
    def used(self, path: Path) -> Iterator[Path]:
        """Delete the upload when the block ends, however it ends."""
        try:
            yield path
        finally:
            self.done(path)

    def sweep(self) -> None:
        """Forget uploads that are gone, and delete the empty files Gradio leaves behind."""
        with self._lock:
            for known in [known for known in self._wanted if not Path(known).exists()]:
                del self._wanted[known]
        folder = Path(utils.get_upload_folder())
        for path in folder.glob("tmp*"):
            with suppress(FileNotFoundError):  # another sweep may have been here first
                old = time.time() - path.stat().st_mtime > EMPTY_S
                if old and path.is_file() and not path.stat().st_size:
                    path.unlink()


def choose_folder() -> Path:
    """Return where uploads and answers lie while they are needed: in memory where there is room.

    Gradio reads the place from the environment; one that the operator set is kept.
    """
    if "GRADIO_TEMP_DIR" in os.environ:
        return Path(os.environ["GRADIO_TEMP_DIR"])
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH_BYTES
    above = str(MEMORY) if roomy and os.access(MEMORY, os.W_OK) else None
    folder = tempfile.mkdtemp(prefix="signbridge-", dir=above)  # for this user's eyes alone
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["GRADIO_TEMP_DIR"] = folder
    return Path(folder)
