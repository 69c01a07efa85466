"""Fits the dispatcher: `python -m signbridge.training.dispatch --data ../shared/data`.

Signs, spelled words and sentences of people whom no reader was trained on are read by all three
readers. A ridge regression tells from the evidence how much of the truth each reading has. Two
halves of the people: each is measured by what was fitted to the other. Ten minutes on one core.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from signbridge.compose.rules import compose_glosses
from signbridge.data.collection import CALIBRATION_SIGNERS, LETTER_PREFIX, collect
from signbridge.errors import SignBridgeError
from signbridge.landmarks.body import PALM_OVER_SHOULDERS, RIGHT, Hands
from signbridge.recognize.dispatch import CHOICES, DEFAULT_FOLDER, EVIDENCE, Dispatcher, Readings
from signbridge.recognize.hybrid import HybridRecognizer, stretches
from signbridge.recognize.landmark.recognizer import LandmarkRecognizer
from signbridge.recognize.spelling.recognizer import SpellingRecognizer
from signbridge.recognize.translator.recognizer import SequenceRecognizer
from signbridge.training.cases import standing
from signbridge.training.dispatch_report import COMMAND, write
from signbridge.training.dispatch_said import Said, said
from signbridge.training.spelled import FPS, Hand, spelled
from signbridge.training.spelling_data import HELD_OUT_HANDS, read_hands
from signbridge.training.streams.camera import any_camera
from signbridge.training.streams.grammar import NAMES
from signbridge.training.streams.join import join
from signbridge.training.translator.composed import RATES_FPS, Pieces, pieces_of
from signbridge.training.translator.score import errors
from signbridge.training.translator.streams import halves, test_sets

LOG = logging.getLogger("signbridge.training")
EACH = 120  # signs a half, and so many spelled words; sentences come in six sets of a third
RIDGE = 10.0
LEADS = (0.0, 0.03, 0.06, 0.1, 0.15, 0.2)
LOST_AT_MOST = 0.01  # of what the sign's reader has right among single signs
PLACE = (-0.35, -0.1, 0.0)  # of a spelling hand's wrist, in body units


@dataclass(frozen=True, slots=True)
class Case:
    """One stretch of signing and what was signed; half: of the people, 0 or 1."""

    hands: Hands
    glosses: tuple[str, ...]
    kind: str
    half: int


@dataclass(frozen=True, slots=True)
class Read:
    """A case as the readers read it: evidence, and of each how much of the truth it has.

    said: what the app would say of each reading.
    """

    kind: str
    half: int
    duration_s: float
    evidence: NDArray[np.float64]
    worth: NDArray[np.float64]
    read: tuple[bool, ...]
    said: tuple[Said, ...]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the cases, fit, measure and write the model folder and the report."""
    parser = argparse.ArgumentParser(prog="python -m signbridge.training.dispatch")
    parser.add_argument("--data", type=Path, required=True, help="holds wlasl, words, letters")
    parser.add_argument("--out", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--report", type=Path, default=Path("docs/reports/dispatch"))
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", force=True)
    three = readers()
    found = [read for case in cases(options.data) if (read := read_case(case, three))]
    dispatcher = fit(found)
    dispatcher.save(options.out)
    summary = write(found, chosen_across(found), options.report)
    write_card(options.out, summary, len(found))


def write_card(folder: Path, summary: str, count: int) -> None:
    """Write what the dispatcher was made of, for programs and for people."""
    data = (
        "WLASL (C-UDA: academic and computational use only), webcam recordings of common words, "
        "still letters of hands left out of the speller's training"
    )
    card = {
        "what": "chooses for each stretch of signing: one sign, a spelled word, or a sequence",
        "data": data,
        "split": "people whom no reader was trained on; each half is measured by the other's fit",
        "cases": count,
        "seed": 0,
        "command": COMMAND,
        "licence": "fitted to WLASL landmarks, C-UDA: no commercial use",
        "scores": [],
        "summary": summary,
    }
    (folder / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    lines = [f"# {folder.name}", f"It {card['what']}.", summary, f"Made by `{COMMAND}`.",
             f"Data: {data}."]  # fmt: skip
    (folder / "README.md").write_text("\n\n".join(lines) + "\n", encoding="utf-8")


def readers() -> HybridRecognizer:
    """Return the three readers as the app has them; whom to believe is not asked."""
    nobody = Dispatcher(
        ((0.0,) * (1 + len(EVIDENCE)),) * 3, (0.0,) * len(EVIDENCE), (1.0,) * len(EVIDENCE)
    )
    return HybridRecognizer(
        LandmarkRecognizer(), SpellingRecognizer(), SequenceRecognizer(), compose_glosses, nobody
    )


def cases(data: Path) -> list[Case]:
    """Return signs, sentences and spelled words of people held out."""
    collection = collect(data)
    pieces = pieces_of(collection, collection.of_signers(CALIBRATION_SIGNERS))
    found: list[Case] = []
    for half, signers in enumerate(halves(list(pieces))):
        rng = np.random.default_rng([7, half])
        found += signs(pieces, signers, half, rng)
        for examples in test_sets(pieces, signers, EACH // 3, 23 + half).values():
            found += [
                Case(one.hands, one.glosses, "sentence", half)
                for one in examples
                if len(one.glosses) > 1
            ]
    for number, hand in enumerate(one for one in read_hands(data) if one.name in HELD_OUT_HANDS):
        found += words(hand, number % 2, np.random.default_rng([8, number]))
    return found


def signs(
    pieces: Pieces, signers: Sequence[str], half: int, rng: np.random.Generator
) -> Iterator[Case]:
    """Yield single signs as a camera sees them, from rest to rest."""
    own = {name: pieces[name] for name in signers}
    names = sorted(own)
    for _ in range(EACH):
        signer = names[rng.integers(len(names))]
        glosses = [gloss for gloss in sorted(own[signer]) if not gloss.startswith(LETTER_PREFIX)]
        if not glosses:
            continue
        gloss = glosses[rng.integers(len(glosses))]
        piece = own[signer][gloss][rng.integers(len(own[signer][gloss]))]
        fps = float(rng.choice(RATES_FPS))
        stream = join([piece], rng, fps, camera=any_camera(rng))
        yield Case(stream.hands, (gloss,), "sign", half)


def words(hand: Hand, half: int, rng: np.random.Generator) -> Iterator[Case]:
    """Yield names as a hand spells them."""
    able = [name for name in NAMES if hand.can_spell(name)]
    for _ in range(EACH * 2 // 3):
        name = able[rng.integers(len(able))]
        track = spelled(name, hand, rng) * PALM_OVER_SHOULDERS + np.array(PLACE, dtype=np.float32)
        points = np.full((len(track), 2, 21, 3), np.nan, dtype=np.float32)
        points[:, RIGHT] = track
        yield Case(Hands(points, FPS), (LETTER_PREFIX + name,), "spelled word", half)


def read_case(case: Case, three: HybridRecognizer) -> Read | None:
    """Return the case as all three readers read its longest stretch; None if no hand is raised."""
    found = stretches(standing(case.hands))
    longest = max(found, key=lambda pair: pair[0].duration_s, default=None)
    if longest is None:
        return None
    readings = three.readings(*longest)
    return Read(
        kind=case.kind,
        half=case.half,
        duration_s=readings.duration_s,
        evidence=readings.evidence(),
        worth=np.array([worth(readings, case.glosses, choice) for choice in range(len(CHOICES))]),
        read=tuple(readings.able(one) for one in CHOICES),
        said=tuple(said(readings.of(one), case.glosses) for one in CHOICES),
    )


def worth(readings: Readings, signed: Sequence[str], choice: int) -> float:
    """Return how much of the truth a reader has: 1 less the errors for each gloss, at least 0."""
    read = [one.guesses[0].text for one in readings.of(CHOICES[choice])]
    return max(0.0, 1 - sum(errors(tuple(signed), read)) / len(signed))


def fit(found: Sequence[Read]) -> Dispatcher:
    """Return the dispatcher of these cases; its lead keeps single signs whole."""
    evidence = np.stack([one.evidence for one in found])
    truth = np.stack([one.worth for one in found])
    centre, scale = evidence.mean(axis=0), evidence.std(axis=0) + 1e-6
    design = np.column_stack([np.ones(len(found)), (evidence - centre) / scale])
    # Each kind weighs the same, however many cases of it there are.
    kinds = [one.kind for one in found]
    weight = np.array([1 / kinds.count(kind) for kind in kinds]) * len(found) / len(set(kinds))
    penalty = RIDGE * np.eye(design.shape[1])
    penalty[0, 0] = 0.0
    left = design.T @ (weight[:, None] * design) + penalty
    weights = np.linalg.solve(left, design.T @ (weight[:, None] * truth)).T
    plain = Dispatcher(
        tuple(tuple(map(float, row)) for row in weights),
        tuple(map(float, centre)),
        tuple(map(float, scale)),
    )
    single = [one for one in found if one.kind == "sign"]
    alone = np.mean([one.worth[0] for one in single]) if single else 0.0
    for lead in LEADS:
        dispatcher = replace(plain, lead=lead)
        kept = np.mean([worth_of(one, dispatcher) for one in single]) if single else 0.0
        if kept >= alone - LOST_AT_MOST:
            break
    return dispatcher


def worth_of(one: Read, dispatcher: Dispatcher) -> float:
    """Return how much of the truth the reader has that the dispatcher believes."""
    return float(one.worth[CHOICES.index(dispatcher.chosen(one.evidence, one.read))])


def chosen_across(found: Sequence[Read]) -> list[int]:
    """Return for each case the reader chosen by what was fitted to the other half of the people."""
    fitted = [fit([one for one in found if one.half != half]) for half in (0, 1)]
    return [CHOICES.index(fitted[one.half].chosen(one.evidence, one.read)) for one in found]


if __name__ == "__main__":
    try:
        main()
    except SignBridgeError as error:
        sys.exit(f"{error}")
