"""How well held-out hands are read; chooses the threshold; writes the model folder."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from scipy.optimize import minimize

from signbridge.recognize.spelling.decode import Word, decoded
from signbridge.recognize.spelling.model import LETTERS, SpellingNet
from signbridge.recognize.spelling.speller import NAMES, Speller, SpellingCalibration, save_speller
from signbridge.training.card import LICENCE
from signbridge.training.spelled import Hand, spelled

WORDS_A_HAND = 150
OTHERS_READ = 1500
WANTED_FALSE = 0.01  # of the signs that are no spelling, taken for a word
LEAST = 0.7  # a word less likely than this is not believed


@dataclass(frozen=True, slots=True)
class Reading:
    """What was spelled by whom, and what was read."""

    hand: str
    word: str
    known: bool
    read: Word


def similarity(said: str, meant: str) -> float:
    """Return the normalised Levenshtein similarity in [0, 1]; 1 for the same word."""
    return Levenshtein.normalized_similarity(said, meant)


def write_speller(
    folder: Path,
    network: SpellingNet,
    held_out: Sequence[Hand],
    others: Sequence[NDArray[np.float32]],
    recorded: Sequence[tuple[str, NDArray[np.float32]]],
    config: object,
) -> None:
    """Score, choose the threshold and write weights, card and README into `folder`."""
    raw = SpellingCalibration()
    save_speller(folder, network, raw)
    speller = Speller(folder)
    rng = np.random.default_rng(1)
    readings = [one for hand in held_out for one in _read_words(speller, hand, rng)]
    chosen = rng.permutation(len(others))[:OTHERS_READ]
    wrong = [speller.read(others[i]) for i in chosen]
    calibration = _calibrated(readings, wrong)
    save_speller(folder, network, calibration)
    readings = [replace(one, read=_again(one.read, calibration)) for one in readings]
    wrong = [_again(word, calibration) for word in wrong]
    threshold = calibration.threshold
    card = {
        "name": folder.name,
        "task": "finger-spelled words of three letters and more, from one hand through time",
        "architecture": asdict(network.config),
        "parameters": sum(value.numel() for value in network.parameters()),
        "data": {
            "letters": "still A-Z handshapes from public repositories",
            "words": "webcam landmarks of letters from public repositories",
            "wlasl": "signs and idle hands, to know when nothing is spelled (C-UDA)",
        },
        "made_up": "words are composed from still letters; no continuous spelling was at hand",
        "split": {"held_out_hands": [hand.name for hand in held_out]},
        "training": asdict(config),  # type: ignore[call-overload]
        "command": "python -m signbridge.training.spelling --data ../shared/data",
        "calibration": asdict(calibration),
        "scores": [],
        "spelling": _scores(readings, wrong, threshold),
        "letters": _letters(speller, held_out, rng),
        "recorded_letters": _recorded(speller, recorded),
        "licence": LICENCE,
    }
    card["summary"] = summary(card)
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (folder / "card.json").write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(_readable(card), encoding="utf-8")


def summary(card: Mapping[str, object]) -> str:
    """Return a card's figures in a few plain sentences."""
    spelling, letters, recorded = card["spelling"], card["letters"], card["recorded_letters"]
    assert isinstance(spelling, dict)
    assert isinstance(letters, dict)
    assert isinstance(recorded, dict)
    names, other = spelling["words"]["names of the list"], spelling["words"]["random letters"]
    false = spelling["signs_taken_for_words"]
    return (
        f"made-up words of 3 to 8 letters by hands held out of training: likeness (1 less the "
        f"normalised Levenshtein distance) {names['similarity']:.2f} for {names['n']} names of its "
        f"list, {other['similarity']:.2f} for {other['n']} words of random letters; it answers "
        f"{names['answered']:.0%} and {other['answered']:.0%} of them, "
        f"{names['right_if_answered']:.0%} and {other['right_if_answered']:.0%} of those rightly "
        "(its threshold was fitted on these same words and signs). "
        f"Single letters: {letters['mean']:.2f} made up, {recorded['mean']:.2f} as a webcam "
        f"recorded them. Of {false['n']} signs that spell nothing {false['share']:.1%} are taken "
        "for a word."
    )


def _read_words(speller: Speller, hand: Hand, rng: np.random.Generator) -> list[Reading]:
    """Half names of the list, half letters as they fall, 3 to 8 long."""
    found: list[Reading] = []
    while len(found) < WORDS_A_HAND:
        known = len(found) % 2 == 0
        name = NAMES[rng.integers(len(NAMES))]
        other = "".join(rng.choice(list(LETTERS), size=rng.integers(3, 9)))
        word = name if known else other
        if 3 <= len(word) <= 8 and hand.can_spell(word):
            read = speller.read(spelled(word, hand, rng))
            found.append(Reading(hand.name, word, known, read))
    return found


