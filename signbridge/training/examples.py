"""Makes the clips in examples/: averaged signers, drawn, with what they say.

Run: python -m signbridge.training.examples --data ../shared/data --out examples
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from signbridge.avatar.barycentre import Performance, barycentre
from signbridge.avatar.perform import SPELL_S, sentence, spelled
from signbridge.avatar.render import render
from signbridge.data import wlasl, words
from signbridge.data.handedness import fit_handedness
from signbridge.data.samples import Sample
from signbridge.landmarks.body import Hands

TABLE = "examples.csv"
COLUMNS = ("path", "kind", "label", "source", "glosses", "english")


@dataclass(frozen=True, slots=True)
class Part:
    """One sign of an example: where its signers come from and what the set calls it."""

    source: str  # "words" or "wlasl"
    label: str
    two_handed: bool | None = None
    seconds: float | None = None  # where the recordings have no frame rate


@dataclass(frozen=True, slots=True)
class Example:
    """One clip: kind is sign, sentence or spelling, as `signbridge evaluate` reads it."""

    name: str
    kind: str
    glosses: str
    english: str
    parts: tuple[Part, ...]
    hold_s: float = SPELL_S  # of each letter, where a word is spelled


HELLO = Part("words", "hello", two_handed=False, seconds=1.1)
THANK_YOU = Part("words", "thank_you", two_handed=False, seconds=1.1)
ME = Part("words", "me", two_handed=False, seconds=0.8)
PLEASE = Part("wlasl", "please", two_handed=False)
HELP = Part("words", "help", two_handed=True, seconds=1.5)
SORRY = Part("wlasl", "sorry", two_handed=False)
LEARN = Part("wlasl", "learn", seconds=1.1)
SIGN = Part("wlasl", "sign", two_handed=True, seconds=1.1)
FAMILY = Part("wlasl", "family")
TIRED = Part("wlasl", "tired", two_handed=True)
NOW = Part("wlasl", "now", two_handed=True)

EXAMPLES = (
    Example("hello", "sign", "HELLO", "Hello.", (HELLO,)),
    Example("thank-you", "sign", "THANK-YOU", "Thank you.", (THANK_YOU,)),
    Example("please", "sign", "PLEASE", "Please.", (PLEASE,)),
    Example("help", "sign", "HELP", "Help.", (HELP,)),
    Example("sorry", "sign", "SORRY", "Sorry.", (SORRY,)),
    Example("family", "sign", "FAMILY", "Family.", (FAMILY,)),
    Example("work", "sign", "WORK", "Work.", (Part("wlasl", "work"),)),
    Example("drink", "sign", "DRINK", "Drink.", (Part("wlasl", "drink", seconds=1.1),)),
    Example("computer", "sign", "COMPUTER", "Computer.", (Part("wlasl", "computer"),)),
    Example("family-tired", "sentence", "FAMILY TIRED", "The family is tired.", (FAMILY, TIRED)),
    Example("me-learn-sign", "sentence", "ME LEARN SIGN", "I learn to sign.", (ME, LEARN, SIGN)),
    Example("me-tired-now", "sentence", "ME TIRED NOW", "I am tired now.", (ME, TIRED, NOW)),
    Example(
        "name-ben",
        "spelling",
        "FS-B FS-E FS-N",
        "Ben.",
        tuple(Part("words", f"letter_{letter}") for letter in "ben"),
    ),
    Example(
        "name-linda",
        "spelling",
        "FS-LINDA",
        "Linda.",
        tuple(Part("words", f"letter_{letter}") for letter in "linda"),
        hold_s=0.2,
    ),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Render every example, or those named, and write what they say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with words/ and wlasl/")
    parser.add_argument("--out", type=Path, default=Path("examples"))
    parser.add_argument("--only", nargs="*", help="names of the examples to render again")
    options = parser.parse_args(arguments)
    wanted = [one for one in EXAMPLES if not options.only or one.name in options.only]
    samples = _read(options.data)
    options.out.mkdir(parents=True, exist_ok=True)
    for example in wanted:
        path = options.out / f"{example.name}.mp4"
        n_frames = make(example, samples, path)
        sys.stdout.write(f"{path}: {n_frames} frames, {path.stat().st_size // 1024} KB\n")
    write_texts(options.out)
    return 0


def _read(folder: Path) -> dict[str, list[Sample]]:
    handedness = fit_handedness(*words.labelled_hands(folder / "words"))
    return {
        "words": words.read_samples(folder / "words"),
        "wlasl": wlasl.read_samples(folder / "wlasl", handedness),
    }


def make(example: Example, samples: dict[str, list[Sample]], path: Path) -> int:
    """Render one example from samples by source; return its number of frames."""
    signs = [average(part, samples[part.source]) for part in example.parts]
    spells = example.kind == "spelling"
    landmarks = spelled(signs, example.hold_s) if spells else sentence(signs)
    return render(landmarks, path)


def average(part: Part, samples: Sequence[Sample]) -> Performance:
    """Return the barycentre of all signers of one part."""
    recordings: dict[str, list[Hands]] = defaultdict(list)
    for sample in samples:
        if sample.gloss == part.label:
            recordings[sample.signer].append(sample.hands)
    performance = barycentre(recordings, part.label, two_handed=part.two_handed)
    return replace(performance, seconds=part.seconds or performance.seconds)


def write_texts(folder: Path) -> None:
    """Write what every clip says: NAME.txt to be shown, and a table for `signbridge evaluate`."""
    with (folder / TABLE).open("w", newline="", encoding="utf-8") as lines:
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(COLUMNS)
        for one in EXAMPLES:
            label = one.glosses if one.kind == "sign" else one.english
            clip = f"{one.name}.mp4"
            table.writerow((clip, one.kind, label, "avatar", one.glosses, one.english))
            text = folder / f"{one.name}.txt"
            text.write_text(f"{one.english}\nGlosses: {one.glosses}\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
