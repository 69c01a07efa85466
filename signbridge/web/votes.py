"""Votes on comparisons in a small SQLite database; no clip, no sentence and no visitor is in it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from signbridge.errors import BackendUnavailableError
from signbridge.evaluation.ratings import Ballot

MEMORY = ":memory:"
_WAIT_S = 10.0
_SEPARATOR = ","
_TABLE = """
CREATE TABLE IF NOT EXISTS votes (
  ballot TEXT PRIMARY KEY, shown TEXT NOT NULL, best TEXT NOT NULL, blind INTEGER NOT NULL
) WITHOUT ROWID
"""


class Votes:
    """All votes so far; threads, and processes with the same file, may vote at the same time."""

    def __init__(self, path: str = MEMORY) -> None:
        """Open the database, made where it is absent; raise `BackendUnavailableError` if it can't.

        path: a file, or ":memory:" for votes that end with the program.
        """
        self.kept_in_memory = path == MEMORY
        self._path = path
        self._lock = threading.Lock()
        with self._told():
            if not self.kept_in_memory:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=_WAIT_S, check_same_thread=False)
            self._database.execute(_TABLE)
            self._database.commit()

    def add(self, ballot_id: str, ballot: Ballot) -> bool:
        """Keep a vote; return whether it is the first with this id, and so was counted."""
        row = (
            ballot_id,
            _SEPARATOR.join(ballot.shown),
            _SEPARATOR.join(sorted(ballot.best)),
            ballot.blind,
        )
        with self._told(), self._lock, self._database:
            done = self._database.execute("INSERT OR IGNORE INTO votes VALUES (?, ?, ?, ?)", row)
            return done.rowcount == 1

    def all(self) -> tuple[Ballot, ...]:
        """Return every vote, in no order that tells who came first."""
        with self._told(), self._lock:
            asked = "SELECT shown, best, blind FROM votes ORDER BY ballot"
            with closing(self._database.execute(asked)) as rows:
                return tuple(
                    Ballot(_names(shown), frozenset(_names(best)), bool(blind))
                    for shown, best, blind in rows
                )

    def close(self) -> None:
        """Close the database; votes in memory are gone."""
        self._database.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise BackendUnavailableError(
                f"votes can't be kept in {self._path}: {error}; set SIGNBRIDGE_VOTES_PATH to a "
                "file that can be written"
            ) from error


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(_SEPARATOR)) if text else ()
