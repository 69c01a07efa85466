"""Glosses -> an English sentence by rules that know ASL's habits; adds no content word."""

from __future__ import annotations

import time
from collections.abc import Sequence

from signbridge.compose.breaks import sentences
from signbridge.compose.candidates import Chooser
from signbridge.compose.clauses import EMBEDDED, clauses
from signbridge.compose.expressions import utterances
from signbridge.compose.forms import form
from signbridge.compose.phrases import joined
from signbridge.compose.sentences import embedded, realised
from signbridge.compose.words import Word, word
from signbridge.protocols import Grow
from signbridge.types import RecognitionResult, Utterance


class RuleComposer:
    """The local composer: pure rules, the same answer for the same signs."""

    name = "rules"

    def __init__(self, chooser: Chooser | None = None) -> None:
        """Load the inflection dictionary, so that the first sentence need not wait for it.

        chooser: picks among each sign's guesses; the shipped one where none is given.
        """
        self._chooser = chooser or Chooser.shipped()
        compose_glosses(("YESTERDAY", "ME", "GO", "STORE"))
        compose_glosses(("ZYGOTE",))  # in no list of ours
        form("fingerspell", "VBD")  # in no dictionary

    def compose(
        self,
        results: Sequence[RecognitionResult],
        context: Sequence[str] = (),
        grow: Grow | None = None,
    ) -> Utterance:
        """Return one utterance from one guess of each recognized sign, in time order."""
        started_s = time.perf_counter()
        found = [r for r in results if r.guesses and not r.abstained]
        ordered = sorted(found, key=lambda result: result.start_s)
        taken, choices = self._chooser.choose(ordered)
        glosses = tuple(result.guesses[0].text for result in taken)
        text = compose_glosses(glosses)
        took_s = time.perf_counter() - started_s
        return Utterance(text, self.name, took_s, glosses, choices=choices)


def compose_glosses(glosses: Sequence[str]) -> str:
    """Return the English of a gloss sequence; "" for none."""
    pieces: list[str] = []
    for part in utterances(glosses):
        if isinstance(part, str):
            pieces.append(part)
        else:
            pieces += [_sentence(words) for words in sentences(part)]
    return " ".join(piece for piece in pieces if piece)


def _sentence(words: list[Word]) -> str:
    """Return one sentence from a stretch without ready-made expressions."""
    lead = ""
    while words and words[0].is_a("fixed"):  # "Yes," "No,"
        lead, words = joined(lead, words[0].text), words[1:]
    trail = ""
    while words and words[-1].is_a("fixed"):
        trail, words = joined(words[-1].text.rstrip(",").lower(), trail), words[:-1]
    words = [word("NOT") if one.gloss == "NO" else one for one in words]
    words = [one for one in words if not one.is_a("fixed")]
    parts = [
        (joint, *(embedded(part) if joint == EMBEDDED else realised(part)))
        for joint, part in clauses(words)
    ]
    body = ""
    for joint, text, _ in parts:
        body = _joined_clauses(body, joint, text)
    asks = any(asked for *_, asked in parts)
    if not body:
        lead = lead.rstrip(",") or " ".join(word.text for word in words)
        return _capital(lead) + ("." if lead else "")
    ending = f", {trail}" if trail else ""
    return _capital(joined(lead, body)) + ending + ("?" if asks else ".")


def _joined_clauses(body: str, joint: str, text: str) -> str:
    if not body:
        return joined(joint, text)
    if joint in ("but", "because"):
        return f"{body}{',' if joint == 'but' else ''} {joint} {text}"
    if joint == ",":
        return (
            f"{body}, {text}"
            if body.startswith("if ") or " " not in body
            else (f"{body} and {text}")
        )
    return f"{body} {text}" if joint == EMBEDDED else f"{body} {joint} {text}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
