"""Votes are kept once, by many at a time, and nothing but the choice is kept."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from signbridge.errors import BackendUnavailableError
from signbridge.evaluation.ratings import Ballot
from signbridge.web.votes import Votes

VOTE = Ballot(("landmark", "spelling"), frozenset({"spelling"}), blind=True)
TIE = Ballot(("landmark", "spelling"), frozenset({"landmark", "spelling"}), blind=False)
BAD = Ballot(("landmark", "spelling"), frozenset())


def test_what_was_voted_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "data" / "votes.db"
    votes = Votes(str(path))
    for number, ballot in enumerate((VOTE, TIE, BAD)):
        assert votes.add(f"{number}", ballot)
    votes.close()
    again = Votes(str(path))
    assert again.all() == (VOTE, TIE, BAD)
    assert not again.kept_in_memory


def test_a_second_vote_with_the_same_ballot_is_not_counted() -> None:
    votes = Votes()
    assert votes.add("one", VOTE)
    assert not votes.add("one", BAD)
    assert votes.all() == (VOTE,)


def test_in_memory_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    votes = Votes()
    votes.add("one", VOTE)
    assert votes.kept_in_memory
    assert list(tmp_path.iterdir()) == []
    assert Votes().all() == ()


@pytest.mark.parametrize("where", ["memory", "file"])
def test_votes_of_many_at_once_are_all_counted_once(tmp_path: Path, where: str) -> None:
    path = ":memory:" if where == "memory" else str(tmp_path / "votes.db")
    votes = Votes(path)
    # As two programs with one file.
    databases = [votes, votes if where == "memory" else Votes(path)]

    def vote(number: int) -> bool:
        return databases[number % 2].add(f"{number // 2}", VOTE)

    with ThreadPoolExecutor(8) as pool:
        counted = list(pool.map(vote, range(120)))
    assert sum(counted) == 60
    assert len(votes.all()) == 60


def test_the_database_holds_names_and_the_choice_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "votes.db"
    Votes(str(path)).add("random", VOTE)
    with sqlite3.connect(path) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
        rows = database.execute("SELECT * FROM votes").fetchall()
    assert tables == [("votes",)]
    assert rows == [("random", "landmark,spelling", "spelling", 1)]


@pytest.mark.parametrize("name", ["", "not-a-database.db"])
def test_a_path_that_cannot_be_used_says_what_to_set(tmp_path: Path, name: str) -> None:
    (tmp_path / "not-a-database.db").write_text("hello, I am a plain text file " * 100)
    with pytest.raises(BackendUnavailableError, match="set SIGNBRIDGE_VOTES_PATH"):
        Votes(str(tmp_path / name))
