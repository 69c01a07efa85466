"""One clip and several recognizers at the same time: no one waits for, or fails, another."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from pathlib import Path

from signbridge.clips import Progress, open_clip
from signbridge.compare.answers import answer
from signbridge.compare.contender import Contender
from signbridge.compare.footage import Footage, read
from signbridge.compare.values import Column, Comparison
from signbridge.errors import BadInputError, SignBridgeError
from signbridge.pipeline import Engine

START_LIMIT_S = 120.0
"""A model that takes longer to load has lost its column; the next clip finds it loaded."""
STUCK = "It is still busy with an earlier clip that it did not finish in time. Try again later."


Done = Callable[[Column], None]


class _Run:
    """One recognizer at work on one clip, in a thread of its own."""

    def __init__(
        self, engine: Engine, contender: Contender, footage: Future[Footage], done: Done
    ) -> None:
        self.contender = contender
        self.started_s: float | None = None
        self.over = False
        self._engine, self._footage, self._done = engine, footage, done
        # A daemon: a recognizer that never ends must not keep the program from ending.
        self.thread = threading.Thread(target=self._work, name=contender.name, daemon=True)

    def _work(self) -> None:
        column = Column(
            self.contender.name,
            error="It broke off with an error that it should not have; the server's log says more.",
        )
        try:
            column = self._column()
        except CancelledError:
            pass  # the clip could not be read, and whoever asked has been told
        finally:
            self.over = True
            self._done(column)

    @property
    def may_read_pictures(self) -> bool:
        """Whether the clip's pictures must be kept for it."""
        return not self.over and self.contender.may_read_pictures

    def _column(self) -> Column:
        name = self.contender.name
        try:
            recognizer, start_s = self.contender.start()
        except SignBridgeError as error:
            return Column(name, error=str(error))
        self.started_s = time.monotonic()
        column = answer(self._engine, recognizer, self._footage.result())
        return replace(column, times=replace(column.times, start_s=start_s))


def compare(
    engine: Engine,
    contenders: Sequence[Contender],
    path: Path | str,
    progress: Progress | None = None,
) -> Iterator[Comparison]:
    """Yield the comparison when the clip is read and again with each column that is finished.

    Raises `BadInputError` for a clip that can't be used. A recognizer that fails, can't start or is
    silent for `compare_limit_s` has a column that says so.
    """
    if not contenders:
        raise BadInputError("no recognizer was chosen; choose one or more to compare")
    video = open_clip(engine, path)
    asked: Future[Footage] = Future()
    finished: queue.SimpleQueue[Column] = queue.SimpleQueue()
    columns = {one.name: Column(one.name, error=STUCK) for one in contenders if one.stuck}
    runs = [_Run(engine, one, asked, finished.put) for one in contenders if one.name not in columns]
    for run in runs:
        run.thread.start()
    try:
        footage = read(
            engine.extractor,
            video,
            lambda: any(run.may_read_pictures for run in runs),
            progress,
        )
        asked.set_result(footage)
    finally:
        asked.cancel()  # does nothing to a result that is set
    clip = _clip(Path(path).name, footage)
    names = [one.name for one in contenders]
    yield _snapshot(clip, names, columns)
    for column in _finished(runs, finished, engine.settings.compare_limit_s):
        columns[column.recognizer] = column
        yield _snapshot(clip, names, columns)


def _finished(
    runs: Sequence[_Run], finished: queue.SimpleQueue[Column], limit_s: float
) -> Iterator[Column]:
    """Yield the columns as they come; those that come too late are given up."""
    read_s = time.monotonic()
    waiting = {run.contender.name: run for run in runs}
    while waiting:
        due_s = {name: _due_s(run, read_s, limit_s) for name, run in waiting.items()}
        # A model that finishes loading meanwhile gets its full time to answer: look again soon.
        patience_s = min(0.5, max(0.0, min(due_s.values()) - time.monotonic()))
        try:
            column = finished.get(timeout=patience_s)
        except queue.Empty:
            for name in [one for one, at_s in due_s.items() if at_s <= time.monotonic()]:
                run = waiting.pop(name)
                run.contender.give_up(run.thread)
                yield Column(name, error=_late(run, limit_s))
            continue
        if waiting.pop(column.recognizer, None):
            yield column


def _due_s(run: _Run, read_s: float, limit_s: float) -> float:
    """Return when a run is late: counted from when it had the clip and its model."""
    if run.started_s is None:
        return read_s + START_LIMIT_S
    return max(run.started_s, read_s) + limit_s


def _late(run: _Run, limit_s: float) -> str:
    if run.started_s is None:
        return f"Its model was not loaded within {START_LIMIT_S:g} s. Try again in a minute."
    return f"It did not answer within {limit_s:g} s, so its answer is not waited for."


def _clip(name: str, footage: Footage) -> Comparison:
    notices = (footage.damage,) if footage.damage else ()
    return Comparison(
        clip=name,
        duration_s=footage.duration_s,
        frames=len(footage.at_s),
        fps=footage.fps,
        landmarks_s=footage.landmarks_s,
        notices=notices,
    )


def _snapshot(clip: Comparison, names: Sequence[str], columns: dict[str, Column]) -> Comparison:
    return replace(
        clip,
        columns=tuple(columns[name] for name in names if name in columns),
        waiting=tuple(name for name in names if name not in columns),
    )
