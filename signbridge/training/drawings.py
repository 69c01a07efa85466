"""Makes the drawn signs of the Signs tab: for each gloss the average of at least three signers.

Run: python -m signbridge.training.drawings --data ../shared/data

Writes drawings.npz, drawings.csv (how the recognizer reads each drawing back) and a card. Saves as
it goes and goes on where it stopped; an empty --out starts afresh. About ten minutes. With --check
instead of --data the drawings stay as they are and are only read back again, for another model.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

import numpy as np

from signbridge.avatar.drawings import Drawing, load_drawings, save_drawings
from signbridge.build import RECOGNIZERS
from signbridge.data import letters, wlasl, words
from signbridge.data.collection import LETTER_PREFIX, gloss_of
from signbridge.data.handedness import fit_handedness
from signbridge.data.letters import PLACE_X, PLACE_Y
from signbridge.landmarks.body import RIGHT, Hands
from signbridge.landmarks.segmenter import Segmenter
from signbridge.protocols import Recognizer
from signbridge.recognize.vocabulary import Vocabulary
from signbridge.settings import Settings
from signbridge.training.candidates import BySigner, candidates
from signbridge.types import Landmarks, Segment

ASSETS = Path(__file__).resolve().parents[1] / "assets"
FOLDER, SIGNS = ASSETS / "drawings", ASSETS / "signs"
DRAWINGS, TABLE, CARD = "drawings.npz", "drawings.csv", "README.md"
SAVE_EVERY = 25
STILL_FRAMES, STILL_PER_HAND = 15, 8  # of the still letters
COMMAND = "python -m signbridge.training.drawings --data ../shared/data"

Recordings = dict[str, dict[str, BySigner]]
"""By gloss, then by source: wlasl, words, letters."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of drawings.csv: score is the recognizer's for the gloss, right whether it answers
    with this gloss alone."""

    gloss: str
    signers: int
    seconds: float
    score: float
    right: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw every sign of the vocabulary that enough signers perform, and read each back."""
    parser = argparse.ArgumentParser(description=__doc__)
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("--data", type=Path, help="folder with words/, wlasl/ and letters/")
    wanted.add_argument("--check", action="store_true", help="only read the drawings back again")
    parser.add_argument("--model", default="shipped", help="the landmark recognizer's folder")
    parser.add_argument("--out", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    recognizer = RECOGNIZERS["landmark"](Settings(landmark_model=options.model))
    if options.check:
        lines = check(options.out, recognizer)
    else:
        options.out.mkdir(parents=True, exist_ok=True)
        folder = SIGNS if options.model == "shipped" else Path(options.model)
        glosses = Vocabulary.load(folder).glosses
        lines = draw_all(glosses, read_recordings(options.data), recognizer, options.out)
    right = sum(line.right for line in lines)
    sys.stdout.write(f"{len(lines)} signs drawn, {right} recognized back\n")
    return 0


def read_recordings(folder: Path) -> Recordings:
    """Return every set's recordings by gloss, source and signer."""
    handedness = fit_handedness(*words.labelled_hands(folder / "words"))
    recordings: Recordings = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    samples = wlasl.read_samples(folder / "wlasl", handedness)
    for sample in samples + words.read_samples(folder / "words"):
        source = "words" if sample.source == "words" else "wlasl"
        gloss = gloss_of(sample.source, sample.gloss)
        recordings[gloss][source][sample.signer].append(sample.hands)
    shapes = letters.read_handshapes(folder / "letters", handedness, STILL_PER_HAND)
    for shape, letter, hand in zip(shapes.points, shapes.letters, shapes.sources, strict=True):
        still = np.full((STILL_FRAMES, 2, *shape.shape), np.nan, dtype=np.float32)
        still[:, RIGHT] = shape + np.array([PLACE_X, PLACE_Y, 0.0], dtype=np.float32)
        recordings[LETTER_PREFIX + letter]["letters"][hand].append(Hands(still, words.FPS))
    return recordings


def draw_all(
    glosses: Sequence[str], recordings: Recordings, recognizer: Recognizer, out: Path
) -> list[Line]:
    """Draw what is not drawn yet, saving on the way; return all lines."""
    drawings = load_drawings(out / DRAWINGS) if (out / DRAWINGS).exists() else {}
    lines = {line.gloss: line for line in read_lines(out / TABLE)}
    for number, gloss in enumerate(glosses):
        if gloss not in drawings:
            best = draw_best(gloss, recordings.get(gloss, {}), recognizer)
            if best is not None:
                drawings[gloss], lines[gloss] = best
        if number % SAVE_EVERY == 0:
            sys.stderr.write(f"{number} of {len(glosses)}\n")
            _save(out, drawings, lines)
    _save(out, drawings, lines)
    return list(lines.values())


def check(out: Path, recognizer: Recognizer) -> list[Line]:
    """Read the stored drawings back, rewrite the table and return its lines."""
    drawings = load_drawings(out / DRAWINGS)
    lines = []
    for line in read_lines(out / TABLE):
        score, right = read_back(line.gloss, drawings[line.gloss].landmarks(), recognizer)
        lines.append(replace(line, score=round(score, 3), right=right))
    _save_table(out, lines)
    return lines


def draw_best(
    gloss: str, by_source: Mapping[str, BySigner], recognizer: Recognizer
) -> tuple[Drawing, Line] | None:
    """Return the first drawing that is recognized back, else the best; None with few signers."""
    best: tuple[Drawing, Line] | None = None
    for drawing, signers in candidates(gloss, by_source):
        score, right = read_back(gloss, drawing.landmarks(), recognizer)
        seconds = round(drawing.performance.seconds, 2)
        line = Line(gloss, signers, seconds, round(score, 3), right)
        if best is None or right or line.score > best[1].score:
            best = drawing, line
        if right:
            break
    return best


def read_back(gloss: str, landmarks: Landmarks, recognizer: Recognizer) -> tuple[float, bool]:
    """Return the gloss's best score, and whether it is named, surely, and nothing else is.

    A sign with a hold in it is several stretches: those that are not recognized do no harm.
    """
    segmenter = Segmenter(landmarks.width_px, landmarks.height_px)
    found = []
    for number, points in enumerate(landmarks.points):
        found += segmenter.push(points, landmarks.start_s + number / landmarks.fps)
    found += segmenter.finish()
    best, named = 0.0, set()
    for one in found:
        result = recognizer.recognize(Segment(one, one.start_s, one.start_s + one.duration_s))
        scores = {guess.text: guess.score for guess in result.guesses}
        best = max(best, scores.get(gloss, 0.0))
        if not result.abstained:
            named.add(result.guesses[0].text)
    return best, named == {gloss}


def read_lines(path: Path) -> list[Line]:
    """Return the lines of a drawings.csv; none where there is no such file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Line(
                row["gloss"],
                int(row["signers"]),
                float(row["seconds"]),
                float(row["score"]),
                row["right"] == "yes",
            )
            for row in csv.DictReader(file)
        ]


def _save(out: Path, drawings: Mapping[str, Drawing], lines: Mapping[str, Line]) -> None:
    if lines:
        save_drawings(out / DRAWINGS, drawings)
        _save_table(out, list(lines.values()))


def _save_table(out: Path, lines: Sequence[Line]) -> None:
    with (out / TABLE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(field.name for field in fields(Line))
        for line in lines:
            writer.writerow((*astuple(line)[:-1], "yes" if line.right else "no"))
    (out / CARD).write_text(_card(lines), encoding="utf-8")


def _card(lines: Sequence[Line]) -> str:
    signers = sorted(line.signers for line in lines)
    return "\n".join(
        (
            "# drawings",
            "",
            f"{len(lines)} signs of American Sign Language as motions of the drawn signer: hands "
            f"only, the body is the program's own. Each is the average of {signers[0]} to "
            f"{signers[-1]} signers (median {signers[len(signers) // 2]}), so it is nobody's own "
            "motion.",
            "",
            f"{sum(line.right for line in lines)} of them are recognized back by the model in "
            "`../signs`, surely enough that it answers; `drawings.csv` says which, and only those "
            "are shown. Of several averages (dictionaries or webcams, one hand or two, all signers "
            "or the nearest three, with or without the holds at both ends) the first that is "
            "recognized was taken: that they are recognized is no measure of the model.",
            "",
            "Not checked by a Deaf signer. The face does not move, and depth is a guess.",
            "",
            f"Made with `{COMMAND}`.",
            "",
            "Non-commercial: averaged from WLASL, whose terms (C-UDA) allow academic and "
            "computational use only, and from webcam landmarks and still letters of public "
            "repositories.",
            "",
        )
    )


if __name__ == "__main__":
    raise SystemExit(main())
