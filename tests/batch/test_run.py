"""Every clip ends up with exactly one row, whatever dies on the way."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from signbridge.batch.folder import Job, find
from signbridge.batch.rows import answer
from signbridge.batch.run import ATTEMPTS, GIVEN_UP, Batch, Tally, alone, run
from signbridge.errors import BackendUnavailableError
from signbridge.settings import Settings
from tests.batch.work import DOWN, QUICK, start

pytest.importorskip("pyarrow", reason="pyarrow is not installed: see requirements-ray.txt")
pd = pytest.importorskip("pandas")


class Workers:
    """Workers that die on some clips: always, or the first times."""

    def __init__(self, **deaths: int) -> None:
        self.deaths = deaths
        self.asked: list[str] = []

    def spread(self, jobs: Sequence[Job], attempt: int) -> Iterator:
        work = start(Settings())
        for job in reversed(jobs):
            self.asked.append(job.clip)
            name = job.clip.removesuffix(".mp4")
            if self.deaths.get(name, 0) >= attempt:
                continue
            yield answer(QUICK, work, job, attempt)

    @contextmanager
    def spreading(self) -> Iterator:
        yield self.spread


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    folder = tmp_path / "clips"
    folder.mkdir()
    for name in ("a", "b", "bad", "c"):
        (folder / f"{name}.mp4").write_text(name * 2)
    return folder


def batch(clips: Path, again: bool = False) -> Batch:
    return Batch(find(clips), clips.parent / "out", QUICK, Settings(), again)


def done(clips: Path, workers: Workers | None = None, again: bool = False) -> Tally:
    return run(batch(clips, again), (workers or Workers()).spreading, lambda tally: None)


def rows(clips: Path):
    return pd.read_parquet(clips.parent / "out").set_index("clip").sort_index()


def test_each_clip_has_one_row_and_a_bad_one_says_why(clips: Path) -> None:
    tally = done(clips)
    found = rows(clips)
    assert list(found.index) == ["a.mp4", "b.mp4", "bad.mp4", "c.mp4"]
    assert found.backwards["b.mp4"] == "bb"
    assert tally.errors == {"bad.mp4": "bad.mp4 is no good"}
    assert (tally.answered, tally.failed) == (4, 1)


def test_same_command_again_does_nothing_again(clips: Path) -> None:
    done(clips)
    workers = Workers()
    tally = done(clips, workers)
    assert workers.asked == []
    assert (tally.before, tally.answered, tally.failed) == (4, 0, 1)


def test_run_that_is_broken_off_goes_on_with_the_rest(clips: Path) -> None:
    def stop(tally: Tally) -> None:
        if tally.answered == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(batch(clips), Workers().spreading, stop)
    workers = Workers()
    done(clips, workers)
    assert sorted(workers.asked) == ["a.mp4", "b.mp4"]
    assert list(rows(clips).index) == ["a.mp4", "b.mp4", "bad.mp4", "c.mp4"]


def test_clip_whose_worker_died_is_tried_again(clips: Path) -> None:
    done(clips, Workers(b=1))
    found = rows(clips)
    assert found.attempts.to_dict() == {"a.mp4": 1, "b.mp4": 2, "bad.mp4": 1, "c.mp4": 1}
    assert found.error["b.mp4"] == ""


def test_clip_that_kills_every_worker_is_a_row_with_an_error(clips: Path) -> None:
    workers = Workers(b=99)
    tally = done(clips, workers)
    assert workers.asked.count("b.mp4") == ATTEMPTS
    assert rows(clips).error["b.mp4"] == GIVEN_UP
    assert tally.failed == 2
    assert len(rows(clips)) == 4


def test_answer_that_comes_twice_is_kept_once(clips: Path) -> None:
    @contextmanager
    def twice() -> Iterator:
        def spread(jobs: Sequence[Job], attempt: int) -> Iterator:
            for _ in range(2):
                yield from Workers().spread(jobs, attempt)

        yield spread

    run(batch(clips), twice, lambda tally: None)
    assert len(rows(clips)) == 4


def test_changed_clip_is_done_again_and_its_old_row_is_gone(clips: Path) -> None:
    done(clips)
    (clips / "b.mp4").write_text("xyz")
    os.utime(clips / "c.mp4", ns=(1, 1))
    workers = Workers()
    done(clips, workers)
    assert workers.asked == ["c.mp4", "b.mp4"]
    assert len(rows(clips)) == 4
    assert rows(clips).backwards["b.mp4"] == "zyx"


def test_failed_clips_are_done_again_when_asked(clips: Path) -> None:
    done(clips)
    workers = Workers()
    tally = done(clips, workers, again=True)
    assert workers.asked == ["bad.mp4"]
    assert tally.failed == 1


def test_row_that_lacks_an_answer_is_made_anew_by_the_next_run(clips: Path) -> None:
    (clips / DOWN).touch()
    tally = done(clips)
    assert set(tally.unanswered) == {"a.mp4", "b.mp4", "bad.mp4", "c.mp4"}
    assert [list(each) for each in rows(clips).unanswered] == [["chat"]] * 4
    (clips / DOWN).unlink()
    workers = Workers()
    tally = done(clips, workers)
    assert sorted(workers.asked) == ["a.mp4", "b.mp4", "bad.mp4", "c.mp4"]
    assert (tally.before, tally.answered) == (0, 4)
    assert list(rows(clips).index) == ["a.mp4", "b.mp4", "bad.mp4", "c.mp4"]
    assert rows(clips).backwards["b.mp4"] == "bb"
    # What could be read before is not given up for an error.
    assert (tally.errors, tally.unanswered) == ({}, {"bad.mp4": ["chat"]})
    assert rows(clips).error["bad.mp4"] == ""
    workers = Workers()
    done(clips, workers)
    assert workers.asked == ["bad.mp4"]


def test_row_is_not_given_up_for_one_that_lacks_more_answers(clips: Path) -> None:
    (clips / DOWN).write_text("chat")
    done(clips)
    (clips / DOWN).write_text("chat sequence")
    tally = done(clips)
    assert [list(each) for each in rows(clips).unanswered] == [["chat"]] * 4
    assert set(map(tuple, tally.unanswered.values())) == {("chat",)}
    (clips / DOWN).write_text("speech")  # as many: the newer row stands
    done(clips)
    assert [list(each) for each in rows(clips).unanswered] == [["speech"]] * 4


def test_row_is_not_given_up_where_the_clips_worker_dies(clips: Path) -> None:
    (clips / DOWN).touch()
    done(clips)
    (clips / DOWN).unlink()
    tally = done(clips, Workers(a=ATTEMPTS))
    assert rows(clips).error["a.mp4"] == ""
    assert list(tally.unanswered) == ["bad.mp4", "a.mp4"]


def test_a_changed_clip_that_can_no_longer_be_read_has_its_error(clips: Path) -> None:
    (clips / DOWN).touch()
    done(clips)
    (clips / DOWN).unlink()
    (clips / "bad.mp4").write_text("another clip")
    assert list(done(clips).errors) == ["bad.mp4"]
    assert rows(clips).error["bad.mp4"]


def test_clips_without_a_row_come_before_those_whose_row_lacks_an_answer(clips: Path) -> None:
    (clips / DOWN).touch()
    done(clips)
    (clips / "d.mp4").write_text("d")
    workers = Workers()
    done(clips, workers)
    assert workers.asked[::-1] == ["d.mp4", "a.mp4", "b.mp4", "bad.mp4", "c.mp4"]


def test_row_that_lacks_an_answer_stays_until_there_is_a_better_one(clips: Path) -> None:
    (clips / DOWN).touch()
    done(clips)
    (clips / DOWN).unlink()

    @contextmanager
    def nowhere() -> Iterator:
        assert len(rows(clips)) == 4
        raise BackendUnavailableError("no Ray answers")
        yield

    with pytest.raises(BackendUnavailableError):
        run(batch(clips), nowhere, lambda tally: None)
    assert len(rows(clips)) == 4

    def stop(tally: Tally) -> None:
        assert len(rows(clips)) == 4
        if tally.answered == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(batch(clips), Workers().spreading, stop)
    found = rows(clips)
    assert list(found.index) == ["a.mp4", "b.mp4", "bad.mp4", "c.mp4"]
    assert [list(each) for each in found.unanswered] == [["chat"], ["chat"], ["chat"], []]
    workers = Workers()
    done(clips, workers)
    assert sorted(workers.asked) == ["a.mp4", "b.mp4", "bad.mp4"]


def test_one_process_gives_the_rows_too(clips: Path) -> None:
    @contextmanager
    def spreading() -> Iterator:
        yield alone(batch(clips))

    run(batch(clips), spreading, lambda tally: None)
    assert rows(clips).backwards["a.mp4"] == "aa"


def test_progress_counts_what_is_done_and_what_is_left(clips: Path) -> None:
    seen = []
    run(
        batch(clips), Workers().spreading, lambda tally: seen.append((tally.answered, tally.left_s))
    )
    assert [count for count, _ in seen] == [1, 2, 3, 4]
    assert seen[0][1] != seen[0][1]  # one answer is no rate yet
    assert seen[1][1] > 0
    assert seen[-1][1] == 0
