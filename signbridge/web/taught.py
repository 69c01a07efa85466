"""A signer's signs -> the HTML of the "Make it yours" tab."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape

from signbridge.recognize.landmark.personal import SUFFIX, Personal, to_bytes
from signbridge.recognize.landmark.review import Review
from signbridge.recognize.vocabulary import NAME_PREFIX
from signbridge.web.media import address
from signbridge.web.words import percent

WANTED = 3
LINES = {
    "off": "Name a sign, then press Record and show it three to five times.",
    "idle": "Raise your hands and show the sign; lower them to end it.",
    "signing": "Showing.",
    "again": "Lower your hands between examples.",
    "missed": "What you showed before is forgotten, since the connection was lost or you were away "
    "for long; load your file to bring it back.",
}
NOTHING = """
<section class="sb-answer"><h3>Your signs</h3>
<p class="sb-quiet">Nothing yet. Show a sign that SignBridge gets wrong, under its name, or a sign
of your own. Five to ten signs, three times each, are a good start.</p></section>
"""


def line(state: str, text: str = "") -> str:
    """Return the line that says what the tab waits for or what it just did."""
    words = escape(text or LINES[state])
    return f'<p class="sb-status sb-{state}" role="status"><i aria-hidden="true"></i>{words}</p>'


def cards(reviews: Iterable[Review], personal: Personal) -> str:
    """Return a card for each sign and the link to the signer's own file."""
    items = "".join(_card(one) for one in reviews)
    if not items:
        return NOTHING
    link = address(to_bytes(personal), "application/octet-stream")
    return (
        '<section class="sb-answer"><h3>Your signs</h3>'
        f'<ul class="sb-signs" aria-live="polite">{items}</ul>'
        f'<p class="sb-after"><a class="sb-download" download="my-signs{SUFFIX}" href="{link}">'
        "Download my signs</a></p>"
        '<p class="sb-quiet">They act in Live and Upload, for you alone, until you close this '
        "page. The file holds the places of your hands, no picture.</p></section>"
    )


def counted(n: int, noun: str) -> str:
    """Return 1 as "1 example", 2 as "2 examples"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _card(review: Review) -> str:
    kind = "In the vocabulary, made yours" if review.known else "Your own sign"
    kind = "The name of a person or a place" if review.gloss.startswith(NAME_PREFIX) else kind
    count = counted(review.examples, "example")
    warnings = "".join(f"<li>{escape(text)}</li>" for text in _warnings(review))
    notes = f'<ul class="sb-notes">{warnings}</ul>' if warnings else ""
    return (
        f'<li class="sb-sign"><strong>{escape(review.gloss)}</strong><span>{count}</span>'
        f'<p class="sb-quiet">{kind}. {escape(_alike(review))}</p>{notes}</li>'
    )


def _alike(review: Review) -> str:
    if math.isnan(review.alike):
        return "Show it again, so that one example can be told from chance."
    if not review.steady:
        return f"The examples are unlike one another ({percent(max(0.0, review.alike))} alike)."
    return f"The examples are {percent(review.alike)} alike."


def _warnings(review: Review) -> Iterable[str]:
    if not review.steady:
        yield "Remove it and show it again, each time in the same way."
    elif review.examples < WANTED:
        yield f"Better with {WANTED - review.examples} more."
    if review.taken_for.text != review.gloss:
        guess = f"{review.taken_for.text} ({percent(review.taken_for.score)})"
        yield f"Without your examples it is taken for {guess}."
    if review.confusable:
        yield f"Very like your {review.nearest}: the two may be mixed up."
