"""Makes the clips in examples/: averaged signers, drawn and rendered, with what they say.

Run: python -m signbridge.training.examples --data ../shared/data --out examples
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from signbridge.avatar.barycentre import Performance, barycentre
from signbridge.avatar.perform import sentence, spelled
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


@dataclass(frozen=True, slots=True)
class Example:
    """One clip: kind is sign, sentence or spelling, as `signbridge evaluate` reads it."""

    name: str
    kind: str
    glosses: str
    english: str
    parts: tuple[Part, ...]


HELLO = Part("words", "hello", two_handed=False)
THANK_YOU = Part("wlasl", "thank you", two_handed=False)
HELP = Part("wlasl", "help", two_handed=True)
PLEASE = Part("wlasl", "please", two_handed=False)
DRINK = Part("wlasl", "drink")
FATHER = Part("wlasl", "father")
EAT = Part("wlasl", "eat")
WORK = Part("wlasl", "work")

EXAMPLES = (
    Example("hello", "sign", "HELLO", "Hello.", (HELLO,)),
    Example("thank-you", "sign", "THANK-YOU", "Thank you.", (THANK_YOU,)),
    Example("please", "sign", "PLEASE", "Please.", (PLEASE,)),
    Example("help", "sign", "HELP", "Help.", (HELP,)),
    Example("no", "sign", "NO", "No.", (Part("wlasl", "no"),)),
    Example("drink", "sign", "DRINK", "Drink.", (DRINK,)),
    Example("eat", "sign", "EAT", "Eat.", (EAT,)),
    Example("father", "sign", "FATHER", "Father.", (FATHER,)),
    Example("mother", "sign", "MOTHER", "Mother.", (Part("wlasl", "mother"),)),
    Example("book", "sign", "BOOK", "Book.", (Part("wlasl", "book"),)),
    Example(
        "hello-thank-you", "sentence", "HELLO THANK-YOU", "Hello, thank you.", (HELLO, THANK_YOU)
    ),
    Example("father-work", "sentence", "FATHER WORK", "Father works.", (FATHER, WORK)),
    Example(
        "name-lily",
        "spelling",
        "FS-L FS-I FS-L FS-Y",
        "Lily.",
        tuple(Part("words", f"letter_{letter}") for letter in "lily"),
    ),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Render every example, or those named, and write their table."""
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
    write_table(options.out / TABLE)
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
    landmarks = spelled(signs) if example.kind == "spelling" else sentence(signs)
    return render(landmarks, path)


def average(part: Part, samples: Sequence[Sample]) -> Performance:
    """Return the barycentre of all signers of one part."""
    recordings: dict[str, list[Hands]] = defaultdict(list)
    for sample in samples:
        if sample.gloss == part.label:
            recordings[sample.signer].append(sample.hands)
    return barycentre(recordings, part.label, two_handed=part.two_handed)


def write_table(path: Path) -> None:
    """Write what every clip says, in the columns that `signbridge evaluate` reads and more."""
    with path.open("w", newline="") as lines:
        rows = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
        rows.writeheader()
        for one in EXAMPLES:
            label = one.glosses if one.kind == "sign" else one.english
            rows.writerow(
                dict(
                    zip(
                        COLUMNS,
                        (f"{one.name}.mp4", one.kind, label, "avatar", one.glosses, one.english),
                        strict=True,
                    )
                )
            )


if __name__ == "__main__":
    raise SystemExit(main())
