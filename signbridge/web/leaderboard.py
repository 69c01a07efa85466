"""Votes -> the Leaderboard tab: ratings with their intervals, and what they were made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from signbridge.evaluation.metrics import Interval
from signbridge.evaluation.ratings import FEWEST_FOR_INTERVAL, Ballot, Rating, ratings
from signbridge.web.words import notice_list

COLUMNS = ("Recognizer", "Rating", "95% interval", "Better", "Tied", "None good", "Worse", "Votes")
METHOD = (
    "Bradley-Terry ratings on the Elo scale (Hunter 2004), a tie counting half a win for each and "
    "“none is good” as a tie; their mean is 1000, and 400 points more mean ten wins for every "
    "loss. Intervals come from drawing the votes again 2000 times. Each two recognizers begin with "
    "one tie that nobody voted for. The voters chose the clips and themselves: this says what "
    "visitors preferred, not which translation is right."
)
NO_VOTES = "Nobody has voted yet. Compare two recognizers on a clip, then say which was better."


def leaderboard_html(ballots: Sequence[Ballot], kept_in_memory: bool, error: str = "") -> str:
    """Return the whole tab; `error` says why no vote can be kept."""
    kept = (
        "Votes are kept in this program's memory only, and end with it."
        if kept_in_memory
        else "Votes are kept in a database on this server."
    )
    privacy = (
        f"{kept} A vote is the names of the recognizers and which was best, and it is kept only "
        "with the voter's consent; no clip, no sentence and nothing about the voter goes with it."
    )
    blind = sum(ballot.blind for ballot in ballots)
    counts = f"Votes: {len(ballots)}, {blind} blind and {len(ballots) - blind} with names shown."
    body = (
        f'{_table(ratings(ballots))}<p>{counts}</p><p class="sb-quiet">{METHOD}</p>'
        if ballots
        else f"<p>{NO_VOTES}</p>"
    )
    return (
        '<section class="sb-about sb-board"><h3>Which recognizer do visitors prefer?</h3>'
        f'{notice_list([error] if error else [])}{body}<p class="sb-quiet">{privacy}</p></section>'
    )


def _table(rated: Sequence[Rating]) -> str:
    heads = "".join(f'<th scope="col">{head}</th>' for head in COLUMNS)
    rows = "".join(map(_row, rated))
    return f'<table class="sb-table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _row(rated: Rating) -> str:
    figures = (
        f"{rated.rating:.0f}",
        _interval(rated.interval),
        *map(str, (rated.better, rated.tied, rated.bad, rated.worse, rated.votes)),
    )
    cells = "".join(
        f'<td data-label="{head}">{value}</td>'
        for head, value in zip(COLUMNS[1:], figures, strict=True)
    )
    return f'<tr><th scope="row">{escape(rated.recognizer)}</th>{cells}</tr>'


def _interval(interval: Interval) -> str:
    if math.isnan(interval.low):
        return f"from {FEWEST_FOR_INTERVAL} votes on"
    return f"{interval.low:.0f} to {interval.high:.0f}"
