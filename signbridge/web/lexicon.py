"""The signs a model knows, with how each fared and whether it is drawn -> the Signs tab's HTML."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from signbridge.errors import CheckpointError
from signbridge.recognize.vocabulary import LETTER_PREFIX, Vocabulary, spellings

SHIPPED = "shipped"
ASSETS = Path(__file__).resolve().parents[1] / "assets"
COUNTS, DRAWN = "per_sign.csv", "drawings.csv"


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign a visitor can look up.

    clips, right, people: recordings kept out of training, those of which the model's best guess was
    right, and how many people are in them; said, said_right: those it was sure enough of to say a
    sign, and to say this one; stranger_clips, stranger_right: as clips and right, of people it
    never saw; confusion: its commonest wrong guess as the page names it, or empty. drawn: the
    drawing is shown; signers: how many it is the average of, 0 where they were too few.
    """

    gloss: str
    text: str
    clips: int = 0
    right: int = 0
    said: int = 0
    said_right: int = 0
    people: int = 0
    stranger_clips: int = 0
    stranger_right: int = 0
    confusion: str = ""
    drawn: bool = False
    signers: int = 0


def read_signs(model: str = SHIPPED, assets: Path = ASSETS) -> tuple[Sign, ...]:
    """Return the signs of a model folder by name, letters last; none if it can't be read."""
    folder = assets / "signs" if model == SHIPPED else Path(model)
    try:
        vocabulary = Vocabulary.load(folder)
    except CheckpointError:
        # The page's welcome says what is wrong with the folder.
        return ()
    counts, drawn = _rows(folder / COUNTS), _rows(assets / "drawings" / DRAWN)
    texts = dict(zip(vocabulary.glosses, vocabulary.texts, strict=True))
    names = {gloss: _name(gloss, text) for gloss, text in texts.items()}
    signs = [
        _sign(gloss, text, counts.get(gloss, {}), drawn.get(gloss, {}), names)
        for gloss, text in texts.items()
    ]
    return tuple(sorted(signs, key=lambda one: (_is_letter(one.gloss), one.text.casefold())))


def _rows(path: Path) -> dict[str, dict[str, str]]:
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["gloss"]: row for row in csv.DictReader(file)}


def _sign(
    gloss: str,
    text: str,
    count: dict[str, str],
    drawing: dict[str, str],
    names: Mapping[str, str],
) -> Sign:
    confusion = count.get("confusion", "")
    return Sign(
        gloss=gloss,
        text=text,
        clips=int(count.get("clips", 0)),
        right=int(count.get("right", 0)),
        said=int(count.get("said", 0)),
        said_right=int(count.get("said_right", 0)),
        people=int(count.get("people", 0)),
        stranger_clips=int(count.get("stranger_clips", 0)),
        stranger_right=int(count.get("stranger_right", 0)),
        confusion=names.get(confusion, confusion),
        drawn=drawing.get("right") == "yes",
        signers=int(drawing.get("signers", 0)),
    )


def _is_letter(gloss: str) -> bool:
    return gloss.startswith(LETTER_PREFIX)


def _name(gloss: str, text: str) -> str:
    return f"the letter {text}" if _is_letter(gloss) else text


def searched(sign: Sign) -> str:
    """Return the words a sign is found by: its gloss, its English and their other spellings."""
    english = f"letter {sign.text}" if _is_letter(sign.gloss) else sign.text
    return " ".join(dict.fromkeys((*spellings(sign.gloss), english.casefold())))


def sign_grid(signs: Sequence[Sign]) -> str:
    """Return the search box and a button for each sign; signs.js brings them to life."""
    buttons = "".join(_button(one) for one in signs)
    return (
        '<label class="sb-search">Find a sign'
        '<input type="search" autocomplete="off" placeholder="for example: family"></label>'
        f'<p class="sb-quiet"><span role="status">{len(signs)} signs.</span> '
        f"Those with a dashed edge have no drawing.{_unmeasured(signs)}</p>"
        f'<div class="sb-words" role="listbox" aria-label="Signs">{buttons}</div>'
    )


def _unmeasured(signs: Sequence[Sign]) -> str:
    count = sum(sign.clips == 0 for sign in signs)
    if not count:
        return ""
    return (
        f" For {count} of {len(signs)} it is not known how well they are recognized: no clip of "
        "them, by anyone, was kept out of training to try it on."
    )


def _button(sign: Sign) -> str:
    kind = "sb-word" if sign.drawn else "sb-word sb-undrawn"
    aside = "" if sign.drawn else '<span class="sb-unseen">, no drawing</span>'
    return (
        f'<button type="button" role="option" aria-selected="false" tabindex="-1" class="{kind}" '
        f'data-gloss="{escape(sign.gloss)}" data-words="{escape(searched(sign))}">'
        f"{escape(sign.text)}{aside}</button>"
    )


def sign_card(sign: Sign) -> str:
    """Return what is known of one sign."""
    name = _name(sign.gloss, sign.text)
    lines = "".join(f"<p>{escape(line)}</p>" for line in (*measured(sign), drawn(sign)))
    return (
        '<section class="sb-answer sb-sign-card" aria-live="polite"><h3>'
        f'{escape(sign.gloss)}</h3><p class="sb-sentence">{escape(name)}</p>{lines}</section>'
    )


def measured(sign: Sign) -> Iterable[str]:
    """Return how often the sign was recognized, in clips that were kept out of training."""
    if sign.clips == 0:
        return (
            "Not measured: no clip of it, by anyone, was kept out of training, and one that it "
            "learned from would prove nothing.",
        )
    right = f"Its best guess was right in {sign.right} of {_number(sign.clips, 'clip')}"
    people = _number(sign.people, "person", "people")
    if sign.stranger_clips == sign.clips:
        lines = [f"{right} by {people} it never saw."]
    elif sign.stranger_clips == 0:
        lines = [f"{right} it never saw, by {people} it knows from other clips."]
    else:
        lines = [
            f"{right} it never saw, by {people}. Of the {sign.stranger_clips} by people it never "
            f"saw either, the guess was right in {sign.stranger_right}."
        ]
    lines.append(
        f"It says only what it is sure of: this sign {_times(sign.said_right)}, another "
        f"{_times(sign.said - sign.said_right)}, “not recognized” {_times(sign.clips - sign.said)}."
    )
    if sign.confusion:
        lines.append(f"Its commonest wrong guess, said or not: {sign.confusion}.")
    return lines


def _number(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"


def _times(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


def drawn(sign: Sign) -> str:
    """Return where the drawing comes from, or why there is none."""
    if sign.drawn:
        return f"The drawing is the average of {sign.signers} signers."
    if sign.signers:
        return "No drawing: the recognizer did not read it back as this sign."
    return "No drawing: too few signers showed it alike to average them."