def _calibrated(readings: Sequence[Reading], wrong: Sequence[Word]) -> SpellingCalibration:
    """Fit scale and offset on words, and the threshold that WANTED_FALSE of other signs reach.

    Scores come uncalibrated, that is with scale 1 and offset 0.
    """
    score = np.clip([one.read.score for one in readings], 1e-6, 1 - 1e-6)
    odds = np.log(score) - np.log(1 - score)
    right = np.array([one.read.text == one.word for one in readings])

    def loss(values: NDArray[np.float64]) -> float:
        margin = np.where(right, 1, -1) * (values[0] * odds + values[1])
        return float(np.logaddexp(0, -margin).mean())

    scale, offset = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    fitted = SpellingCalibration(float(scale), float(offset))
    reached = [fitted.probability(word.score) if len(word.text) > 1 else 0.0 for word in wrong]
    return replace(fitted, threshold=max(LEAST, float(np.quantile(reached, 1 - WANTED_FALSE))))


def _again(word: Word, calibration: SpellingCalibration) -> Word:
    return replace(word, score=calibration.probability(word.score) if word.text else 0.0)


def _recorded(
    speller: Speller, recorded: Sequence[tuple[str, NDArray[np.float32]]]
) -> dict[str, float]:
    """Return how often each letter recorded by a held-out webcam signer is read right, alone."""
    right: dict[str, list[bool]] = defaultdict(list)
    for letter, track in recorded:
        right[letter].append(_alone(speller, track) == letter)
    shares = {letter: float(np.mean(hits)) for letter, hits in sorted(right.items())}
    return {**shares, "mean": float(np.mean(list(shares.values())))} if shares else {}


def _scores(
    readings: Sequence[Reading], wrong: Sequence[Word], threshold: float
) -> dict[str, object]:
    groups = {
        "names of the list": [r for r in readings if r.known],
        "random letters": [r for r in readings if not r.known],
    }
    for hand in sorted({r.hand for r in readings}):
        groups[hand] = [r for r in readings if r.hand == hand]
    false = [word for word in wrong if len(word.text) > 1 and word.score >= threshold]
    return {
        "words": {name: _rates(rows, threshold) for name, rows in groups.items()},
        "signs_taken_for_words": {"n": len(wrong), "share": len(false) / max(1, len(wrong))},
    }


def _rates(rows: Sequence[Reading], threshold: float) -> dict[str, float]:
    alike = [similarity(r.read.text, r.word) for r in rows]
    answered = [r for r in rows if r.read.score >= threshold and len(r.read.text) > 1]
    right = [r.read.text == r.word for r in answered]
    return {
        "n": len(rows),
        "similarity": float(np.mean(alike)),
        "exact": float(np.mean([r.read.text == r.word for r in rows])),
        "answered": len(answered) / max(1, len(rows)),
        "right_if_answered": float(np.mean(right)) if right else 0.0,
    }


def _letters(
    speller: Speller, held_out: Sequence[Hand], rng: np.random.Generator
) -> dict[str, float]:
    """Return for each letter how often it is read right when it is spelled alone."""
    right: dict[str, list[bool]] = {letter: [] for letter in LETTERS}
    for hand in held_out:
        for letter in LETTERS:
            for _ in range(20 if hand.can_spell(letter) else 0):
                track = spelled(letter, hand, rng)
                right[letter].append(_alone(speller, track) == letter)
    shares = {letter: float(np.mean(hits)) for letter, hits in right.items() if hits}
    return {**shares, "mean": float(np.mean(list(shares.values())))}


def _alone(speller: Speller, track: NDArray[np.float32]) -> str:
    return decoded(speller.log_probabilities(track)).text


def _readable(card: dict[str, object]) -> str:
    spelling = card["spelling"]
    assert isinstance(spelling, dict)
    lines = [
        f"# {card['name']}",
        "",
        f"Reads finger-spelled words from MediaPipe hand landmarks; {card['parameters']:,} "
        "parameters. Trained and measured on made-up spelling: still letters of real hands, with "
        "smooth changes between them. Hands it was measured on are not in training.",
        "",
        "| words of 3 to 8 letters | n | likeness | exact | answered | right if answered |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {name} | {r['n']} | {r['similarity']:.2f} | {r['exact']:.2f} | {r['answered']:.2f} "
        f"| {r['right_if_answered']:.2f} |"
        for name, r in spelling["words"].items()
    ]
    false = spelling["signs_taken_for_words"]
    lines += [
        "",
        "Likeness is 1 less the Levenshtein distance over the longer word's length. Of "
        f"{false['n']} signs by signers left out of training, {false['share']:.1%} are taken for a "
        "word at its threshold. Scores and threshold were fitted on these same words and signs.",
        "",
        f"Trained with `{card['command']}`; data, split and seed are in `card.json`.",
        "",
        f"{card['licence']}",
        "",
    ]
    return "\n".join(lines)
