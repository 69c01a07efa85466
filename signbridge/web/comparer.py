"""What happens in the Compare tab: clips are compared, and votes are taken and counted."""

from __future__ import annotations

import random
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from signbridge.build import contenders
from signbridge.compare.contender import Contender
from signbridge.compare.run import compare
from signbridge.compare.values import Comparison
from signbridge.errors import BackendUnavailableError, BadInputError
from signbridge.evaluation.comparison import Judged, contract, judged
from signbridge.evaluation.ratings import Ballot
from signbridge.settings import Settings
from signbridge.web.columns import comparison_html, names_shown
from signbridge.web.leaderboard import leaderboard_html
from signbridge.web.votes import MEMORY, Votes
from signbridge.web.warmup import EngineSoon

Report = Callable[[float, str], None]
MOST = 4
"""Columns that fit beside one another, and letters that a blind comparison can do with."""
ALL, NONE = "all", "none"


@dataclass(frozen=True)
class Shown:
    """What one visitor has before them; kept between events, without the clip.

    names: recognizer -> what its column is called, in the columns' order. ballot: an id that no
    second vote can use.
    """

    judgement: Judged
    names: dict[str, str]
    blind: bool
    ballot: str = field(default_factory=lambda: secrets.token_hex(16))
    voted: bool = False

    @property
    def html(self) -> str:
        """The columns, without what gives them away while a vote is still to come."""
        can_vote = self.judgement.comparison.waiting or self.candidates
        if self.blind and not self.voted and not can_vote:
            return comparison_html(self.judgement, self.opened)
        return comparison_html(self.judgement, self.names, self.blind and not self.voted)

    @property
    def opened(self) -> dict[str, str]:
        """What each column is called once its recognizer may be known."""
        return {name: _opened(name, label) for name, label in self.names.items()}

    @property
    def candidates(self) -> tuple[str, ...]:
        """The recognizers that can be voted for: those that answered, where two or more did."""
        found = self.judgement.comparison
        answered = tuple(
            name for name in self.names if (column := found.column(name)) and not column.error
        )
        can = len(answered) > 1 and not found.waiting and not self.voted
        return answered if can else ()


class Comparer:
    """Answers the events of the Compare and Leaderboard tabs; remembers models and votes."""

    def __init__(
        self,
        soon: EngineSoon,
        settings: Settings,
        shuffle: Callable[[list[str]], None] = random.shuffle,
    ) -> None:
        self._soon = soon
        self._settings = settings
        self._shuffle = shuffle
        self._lock = threading.Lock()
        self._contenders: dict[str, Contender] = {}
        self._votes: Votes | None = None

    def contenders(self) -> dict[str, Contender]:
        """Return every recognizer by name; those of the engine are shared with the other tabs."""
        engine = self._soon.get() if self._soon.ready and not self._soon.error else None
        with self._lock:
            if engine is None:
                return {one.name: one for one in contenders(self._settings)}
            if not self._contenders:
                self._contenders = {one.name: one for one in contenders(self._settings, engine)}
            return self._contenders

    def choices(self) -> list[tuple[str, str]]:
        """Return (what is shown, name) of every recognizer; one that can't start says why, last."""
        offered = sorted(self.contenders().items(), key=lambda item: bool(item[1].reason))
        return [(f"{name}: {one.reason}" if one.reason else name, name) for name, one in offered]

    def first_choice(self) -> list[str]:
        """Return the names of the first two recognizers that may start."""
        return [name for name, one in self.contenders().items() if not one.reason][:2]

    def compare(
        self, clip: Path, names: Sequence[str], blind: bool, reference: str, report: Report
    ) -> Iterator[Shown]:
        """Yield what is shown, again with each column that finishes."""
        if len(names) > MOST:
            raise BadInputError(f"{len(names)} recognizers were chosen; choose {MOST} at most")
        order = list(names)
        if blind:
            self._shuffle(order)
        shown: Shown | None = None
        for found in self._steps(clip, order, report):
            judgement = judged(found, reference)
            if shown is None:
                called = names_shown(found, order, blind)
                shown = Shown(judgement, called, blind)
            shown = replace(shown, judgement=judgement)
            yield shown

    def contract(
        self, clip: Path, names: Sequence[str], reference: str, report: Report
    ) -> dict[str, object]:
        """Return the comparison for a program: the command line's JSON."""
        names = names or self.first_choice()
        *_, found = self._steps(clip, names, report)
        return contract(judged(found, reference))

    def _steps(self, clip: Path, names: Sequence[str], report: Report) -> Iterator[Comparison]:
        engine = self._soon.get()
        offered = self.contenders()
        unknown = [name for name in names if name not in offered]
        if unknown:
            raise BadInputError(
                f"recognizer {unknown[0]!r} is unknown; choose from {tuple(offered)}"
            )
        try:
            yield from compare(engine, [offered[name] for name in names], clip, report)
        except BadInputError as error:
            # The visitor knows the clip by its name, not by where this server keeps it.
            raise BadInputError(str(error).replace(str(clip), f"“{clip.name}”")) from error

    def vote(self, shown: Shown, choice: str, consent: bool) -> tuple[Shown, str]:
        """Take a vote; return what is shown from now on, and what to say.

        choice: the place of the best column among the candidates from "0" on, `ALL` or `NONE`.
        """
        candidates = shown.candidates
        if not candidates:
            raise BadInputError("there is nothing to vote on; compare a clip first")
        best = {ALL: candidates, NONE: ()}.get(choice) if not choice.isdigit() else None
        if best is None:
            best = (candidates[int(choice)],)
        told = "Your vote was not kept: the box above the buttons was not ticked."
        if consent:
            ballot = Ballot(tuple(sorted(candidates)), frozenset(best), shown.blind)
            counted = self.votes().add(shown.ballot, ballot)
            told = (
                "Thank you, your vote is counted." if counted else "This vote was counted before."
            )
        return replace(shown, voted=True, names=shown.opened), told

    def votes(self) -> Votes:
        """Return the votes, opened at first use; raise `BackendUnavailableError` if they can't."""
        with self._lock:
            if self._votes is None:
                self._votes = Votes(self._settings.votes_path)
            return self._votes

    def leaderboard(self) -> str:
        """Return the Leaderboard tab, or why there is none."""
        try:
            votes = self.votes()
            return leaderboard_html(votes.all(), votes.kept_in_memory)
        except BackendUnavailableError as error:
            return leaderboard_html((), self._settings.votes_path == MEMORY, str(error))


def _opened(name: str, label: str) -> str:
    """Return a column's name and the letter it was voted on as."""
    return name if name == label else f"{name} ({label.removeprefix('Recognizer ')})"
