"""What the letters' report says -> report.md, and its main figures in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signbridge.training.letters_why import LENGTHS

COMMAND = "python -m signbridge.training.letters --data ../shared/data"
LOW = 0.6
SHOWN = 0.1  # of what a letter is taken for, shares from this on
OPENING = (
    "Still pictures show 24 letters: their J and Z are counted apart. Recordings show 26. Rows of "
    "one hand resemble each other, so the interval that says something of the next hand is the one "
    "over hands. Features, variations and the shape of each set's pictures were chosen by looking "
    "at these same hands: expect a little less from a new one. Extra-trees see one picture of each "
    "recording, which cannot show J and Z, drawn in the air: they neither learn them nor are asked "
    "about them, and the column of held letters leaves both out for this model as well."
)
MENDING = (
    "No picture was left out of the figures for this. What mends it: palm and fingers are put, one "
    "after the other, into the pose in which the other hands show the letter, first the one that "
    f"helps most, until {LOW} of the recordings are read right by the same reader, which never saw "
    "this hand. In brackets: by how many degrees the part is away from the other hands' mean, and "
    "they from the mean of the rest (median). A part that is no further away than they are is one "
    "in which hands differ anyway. Lengths of finger bones, in percent, are as the detector sees "
    "them: of bent fingers it guesses the depth, so one camera makes them longer than another."
)


def summary(report: Mapping[str, object]) -> str:
    """Return the report's main figures in a sentence."""
    mean, held = report["mean_over_hands"], report["held_letters_mean_over_hands"]
    trees = report["baseline_mean_over_hands"]
    assert isinstance(mean, dict)
    assert isinstance(held, dict)
    assert isinstance(trees, dict)
    low, high = mean["interval"]
    return (
        f"by leaving each of {mean['hands']} hands out of training in turn: {mean['mean']:.2f} of "
        f"the letters right, averaged over the hands (95% interval {low:.2f} to {high:.2f}); "
        f"of letters that are held still, without J and Z, {held['mean']:.2f}, extra-trees "
        f"{trees['mean']:.2f}; chance {report['chance']:.2f}."
    )


def readable(report: Mapping[str, object]) -> str:
    """Return report.md."""
    hands, letters, drawn = report["hands"], report["letters"], report["drawn"]
    stills, low = report["still_pictures_of_drawn_letters"], report["low"]
    assert isinstance(hands, dict)
    assert isinstance(letters, dict)
    assert isinstance(drawn, dict)
    assert isinstance(stills, dict)
    assert isinstance(low, list)
    lines = [
        "# Letters by held-out hands", "",
        f"Measured {summary(report)} {OPENING}", "",
        "![Share right by hand, with extra-trees and chance](hands.png)", "",
        "| hand | recordings | letters | n | right (95%) | held letters | extra-trees, held |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]  # fmt: skip
    lines += [
        f"| {name} | {'moving' if r['moves'] else 'still'} | {r['letters']} | {r['n']} "
        f"| {r['accuracy']:.2f} ({r['interval'][0]:.2f}-{r['interval'][1]:.2f}) "
        f"| {r['held_letters']:.2f} | {r['extra_trees']:.2f} |"
        for name, r in hands.items()
    ]
    lines += ["", "![Share right by letter](letters.png)", ""]
    lines += ["| letter | hands | right, mean over hands (95%) |", "| --- | ---: | ---: |"]
    lines += [
        f"| {name} | {r['hands']} | {r['mean']:.2f} ({r['interval'][0]:.2f}-"
        f"{r['interval'][1]:.2f}) |"
        for name, r in letters.items()
    ]
    weak = [name for name, r in letters.items() if r["mean"] < LOW]
    lines += ["", f"Letters under {LOW} over the hands: {', '.join(weak) or 'none'}.", "",
              "![What is taken for what](confusions.png)", "", "## Drawn letters", ""]  # fmt: skip
    lines += ["| hand | J | Z | held letters taken for J or Z |", "| --- | ---: | ---: | ---: |"]
    lines += [
        f"| {name} | {_share(r, 'J')} | {_share(r, 'Z')} "
        f"| {r['held_taken_for_drawn']:.3f} (n = {r['n_held']}) |"
        for name, r in drawn.items()
    ]
    lines += [""]
    for letter, read in stills.items():
        shares = ", ".join(f"{answer} {share:.0%}" for answer, share in read.items())
        lines.append(f"Still pictures of {letter} are read as {shares}.")
    lines += ["", f"## Where a hand's letter is under {LOW}", "",
              MENDING, "",
              "| hand | letter | n | right | taken for | what mends it, and to how much right "
              "| seen in the pictures |",
              "| --- | --- | ---: | ---: | --- | --- | --- |"]  # fmt: skip
    lines += [
        f"| {r['hand']} | {r['letter']} | {r['n']} | {r['share']:.2f} | {_taken(r['taken_for'])} "
        f"| {_mended(r['why'])} | {r['words'] or 'not looked at'} |"
        for r in low
    ]
    return "\n".join([*lines, "", f"Made by `{COMMAND}`.", ""])


def _taken(shares: Mapping[str, float]) -> str:
    most = [f"{letter} {share:.0%}" for letter, share in shares.items() if share >= SHOWN]
    return ", ".join(most) or "others"


def _mended(why: Mapping[str, Any] | None) -> str:
    if not why:
        return "not taken apart: drawn in the air, or too few other hands"
    if why["right"] < LOW:
        most = max(why["differences"], key=lambda one: one["away"] - one["usual"])
        return f"nothing: all parts changed {why['right']:.2f}; furthest off {_part(most)}"
    return f"{', '.join(map(_part, why['differences']))}: {why['right']:.2f}"


def _part(one: Mapping[str, Any]) -> str:
    unit = "%" if one["part"] == LENGTHS else "°"
    return f"{one['part']} ({one['away']:.0f}{unit}, others {one['usual']:.0f}{unit})"


def _share(row: Mapping[str, Mapping[str, float]], letter: str) -> str:
    known = letter in row["right"]
    return f"{row['right'][letter]:.2f} (n = {row['n'][letter]})" if known else "not shown"
